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

    /// What each of these periods of it is compared with: the period at the same place of the time before. Months stand beside months,
    /// days and weeks as far from the begin; none where the time before is shorter.
    pub fn each_before(
        self,
        before: Self,
        periods: &[Self],
        per: Option<Per>,
    ) -> Vec<Option<Self>> {
        let Some(per) = per else { return vec![Some(before)] };
        let earlier = before.cut(Some(per), 0);
        if per == Per::Month && earlier.len() == periods.len() {
            return earlier.into_iter().map(Some).collect();
        }
        let shifted = |period: &Self| {
            let from = before.from.plus(period.from.number() - self.from.number());
            let to = from.plus(period.days() - 1).min(before.to);
            (from <= to).then_some(Self { from, to })
        };
        periods.iter().map(shifted).collect()
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
    fn each_period_stands_beside_the_one_at_its_place_in_the_time_before() {
        let beside = |range: Period, per| {
            let before = range.before().unwrap();
            range.each_before(before, &range.cut(per, 0), per)
        };
        let week = beside(period("2026-11-16", "2026-11-22"), Some(Per::Day));
        assert_eq!(week[0], Some(period("2026-11-09", "2026-11-09")), "Monday beside Monday");
        let quarter = beside(period("2026-04-01", "2026-06-30"), Some(Per::Month));
        assert_eq!(quarter[1], Some(period("2026-02-01", "2026-02-28")));
        // March has three days that February has no counterpart of.
        let march = beside(period("2026-03-01", "2026-03-31"), Some(Per::Day));
        assert_eq!((march[27], march[28]), (Some(period("2026-02-28", "2026-02-28")), None));
        let weeks = beside(period("2026-11-09", "2026-11-22"), Some(Per::Week));
        assert_eq!(weeks[1], Some(period("2026-11-02", "2026-11-08")));
        let odd = beside(period("2026-11-11", "2026-11-17"), Some(Per::Week));
        assert_eq!(
            odd,
            [Some(period("2026-11-04", "2026-11-08")), Some(period("2026-11-09", "2026-11-10"))]
        );
        let whole = period("2026-11-01", "2026-11-30");
        assert_eq!(beside(whole, None), [whole.before()]);
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
