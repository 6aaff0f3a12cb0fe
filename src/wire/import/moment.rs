//! Dates and times of day as other products write them.

use jiff::civil::{Date, DateTime, Time};

use super::ImportMoment;
use crate::domain::time::Timestamp;

/// What comes first in a date with slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// The day: 31/12/2026.
    Dmy,
    /// The month: 12/31/2026.
    Mdy,
}

impl DateOrder {
    /// The order of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "dmy" => Some(Self::Dmy),
            "mdy" => Some(Self::Mdy),
            _ => None,
        }
    }
}

/// The two first numbers of a date with slashes.
pub(super) fn slashed(text: &str) -> Option<(i8, i8)> {
    let mut parts = text.trim().split('/');
    let (first, second) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    parts.next()?;
    Some((first, second))
}

/// A date: `2026-12-31`, `31.12.2026`, or with slashes in this order.
pub(super) fn date(text: &str, order: Option<DateOrder>) -> Option<Date> {
    let text = text.trim();
    if let Some((first, second)) = slashed(text) {
        let year = number(text.rsplit('/').next()?, 4)?;
        let (day, month) = match order? {
            DateOrder::Dmy => (first, second),
            DateOrder::Mdy => (second, first),
        };
        return new(year, month, day);
    }
    if text.contains('.') {
        let mut parts = text.split('.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        return match parts.next() {
            None => new(number(year, 4)?, number(month, 2)?, number(day, 2)?),
            Some(_) => None,
        };
    }
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    match parts.next() {
        None => new(number(year, 4)?, number(month, 2)?, number(day, 2)?),
        Some(_) => None,
    }
}

/// A time of day: `9:05`, `09:05:30`, `9:05 AM`.
pub(super) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(false)),
        (_, Some(clock)) => (clock.trim_end(), Some(true)),
        _ => (upper.as_str(), None),
    };
    let mut parts = clock.split(':');
    let hour: i8 = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(false) => hour % 12,
        Some(true) => hour % 12 + 12,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// A date and a time of day in one cell, with or without a zone, or seconds since 1970.
pub(super) fn moment(text: &str) -> Option<ImportMoment> {
    let text = text.trim();
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let whole: i64 = text.split('.').next()?.parse().ok()?;
        return whole.checked_mul(1_000).and_then(Timestamp::new).map(ImportMoment::At);
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Timestamp::new(at.as_millisecond()).map(ImportMoment::At);
    }
    let (day, clock) = text.split_once([' ', 'T'])?;
    Some(ImportMoment::Wall(date(day, None)?.to_datetime(time(clock)?)))
}

/// The wall clock's moment at which something ended that began there: the next day when that is earlier.
pub(super) fn ended(start: DateTime, end: Time) -> Option<DateTime> {
    let same = start.date().to_datetime(end);
    if same >= start {
        return Some(same);
    }
    Some(start.date().tomorrow().ok()?.to_datetime(end))
}

fn new(year: i16, month: i8, day: i8) -> Option<Date> {
    // No product is older, and nobody has worked later.
    (1990..2200).contains(&year).then(|| Date::new(year, month, day).ok())?
}

/// A whole number of at most so many digits, and nothing else.
fn number<T: std::str::FromStr>(text: &str, digits: usize) -> Option<T> {
    let text = text.trim();
    let plain = (1..=digits).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_as_they_are_written() {
        let new_year = Date::new(2026, 12, 31).ok();
        assert_eq!(date("2026-12-31", None), new_year);
        assert_eq!(date("31.12.2026", None), new_year);
        assert_eq!(date("31/12/2026", Some(DateOrder::Dmy)), new_year);
        assert_eq!(date("12/31/2026", Some(DateOrder::Mdy)), new_year);
        for bad in ["12/31/2026", "2026-13-01", "2026-02-30", "1.2.3.4", "+026-1-1", "", "26-1-1"] {
            assert_eq!(date(bad, None), None, "{bad}");
        }
        for (text, expected) in [
            ("9:05", Some((9, 5, 0))),
            ("12:05 AM", Some((0, 5, 0))),
            ("12:05:07 pm", Some((12, 5, 7))),
            ("11:59 PM", Some((23, 59, 0))),
            ("13:00 PM", None),
            ("24:00", None),
            ("9", None),
        ] {
            let read = time(text).map(|time| (time.hour(), time.minute(), time.second()));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn moments_know_their_zone_or_none() {
        let at = |ms| Timestamp::new(ms).map(ImportMoment::At);
        assert_eq!(moment("1640995200"), at(1_640_995_200_000));
        assert_eq!(moment("2022-01-01T00:00:00Z"), at(1_640_995_200_000));
        let wall = Date::new(2022, 1, 1).unwrap().at(9, 30, 0, 0);
        assert_eq!(moment("2022-01-01 09:30"), Some(ImportMoment::Wall(wall)));
        assert_eq!(moment("2022-01-01"), None);
        assert_eq!(moment("99999999999999999999"), None);
        let late = Time::new(1, 0, 0, 0).unwrap();
        assert_eq!(ended(wall, late).map(|end| end.date().day()), Some(2));
    }
}
