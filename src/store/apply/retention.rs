//! Removing what is too old, step by step. What goes is counted in the same transaction; [`RetentionCommand::Tell`] writes the audit entry.

use super::{Applying, refused, sync, told};
use crate::domain::activity::BucketNumber;
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::{RecordId, UserId};
use crate::domain::outcome::{Noun, Outcome, Refusal};
use crate::domain::project::Project;
use crate::domain::report::Stretch;
use crate::domain::retention::{ROWS_A_STEP, RetentionCommand, Swept};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::store::activity::{self as book, retire, totals};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::read::sync::Shelf;
use crate::store::tables::{Looks, Sweeps};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &RetentionCommand,
) -> Result<Outcome, StoreError> {
    let mut swept = at.writer.get::<Sweeps>(&())?.unwrap_or_default();
    let more = match command {
        RetentionCommand::Drop { bucket, before, rows } => {
            drop_events(at, &mut swept, *bucket, *before, limited(*rows))?
        }
        RetentionCommand::Thin { bucket, from, before, rows } => {
            thin(at, &mut swept, *bucket, (*from, *before), limited(*rows))?
        }
        RetentionCommand::Purge { records, before } => {
            if records.len() > ROWS_A_STEP as usize {
                return refused(Refusal::TooMany);
            }
            for (noun, id) in records {
                purge(at, &mut swept, *noun, *id, *before)?;
            }
            false
        }
        RetentionCommand::Forget { person, before, rows } => {
            forget(at, &mut swept, *person, *before, limited(*rows))?
        }
        RetentionCommand::Tell => {
            if swept.is_nothing() {
                return Ok(Outcome::Already);
            }
            let Swept { floor, events, thinned, traces, looks } = swept;
            let words = format!(
                "{events} events deleted, {thinned} without detail, {traces} traces of deleted records, {looks} looks"
            );
            at.audit("retention.sweep", &words)?;
            swept = Swept { floor, ..Swept::default() };
            false
        }
    };
    at.writer.put::<Sweeps>(&(), &swept)?;
    Ok(Outcome::Erased { more })
}

fn limited(rows: u32) -> usize {
    rows.clamp(1, ROWS_A_STEP) as usize
}

fn drop_events(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    bucket: BucketNumber,
    before: Timestamp,
    rows: usize,
) -> Result<bool, StoreError> {
    let (gone, more) = retire::drop_old(at.writer, bucket, before, rows)?;
    swept.events += gone.events;
    if let Some(until) = gone.until {
        forget_days(at, bucket, until)?;
    }
    Ok(more)
}

/// What days came to is told without what is gone.
fn forget_days(
    at: &mut Applying<'_>,
    number: BucketNumber,
    to: Timestamp,
) -> Result<(), StoreError> {
    for device in read::devices(at.writer.as_reader())? {
        let buckets = book::buckets(at.writer.as_reader(), device.id)?;
        if buckets.iter().any(|bucket| bucket.number == number) {
            let gone = vec![Stretch { from: Timestamp::EARLIEST, to }];
            return totals::forget(at.writer, device.person, gone);
        }
    }
    Ok(())
}

fn thin(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    bucket: BucketNumber,
    (from, before): (Timestamp, Timestamp),
    rows: usize,
) -> Result<bool, StoreError> {
    let (thinned, more) = retire::thin_old(at.writer, bucket, (from, before), rows)?;
    swept.thinned += thinned;
    Ok(more)
}

fn forget(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    person: UserId,
    before: Timestamp,
    rows: usize,
) -> Result<bool, StoreError> {
    let old = KeyRange::between(&(person, Timestamp::EARLIEST, 0_u64), &(person, before, 0_u64));
    let found = at.writer.rows::<Looks>(old, Order::Rising, rows)?;
    for (key, _) in &found {
        at.writer.delete::<Looks>(key)?;
        swept.looks += 1;
    }
    Ok(found.len() == rows)
}

fn purge(
    at: &mut Applying<'_>,
    swept: &mut Swept,
    noun: Noun,
    id: RecordId,
    before: Timestamp,
) -> Result<(), StoreError> {
    let gone = match noun {
        Noun::Customer => trace::<Customer>(at, id, before)?,
        Noun::Project => trace::<Project>(at, id, before)?,
        Noun::Task => trace::<Task>(at, id, before)?,
        Noun::Tag => trace::<Tag>(at, id, before)?,
        // Its start stays: it may be what ended an older timer.
        Noun::Entry => trace::<Entry>(at, id, before)?,
        noun => told::purge(at, (noun, id), before)?,
    };
    if let Some(version) = gone {
        swept.floor = swept.floor.max(version);
        swept.traces += 1;
    }
    Ok(())
}

/// The version of the trace that went.
fn trace<B: Shelf>(
    at: &mut Applying<'_>,
    id: RecordId,
    before: Timestamp,
) -> Result<Option<u64>, StoreError> {
    let Some(record) = at.writer.get::<B::Table>(&B::Id::from(id))? else { return Ok(None) };
    if record.meta.deleted.is_none_or(|deleted| deleted >= before) {
        return Ok(None);
    }
    sync::purge(at, &record)?;
    Ok(Some(record.meta.changed_seq))
}
