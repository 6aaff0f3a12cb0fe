//! Periods: days, weeks and months of a range, cut at its ends, and the time before it.

use crate::domain::day::Day;

/// How time is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Day by day.
    Day,
    /// Week by week, as the office begins them.
    Week,
    /// Month by month.
    Month,
}

impl Per {
    /// The name in queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month].into_iter().find(|per| per.name() == name)
    }

    fn last_of(self, day: Day, week_start: u32) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.week_of(week_start).plus(6),
            Self::Month => Day::of(day.date().last_of_month()).unwrap_or(Day::LATEST),
        }
    }
}

/// Some days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl Period {
    /// How many days.
    pub const fn days(self) -> u32 {
        self.to.number() - self.from.number() + 1
    }

    /// The periods of this range, in order.
    pub fn cut(self, per: Option<Per>, week_start: u32) -> Vec<Self> {
        let Some(per) = per else { return vec![self] };
        let (mut periods, mut from) = (Vec::new(), self.from);
        loop {
            let to = per.last_of(from, week_start).min(self.to);
            periods.push(Self { from, to });
            if to >= self.to {
                return periods;
            }
            from = to.plus(1);
        }
    }

    /// The time before it: as many months before whole months, else as many days.
    pub fn before(self) -> Option<Self> {
        let to = self.from.number().checked_sub(1).and_then(Day::new)?;
        let (first, last) = (self.from.date(), self.to.date());
        if first.day() == 1 && last == last.last_of_month() {
            let months = (i64::from(last.year()) - i64::from(first.year())) * 12
                + i64::from(last.month())
                - i64::from(first.month())
                + 1;
            let from = first.checked_sub(jiff::Span::new().months(months)).ok()?;
            return Some(Self { from: Day::of(from)?, to });
        }
        let from = self.from.number().checked_sub(self.days()).and_then(Day::new)?;
        Some(Self { from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        let day = |text: &str| Day::of(text.parse().unwrap()).unwrap();
        Period { from: day(from), to: day(to) }
    }

    #[test]
    fn periods_follow_each_other_within_the_range() {
        let range = period("2026-10-30", "2026-11-10");
        assert_eq!(range.cut(None, 0), [range]);
        assert_eq!(range.cut(Some(Per::Day), 0).len(), 12);
        assert_eq!(
            range.cut(Some(Per::Week), 0),
            [
                period("2026-10-30", "2026-11-01"),
                period("2026-11-02", "2026-11-08"),
                period("2026-11-09", "2026-11-10")
            ]
        );
        assert_eq!(range.cut(Some(Per::Week), 6)[0], period("2026-10-30", "2026-10-31"));
        let months = [period("2026-10-30", "2026-10-31"), period("2026-11-01", "2026-11-10")];
        assert_eq!(range.cut(Some(Per::Month), 0), months);
        let last = Period { from: Day::LATEST, to: Day::LATEST };
        assert_eq!(last.cut(Some(Per::Week), 0), [last]);
    }

    #[test]
    fn before_whole_months_come_whole_months() {
        for (range, before) in [
            (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
            (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
            (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
            (("2026-11-01", "2026-11-29"), ("2026-10-03", "2026-10-31")),
        ] {
            assert_eq!(period(range.0, range.1).before(), Some(period(before.0, before.1)));
        }
        assert_eq!(period("1970-01-01", "1970-01-02").before(), None);
    }
}
