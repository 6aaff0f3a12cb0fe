//! Times as a person at a computer writes them: an hour of a day in their zone, or a day and an hour.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::agent::AgentError;
use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// Where and when the person is.
pub(super) struct Here {
    pub(super) zone: TimeZone,
    pub(super) now: Timestamp,
}

/// Work over midnight is at most this long; more is a mistake with the hours.
const LONGEST_NIGHT_MS: i64 = 12 * HOUR_MS.cast_signed();

impl Here {
    /// A time of today, or of yesterday when that hour of today is still to come.
    pub(super) fn lately(&self, text: &str) -> Result<i64, AgentError> {
        let ms = self.on(text, self.today())?;
        let is_hour = hour_in(text).is_some();
        let to_come = ms > self.now.plus_ms(5 * MINUTE_MS).ms();
        if is_hour && to_come {
            let yesterday = self.today().yesterday().map_err(|_| bad_time(text))?;
            return self.on(text, yesterday);
        }
        Ok(ms)
    }

    /// A time; an hour alone is one of `day`.
    pub(super) fn on(&self, text: &str, day: Date) -> Result<i64, AgentError> {
        let at = match hour_in(text) {
            Some(time) => DateTime::from_parts(day, time),
            None => match text.parse::<jiff::Timestamp>() {
                Ok(at) => return Ok(at.as_millisecond()),
                Err(_) => text.parse().map_err(|_| bad_time(text))?,
            },
        };
        let at = at.to_zoned(self.zone.clone()).map_err(|_| bad_time(text))?;
        Ok(at.timestamp().as_millisecond())
    }

    /// `09:00-12:30` of `day`, or of today. An end before the begin is one of the next day.
    pub(super) fn span(&self, text: &str, day: Option<&str>) -> Result<(i64, i64), AgentError> {
        let day = match day {
            Some(day) => day.parse().map_err(|_| bad_day(day))?,
            None => self.today(),
        };
        let (from, to) = text.split_once('-').ok_or_else(|| bad_span(text))?;
        let hours = (hour_in(from.trim()), hour_in(to.trim()));
        let (Some(_), Some(_)) = hours else { return Err(bad_span(text)) };
        let (start, mut end) = (self.on(from.trim(), day)?, self.on(to.trim(), day)?);
        let next = self.on(to.trim(), day.tomorrow().map_err(|_| bad_span(text))?)?;
        if end < start && next - start <= LONGEST_NIGHT_MS {
            end = next;
        }
        Ok((start, end))
    }

    /// The day an instant is on.
    pub(super) fn day_of(&self, rfc3339: &str) -> Date {
        self.zoned(rfc3339).map_or_else(|| self.today(), |at| at.date())
    }

    /// The day an instant is on, to read.
    pub(super) fn date(&self, rfc3339: &str) -> String {
        let day = self.day_of(rfc3339);
        if day == self.today() { "today".to_owned() } else { day.to_string() }
    }

    /// When today began.
    pub(super) fn midnight_ms(&self) -> i64 {
        let begin = self.today().to_zoned(self.zone.clone()).ok();
        begin.map_or_else(|| self.now.minus_ms(DAY_MS).ms(), |at| at.timestamp().as_millisecond())
    }

    fn today(&self) -> Date {
        let now = jiff::Timestamp::from_millisecond(self.now.ms()).unwrap_or_default();
        now.to_zoned(self.zone.clone()).date()
    }

    fn zoned(&self, rfc3339: &str) -> Option<jiff::Zoned> {
        Some(rfc3339.parse::<jiff::Timestamp>().ok()?.to_zoned(self.zone.clone()))
    }
}

/// The hour of an instant, to read.
pub(crate) fn hour(rfc3339: &str, zone: &TimeZone) -> String {
    rfc3339.parse::<jiff::Timestamp>().map_or_else(
        |_| rfc3339.to_owned(),
        |at| at.to_zoned(zone.clone()).strftime("%R").to_string(),
    )
}

/// `9:00`, `09:00`, `09:00:30`.
fn hour_in(text: &str) -> Option<Time> {
    let parts: Vec<i8> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [hour, minute] => Time::new(hour, minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    }
}

fn bad_time(text: &str) -> AgentError {
    AgentError::BadTime(format!("{text:?} is no time. Write 09:00, or 2026-11-22T09:00."))
}

fn bad_day(text: &str) -> AgentError {
    AgentError::BadTime(format!("{text:?} is no day. Write 2026-11-20."))
}

fn bad_span(text: &str) -> AgentError {
    AgentError::BadTime(format!("{text:?} is no stretch of time. Write 09:00-12:30."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Here {
        // 2026-11-22 10:00 in Berlin.
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        Here { zone, now: at("2026-11-22T09:00:00Z") }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::new(ms(text)).unwrap()
    }

    fn ms(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn hours_are_of_today_unless_they_are_still_to_come() {
        let lately = |text: &str| here().lately(text).unwrap();
        assert_eq!(lately("09:30"), ms("2026-11-22T08:30:00Z"));
        assert_eq!(lately("10:04"), ms("2026-11-22T09:04:00Z"), "clocks differ a little");
        assert_eq!(lately("23:50"), ms("2026-11-21T22:50:00Z"));
        assert_eq!(lately("2026-11-20T09:00"), ms("2026-11-20T08:00:00Z"));
        assert_eq!(lately("2026-11-20T09:00:00Z"), ms("2026-11-20T09:00:00Z"));
        for bad in ["", "9", "24:00", "09:60", "soon", "09:00pm", "1:2:3:4"] {
            let error = here().lately(bad).unwrap_err();
            assert!(error.to_string().contains("is no time") && error.exit_code() == 2, "{error}");
        }
    }

    #[test]
    fn a_stretch_may_reach_over_midnight_but_not_turn_round() {
        let span = |text: &str, day| here().span(text, day).unwrap();
        let day = Some("2026-11-20");
        let expected = (ms("2026-11-20T08:00:00Z"), ms("2026-11-20T11:30:00Z"));
        assert_eq!(span("09:00-12:30", day), expected);
        assert_eq!(span("9:00 - 12:30", day), expected);
        assert_eq!(span("22:00-01:00", day).1, ms("2026-11-21T00:00:00Z"));
        let (start, end) = span("12:30-09:00", day);
        assert!(end < start, "said as it was written, and refused as such");
        assert_eq!(span("09:00-12:30", None).0, ms("2026-11-22T08:00:00Z"));
        for bad in ["09:00", "09:00-", "-", "09:00-noon", "2026-11-20T09:00-10:00"] {
            assert!(here().span(bad, None).is_err(), "{bad}");
        }
        assert!(here().span("09:00-10:00", Some("friday")).is_err());
    }

    #[test]
    fn the_day_of_the_clocks_has_its_own_hours() {
        // On 2026-03-29 the clocks skip from 02:00 to 03:00.
        let (start, end) = here().span("01:00-04:00", Some("2026-03-29")).unwrap();
        assert_eq!(end - start, 2 * HOUR_MS.cast_signed());
    }
}
