//! Retries: the same request id within [`REQUEST_MEMORY_MS`] gets the first outcome again and changes nothing. A request with a key of
//! the caller's own ([`keyed`]) is remembered for longer, and the same key with another request is refused.

mod keyed;

use std::ops::ControlFlow;

use crate::domain::command::{Envelope, REQUEST_MEMORY_MS};
use crate::domain::outcome::{Outcome, Remembered};
use crate::store::error::StoreError;
use crate::store::tables::Requests;
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

/// Forgetting keeps pace with remembering, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

/// The outcome this request had already.
pub(super) fn recall(
    writer: &dyn Writer,
    envelope: &Envelope,
) -> Result<Option<Outcome>, StoreError> {
    if envelope.request.is_keyed() {
        return keyed::recall(writer, envelope);
    }
    if !envelope.command.is_remembered() {
        return Ok(None);
    }
    Ok(writer.get::<Requests>(&envelope.request)?.map(|remembered| remembered.outcome))
}

/// Keeps the outcome, and forgets the oldest ones when they are too old. Request ids rise with time (UUIDv7), so the oldest stand
/// first.
pub(super) fn remember(
    writer: &mut dyn Writer,
    envelope: &Envelope,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    if envelope.request.is_keyed() {
        return keyed::remember(writer, envelope, outcome);
    }
    if !envelope.command.is_remembered() {
        return Ok(());
    }
    let mut old = Vec::new();
    writer.scan::<Requests>(KeyRange::all(), Order::Rising, |request, remembered| {
        if envelope.at.ms_since(remembered.at) < REQUEST_MEMORY_MS {
            return ControlFlow::Break(());
        }
        old.push(request);
        if old.len() < FORGET_AT_ONCE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for request in old {
        writer.delete::<Requests>(&request)?;
    }
    writer.put::<Requests>(
        &envelope.request,
        &Remembered { at: envelope.at, outcome: outcome.clone() },
    )
}
