//! How long things are kept, and the steps that remove what is older. What was removed is counted until an audit entry tells of it.

use super::activity::BucketNumber;
use super::id::{RecordId, UserId};
use super::outcome::Noun;
use super::time::{DAY_MS, Timestamp};

/// One step looks at so many rows: nobody's writes wait long for it.
pub const ROWS_A_STEP: u32 = 500;
/// A month, on the average.
pub const MONTH_MS: u64 = 2_629_800_000;
/// Clocks and offline computers: what was deleted leaves a trace at least so long.
pub const LEAST_TRACE_DAYS: u64 = 30;

/// What the office's settings come to, at one moment: everything from before these goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Single events older than this keep application, presence and length, and lose the rest.
    pub detail: Timestamp,
    /// Recorded activity older than this goes altogether.
    pub totals: Timestamp,
    /// What was deleted before this leaves no trace any more.
    pub traces: Timestamp,
}

impl Limits {
    /// At `now`, with these settings.
    pub const fn at(now: Timestamp, detail_days: u64, totals_months: u64, trace_days: u64) -> Self {
        let totals = now.minus_ms(totals_months.saturating_mul(MONTH_MS));
        let detail = now.minus_ms(detail_days.saturating_mul(DAY_MS));
        Self { detail, totals, traces: now.minus_ms(trace_days.saturating_mul(DAY_MS)) }
    }
}

/// What was removed since the last audit entry about it, and up to where traces are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// The greatest version among traces that are gone: a copy that asks for less than this cannot be completed any more.
    pub floor: u64,
    /// Events that went.
    pub events: u64,
    /// Events that lost their detail.
    pub thinned: u64,
    /// Traces of deleted records.
    pub traces: u64,
    /// Looks at people's activity.
    pub looks: u64,
}

impl Swept {
    /// Is there nothing to tell?
    pub const fn is_nothing(&self) -> bool {
        self.events == 0 && self.thinned == 0 && self.traces == 0 && self.looks == 0
    }
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetentionCommand {
    /// Events of a bucket that began before this go.
    Drop {
        /// Whose.
        bucket: BucketNumber,
        /// The limit.
        before: Timestamp,
        /// At most so many.
        rows: u32,
    },
    /// Events of a bucket that began from the one and before the other lose their detail.
    Thin {
        /// Whose.
        bucket: BucketNumber,
        /// The first.
        from: Timestamp,
        /// The limit.
        before: Timestamp,
        /// At most so many.
        rows: u32,
    },
    /// Traces of these records go, if they were deleted before this.
    Purge {
        /// Which.
        records: Vec<(Noun, RecordId)>,
        /// The limit.
        before: Timestamp,
    },
    /// Looks at a person's activity from before this go.
    Forget {
        /// Whose.
        person: UserId,
        /// The limit.
        before: Timestamp,
        /// At most so many.
        rows: u32,
    },
    /// The audit log tells what went.
    Tell,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_lie_behind_now_and_never_before_time_began() {
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        let limits = Limits::at(now, 90, 24, 90);
        assert_eq!(now.ms_since(limits.detail), 90 * DAY_MS);
        assert_eq!(now.ms_since(limits.totals) / DAY_MS, 730);
        assert!(limits.totals < limits.traces);
        assert_eq!(Limits::at(now, u64::MAX, 1, 1).detail, Timestamp::EARLIEST);
    }
}
