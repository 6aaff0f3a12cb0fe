//! The person's time entries: each becomes a trace without a body, so that copies learn that it is gone.

use super::{Applying, Left};
use crate::domain::erasure::Erasure;
use crate::store::apply::entry;
use crate::store::error::StoreError;
use crate::store::tables::{Entries, HeldEdits, TimerStarts, Timesheets, WaitingSheets};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn erase(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    left: &mut Left,
) -> Result<(), StoreError> {
    if left.0 == 0 {
        return Ok(());
    }
    let range = erasure.looked.map_or_else(KeyRange::all, |last| KeyRange::after(&last));
    let rows = at.writer.rows::<Entries>(range, Order::Rising, left.0)?;
    for (id, record) in rows {
        if left.0 == 0 {
            return Ok(());
        }
        if record.body.person == erasure.person {
            let versions = entry::erase(at, &record)?;
            left.take(usize::try_from(versions).unwrap_or(usize::MAX));
            erasure.counts.versions += versions;
            erasure.counts.entries += 1;
        }
        erasure.looked = Some(id);
        left.take(1);
    }
    let starts = KeyRange::prefix(&erasure.person);
    for (key, ()) in at.writer.rows::<TimerStarts>(starts, Order::Rising, left.0)? {
        at.writer.delete::<TimerStarts>(&key)?;
        left.take(1);
    }
    weeks(at, erasure, left)
}

/// Their weeks, and what was written offline and waits for open time.
fn weeks(at: &mut Applying<'_>, erasure: &mut Erasure, left: &mut Left) -> Result<(), StoreError> {
    let theirs = KeyRange::prefix(&erasure.person);
    for ((person, from), _) in
        at.writer.rows::<Timesheets>(theirs.clone(), Order::Rising, left.0)?
    {
        at.writer.delete::<Timesheets>(&(person, from))?;
        at.writer.delete::<WaitingSheets>(&(from, person))?;
        erasure.counts.others += 1;
        left.take(1);
    }
    for (key, _) in at.writer.rows::<HeldEdits>(theirs, Order::Rising, left.0)? {
        at.writer.delete::<HeldEdits>(&key)?;
        erasure.counts.others += 1;
        left.take(1);
    }
    Ok(())
}
