//! The office's book: what people's hours are booked on, and what changed in it.
//!
//! Must never show a record to somebody who may not book on it; whoever manages the book sees all of it.

mod catalog;
mod changes;
mod history;
mod sight;

pub use catalog::{Asking, Catalogued};
pub use changes::{ChangedRecord, ChangesPage, ChangesRequest};
pub use history::Version;

use super::error::ServiceError;
use crate::consensus::Door;

/// The book behind the one door. Cheap to clone.
#[derive(Clone)]
pub struct Book {
    door: Door,
}

impl Book {
    /// The book behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }
}

/// There is none of this id, or none for this person.
const fn unknown<N: Catalogued>() -> ServiceError {
    ServiceError::Refused(N::UNKNOWN)
}
