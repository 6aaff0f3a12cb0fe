//! A pause in recording, chosen by the person at the computer and kept on disk.
//!
//! While it lasts the door still answers every heartbeat with 200, for a watcher that is refused throws away what it has; nothing of
//! it is written down. A heartbeat that arrives later but began within the latest pause is not written down either, and one that began
//! before it ends with its begin. What was recorded before goes on being sent.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::AgentError;
use super::folder::Folder;
use crate::domain::time::{HOUR_MS, MINUTE_MS, Timestamp};

const FILE: &str = "pause.json";
/// A pause by length is at most this long; `on` lasts until it is lifted.
const LONGEST_MS: u64 = 24 * HOUR_MS;

/// The latest pause, over or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub from: Timestamp,
    /// When it ends or ended; `None` until somebody lifts it.
    pub until: Option<Timestamp>,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    from_ms: i64,
    until_ms: Option<i64>,
}

impl Pause {
    /// Does it last at `now`?
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// The first moment of `from..=to` of which nothing is written down, when that arrives at `now`: while a pause lasts, all of it.
    pub fn first_covered(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if self.lasts(now) {
            return Some(from);
        }
        let first = self.from.max(from);
        (first <= to && self.until.is_none_or(|until| first < until)).then_some(first)
    }

    /// The latest pause; `None` when there never was one. A damaged file counts as a pause: what a person did not want recorded
    /// must not be recorded by mistake.
    ///
    /// # Errors
    /// [`AgentError::File`].
    pub fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        let Some(text) = folder.read(FILE)? else { return Ok(None) };
        let damaged = Self { from: Timestamp::EARLIEST, until: None };
        let stored = serde_json::from_str::<Stored>(&text).ok();
        Ok(Some(stored.and_then(|stored| Self::of(&stored)).unwrap_or(damaged)))
    }

    fn of(stored: &Stored) -> Option<Self> {
        let until = match stored.until_ms {
            Some(ms) => Some(Timestamp::new(ms)?),
            None => None,
        };
        Some(Self { from: Timestamp::new(stored.from_ms)?, until })
    }

    fn store(&self, folder: &Folder) -> Result<(), AgentError> {
        let stored = Stored { from_ms: self.from.ms(), until_ms: self.until.map(Timestamp::ms) };
        let text = serde_json::to_string(&stored)
            .map_err(|error| AgentError::BadAnswer(error.to_string()))?;
        folder.write(FILE, &text)
    }
}

/// What the person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Pause for this long.
    For(u64),
    /// Pause until midnight, by the computer's zone.
    Today,
    /// Pause until lifted.
    On,
    /// Record again.
    Off,
}

impl Wish {
    /// `15m`, `1h`, `today`, `on`, `off`.
    ///
    /// # Errors
    /// [`AgentError::BadPause`].
    pub fn parse(text: &str) -> Result<Self, AgentError> {
        let bad = || AgentError::BadPause(text.to_owned());
        match text {
            "today" => return Ok(Self::Today),
            "on" => return Ok(Self::On),
            "off" => return Ok(Self::Off),
            _ => {}
        }
        let (number, unit) = match (text.strip_suffix('m'), text.strip_suffix('h')) {
            (Some(number), _) => (number, MINUTE_MS),
            (_, Some(number)) => (number, HOUR_MS),
            _ => return Err(bad()),
        };
        let number: u64 = number.parse().map_err(|_| bad())?;
        let ms = number.checked_mul(unit).filter(|ms| (1..=LONGEST_MS).contains(ms));
        ms.map(Self::For).ok_or_else(bad)
    }
}

