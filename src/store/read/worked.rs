//! What people worked in a stretch of time: the ground of weeks and reports.

use std::ops::ControlFlow;

use super::Result;
use crate::domain::entry::{Entry, MOST_LONG_MS};
use crate::domain::id::UserId;
use crate::domain::sync::Synced;
use crate::domain::time::Timestamp;
use crate::domain::timesheet::part_within;
use crate::store::StoreError;
use crate::store::tables::{Entries, PersonEntries};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Shows each of a person's entries that may have some time in common with this stretch, by start, until the visitor breaks.
///
/// # Errors
/// [`StoreError`].
pub fn each(
    reader: &dyn Reader,
    person: UserId,
    from: Timestamp,
    to: Timestamp,
    mut visit: impl FnMut(Synced<Entry>) -> ControlFlow<()>,
) -> Result<()> {
    let range = KeyRange::between(&(person, from.minus_ms(MOST_LONG_MS)), &(person, to));
    let mut failed: Option<StoreError> = None;
    reader.scan::<PersonEntries>(range, Order::Rising, |(_, _, id), ()| {
        match reader.get::<Entries>(&id) {
            Ok(Some(entry)) if part_within(&entry.body, from, to).is_some() => visit(entry),
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(()), Err)
}
