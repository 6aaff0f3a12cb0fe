//! The office's background duties.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a background duty is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duty {
    /// Its name, a stable word.
    pub name: String,
    /// It comes again after so many seconds.
    pub every_s: u64,
    /// When it last came; none while it waits for its first turn, or another server does it.
    #[schema(format = DateTime)]
    pub last: Option<String>,
    /// What it did then, or why it could not; empty when there was nothing to do.
    pub said: String,
    /// Could it?
    pub went_well: bool,
}
