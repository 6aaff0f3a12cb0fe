//! Days of the calendar, in no zone: where one begins is decided where zones are known.

use std::fmt;

use jiff::civil::Date;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// 2199-12-31.
    pub const LATEST: Self = Self(84_005);

    /// So many days after 1970-01-01, or `None` after [`Self::LATEST`].
    pub const fn new(number: u32) -> Option<Self> {
        if number > Self::LATEST.0 { None } else { Some(Self(number)) }
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The day of this date, or `None` outside 1970-01-01..=[`Self::LATEST`].
    pub fn of(date: Date) -> Option<Self> {
        let span = date.since(EPOCH).ok()?;
        Self::new(u32::try_from(span.get_days()).ok()?)
    }

    /// Its date.
    pub fn date(self) -> Date {
        let days = i64::from(self.0);
        EPOCH.checked_add(jiff::Span::new().days(days)).unwrap_or(EPOCH)
    }

    /// So many days later, at most [`Self::LATEST`].
    #[must_use]
    pub const fn plus(self, days: u32) -> Self {
        match Self::new(self.0.saturating_add(days)) {
            Some(day) => day,
            None => Self::LATEST,
        }
    }

    /// So many days earlier, at least 1970-01-01.
    #[must_use]
    pub const fn minus(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// Its place in the week: 0 for Monday, 6 for Sunday.
    pub const fn weekday(self) -> u32 {
        (self.0 + THURSDAY) % 7
    }

    /// The first day of the week it lies in, where weeks begin on `start` (0 for Monday).
    #[must_use]
    pub const fn week_of(self, start: u32) -> Self {
        self.minus((self.weekday() + 7 - start % 7) % 7)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);
/// What 1970-01-01 was.
const THURSDAY: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::of(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn dates_come_back_within_bounds() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-22", "2199-12-31"] {
            assert_eq!(day(text).to_string(), text);
        }
        assert_eq!((day("1970-01-01").number(), day("2199-12-31")), (0, Day::LATEST));
        for text in ["1969-12-31", "2200-01-01", "9999-12-31", "-009999-01-01"] {
            assert_eq!(Day::of(text.parse().unwrap()), None, "{text}");
        }
        assert_eq!(
            (Day::LATEST.plus(1), day("1970-01-02").minus(9)),
            (Day::LATEST, day("1970-01-01"))
        );
    }

    #[test]
    fn weeks_begin_where_the_office_says() {
        let sunday = day("2026-11-22");
        assert_eq!(sunday.weekday(), 6);
        for (start, first) in [(0, "2026-11-16"), (5, "2026-11-21"), (6, "2026-11-22")] {
            assert_eq!(sunday.week_of(start), day(first), "{start}");
            assert_eq!(day(first).plus(6).week_of(start), day(first), "{start}");
        }
    }
}
