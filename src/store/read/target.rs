//! Reads of targets and of saved reports.

use super::{Result, values};
use crate::domain::day::Day;
use crate::domain::id::{SavedReportId, UserId};
use crate::domain::saved_report::SavedReport;
use crate::domain::target::Target;
use crate::store::tables::{SavedReports, Targets};
use crate::store::transaction::{KeyRange, Read, Reader};

/// A person's targets, the earliest first.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn of(reader: &dyn Reader, person: UserId) -> Result<Vec<Target>> {
    values::<Targets>(reader, KeyRange::prefix(&person))
}

/// What a person is to work from that day on, if it was set.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn one(reader: &dyn Reader, person: UserId, from: Day) -> Result<Option<Target>> {
    reader.get::<Targets>(&(person, from))
}

/// Every saved report, oldest first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn saved_reports(reader: &dyn Reader) -> Result<Vec<SavedReport>> {
    values::<SavedReports>(reader, KeyRange::all())
}

/// The saved report of this id.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn saved_report(reader: &dyn Reader, id: SavedReportId) -> Result<Option<SavedReport>> {
    reader.get::<SavedReports>(&id)
}
