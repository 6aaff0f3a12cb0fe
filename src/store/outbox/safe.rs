//! What of an outbox's time is safe: delivered, and covered by a verified backup of the office's.

use std::ops::ControlFlow;

use super::stream;
use crate::domain::batch::{Batch, Operation};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Outbox, SentBatches};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Every event that began before this moment is in a verified backup as it is here; nothing when none is known to be. `open` reads a batch
/// that was made here.
///
/// # Errors
/// [`StoreError`].
pub fn safe_before(
    reader: &dyn Reader,
    number: u8,
    open: impl Fn(&[u8]) -> Option<Batch>,
) -> Result<Option<Timestamp>, StoreError> {
    let state = stream(reader, number)?;
    if state.safe_seq == 0 {
        return Ok(None);
    }
    let mut before = Timestamp::LATEST;
    reader.scan::<Outbox>(KeyRange::prefix(&number), Order::Rising, |_, queued| {
        before = before.min(begin(&queued.operation));
        ControlFlow::Continue(())
    })?;
    // Up to where the batches reach that were looked at.
    let mut reached = state.safe_seq;
    let unsafe_ones =
        KeyRange::after(&(number, state.safe_seq)).ending_with(KeyRange::prefix(&number));
    reader.scan::<SentBatches>(unsafe_ones, Order::Rising, |(_, last), sent| {
        let Some(batch) = open(&sent.bytes).filter(|_| sent.seq_from <= reached + 1) else {
            return ControlFlow::Break(());
        };
        reached = last;
        before = batch.operations.iter().map(begin).fold(before, Timestamp::min);
        ControlFlow::Continue(())
    })?;
    // What is between is not kept any more: it may have been about anything.
    Ok((reached >= state.batched_seq).then_some(before))
}

/// Where that begins which an operation is about.
fn begin(operation: &Operation) -> Timestamp {
    match operation {
        Operation::PutEvent { event, .. } => event.start,
        // Of what goes nothing is lost here, and a bucket is none of its events. Time entries are not recorded activity.
        Operation::DeleteEvent { .. }
        | Operation::PutBucket { .. }
        | Operation::DeleteBucket { .. }
        | Operation::OfferEntry(_) => Timestamp::LATEST,
    }
}
