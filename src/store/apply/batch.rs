//! Batches from agents: each operation once, in order, with the stream's place moved in the same transaction.

use std::collections::BTreeMap;

use super::activity::{MOST_BUCKETS_A_DEVICE, changed};
use super::{Applying, device, entry, refused};
use crate::domain::activity::{Bucket, Event, LONGEST_EVENT_MS};
use crate::domain::batch::{Batch, BatchCommand, Operation};
use crate::domain::device::StreamState;
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::PolicyPast;
use crate::domain::text::BucketName;
use crate::domain::tier::{OVER_AFTER_MS, utc_day};
use crate::domain::time::Timestamp;
use crate::store::activity::{self as book, Pen, totals};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Streams;
use crate::store::transaction::{Read, Reader, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &BatchCommand) -> Result<Outcome, StoreError> {
    let BatchCommand::Accept { batch, hash } = command;
    if read::office(at.writer.as_reader())?.is_none_or(|office| office.id != batch.office) {
        return refused(Refusal::OtherOffice);
    }
    let device = match device::live(at, batch.device)? {
        Ok(device) => device,
        Err(refusal) => return refused(refusal),
    };
    // The computer keeps what it recorded and tries again: should its person come back, nothing is lost.
    if read::user(at.writer.as_reader(), device.person)?.is_none_or(|p| p.disabled.is_some()) {
        return refused(Refusal::UserDisabled);
    }
    device::note_contact(at, &device)?;
    let key = (batch.device, batch.stream);
    let known = at.writer.get::<Streams>(&key)?;
    let state = match known {
        Some(state) if state.epoch > batch.device_epoch => return Ok(Outcome::Conflict(state)),
        Some(state) if state.epoch == batch.device_epoch => state,
        _ => StreamState::start(batch.device_epoch),
    };
    match place(&state, batch, hash) {
        Place::Next => {}
        Place::Replayed => return Ok(Outcome::Applied(state)),
        Place::TooEarly => return Ok(Outcome::Gap(state)),
        Place::Contradicts => return Ok(Outcome::Conflict(state)),
    }
    let past = read::policy::past(at.writer.as_reader())?;
    // Days that the next seal would take are sealed as they come.
    let over = utc_day(at.at.minus_ms(OVER_AFTER_MS));
    // Runs of recorded activity share a pen.
    let is_offer = |operation: &Operation| matches!(operation, Operation::OfferEntry(_));
    for run in batch.operations.chunk_by(|a, b| is_offer(a) == is_offer(b)) {
        let mut pen = Pen::new(at.writer);
        for run in run.chunk_by(|a, b| is_event(a) && is_event(b)) {
            match run {
                [Operation::PutEvent { .. }, ..] => {
                    put(&mut pen, device.id, run, &past, over)?;
                }
                others => others.iter().try_for_each(|one| record(&mut pen, device.id, one))?,
            }
        }
        let touched = pen.into_touched();
        totals::forget(at.writer, device.person, touched)?;
        for operation in run {
            if let Operation::OfferEntry(offer) = operation {
                entry::from_computer(at, &device, offer)?;
            }
        }
    }
    let state =
        StreamState { epoch: batch.device_epoch, applied_seq: batch.seq_to, last_hash: *hash };
    at.writer.put::<Streams>(&key, &state)?;
    changed(at, &device);
    Ok(Outcome::Applied(state))
}

/// Where a batch stands against what is applied.
enum Place {
    Next,
    Replayed,
    TooEarly,
    Contradicts,
}

fn place(state: &StreamState, batch: &Batch, hash: &[u8; 32]) -> Place {
    if batch.seq_from == state.applied_seq + 1 {
        return if batch.previous == state.last_hash { Place::Next } else { Place::Contradicts };
    }
    if batch.seq_from > state.applied_seq {
        return Place::TooEarly;
    }
    // Of what was applied long ago only the numbers are known; the last batch is known by its hash too.
    let last_differs = batch.seq_to == state.applied_seq && *hash != state.last_hash;
    if batch.seq_to > state.applied_seq || last_differs {
        Place::Contradicts
    } else {
        Place::Replayed
    }
}

const fn is_event(operation: &Operation) -> bool {
    matches!(operation, Operation::PutEvent { .. })
}

/// Puts these events, bucket by bucket: those of one do not touch another. Those for a bucket that is not there have nowhere to go: it was
/// deleted, or is one too many. Nor has one whose number or texts are larger than an agent ever gives.
fn put(
    pen: &mut Pen<'_>,
    device: DeviceId,
    run: &[Operation],
    past: &PolicyPast,
    over: Timestamp,
) -> Result<(), StoreError> {
    let mut buckets: BTreeMap<&BucketName, Vec<&Event>> = BTreeMap::new();
    for operation in run {
        if let Operation::PutEvent { bucket, event } = operation {
            buckets.entry(bucket).or_default().push(event);
        }
    }
    for (name, events) in buckets {
        let Some(mut bucket) = book::bucket(pen.reader(), device, name)? else { continue };
        let base = bucket.clone();
        let events = events.into_iter().filter_map(|event| {
            let id = base.number_of(event.id).filter(|_| event.data.fits())?;
            let duration_ms = event.duration_ms.min(LONGEST_EVENT_MS);
            // The computer may not know yet that the policy became stricter, nor of a looser one what was before.
            let policy = event.policy.min(past.at(event.start));
            Some(Event { id, duration_ms, policy, ..event.clone() })
        });
        pen.put_events(&mut bucket, events, over)?;
    }
    Ok(())
}

/// Runs one operation that is no event to put.
fn record(pen: &mut Pen<'_>, device: DeviceId, operation: &Operation) -> Result<(), StoreError> {
    match operation {
        Operation::PutBucket { name, about, created } => {
            if is_full(pen.reader(), device, name)? {
                return Ok(());
            }
            let (bucket, made) = pen.create_bucket(device, name, about, *created)?;
            // Made at another time without a deletion between: the device lost its book, made the bucket anew and counts its
            // events from 1 again. What it recorded before keeps its numbers here.
            let base = if bucket.created == *created { bucket.base } else { bucket.last_event };
            let now = Bucket { about: about.clone(), created: *created, base, ..bucket.clone() };
            if !made && now != bucket {
                pen.put_bucket(&bucket, &now)?;
            }
        }
        Operation::DeleteBucket { name } => {
            if let Some(bucket) = book::bucket(pen.reader(), device, name)? {
                pen.delete_bucket(&bucket)?;
            }
        }
        Operation::DeleteEvent { bucket: name, event } => {
            if let Some(bucket) = book::bucket(pen.reader(), device, name)?
                && let Some(id) = bucket.number_of(*event)
            {
                pen.delete_event(bucket.number, id)?;
            }
        }
        // The caller's: they need more than the book, or come many at a time.
        Operation::OfferEntry(_) | Operation::PutEvent { .. } => {}
    }
    Ok(())
}

fn is_full(reader: &dyn Reader, device: DeviceId, name: &BucketName) -> Result<bool, StoreError> {
    Ok(book::bucket(reader, device, name)?.is_none()
        && book::buckets(reader, device)?.len() >= MOST_BUCKETS_A_DEVICE)
}
