//! Who records through the door: a watcher of the same kind as the recorder makes the recorder silent.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::agent::recorder::Kind;
use crate::domain::time::{SECOND_MS, Timestamp};

/// After a watcher's last heartbeat, it counts as one that records for so long.
const COUNTS_MS: u64 = 90 * SECOND_MS;

/// When a watcher last sent a heartbeat of each kind.
#[derive(Debug, Default)]
pub(in crate::agent) struct Fed {
    window: AtomicI64,
    afk: AtomicI64,
}

impl Fed {
    /// A watcher sent a heartbeat into a bucket of this type.
    pub(super) fn heard(&self, bucket_type: &str, now: Timestamp) {
        for kind in [Kind::Window, Kind::Afk] {
            if bucket_type == kind.bucket_type() {
                self.of(kind).store(now.ms(), Ordering::Relaxed);
            }
        }
    }

    pub(super) fn counts(&self, kind: Kind, now: Timestamp) -> bool {
        let last = self.of(kind).load(Ordering::Relaxed);
        last > 0 && now.ms().abs_diff(last) < COUNTS_MS
    }

    const fn of(&self, kind: Kind) -> &AtomicI64 {
        match kind {
            Kind::Window => &self.window,
            Kind::Afk => &self.afk,
        }
    }
}
