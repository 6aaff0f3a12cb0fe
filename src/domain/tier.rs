//! Where recorded activity lies as it grows old: the newest event of a bucket, rows of the last days, sealed blocks of older ones; and
//! what each day of a person came to.

use jiff::civil::Date;

use super::activity::{BucketNumber, EventId};
use super::day::Day;
use super::id::UserId;
use super::policy::ActivityPolicy;
use super::report::Stretch;
use super::time::{DAY_MS, HOUR_MS, Timestamp};

/// At most this many buckets in one command.
pub const MOST_BUCKETS_A_SEAL: usize = 50;
/// At most this many days in one command.
pub const MOST_DAYS_A_TOTAL: usize = 8;
/// At most this many months in one command.
pub const MOST_MONTHS_A_TOTAL: usize = 3;
/// No month has more days.
pub const MOST_DAYS_A_MONTH: usize = 31;
/// A step works so much: an event that moves from a row into a block counts [`ROW_WORK`], one that only moves between blocks counts one.
/// A step of this size is over in well under 50 ms. An event of many kilobytes counts as several.
pub const WORK_A_STEP: u32 = 8_192;
/// No step works more, whatever its command asks for: as much as one of the first servers asked for. Every replica of an old log stops there,
/// so this changes with the level only.
pub const MOST_WORK_A_STEP: u32 = 24_000;
/// So many events make a long block.
pub const BLOCK_EVENTS: u32 = 8_192;
/// How much more work an event in a row of its own is than one in a block.
pub const ROW_WORK: usize = 8;

/// A day is over this long after it ended: computers that were away for the evening have delivered it.
pub const OVER_AFTER_MS: u64 = 3 * HOUR_MS;

/// An event's place among those of its bucket: by start, then by number.
pub type Place = (Timestamp, EventId);

/// What is known of a block without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// How many events it holds.
    pub count: u32,
    /// Where the last of them begins.
    pub last_start: Timestamp,
    /// The number of that one.
    pub last_id: EventId,
    /// The latest end among them.
    pub until: Timestamp,
    /// The longest of them.
    pub longest_ms: u64,
    /// The smallest number among them.
    pub least_id: EventId,
    /// The greatest number among them.
    pub greatest_id: EventId,
    /// Has one of them more than what old events keep?
    pub detailed: bool,
    /// Is it as long as it may be, whatever the number of its events?
    pub full: bool,
}

impl Sealed {
    /// The place of its last event.
    pub const fn last(&self) -> Place {
        (self.last_start, self.last_id)
    }

    /// Can it hold an event of this number?
    pub fn may_hold(&self, id: EventId) -> bool {
        (self.least_id..=self.greatest_id).contains(&id)
    }
}

/// A piece of a block's bytes: the database keeps many small values in less space than a few large ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPart {
    /// What follows on the part before.
    pub bytes: Vec<u8>,
}

/// What a day of a person came to, kept so that a year need not be added up again. It is there only while it says what adding up would say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayTotals {
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
    /// Time an application, most first by name.
    pub apps: Vec<AppTotal>,
}

/// Time of an application on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppTotal {
    /// Its name.
    pub app: String,
    /// The policy it was recorded under.
    pub recorded: ActivityPolicy,
    /// How long; two computers at once count twice.
    pub ms: u64,
    /// In how many stretches.
    pub stretches: u64,
}

/// [`DayTotals`] and where the day ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTotals {
    /// Where it ends; it begins where its key says.
    pub to: Timestamp,
    /// What it came to; nothing when that is too much to keep, and the day is added up whenever somebody asks.
    pub totals: Option<DayTotals>,
}

/// How long a person was active on the days of a month, from where it begins on without a gap. It is there only while each of those days is
/// kept and says the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthHours {
    /// The days that were added up, oldest first; the first begins where the key says, each other where the one before ends.
    pub days: Vec<DayHours>,
}

impl MonthHours {
    /// Its days, of a month that begins there.
    pub fn days_from(&self, begin: Timestamp) -> impl Iterator<Item = (Stretch, u64)> {
        self.days.iter().scan(begin, |from, day| {
            let stretch = Stretch { from: *from, to: day.to };
            *from = day.to;
            Some((stretch, day.active_ms))
        })
    }

    /// Where its last day ends.
    pub fn end(&self) -> Option<Timestamp> {
        self.days.last().map(|day| day.to)
    }
}

/// A day of [`MonthHours`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// Where it ends.
    pub to: Timestamp,
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
}

/// What the days of [`MonthHours`] together came to by application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthApps {
    /// By name, then policy; nothing when that is too much to keep, and the days are asked one by one.
    pub apps: Option<Vec<AppTotal>>,
}

/// A step of moving recorded activity to where it takes less space, or of adding it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TierCommand {
    /// Events of these buckets that began before this, and still have rows of their own, go into blocks.
    Seal {
        /// Whose.
        buckets: Vec<BucketNumber>,
        /// The limit.
        before: Timestamp,
        /// At most so much work.
        work: u32,
        /// A block gets at most so many events. Said here, because every server must cut alike, whichever build it runs.
        block_events: u32,
    },
    /// Small blocks of a bucket that begin within this become large ones.
    Merge {
        /// Whose.
        bucket: BucketNumber,
        /// Usually a month.
        within: Stretch,
        /// At most so much work.
        work: u32,
        /// A block gets at most so many events.
        block_events: u32,
    },
    /// Days of a person are added up. Where days begin and end is decided where zones are known.
    Total {
        /// Whose.
        person: UserId,
        /// Which, in order.
        days: Vec<Stretch>,
    },
    /// Events of deleted buckets go.
    Clear {
        /// At most so many, but blocks whole.
        rows: u32,
    },
    /// What days came to is added up by month, as far as days are kept from its begin on. Where months begin and end is decided where zones
    /// are known.
    Months {
        /// Whose.
        person: UserId,
        /// Which, in order.
        months: Vec<Stretch>,
    },
}

/// Where the UTC day of this moment begins.
pub const fn utc_day(at: Timestamp) -> Timestamp {
    at.minus_ms(at.ms().unsigned_abs() % DAY_MS)
}

/// The UTC month of this moment.
pub fn utc_month(at: Timestamp) -> Stretch {
    let begin = |date: Date| {
        let days =
            Day::of(date).map_or(Timestamp::LATEST.ms(), |day| i64::from(day.number()) * DAY);
        Timestamp::new(days).unwrap_or(Timestamp::LATEST)
    };
    let day = u32::try_from(at.ms() / DAY).ok().and_then(Day::new).unwrap_or(Day::LATEST);
    let first = day.date().first_of_month();
    let next = day.date().last_of_month().tomorrow().unwrap_or(first);
    Stretch { from: begin(first), to: begin(next) }
}

const DAY: i64 = DAY_MS.cast_signed();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_hold_their_moments() {
        let at = |ms| Timestamp::new(ms).unwrap();
        // 2026-02-28T23:59:59.999Z and a millisecond later.
        let (february, march) = (at(1_772_323_199_999), at(1_772_323_200_000));
        assert_eq!(utc_day(february), at(1_772_236_800_000));
        assert_eq!(utc_day(march), march);
        assert_eq!(utc_month(february), Stretch { from: at(1_769_904_000_000), to: march });
        assert_eq!(utc_month(march).from, march);
        assert_eq!(utc_month(Timestamp::EARLIEST).from, Timestamp::EARLIEST);
        let last = utc_month(Timestamp::LATEST.minus_ms(1));
        assert_eq!(last.to, Timestamp::LATEST);
    }
}
