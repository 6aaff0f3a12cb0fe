//! An agent's outbox: operations that wait, the signed batches made of them, and what the server has acknowledged.
//!
//! An operation stays in `outbox` until a receipt covers it, and a batch stays in `sent-batches` until a verified backup covers it
//! (or [`KEEP_ACKNOWLEDGED_MS`] have passed): whatever the server forgets by a restore is sent again, byte for byte. Every function
//! here is one step of one transaction, so a crash lies before or after it, never within. It must never decide when to send.

mod coalescer;
mod receipt;
mod safe;
#[cfg(test)]
mod tests;

pub use coalescer::{Coalescer, REPEAT_OPEN_MS};
pub use receipt::{Standing, acknowledge};
pub use safe::safe_before;

use std::ops::ControlFlow;

use super::error::StoreError;
use super::tables::{Outbox, OutboxStreams, SentBatches, Table};
use super::transaction::{KeyRange, Order, Read, Reader, Write, Writer};
use crate::codec::encode;
use crate::domain::batch::{Batch, KEEP_ACKNOWLEDGED_MS, MOST_OPERATIONS, Operation};
use crate::domain::id::{DeviceId, OfficeId};
use crate::domain::outbox::{OutboxStream, Queued, SentBatch};
use crate::domain::time::Timestamp;

/// The operations of one batch are at most this long together before they are packed; half of what the server accepts packed, so
/// that even data that does not pack arrives.
pub const MOST_OPERATION_BYTES: usize = 512 * 1024;
/// Acknowledged batches are kept up to this many bytes together; the oldest go first.
pub const MOST_KEPT_BYTES: usize = 64 * 1024 * 1024;
/// At most this many batches are dropped in one transaction, so that recording never waits long for it.
const MOST_DROPPED_AT_ONCE: usize = 1_000;

/// What waits to be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Operations the server has not acknowledged.
    pub waiting: u64,
    /// When the oldest of them was recorded.
    pub since: Option<Timestamp>,
}

/// Where the stream stands; at its start when nothing was ever queued.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn stream(reader: &dyn Reader, stream: u8) -> Result<OutboxStream, StoreError> {
    Ok(reader.get::<OutboxStreams>(&stream)?.unwrap_or(OutboxStream::start(0)))
}

/// How much waits, and since when.
///
/// # Errors
/// [`StoreError`].
pub fn counts(reader: &dyn Reader, number: u8) -> Result<Counts, StoreError> {
    let state = stream(reader, number)?;
    let first = reader.first::<Outbox>(KeyRange::prefix(&number), Order::Rising)?;
    Ok(Counts {
        waiting: state.last_seq.saturating_sub(state.applied_seq),
        since: first.map(|(_, queued)| queued.at),
    })
}

/// Queues an operation; with its sequence number.
///
/// # Errors
/// [`StoreError`].
pub fn append(
    writer: &mut dyn Writer,
    number: u8,
    operation: Operation,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut state = stream(writer.as_reader(), number)?;
    state.last_seq += 1;
    writer.put::<Outbox>(&(number, state.last_seq), &Queued { at: now, operation })?;
    writer.put::<OutboxStreams>(&number, &state)?;
    Ok(state.last_seq)
}

/// Replaces an operation that is in no batch yet, keeping its place; `false` when it is in one already.
///
/// # Errors
/// [`StoreError`].
pub fn replace(
    writer: &mut dyn Writer,
    number: u8,
    seq: u64,
    operation: Operation,
) -> Result<bool, StoreError> {
    if seq <= stream(writer.as_reader(), number)?.batched_seq {
        return Ok(false);
    }
    let key = (number, seq);
    let Some(queued) = writer.get::<Outbox>(&key)? else { return Ok(false) };
    writer.put::<Outbox>(&key, &Queued { operation, ..queued })?;
    Ok(true)
}

/// What the next new batch is made of, or some more, with its sequence numbers; nothing while the batch before it is not acknowledged.
///
/// # Errors
/// [`StoreError`].
pub fn unpacked(reader: &dyn Reader, number: u8) -> Result<Vec<(u64, Operation)>, StoreError> {
    let state = stream(reader, number)?;
    if state.applied_seq < state.batched_seq {
        return Ok(Vec::new());
    }
    let after = KeyRange::after(&(number, state.batched_seq));
    let range = after.ending_with(KeyRange::prefix(&number));
    let rows = reader.rows::<Outbox>(range, Order::Rising, MOST_OPERATIONS)?;
    Ok(rows.into_iter().map(|((_, seq), queued)| (seq, queued.operation)).collect())
}

/// The batch to send now: the oldest that is not acknowledged, else a new one of what waits, signed by `sign` and recorded before
/// it is ever sent. `None` when the server has everything.
///
/// # Errors
/// [`StoreError`].
pub fn next_batch(
    writer: &mut dyn Writer,
    number: u8,
    (office, device): (OfficeId, DeviceId),
    created: Timestamp,
    sign: impl FnOnce(&Batch) -> (Vec<u8>, [u8; 32]),
) -> Result<Option<SentBatch>, StoreError> {
    let mut state = stream(writer.as_reader(), number)?;
    if state.applied_seq < state.batched_seq {
        let range = KeyRange::after(&(number, state.applied_seq));
        let unsent = range.ending_with(KeyRange::prefix(&number));
        if let Some((_, batch)) = writer.first::<SentBatches>(unsent, Order::Rising)? {
            return Ok(Some(batch));
        }
    }
    let operations = waiting(writer.as_reader(), number, state.batched_seq)?;
    if operations.is_empty() {
        return Ok(None);
    }
    let seq_from = state.batched_seq + 1;
    let seq_to = state.batched_seq + operations.len() as u64;
    let batch = Batch {
        office,
        device,
        stream: number,
        device_epoch: state.device_epoch,
        seq_from,
        seq_to,
        previous: state.batched_hash,
        created,
        operations,
    };
    let (bytes, hash) = sign(&batch);
    let sent = SentBatch { seq_from, hash, acknowledged: None, bytes };
    writer.put::<SentBatches>(&(number, seq_to), &sent)?;
    state.batched_seq = seq_to;
    state.batched_hash = hash;
    writer.put::<OutboxStreams>(&number, &state)?;
    Ok(Some(sent))
}

