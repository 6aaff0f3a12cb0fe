//! When something is done by itself, written as cron writes it: minute, hour, day of the month, month, day of the week.
//!
//! `30 2 * * *` is each day at half past two, `0 12 * * 1-5` noon on working days, `off` never. As everywhere, a day is meant when it is named
//! in either of its two fields, where both name days. Times are those of a clock on the wall: which moment that is, is decided where zones are known.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, time};

/// When. Reads back as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// Which numbers of a field are meant, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Does it begin with `*`?
    is_any: bool,
}

/// A text that is no schedule, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSchedule(&'static str);

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Schedule {
    /// What `text` says; `None` for `off`.
    ///
    /// # Errors
    /// [`BadSchedule`].
    pub fn parse(text: &str) -> Result<Option<Self>, BadSchedule> {
        let text = text.trim();
        if text == OFF {
            return Ok(None);
        }
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = parts[..] else {
            return Err(BadSchedule(FIVE));
        };
        let mut weekdays = Field::parse(weekdays, 0, 7, &WEEKDAYS)?;
        // Sunday has two numbers.
        weekdays.bits = (weekdays.bits | weekdays.bits >> 7) & 0b111_1111;
        let schedule = Self {
            minutes: Field::parse(minutes, 0, 59, &[])?,
            hours: Field::parse(hours, 0, 23, &[])?,
            days: Field::parse(days, 1, 31, &[])?,
            months: Field::parse(months, 1, 12, &MONTHS)?,
            weekdays,
        };
        // A leap day comes within eight years of any day.
        match schedule.next(DateTime::constant(2_000, 1, 1, 0, 0, 0, 0)) {
            Some(_) => Ok(Some(schedule)),
            None => Err(BadSchedule("names a day that no month has")),
        }
    }

    /// The next time after `after`.
    pub fn next(&self, after: DateTime) -> Option<DateTime> {
        let mut date = after.date();
        for _ in 0..MOST_DAYS {
            let from = (date == after.date()).then(|| (after.hour(), after.minute()));
            if self.has_day(date)
                && let Some((hour, minute)) = self.first_time(from)
            {
                return Some(date.to_datetime(time(hour, minute, 0, 0)));
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    fn has_day(&self, date: Date) -> bool {
        if !self.months.has(date.month()) {
            return false;
        }
        let day = self.days.has(date.day());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset());
        if self.days.is_any || self.weekdays.is_any { day && weekday } else { day || weekday }
    }

    /// The first time of a day, or the first one after `after`.
    fn first_time(&self, after: Option<(i8, i8)>) -> Option<(i8, i8)> {
        let times = (0..24).filter(|hour| self.hours.has(*hour)).flat_map(|hour| {
            (0..60).filter(|minute| self.minutes.has(*minute)).map(move |minute| (hour, minute))
        });
        times.into_iter().find(|time| after.is_none_or(|after| *time > after))
    }
}

impl Field {
    fn parse(text: &str, least: u8, most: u8, names: &[&str]) -> Result<Self, BadSchedule> {
        let mut bits = 0;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, number(step, 1, most, &[])?),
                None => (part, 1),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (least, most),
                Some((from, to)) => {
                    (number(from, least, most, names)?, number(to, least, most, names)?)
                }
                None => {
                    let from = number(range, least, most, names)?;
                    (from, if part.contains('/') { most } else { from })
                }
            };
            if from > to {
                return Err(BadSchedule("has a range that ends before it begins"));
            }
            let named = (from..=to).step_by(usize::from(step));
            bits |= named.fold(0_u64, |bits, number| bits | 1 << number);
        }
        Ok(Self { bits, is_any: text.starts_with('*') })
    }

    fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| self.bits >> number & 1 == 1)
    }
}

fn number(text: &str, least: u8, most: u8, names: &[&str]) -> Result<u8, BadSchedule> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named.and_then(|at| u8::try_from(at).ok()) {
        Some(at) => at + least,
        None if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(|_| BadSchedule(OUTSIDE))?
        }
        None => return Err(BadSchedule("has something that is no number")),
    };
    if (least..=most).contains(&number) { Ok(number) } else { Err(BadSchedule(OUTSIDE)) }
}

/// Never.
pub const OFF: &str = "off";
const FIVE: &str =
    "is `off` or five fields as of cron: minute, hour, day of the month, month, day of the week";
const OUTSIDE: &str = "has a number outside of its field";
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// From one leap day to the next where a century has none, and a little.
const MOST_DAYS: u32 = 366 * 8 + 31;

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str) -> String {
        let schedule = Schedule::parse(schedule).unwrap().unwrap();
        schedule.next(after.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_next_time_comes_after_and_never_at() {
        for (schedule, after, wanted) in [
            ("30 2 * * *", "2026-11-23T02:29", "2026-11-23T02:30:00"),
            ("30 2 * * *", "2026-11-23T02:30", "2026-11-24T02:30:00"),
            ("0 12 * * 1-5", "2026-11-27T12:00", "2026-11-30T12:00:00"),
            ("0 12 * * mon-fri", "2026-11-27T12:00", "2026-11-30T12:00:00"),
            ("*/20 9,17 * * *", "2026-11-23T09:40", "2026-11-23T17:00:00"),
            ("5/25 * * * *", "2026-11-23T09:31", "2026-11-23T09:55:00"),
            ("0 0 29 2 *", "2026-11-23T00:00", "2028-02-29T00:00:00"),
            ("0 0 1 jan *", "2026-11-23T00:00", "2027-01-01T00:00:00"),
            // In either field, where both name days.
            ("0 0 13 * 5", "2026-11-09T00:00", "2026-11-13T00:00:00"),
            ("0 0 13 * 5", "2026-11-13T00:00", "2026-11-20T00:00:00"),
            ("0 0 * * 7", "2026-11-23T00:00", "2026-11-29T00:00:00"),
            ("0 0 * * 0", "2026-11-23T00:00", "2026-11-29T00:00:00"),
        ] {
            assert_eq!(next(schedule, after), wanted, "{schedule} after {after}");
        }
        assert_eq!(Schedule::parse(" off "), Ok(None));
    }

    #[test]
    fn what_is_no_schedule_is_told() {
        for bad in [
            "",
            "daily",
            "0 0 * *",
            "0 0 * * * *",
            "60 0 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 32 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
            "5-1 0 * * *",
            "*/0 0 * * *",
            "a 0 * * *",
            "-1 0 * * *",
            "1,,2 0 * * *",
            "0 0 31 2 *",
            "999 0 * * *",
            "+1 0 * * *",
            "*/ 0 * * *",
        ] {
            assert!(Schedule::parse(bad).is_err(), "{bad:?}");
        }
    }
}
