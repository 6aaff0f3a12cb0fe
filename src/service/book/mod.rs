//! The office's book: people's hours, what they are booked on, and what changed in it.
//!
//! Must never show a record of the catalog to somebody who may not book on it (whoever manages the book sees all of it), nor a time entry
//! to somebody who does not reach its person.

mod approval;
mod catalog;
mod changes;
mod computer;
mod entry;
mod history;
mod import;
mod lock;
mod report;
mod saved_report;
mod sight;
mod target;
mod timesheet;
mod told;

pub use catalog::{Asking, Catalogued};
pub use changes::{ChangedRecord, ChangesPage, ChangesRequest};
pub use computer::ComputerCopy;
pub use entry::{Booked, EntriesRequest, EntryDraft, Moment, Whose};
pub use history::Version;
pub use import::{AcceptedRow, ImportPlan, ImportRequest, Imports, Person};
pub use lock::Held;
pub use report::{
    Budget, BudgetsRequest, By, DayHours, DaysReport, EntriesExport, Filter, HoursReport,
    HoursRequest, MOST_NAMED, Overlap, Per, Period, PeriodSum, Row, RowKey,
};
pub use saved_report::{RelativeRange, SavedView};
pub use target::Targets;
pub use timesheet::{SheetView, Step};
pub use told::{NamedTeam, ToldRecord, nouns};

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
