//! Which backups are kept: the newest, and of those before one a day, one a week and one a month for a while. No I/O.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

/// How many of each sort are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepRule {
    /// The newest; at least one.
    pub last: u64,
    /// The newest of each of so many days.
    pub days: u64,
    /// The newest of each of so many weeks.
    pub weeks: u64,
    /// The newest of each of so many months.
    pub months: u64,
}

/// Until when a backup is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// No longer.
    NoMore,
    /// As one of the newest: until newer ones take its place.
    AsNewest,
    /// Until the end of this day at the latest.
    Until(Date),
}

impl KeepRule {
    /// What becomes of backups that were made on these days, the newest first. The newest is kept whatever the rule says.
    pub fn judge(&self, made: &[Date]) -> Vec<Kept> {
        let (mut days, mut weeks, mut months) =
            <(BTreeSet<_>, BTreeSet<_>, BTreeSet<_>)>::default();
        let mut judged = Vec::new();
        for (at, date) in made.iter().enumerate() {
            let week = date.iso_week_date();
            // Periods without a backup do not count: an office that was closed for a month keeps what it had.
            let first = |set: &mut BTreeSet<_>, period: (i16, i16), most: u64| {
                (set.len() as u64) < most && set.insert(period)
            };
            let is_day = first(&mut days, (date.year(), date.day_of_year()), self.days);
            let is_week = first(&mut weeks, (week.year(), week.week().into()), self.weeks);
            let is_month = first(&mut months, (date.year(), date.month().into()), self.months);
            let spans = [
                is_month.then(|| date.checked_add(self.months.cast_signed().months())),
                is_week.then(|| date.checked_add(self.weeks.cast_signed().weeks())),
                is_day.then(|| date.checked_add(self.days.cast_signed().days())),
            ];
            let until = spans.into_iter().flatten().map(|day| day.unwrap_or(Date::MAX)).max();
            judged.push(match until {
                Some(day) => Kept::Until(day),
                None if (at as u64) < self.last.max(1) => Kept::AsNewest,
                None => Kept::NoMore,
            });
        }
        judged
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn kept(rule: KeepRule, made: &[Date]) -> Vec<Date> {
        let judged = rule.judge(made);
        let pairs = made.iter().zip(judged);
        pairs.filter(|(_, kept)| *kept != Kept::NoMore).map(|(date, _)| *date).collect()
    }

    /// Two a day, the newest first.
    fn every_day(days: i64) -> Vec<Date> {
        let last = date(2026, 11, 22);
        (0..days).flat_map(|back| [last - back.days(), last - back.days()]).collect()
    }

    #[test]
    fn the_newest_and_one_of_each_period_stay() {
        let rule = KeepRule { last: 3, days: 2, weeks: 2, months: 3 };
        let left = kept(rule, &every_day(100));
        let wanted = [
            date(2026, 11, 22),
            date(2026, 11, 22),
            date(2026, 11, 21),
            date(2026, 11, 15),
            date(2026, 10, 31),
            date(2026, 9, 30),
        ];
        assert_eq!(left, wanted);
        // What stays once stays the next time.
        assert_eq!(kept(rule, &left), wanted);
    }

    #[test]
    fn a_rule_of_nothing_keeps_the_newest() {
        let rule = KeepRule { last: 0, days: 0, weeks: 0, months: 0 };
        assert_eq!(kept(rule, &every_day(5)), [date(2026, 11, 22)]);
        assert_eq!(kept(rule, &[]), []);
    }

    #[test]
    fn an_office_that_was_closed_keeps_what_it_had() {
        let rule = KeepRule { last: 1, days: 3, weeks: 0, months: 0 };
        let made = [date(2026, 11, 22), date(2026, 8, 2), date(2026, 8, 1), date(2026, 7, 31)];
        assert_eq!(kept(rule, &made), made[..3]);
        let until = rule.judge(&made);
        assert_eq!(until[0], Kept::Until(date(2026, 11, 25)));
    }
}
