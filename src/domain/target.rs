//! Targets: how long somebody is to work in a week, and on which days.

use super::day::Day;
use super::id::UserId;

/// There is no more in a week.
pub const MOST_WEEK_MINUTES: u32 = 7 * 24 * 60;
/// A person has at most this many, one after the other.
pub const MOST_TARGETS: usize = 200;

/// The days of the week on which somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays(u8);

impl WorkingDays {
    /// No day at all.
    pub const NONE: Self = Self(0);

    /// Bit 0 is Monday, bit 6 Sunday; `None` when there is another bit.
    pub const fn new(bits: u8) -> Option<Self> {
        if bits < 1 << 7 { Some(Self(bits)) } else { None }
    }

    /// The days as bits.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The days of these names; `None` when one is no day.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names.into_iter().try_fold(Self(0), |days, name| {
            let day = NAMES.iter().position(|known| *known == name)?;
            Some(Self(days.0 | 1 << day))
        })
    }

    /// Their names, Monday first.
    pub fn names(self) -> Vec<&'static str> {
        (0..).zip(NAMES).filter(|(day, _)| self.has(*day)).map(|(_, name)| name).collect()
    }

    /// Is this day of the week (0 for Monday) one of them?
    pub const fn has(self, weekday: u32) -> bool {
        weekday < 7 && self.0 >> weekday & 1 == 1
    }
}

/// How long a person is to work from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who.
    pub person: UserId,
    /// From this day on, until the next one.
    pub from: Day,
    /// In a week.
    pub week_minutes: u32,
    /// On which days.
    pub days: WorkingDays,
}

impl Target {
    /// Can it be?
    pub const fn is_sound(&self) -> bool {
        self.week_minutes <= MOST_WEEK_MINUTES && (self.week_minutes == 0 || self.days.0 != 0)
    }
}

/// What is due on a day of the week (0 for Monday). What does not divide falls on the first days, so that every week comes to the whole.
pub fn minutes_on(week_minutes: u32, days: WorkingDays, weekday: u32) -> u32 {
    if !days.has(weekday) {
        return 0;
    }
    let count = days.0.count_ones();
    let before = (0..weekday).filter(|day| days.has(*day)).count();
    let more = u32::try_from(before).is_ok_and(|before| before < week_minutes % count);
    week_minutes / count + u32::from(more)
}

/// A change of a person's targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetCommand {
    /// From a day on.
    Set(Target),
    /// What counted before counts on.
    Remove {
        /// Whose.
        person: UserId,
        /// The day from which it counted.
        from: Day,
    },
}

const NAMES: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_week_comes_to_the_whole() {
        for bits in 1..128 {
            let days = WorkingDays::new(bits).unwrap();
            for week_minutes in [0, 1, 6, 2_310, 2_400, 10_080] {
                let each: Vec<u32> =
                    (0..7).map(|day| minutes_on(week_minutes, days, day)).collect();
                assert_eq!(each.iter().sum::<u32>(), week_minutes, "{bits} {each:?}");
            }
        }
        let three = WorkingDays::from_names(["friday", "monday", "tuesday"]).unwrap();
        let each: Vec<u32> = (0..7).map(|day| minutes_on(1_000, three, day)).collect();
        assert_eq!(each, [334, 333, 0, 0, 333, 0, 0]);
    }

    #[test]
    fn names_come_back() {
        let days = WorkingDays::from_names(["sunday", "monday"]).unwrap();
        assert_eq!((days.bits(), days.names()), (0b100_0001, vec!["monday", "sunday"]));
        assert_eq!((WorkingDays::from_names(["day"]), WorkingDays::new(128)), (None, None));
    }
}
