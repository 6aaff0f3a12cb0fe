//! The hours in which activity is recorded, chosen by the person: outside of them nothing is written down, whoever records.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::AgentError;
use super::folder::Folder;
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};

const FILE: &str = "hours";
/// At most this many spans.
const MOST: usize = 20;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// What is said to whoever writes none.
const SHAPE: &str = "Write days and times, e.g. \"mon-fri 08:00-18:00\", several with a semicolon between, or always.";

/// When something may be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    always: bool,
    /// Of the week.
    spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    /// Not included; midnight is the day's end.
    to: Time,
}

impl Hours {
    /// `always`, or spans such as `mon-fri 08:00-18:00; sat 09:00-12:00`.
    ///
    /// # Errors
    /// [`AgentError::BadHours`].
    pub fn parse(text: &str) -> Result<Self, AgentError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() || text == "always" {
            return Ok(Self { always: true, spans: Vec::new() });
        }
        let spans: Option<Vec<Span>> =
            text.split(';').map(|span| Span::parse(span.trim())).collect();
        let spans = spans.filter(|spans| spans.len() <= MOST);
        let bad = || AgentError::BadHours(format!("These are no hours of a week. {SHAPE}"));
        spans.map(|spans| Self { always: false, spans }).ok_or_else(bad)
    }

    /// The hours that hold. What does not read admits nothing: what a person did not want recorded must not be recorded by mistake.
    ///
    /// # Errors
    /// [`AgentError`] with the next step.
    pub fn read(folder: &Folder) -> Result<Self, AgentError> {
        Self::parse(&text(folder)?)
    }

    /// Hours that admit nothing.
    pub const fn never() -> Self {
        Self { spans: Vec::new(), always: false }
    }

    /// Is `now` within them, where the computer is?
    pub fn admit(&self, now: Timestamp, zone: &TimeZone) -> bool {
        if self.always {
            return true;
        }
        let Ok(now) = jiff::Timestamp::from_millisecond(now.ms()) else { return false };
        let now = now.to_zoned(zone.clone());
        let day = usize::from(now.weekday().to_monday_zero_offset().unsigned_abs());
        self.spans.iter().any(|span| span.holds(day, now.time()))
    }

    /// The first moment of `from..=to` outside of them, where the computer is.
    pub fn first_closed(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: &TimeZone,
    ) -> Option<Timestamp> {
        if self.always {
            return None;
        }
        // Spans begin and end with a minute, also where clocks are changed; hours that are open for a whole week never close.
        let minutes = std::iter::successors(Some(from), |at| {
            Some(at.plus_ms(MINUTE_MS - at.ms().cast_unsigned() % MINUTE_MS))
        });
        let week = usize::try_from(8 * DAY_MS / MINUTE_MS).unwrap_or(usize::MAX);
        minutes.take(week).take_while(|at| *at <= to).find(|at| !self.admit(*at, zone))
    }
}

/// The hours as they are written.
///
/// # Errors
/// [`AgentError::File`].
pub fn text(folder: &Folder) -> Result<String, AgentError> {
    let text = folder.read(FILE)?.unwrap_or_default();
    Ok(if text.trim().is_empty() { "always".to_owned() } else { text.trim().to_owned() })
}

/// Other hours from now on.
///
/// # Errors
/// [`AgentError::BadHours`], [`AgentError::File`].
pub fn set(folder: &Folder, hours: &str) -> Result<(), AgentError> {
    if hours.trim().is_empty() {
        // It would read as never, and hold as always.
        return Err(AgentError::BadHours(format!("This says no hours. {SHAPE}")));
    }
    Hours::parse(hours)?;
    folder.create()?;
    folder.write(FILE, &format!("{}\n", hours.trim()))
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let (days, times) = text.rsplit_once(char::is_whitespace)?;
        let mut chosen = [false; 7];
        for part in days.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let place = |name: &str| DAYS.iter().position(|day| *day == name.trim());
            let (first, last) = (place(first)?, place(last)?);
            // `sat-mon` goes over the end of the week.
            let count = (last + 7 - first) % 7;
            (0..=count).for_each(|step| chosen[(first + step) % 7] = true);
        }
        let (from, to) = times.split_once('-')?;
        let (from, to) = (time(from)?, time(to)?);
        (from < to || to == Time::midnight()).then_some(Self { days: chosen, from, to })
    }

    fn holds(&self, day: usize, time: Time) -> bool {
        self.days[day] && self.from <= time && (time < self.to || self.to == Time::midnight())
    }
}

