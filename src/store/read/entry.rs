//! Reads of time entries beyond single records: a person's by their start, and the timer that runs.

use std::ops::ControlFlow;

use crate::domain::entry::{Entry, RefusedOffer};
use crate::domain::id::{DeviceId, EntryId, RecordId, UserId};
use crate::domain::outcome::Noun;
use crate::domain::sync::Synced;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Entries, EntryUses, PersonEntries, RefusedOffers, TimerStarts};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

const ROWS_AT_ONCE: usize = 128;

/// Up to `most` of a person's entries, deleted ones not, that begin from `from` on and before `to`, by start.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn begun_between(
    reader: &dyn Reader,
    person: UserId,
    from: Timestamp,
    to: Timestamp,
    most: usize,
) -> Result<Vec<Synced<Entry>>, StoreError> {
    let mut entries = Vec::new();
    for (_, id) in starts_between(reader, person, from, to, most)? {
        entries.extend(reader.get::<Entries>(&id)?);
    }
    Ok(entries)
}

/// The same, but only when each begins.
///
/// # Errors
/// [`StoreError`].
pub fn starts_between(
    reader: &dyn Reader,
    person: UserId,
    from: Timestamp,
    to: Timestamp,
    most: usize,
) -> Result<Vec<(Timestamp, EntryId)>, StoreError> {
    let range = KeyRange::between(&(person, from), &(person, to));
    let rows = reader.rows::<PersonEntries>(range, Order::Rising, most)?;
    Ok(rows.into_iter().map(|((_, start, id), ())| (start, id)).collect())
}

/// Shows a person's entries, deleted ones not, the last begin first: those that begin before the place `before`, and not before `from`,
/// until the visitor breaks.
///
/// # Errors
/// [`StoreError`].
pub fn last_first(
    reader: &dyn Reader,
    person: UserId,
    from: Timestamp,
    mut before: (Timestamp, EntryId),
    mut visit: impl FnMut(Synced<Entry>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    loop {
        let range = KeyRange::between(&(person, from), &(person, before.0, before.1));
        let rows = reader.rows::<PersonEntries>(range, Order::Falling, ROWS_AT_ONCE)?;
        let is_end = rows.len() < ROWS_AT_ONCE;
        for ((_, start, id), ()) in rows {
            before = (start, id);
            let Some(entry) = reader.get::<Entries>(&id)? else { continue };
            if visit(entry).is_break() {
                return Ok(());
            }
        }
        if is_end {
            return Ok(());
        }
    }
}

/// Up to `most` entries of everybody after this one, oldest first, deleted ones too.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    reader: &dyn Reader,
    after: Option<EntryId>,
    most: usize,
) -> Result<Vec<Synced<Entry>>, StoreError> {
    let range = after.map_or_else(KeyRange::all, |after| KeyRange::after(&after));
    let rows = reader.rows::<Entries>(range, Order::Rising, most)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

/// Shows every entry, deleted ones not, that is booked on this project, task or tag, until the visitor breaks.
///
/// # Errors
/// [`StoreError`].
pub fn each_on(
    reader: &dyn Reader,
    noun: Noun,
    on: RecordId,
    mut visit: impl FnMut(Synced<Entry>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut failed = None;
    let range = KeyRange::prefix(&(noun, on));
    reader.scan::<EntryUses>(range, Order::Rising, |(_, _, id), ()| {
        match reader.get::<Entries>(&id) {
            Ok(Some(entry)) => visit(entry),
            Ok(None) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// Up to `most` edits made offline on a computer that could not be.
///
/// # Errors
/// [`StoreError`].
pub fn refused(
    reader: &dyn Reader,
    device: DeviceId,
    most: usize,
) -> Result<Vec<RefusedOffer>, StoreError> {
    let rows = reader.rows::<RefusedOffers>(KeyRange::prefix(&device), Order::Rising, most)?;
    Ok(rows.into_iter().map(|(_, refused)| refused).collect())
}

/// A person's running timer.
///
/// # Errors
/// [`StoreError`].
pub fn running(reader: &dyn Reader, person: UserId) -> Result<Option<Synced<Entry>>, StoreError> {
    // Whatever began before the last start is cut.
    let last = reader.first::<TimerStarts>(KeyRange::prefix(&person), Order::Falling)?;
    let Some(((_, _, id), ())) = last else { return Ok(None) };
    let entry = reader.get::<Entries>(&id)?;
    Ok(entry.filter(|entry| entry.is_live() && entry.body.ends().is_none()))
}

/// When a person's next timer began after this start of `id`, whatever became of it.
///
/// # Errors
/// [`StoreError`].
pub fn next_start(
    reader: &dyn Reader,
    person: UserId,
    start: Timestamp,
    id: EntryId,
) -> Result<Option<Timestamp>, StoreError> {
    let later = KeyRange::after(&(person, start, id)).ending_with(KeyRange::prefix(&person));
    let mut next = None;
    reader.scan::<TimerStarts>(later, Order::Rising, |(_, start, other), ()| {
        if other == id {
            return ControlFlow::Continue(());
        }
        next = Some(start);
        ControlFlow::Break(())
    })?;
    Ok(next)
}
