//! How the door is doing, for Server Status, `/metrics` and the readiness check.
//!
//! Must never cost the write path more than a few stores: everything is computed when asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::domain::office::NEWEST_LEVEL;

/// How the door is doing now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Index of the last entry applied to the state; none before the first.
    pub applied: Option<u64>,
    /// Index of the last entry in the log; none before the first.
    pub last: Option<u64>,
    /// Commands under way.
    pub queued: usize,
    /// How long commits took since the door opened, from entering the queue to the outcome.
    pub commits: CommitTimes,
    /// How long the oldest applied change has been waiting to reach the state file; zero when none waits. Until then
    /// the log has it.
    pub checkpoint_age: Duration,
    /// Node id of the leading server; none while nobody leads.
    pub leader: Option<u64>,
}

/// How long commits took: how many, and how many of them within each bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitTimes {
    /// All together.
    pub total: Duration,
    /// Commits that took at most each of [`BOUNDS`] and longer than the one before; the last counts the longer ones.
    pub counts: [u64; BOUNDS.len() + 1],
}

impl CommitTimes {
    /// So many in a hundred took at most this long, to the next of [`BOUNDS`]; none without commits, nor beyond the last.
    #[must_use]
    pub fn within(&self, percent: u64) -> Option<Duration> {
        let all: u64 = self.counts.iter().sum();
        let wanted = all.saturating_mul(percent).div_ceil(100).max(1);
        let mut seen = 0;
        let reaches = |count: &u64| {
            seen += count;
            seen >= wanted
        };
        BOUNDS.get(self.counts.iter().position(reaches)?).copied()
    }

    /// Those after `before` was read.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            total: self.total.saturating_sub(before.total),
            counts: std::array::from_fn(|at| self.counts[at].saturating_sub(before.counts[at])),
        }
    }
}

/// From a fast disk's commit to what nobody should have to wait for.
pub const BOUNDS: [Duration; 12] = [
    Duration::from_micros(250),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// What the threads report.
#[derive(Clone)]
pub(super) struct Progress {
    shared: Arc<Shared>,
}

struct Shared {
    opened: Instant,
    /// Index of the last applied entry plus one; 0 before the first.
    applied_next: AtomicU64,
    /// Milliseconds from `opened` to the first change after the last checkpoint, plus one; 0 when there is none.
    unsaved_since: AtomicU64,
    /// The level in force.
    level: AtomicU32,
    commit_counts: [AtomicU64; BOUNDS.len() + 1],
    commit_micros: AtomicU64,
}

impl Progress {
    pub(super) fn new() -> Progress {
        Progress {
            shared: Arc::new(Shared {
                opened: Instant::now(),
                applied_next: AtomicU64::new(0),
                unsaved_since: AtomicU64::new(0),
                level: AtomicU32::new(NEWEST_LEVEL),
                commit_counts: Default::default(),
                commit_micros: AtomicU64::new(0),
            }),
        }
    }

    pub(super) fn applied(&self, index: Option<u64>) {
        self.shared.applied_next.store(index.map_or(0, |index| index + 1), Ordering::Relaxed);
    }

    pub(super) fn applied_index(&self) -> Option<u64> {
        self.shared.applied_next.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Takes note of the level in force; before the office is founded it is this build's own.
    pub(super) fn level_is(&self, level: Option<u32>) {
        self.shared.level.store(level.unwrap_or(NEWEST_LEVEL), Ordering::Relaxed);
    }

    pub(super) fn level(&self) -> u32 {
        self.shared.level.load(Ordering::Relaxed)
    }

    /// Something was applied that is not in the state file yet.
    pub(super) fn unsaved(&self) {
        self.shared.unsaved_since.store(self.millis() + 1, Ordering::Relaxed);
    }

    /// The state file has everything.
    pub(super) fn saved(&self) {
        self.shared.unsaved_since.store(0, Ordering::Relaxed);
    }

    pub(super) fn unsaved_for(&self) -> Duration {
        match self.shared.unsaved_since.load(Ordering::Relaxed).checked_sub(1) {
            Some(since) => Duration::from_millis(self.millis().saturating_sub(since)),
            None => Duration::ZERO,
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.shared.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn committed(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.shared.commit_counts[BOUNDS.partition_point(|bound| *bound < took)]
            .fetch_add(1, Ordering::Relaxed);
        self.shared.commit_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(super) fn commit_times(&self) -> CommitTimes {
        let counts = &self.shared.commit_counts;
        CommitTimes {
            total: Duration::from_micros(self.shared.commit_micros.load(Ordering::Relaxed)),
            counts: std::array::from_fn(|at| counts[at].load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_commit_is_counted_within_its_bound() {
        let progress = Progress::new();
        assert_eq!(progress.commit_times(), CommitTimes::default());
        for (at, bound) in BOUNDS.into_iter().enumerate() {
            progress.committed(bound);
            assert_eq!(progress.commit_times().counts[at], 1, "{bound:?} is within itself");
        }
        assert!(BOUNDS.is_sorted());
        progress.committed(Duration::ZERO);
        progress.committed(BOUNDS[0] + Duration::from_nanos(1));
        progress.committed(Duration::from_secs(6));
        let times = progress.commit_times();
        assert_eq!((times.counts[0], times.counts[1], times.counts[BOUNDS.len()]), (2, 2, 1));
        let total: Duration = BOUNDS.into_iter().sum();
        assert_eq!(times.total, total + BOUNDS[0] + Duration::from_secs(6));
    }

    #[test]
    fn nothing_applied_is_not_index_zero() {
        let progress = Progress::new();
        assert_eq!(progress.applied_index(), None);
        progress.applied(Some(0));
        assert_eq!(progress.applied_index(), Some(0));
    }
}