/// `08:00`; `24:00` is midnight.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    match (hour, minute) {
        (24, 0) => Some(Time::midnight()),
        _ => Time::new(hour, minute, 0, 0).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    /// In November 2026 the 2nd is a Monday.
    fn admit(hours: &str, day: u8, time: &str) -> bool {
        let at: jiff::Timestamp = format!("2026-11-{day:02}T{time}:00Z").parse().unwrap();
        let at = Timestamp::new(at.as_millisecond()).unwrap();
        Hours::parse(hours).unwrap().admit(at, &TimeZone::UTC)
    }

    #[test]
    fn days_and_times_both_count() {
        let week = "mon-fri 08:00-18:00; sat 22:00-24:00";
        assert!(admit(week, 2, "08:00") && admit(week, 6, "17:59") && admit(week, 7, "23:59"));
        assert!(!admit(week, 2, "07:59") && !admit(week, 6, "18:00"));
        assert!(!admit(week, 7, "12:00") && !admit(week, 8, "12:00"));
        assert!(
            admit("sat-mon 00:00-24:00", 8, "00:00") && !admit("sat-mon 00:00-24:00", 3, "00:00")
        );
        assert!(
            admit("Tue, Thu 09:30-10:00", 5, "09:45") && !admit("Tue,Thu 09:30-10:00", 4, "09:45")
        );
        assert!(admit("always", 1, "03:00"));
    }

    #[test]
    fn what_goes_on_ends_with_them() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| {
            let at: jiff::Timestamp = text.parse().unwrap();
            Timestamp::new(at.as_millisecond()).unwrap()
        };
        let closed = |hours: &str, from: &str, to: &str| {
            Hours::parse(hours).unwrap().first_closed(at(from), at(to), &zone)
        };
        let week = "mon-fri 08:00-18:00";
        let evening = at("2026-11-02T17:00:00Z");
        let from = "2026-11-02T16:50:00.001Z";
        assert_eq!(closed(week, from, "2026-11-02T19:00:00Z"), Some(evening));
        assert_eq!(closed(week, from, "2026-11-02T16:59:59.999Z"), None);
        assert_eq!(
            closed(week, "2026-11-02T17:30:00Z", "2026-11-02T17:30:00Z"),
            Some(at("2026-11-02T17:30:00Z"))
        );
        // Over a night that is theirs, too; and where 02:00 to 03:00 comes twice, and only the first is.
        assert_eq!(closed("mon-sun 00:00-24:00", from, "2027-11-02T16:00:00Z"), None);
        let twice = closed("sun 00:00-02:30", "2026-10-24T22:00:00Z", "2026-10-25T09:00:00Z");
        assert_eq!(twice, Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(closed("always", from, "2027-01-01T00:00:00Z"), None);
    }

    #[test]
    fn a_slip_is_told_and_admits_nothing() {
        for bad in [
            "mon",
            "08:00-18:00",
            "mon 18:00-08:00",
            "moon 08:00-09:00",
            "mon 8-9",
            "mon 08:00-25:00",
            ";",
        ] {
            assert!(Hours::parse(bad).is_err(), "{bad}");
        }
        let data = Data::new();
        assert!(set(&data.folder(), "mon").is_err());
        assert_eq!(text(&data.folder()).unwrap(), "always");
        set(&data.folder(), "mon 08:00-09:00").unwrap();
        assert_eq!(text(&data.folder()).unwrap(), "mon 08:00-09:00");
    }
}
