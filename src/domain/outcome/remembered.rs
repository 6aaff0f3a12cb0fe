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
