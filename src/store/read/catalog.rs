//! Reads of the catalog beyond single records.

use crate::domain::id::{ProjectId, TaskId};
use crate::store::error::StoreError;
use crate::store::tables::ProjectTasks;
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// A project's tasks, oldest first, deleted ones not.
///
/// # Errors
/// [`StoreError`].
pub fn tasks_of(reader: &dyn Reader, project: ProjectId) -> Result<Vec<TaskId>, StoreError> {
    let rows =
        reader.rows::<ProjectTasks>(KeyRange::prefix(&project), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, task), ())| task).collect())
}
