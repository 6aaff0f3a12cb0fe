//! What a receipt says about the outbox: acknowledged, rewound by a restore, or beyond what was kept.
//!
//! The receipt's signature, office, device and stream are checked before it comes here.

use std::ops::ControlFlow;

use super::stream;
use crate::domain::batch::Receipt;
use crate::domain::outbox::{OutboxStream, SentBatch};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Outbox, OutboxStreams, SentBatches};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// How the server's place in the stream fits ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The server has everything up to its place; this many operations were acknowledged by this receipt.
    Acknowledged(u64),
    /// The server was restored and knows less than it once acknowledged: the kept batches after its place count as unsent again.
    Rewound,
    /// The server was restored to a place from which the kept batches do not continue. Nothing was changed: this book has all the
    /// server ever had of it, so it is sent again whole, in a fresh start above this epoch.
    Behind {
        /// The highest device epoch either side has seen.
        epoch: u32,
    },
    /// The server has what this outbox never made: the data directory was brought back from a copy, or copied to a second computer.
    /// Nothing was changed: a fresh start above this epoch sends what waits and leaves the server's records alone.
    Beyond {
        /// The highest device epoch either side has seen.
        epoch: u32,
    },
}

/// Takes in a receipt.
///
/// # Errors
/// [`StoreError`].
pub fn acknowledge(
    writer: &mut dyn Writer,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let mut state = stream(writer.as_reader(), receipt.stream)?;
    let epoch = state.device_epoch.max(receipt.device_epoch);
    if receipt.device_epoch > state.device_epoch {
        return Ok(Standing::Beyond { epoch });
    }
    let server = Place::of(receipt, &state);
    let number = receipt.stream;
    match fit(writer.as_reader(), number, &state, &server)? {
        Fit::Continues => {}
        Fit::Gap => return Ok(Standing::Behind { epoch }),
        Fit::NotOurs => return Ok(Standing::Beyond { epoch }),
    }
    let before = state.applied_seq;
    let standing = if server.applied >= before {
        mark(writer, number, (before, server.applied), Some(now))?;
        forget_waiting(writer, number, server.applied)?;
        Standing::Acknowledged(server.applied - before)
    } else {
        mark(writer, number, (server.applied, before), None)?;
        Standing::Rewound
    };
    state.applied_seq = server.applied;
    state.safe_seq = server.safe;
    writer.put::<OutboxStreams>(&number, &state)?;
    Ok(standing)
}

/// The server's place, in our epoch.
struct Place {
    applied: u64,
    hash: [u8; 32],
    safe: u64,
}

impl Place {
    /// A receipt of an older epoch says that the server has nothing of ours yet.
    fn of(receipt: &Receipt, state: &OutboxStream) -> Self {
        if receipt.device_epoch < state.device_epoch {
            return Self { applied: 0, hash: [0; 32], safe: 0 };
        }
        Self {
            applied: receipt.applied_seq,
            hash: receipt.applied_hash,
            safe: receipt.safe_seq.min(receipt.applied_seq),
        }
    }
}

/// How the server's place fits the batches made here.
enum Fit {
    /// It is the end of one, and every batch after it is kept.
    Continues,
    /// It is the end of one, but of those after it some are gone.
    Gap,
    /// It is the end of none.
    NotOurs,
}

fn fit(
    reader: &dyn Reader,
    number: u8,
    state: &OutboxStream,
    server: &Place,
) -> Result<Fit, StoreError> {
    if server.applied >= state.batched_seq {
        let same = server.applied == state.batched_seq && server.hash == state.batched_hash;
        return Ok(if same { Fit::Continues } else { Fit::NotOurs });
    }
    let known = reader.get::<SentBatches>(&(number, server.applied))?;
    let hash_differs = known.as_ref().is_some_and(|batch| batch.hash != server.hash);
    // A place never acknowledged must be the end of a kept batch; of one before that the row may be gone.
    let is_no_end = known.is_none() && server.applied > state.applied_seq;
    if hash_differs || is_no_end || (server.applied == 0 && server.hash != [0; 32]) {
        return Ok(Fit::NotOurs);
    }
    let after = KeyRange::after(&(number, server.applied)).ending_with(KeyRange::prefix(&number));
    let next = reader.first::<SentBatches>(after, Order::Rising)?;
    Ok(match next {
        Some((_, batch)) if batch.seq_from == server.applied + 1 => Fit::Continues,
        Some((_, batch)) if batch.seq_from <= server.applied => Fit::NotOurs,
        _ => Fit::Gap,
    })
}

/// Marks the batches that end in `(after, to]`.
fn mark(
    writer: &mut dyn Writer,
    number: u8,
    (after, to): (u64, u64),
    acknowledged: Option<Timestamp>,
) -> Result<(), StoreError> {
    let range = KeyRange::between(&(number, after + 1), &(number, to + 1));
    let mut ends: Vec<(u8, u64)> = Vec::new();
    writer.scan::<SentBatches>(range, Order::Rising, |key, _| {
        ends.push(key);
        ControlFlow::Continue(())
    })?;
    for key in ends {
        if let Some(batch) = writer.get::<SentBatches>(&key)? {
            writer.put::<SentBatches>(&key, &SentBatch { acknowledged, ..batch })?;
        }
    }
    Ok(())
}

/// Removes the operations up to `to`: their batches carry them from here on.
fn forget_waiting(writer: &mut dyn Writer, number: u8, to: u64) -> Result<(), StoreError> {
    let range = KeyRange::between(&(number, 0_u64), &(number, to + 1));
    let mut keys = Vec::new();
    writer.scan::<Outbox>(range, Order::Rising, |key, _| {
        keys.push(key);
        ControlFlow::Continue(())
    })?;
    for key in keys {
        writer.delete::<Outbox>(&key)?;
    }
    Ok(())
}
