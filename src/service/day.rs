//! A person's days: where each begins and ends in their zone, whatever the clocks do there. The only place that knows zones.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::domain::day::Day;
use crate::domain::report::Stretch;
use crate::domain::text::ZoneName;
use crate::domain::time::Timestamp;

/// The zone of this name; one that is not known here any more is UTC.
pub(super) fn zone(name: &ZoneName) -> TimeZone {
    TimeZone::get(name.as_str()).unwrap_or(TimeZone::UTC)
}

/// The day it is at this moment there.
pub(super) fn of(at: Timestamp, zone: &TimeZone) -> Option<Day> {
    let at = jiff::Timestamp::from_millisecond(at.ms()).ok()?;
    Day::of(at.to_zoned(zone.clone()).date())
}

/// Where a day begins; `None` when it lies outside what can be recorded.
pub(super) fn start(day: Day, zone: &TimeZone) -> Option<Timestamp> {
    begin(day.date(), zone)
}

/// Where a day ends; `None` when it lies outside what can be recorded.
pub(super) fn end(day: Day, zone: &TimeZone) -> Option<Timestamp> {
    begin(day.date().tomorrow().ok()?, zone)
}

/// What a clock on the wall says at this moment there.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    let at = jiff::Timestamp::from_millisecond(at.ms()).ok()?;
    Some(at.to_zoned(zone.clone()).datetime())
}

/// The moment at which a clock on the wall says this there: the first one where it does so twice, and as much later as it jumps where it
/// never does.
pub(super) fn moment(clock: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    Timestamp::new(clock.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

/// The stretch of each day from `first` to `last`, both included; `None` when a day lies outside what can be recorded.
pub(super) fn days(first: Date, last: Date, zone: &TimeZone) -> Option<Vec<(Date, Stretch)>> {
    let mut days = Vec::new();
    let (mut date, mut from) = (first, begin(first, zone)?);
    while date <= last {
        let next = date.tomorrow().ok()?;
        let to = begin(next, zone)?;
        days.push((date, Stretch { from, to }));
        (date, from) = (next, to);
    }
    Some(days)
}

/// A day begins at midnight, or where the clocks went on from when they skipped it.
fn begin(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    Timestamp::new(date.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::time::HOUR_MS;

    fn hours(zone: &str, day: Date) -> u64 {
        let days = days(day, day, &TimeZone::get(zone).unwrap()).unwrap();
        days[0].1.ms() / HOUR_MS
    }

    #[test]
    fn days_are_as_long_as_the_clocks_make_them() {
        assert_eq!(hours("Europe/Berlin", date(2026, 3, 29)), 23);
        assert_eq!(hours("Europe/Berlin", date(2026, 10, 25)), 25);
        assert_eq!(hours("Europe/Berlin", date(2026, 11, 22)), 24);
        // Midnight itself is skipped in Beirut on this day.
        assert_eq!(hours("Asia/Beirut", date(2026, 3, 29)), 23);
    }

    #[test]
    fn days_follow_each_other_and_stay_in_bounds() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let days = days(date(2026, 10, 30), date(2026, 11, 3), &zone).unwrap();
        assert_eq!(days.len(), 5);
        assert!(days.windows(2).all(|pair| pair[0].1.to == pair[1].1.from));
        assert!(super::days(date(1969, 1, 1), date(1969, 1, 2), &zone).is_none());
        assert!(super::days(date(9999, 12, 31), date(9999, 12, 31), &zone).is_none());
    }
}
