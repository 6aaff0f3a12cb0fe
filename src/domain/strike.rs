//! A person strikes out a stretch of their own recorded activity: it is gone, and no total knows of it any more.

use super::id::UserId;
use super::time::Timestamp;

/// Events that one step removes or shortens.
pub const EVENTS_A_STEP: usize = 500;

/// One step of striking out. What began before the stretch keeps its beginning, what ended after it keeps its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Whose activity, on all of their computers.
    pub person: UserId,
    /// The begin of the stretch.
    pub from: Timestamp,
    /// Its end, not included.
    pub to: Timestamp,
}
