//! How the door is doing, for Server Status, `/metrics` and the readiness check.
//!
//! Must never cost the write path more than a few stores: everything is computed when asked for.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::office::NEWEST_LEVEL;

/// How the door is doing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Index of the last entry applied to the state; none before the first.
    pub applied: Option<u64>,
    /// Index of the last entry in the log; none before the first.
    pub last: Option<u64>,
    /// Commands under way.
    pub queued: usize,
    /// Median time of recent commits, from entering the queue to the outcome; zero without any.
    pub commit_p50: Duration,
    /// 99th percentile of the same.
    pub commit_p99: Duration,
    /// How long the oldest applied change has been waiting to reach the state file; zero when none waits. Until then
    /// the log has it.
    pub checkpoint_age: Duration,
    /// Node id of the leading server; none while nobody leads.
    pub leader: Option<u64>,
}

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
    commits: Mutex<Window>,
}

/// The last commit times, in microseconds.
#[derive(Default)]
struct Window {
    times: Vec<u32>,
    oldest: usize,
}

impl Progress {
    pub(super) fn new() -> Progress {
        Progress {
            shared: Arc::new(Shared {
                opened: Instant::now(),
                applied_next: AtomicU64::new(0),
                unsaved_since: AtomicU64::new(0),
                level: AtomicU32::new(NEWEST_LEVEL),
                commits: Mutex::default(),
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
        let took = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.shared.commits.lock().unwrap_or_else(PoisonError::into_inner).add(took);
    }

    /// Median and 99th percentile of the recent commits.
    pub(super) fn commit_times(&self) -> (Duration, Duration) {
        let mut times =
            self.shared.commits.lock().unwrap_or_else(PoisonError::into_inner).times.clone();
        times.sort_unstable();
        let at = |share: usize| {
            let time = times.get(times.len().saturating_sub(1) * share / 100);
            Duration::from_micros(time.copied().unwrap_or(0).into())
        };
        (at(50), at(99))
    }
}

impl Window {
    fn add(&mut self, took: u32) {
        if self.times.len() < WINDOW {
            self.times.push(took);
        } else {
            self.times[self.oldest] = took;
            self.oldest = (self.oldest + 1) % WINDOW;
        }
    }
}

/// Commits remembered for the percentiles.
const WINDOW: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_cover_the_recent_window_only() {
        let progress = Progress::new();
        assert_eq!(progress.commit_times(), (Duration::ZERO, Duration::ZERO));
        for _ in 0..5000 {
            progress.committed(Duration::from_secs(9));
        }
        for millis in 0..1024 {
            progress.committed(Duration::from_millis(millis));
        }
        assert_eq!(
            progress.commit_times(),
            (Duration::from_millis(511), Duration::from_millis(1012))
        );
    }

    #[test]
    fn nothing_applied_is_not_index_zero() {
        let progress = Progress::new();
        assert_eq!(progress.applied_index(), None);
        progress.applied(Some(0));
        assert_eq!(progress.applied_index(), Some(0));
    }
}
