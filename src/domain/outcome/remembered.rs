//! Outcomes kept for whoever asks again.

use super::Outcome;
use crate::domain::time::Timestamp;

/// An outcome kept so that a retry of the same request gets it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// When the command was applied; forgotten after [`crate::domain::command::REQUEST_MEMORY_MS`].
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
}

/// How many outcomes of requests with a key are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptKeys {
    /// So many.
    pub count: u64,
}
