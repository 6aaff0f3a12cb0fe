//! Reads of people's weeks, of the lock, and of edits that came too late.

use std::ops::ControlFlow;

use super::Result;
use crate::domain::id::UserId;
use crate::domain::lock::{HeldEdit, HeldNumber, Lock};
use crate::domain::time::Timestamp;
use crate::domain::timesheet::{MOST_WEEK_MS, Timesheet};
use crate::store::tables::{HeldEdits, Locks, Timesheets, WaitingSheets};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// A person's week that begins there, if somebody spoke of it.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn one(reader: &dyn Reader, person: UserId, from: Timestamp) -> Result<Option<Timesheet>> {
    reader.get::<Timesheets>(&(person, from))
}

/// A person's weeks that have some time in common with this stretch, oldest first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn within(
    reader: &dyn Reader,
    person: UserId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Timesheet>> {
    let range = KeyRange::between(&(person, from.minus_ms(MOST_WEEK_MS)), &(person, to));
    let rows = reader.rows::<Timesheets>(range, Order::Rising, usize::MAX)?;
    let sheets = rows.into_iter().map(|(_, sheet)| sheet);
    Ok(sheets.filter(|sheet| sheet.week.overlaps(from, to)).collect())
}

/// Shows each week that waits for approval after this one, oldest first, until the visitor breaks.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn waiting(
    reader: &dyn Reader,
    after: Option<(Timestamp, UserId)>,
    mut visit: impl FnMut(Timestamp, UserId) -> ControlFlow<()>,
) -> Result<()> {
    let range = after.map_or_else(KeyRange::all, |after| KeyRange::after(&after));
    reader.scan::<WaitingSheets>(range, Order::Rising, |(from, person), ()| visit(from, person))
}

/// The lock, if there is one.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn lock(reader: &dyn Reader) -> Result<Option<Lock>> {
    reader.get::<Locks>(&())
}

/// A person's edits that came too late, in the order they came.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn held(reader: &dyn Reader, person: UserId) -> Result<Vec<(HeldNumber, HeldEdit)>> {
    let rows = reader.rows::<HeldEdits>(KeyRange::prefix(&person), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, seq, place), edit)| ((seq, place), edit)).collect())
}

/// One of them.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn held_edit(
    reader: &dyn Reader,
    person: UserId,
    (seq, place): HeldNumber,
) -> Result<Option<HeldEdit>> {
    reader.get::<HeldEdits>(&(person, seq, place))
}

/// Everybody who has such edits.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn held_people(reader: &dyn Reader) -> Result<Vec<UserId>> {
    let mut people = Vec::new();
    let mut range = KeyRange::all();
    while let Some(((person, _, _), _)) = reader.first::<HeldEdits>(range, Order::Rising)? {
        people.push(person);
        range = KeyRange::after(&(person, u64::MAX, u32::MAX));
    }
    Ok(people)
}
