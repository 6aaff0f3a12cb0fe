//! How long things are kept, and the steps that remove what is older. What was removed is counted until an audit entry tells of it.

use std::collections::BTreeSet;

use super::activity::BucketNumber;
use super::id::{RecordId, UserId};
use super::office_setting::OfficeSetting;
use super::outcome::Noun;
use super::tier::utc_month;
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
    /// Recorded activity older than this goes altogether: the beginning of a month, because months go whole.
    pub totals: Timestamp,
    /// What was deleted before this leaves no trace any more.
    pub traces: Timestamp,
}

impl Limits {
    /// At `now`, with these settings.
    pub fn at(now: Timestamp, detail_days: u64, totals_months: u64, trace_days: u64) -> Self {
        let totals = utc_month(now.minus_ms(totals_months.saturating_mul(MONTH_MS))).from;
        let detail = now.minus_ms(detail_days.saturating_mul(DAY_MS));
        Self { detail, totals, traces: now.minus_ms(trace_days.saturating_mul(DAY_MS)) }
    }

    /// When what began at `start` loses its detail, and when it goes altogether, with these settings: the first sweep after that.
    pub fn until(start: Timestamp, detail_days: u64, totals_months: u64) -> (Timestamp, Timestamp) {
        let month_over = utc_month(start).to;
        let detail = start.plus_ms(detail_days.saturating_mul(DAY_MS));
        (detail, month_over.plus_ms(totals_months.saturating_mul(MONTH_MS)))
    }
}

/// A kind of data, by how long it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Titles, addresses and whatever else an event says.
    Detail,
    /// Recorded activity, and what its days came to.
    Activity,
    /// Traces of what was deleted.
    Deleted,
    /// Who looked at whose activity.
    Looks,
    /// Long work that ended, and its results.
    Jobs,
    /// Time entries.
    Entries,
    /// The audit log.
    Audit,
}

impl Kind {
    /// Every one, in the order lists show them.
    pub const ALL: [Self; 7] = [
        Self::Detail,
        Self::Activity,
        Self::Deleted,
        Self::Looks,
        Self::Jobs,
        Self::Entries,
        Self::Audit,
    ];

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Activity => "activity",
            Self::Deleted => "deleted",
            Self::Looks => "looks",
            Self::Jobs => "jobs",
            Self::Entries => "entries",
            Self::Audit => "audit",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What becomes of it, one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Detail => {
                "Titles, addresses and other detail of recorded activity go after so many days; application, presence and length stay."
            }
            Self::Activity => {
                "Recorded activity and what its days came to go in whole months, after so many months."
            }
            Self::Deleted => "It is known for so many days of what was deleted that it was there.",
            Self::Looks => "Who looked at whose recorded activity is known for 731 days.",
            Self::Jobs => {
                "What a job wrote can be fetched for 12 hours; then the job and its file go."
            }
            Self::Entries => "Time entries are payroll: they are kept until somebody deletes them.",
            Self::Audit => "The audit log is kept whole, because each entry seals the one before.",
        }
    }

    /// What becomes of the totals that were made of it, one sentence; `None` when there are none.
    pub const fn totals(self) -> Option<&'static str> {
        match self {
            Self::Detail => Some(
                "Totals of days and applications stay; what only a title or an address told apart is told together from then on.",
            ),
            Self::Activity => Some(
                "Their totals go with them: reports show no recorded time in these months. Time entries stay.",
            ),
            _ => None,
        }
    }

    /// The setting that limits it; `None`: the office does not choose.
    pub const fn setting(self) -> Option<OfficeSetting> {
        match self {
            Self::Detail => Some(OfficeSetting::DetailDays),
            Self::Activity => Some(OfficeSetting::TotalsMonths),
            Self::Deleted => Some(OfficeSetting::TraceDays),
            Self::Looks | Self::Jobs | Self::Entries | Self::Audit => None,
        }
    }

    /// What its limit counts.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Activity => "months",
            _ => "days",
        }
    }

    /// What is from before this goes, with this limit; `None` when the office does not choose.
    pub fn before(self, now: Timestamp, limit: u64) -> Option<Timestamp> {
        let limits = Limits::at(now, limit, limit, limit);
        match self {
            Self::Detail => Some(limits.detail),
            Self::Activity => Some(limits.totals),
            Self::Deleted => Some(limits.traces),
            Self::Looks | Self::Jobs | Self::Entries | Self::Audit => None,
        }
    }
}

/// What would go of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Going {
    /// Events, or records.
    pub count: u64,
    /// About so many bytes.
    pub bytes: u64,
    /// From so many people.
    pub people: u64,
    /// The months they began in.
    pub months: BTreeSet<Timestamp>,
    /// Where the oldest begins.
    pub oldest: Option<Timestamp>,
    /// Where the newest begins.
    pub newest: Option<Timestamp>,
}

impl Going {
    /// So many more, which begin from the one to the other.
    pub fn add(&mut self, (from, to): (Timestamp, Timestamp), count: u64, bytes: u64) {
        self.count += count;
        self.bytes += bytes;
        self.oldest = Some(self.oldest.map_or(from, |oldest| oldest.min(from)));
        self.newest = self.newest.max(Some(to));
        let mut month = utc_month(from);
        while month.from <= to && self.months.insert(month.from) && month.from < month.to {
            month = utc_month(month.to);
        }
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
        // Two years and what was left of the month.
        assert_eq!(now.ms_since(limits.totals) / DAY_MS, 730 + 21);
        assert_eq!(limits.totals, utc_month(limits.totals).from);
        assert!(limits.totals < limits.traces);
        assert_eq!(Limits::at(now, u64::MAX, 1, 1).detail, Timestamp::EARLIEST);
    }

    #[test]
    fn what_is_kept_until_then_goes_then_and_not_before() {
        for start in [0, 1, 1_795_333_311_000, 1_796_083_199_999, 1_796_083_200_000] {
            let start = Timestamp::new(start).unwrap();
            let (detail, all) = Limits::until(start, 90, 24);
            let (before, then) =
                (Limits::at(detail, 90, 24, 90), Limits::at(detail.plus_ms(1), 90, 24, 90));
            assert!(start >= before.detail && start < then.detail, "{}", start.ms());
            let (before, then) =
                (Limits::at(all.minus_ms(1), 90, 24, 90), Limits::at(all, 90, 24, 90));
            assert!(start >= before.totals && start < then.totals, "{}", start.ms());
        }
    }

    #[test]
    fn what_would_go_is_counted_by_month() {
        let at = |days: u64| Timestamp::EARLIEST.plus_ms(days * DAY_MS);
        let mut going = Going::default();
        going.add((at(40), at(100)), 5, 50);
        going.add((at(45), at(46)), 1, 10);
        going.add((at(3), at(3)), 1, 10);
        assert_eq!((going.count, going.bytes), (7, 70));
        let months = [at(0), at(31), at(59), at(90)];
        assert_eq!(going.months.into_iter().collect::<Vec<_>>(), months);
        assert_eq!((going.oldest, going.newest), (Some(at(3)), Some(at(100))));
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            let chosen = kind.setting().is_some();
            assert_eq!(kind.before(at(100), 1).is_some(), chosen, "{}", kind.name());
        }
    }
}
