//! Whether this server is the only one.
//!
//! Then nobody waits for the engine's heartbeats, and it writes the log and applies entries right where it runs: on a machine with few cores each hand-over to another thread costs as much as the flush. With others in the cluster both
//! have threads of their own, so that heartbeats never wait for a disk. What is written, and in which order, is the same either way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::types::Membership;

/// Shared by the log, the state and whoever learns of a membership.
#[derive(Clone, Default)]
pub(super) struct Alone(Arc<AtomicBool>);

impl Alone {
    /// Takes note of the membership in force. Not of safety, only of speed: a moment late does no harm.
    pub(super) fn note(&self, membership: &Membership) {
        self.0.store(membership.membership().nodes().count() <= 1, Ordering::Relaxed);
    }

    /// For tests of either way.
    #[cfg(test)]
    pub(super) fn assumed(is_so: bool) -> Alone {
        Alone(Arc::new(AtomicBool::new(is_so)))
    }

    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