/// The first operations after `batched_seq`, as many as fit into one batch and at least one.
fn waiting(
    reader: &dyn Reader,
    number: u8,
    batched_seq: u64,
) -> Result<Vec<Operation>, StoreError> {
    let range = KeyRange::after(&(number, batched_seq)).ending_with(KeyRange::prefix(&number));
    let mut operations = Vec::new();
    let mut bytes = 0;
    reader.scan::<Outbox>(range, Order::Rising, |_, queued| {
        bytes += encode(&queued.operation).len();
        if !operations.is_empty() && bytes > MOST_OPERATION_BYTES {
            return ControlFlow::Break(());
        }
        operations.push(queued.operation);
        if operations.len() == MOST_OPERATIONS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    Ok(operations)
}

/// Starts the stream afresh under a higher `device_epoch`: the server counts from 1 again. What waits stays, in order, behind
/// `first`; batches of the epoch before are dropped, for they can no longer be applied and everything unacknowledged in them is
/// still among what waits (but for those a restore called back: then the whole book is sent again).
///
/// # Errors
/// [`StoreError`].
pub fn restart(
    writer: &mut dyn Writer,
    number: u8,
    device_epoch: u32,
    first: Vec<Operation>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let old = stream(writer.as_reader(), number)?;
    let mut batches = Vec::new();
    writer.scan_bytes(
        SentBatches::NAME,
        KeyRange::prefix(&number),
        Order::Rising,
        &mut |key, _| {
            batches.push(key.to_vec());
            Ok(ControlFlow::Continue(()))
        },
    )?;
    for key in batches {
        writer.delete_bytes(SentBatches::NAME, &key)?;
    }
    let placed = first.len() as u64;
    // After a rewind fewer operations wait here than the numbers say: the rest is in batches only.
    let oldest = writer.first::<Outbox>(KeyRange::prefix(&number), Order::Rising)?;
    let before = oldest.map_or(old.last_seq, |((_, seq), _)| seq - 1);
    let waiting = old.last_seq - before;
    renumber(writer, number, before, placed)?;
    for (seq, operation) in (1..).zip(first) {
        writer.put::<Outbox>(&(number, seq), &Queued { at: now, operation })?;
    }
    let mut state = OutboxStream::start(device_epoch);
    state.last_seq = placed + waiting;
    writer.put::<OutboxStreams>(&number, &state)
}

/// Moves every waiting operation from `old + n` to `new + n`, a chunk at a time: upwards from the back, downwards from the front, so
/// that none lands on one that has not moved yet.
fn renumber(writer: &mut dyn Writer, number: u8, old: u64, new: u64) -> Result<(), StoreError> {
    const CHUNK: usize = 512;
    if old == new {
        return Ok(());
    }
    let order = if new < old { Order::Rising } else { Order::Falling };
    let mut range = KeyRange::after(&(number, old)).ending_with(KeyRange::prefix(&number));
    loop {
        let rows = writer.rows::<Outbox>(range.clone(), order, CHUNK)?;
        let Some(((_, reached), _)) = rows.last() else { return Ok(()) };
        range = match order {
            Order::Rising => KeyRange::after(&(number, *reached)).ending_with(range),
            Order::Falling => {
                range.ending_with(KeyRange::between(&(number, 0_u64), &(number, *reached)))
            }
        };
        for ((_, seq), queued) in rows {
            writer.delete::<Outbox>(&(number, seq))?;
            writer.put::<Outbox>(&(number, seq - old + new), &queued)?;
        }
    }
}

/// Drops acknowledged batches that are no longer needed: covered by a verified backup, older than [`KEEP_ACKNOWLEDGED_MS`], or above
/// `most_bytes` together. Never one that is not acknowledged. With how many went.
///
/// # Errors
/// [`StoreError`].
pub fn drop_kept(
    writer: &mut dyn Writer,
    number: u8,
    most_bytes: usize,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let state = stream(writer.as_reader(), number)?;
    let mut bytes = 0_usize;
    writer.scan::<SentBatches>(KeyRange::prefix(&number), Order::Rising, |_, batch| {
        bytes += batch.bytes.len();
        ControlFlow::Continue(())
    })?;
    let mut gone = Vec::new();
    writer.scan::<SentBatches>(KeyRange::prefix(&number), Order::Rising, |key, batch| {
        let Some(acknowledged) = batch.acknowledged else { return ControlFlow::Break(()) };
        let needless = key.1 <= state.safe_seq
            || now.ms_since(acknowledged) > KEEP_ACKNOWLEDGED_MS
            || bytes > most_bytes;
        if !needless || gone.len() == MOST_DROPPED_AT_ONCE {
            return ControlFlow::Break(());
        }
        bytes -= batch.bytes.len();
        gone.push(key);
        ControlFlow::Continue(())
    })?;
    for key in &gone {
        writer.delete::<SentBatches>(key)?;
    }
    Ok(gone.len())
}