/// Pauses or resumes at once, whether the agent runs or not; with the pause that holds now.
///
/// # Errors
/// [`AgentError::File`].
pub fn pause(
    folder: &Folder,
    wish: Wish,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<Pause>, AgentError> {
    let running = Pause::read(folder)?.filter(|pause| pause.lasts(now));
    // A longer wish during a pause prolongs it; its begin stays, so that nothing in between is recorded after all.
    let from = running.map_or(now, |pause| pause.from);
    let until = match wish {
        Wish::For(ms) => Some(now.plus_ms(ms)),
        Wish::Today => Some(next_midnight(now, zone)),
        Wish::On => None,
        Wish::Off => {
            if let Some(pause) = running {
                Pause { until: Some(now), ..pause }.store(folder)?;
            }
            return Ok(None);
        }
    };
    folder.create()?;
    let pause = Pause { from, until };
    pause.store(folder)?;
    Ok(Some(pause))
}

fn next_midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let midnight = jiff::Timestamp::from_millisecond(now.ms())
        .ok()
        .and_then(|time| time.to_zoned(zone.clone()).tomorrow().ok())
        .and_then(|tomorrow| tomorrow.start_of_day().ok())
        .and_then(|start| Timestamp::new(start.timestamp().as_millisecond()));
    // Only at the very end of representable time is there no tomorrow.
    midnight.unwrap_or(now.plus_ms(LONGEST_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;

    fn at(ms: i64) -> Timestamp {
        Timestamp::new(ms).unwrap()
    }

    #[test]
    fn wishes_are_bounded() {
        assert_eq!(Wish::parse("15m").unwrap(), Wish::For(15 * MINUTE_MS));
        assert_eq!(Wish::parse("1h").unwrap(), Wish::For(HOUR_MS));
        for bad in ["", "m", "0m", "-1h", "25h", "1d", "99999999999999999999h", "1 h", "forever"] {
            assert!(Wish::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn holds_until_its_end_and_leaves_out_what_lies_in_it() {
        let data = Data::new();
        let folder = data.folder();
        assert_eq!(Pause::read(&folder).unwrap(), None);
        pause(&folder, Wish::For(MINUTE_MS), at(1_000), &TimeZone::UTC).unwrap();
        let held = Pause::read(&folder).unwrap().unwrap();
        assert!(held.lasts(at(60_999)) && !held.lasts(at(61_000)));
        let covered =
            |from, to, now| held.first_covered(at(from), at(to), at(now)).map(Timestamp::ms);
        assert_eq!(covered(0, 5, 60_999), Some(0), "nothing is written down while it lasts");
        assert_eq!(covered(60_999, 60_999, 99_000), Some(60_999), "nor later, if it began within");
        assert_eq!(
            covered(0, 99_000, 99_000),
            Some(1_000),
            "what began before ends with its begin"
        );
        assert_eq!((covered(0, 999, 99_000), covered(61_000, 70_000, 99_000)), (None, None));
    }

    #[test]
    fn is_lifted_prolonged_and_lasts_until_midnight() {
        let data = Data::new();
        let folder = data.folder();
        let day = 24 * HOUR_MS.cast_signed();
        let until =
            pause(&folder, Wish::Today, at(day + 5), &TimeZone::UTC).unwrap().unwrap().until;
        assert_eq!(until, Some(at(2 * day)));
        let longer = pause(&folder, Wish::On, at(day + 9), &TimeZone::UTC).unwrap().unwrap();
        assert_eq!(longer, Pause { from: at(day + 5), until: None });
        assert_eq!(pause(&folder, Wish::Off, at(day + 20), &TimeZone::UTC).unwrap(), None);
        let over = Pause::read(&folder).unwrap().unwrap();
        assert_eq!(over, Pause { from: at(day + 5), until: Some(at(day + 20)) });
        pause(&folder, Wish::Off, at(day + 30), &TimeZone::UTC).unwrap();
        assert_eq!(Pause::read(&folder).unwrap().unwrap(), over, "lifting twice changes nothing");
    }

    #[test]
    fn a_damaged_file_records_nothing() {
        let data = Data::new();
        data.folder().write(FILE, "{}").unwrap();
        assert!(Pause::read(&data.folder()).unwrap().unwrap().lasts(at(5)));
    }
}
