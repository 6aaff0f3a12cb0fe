//! The gate readers pass: shut while another server's state is being put in place.
//!
//! Must never make a reader wait for an installation: it is told "installing" at once and tries again.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::Duration;

/// Shared by all readers and the state thread.
#[derive(Clone, Default)]
pub(super) struct Gate {
    lock: Arc<RwLock<()>>,
}

impl Gate {
    /// Passes the gate for the time of one short read; none while it is shut.
    pub(super) fn pass(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match self.lock.try_read() {
            Ok(passed) => Some(passed),
            Err(TryLockError::Poisoned(passed)) => Some(passed.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Shuts the gate once the reads under way are done. Blocks.
    pub(super) fn close(&self) -> RwLockWriteGuard<'_, ()> {
        self.lock.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shut until it is dropped; for tests of those who must go on afterwards.
/// Reads at once; each holds a thread and a snapshot.
pub(super) const READS: u32 = 32;
/// How long a read waits for its turn.
pub(super) const READ_WAIT: Duration = Duration::from_secs(5);

#[cfg(test)]
pub(crate) struct Shut<'a> {
    _closed: RwLockWriteGuard<'a, ()>,
}

#[cfg(test)]
impl Gate {
    pub(super) fn shut(&self) -> Shut<'_> {
        Shut { _closed: self.close() }
    }
}
