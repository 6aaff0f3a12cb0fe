//! Retries: the same request id within [`REQUEST_MEMORY_MS`] gets the first outcome again and changes nothing. A request with a key of
//! the caller's own is remembered for [`KEY_MEMORY_MS`], and the same key with another request is refused.

use std::ops::ControlFlow;

use crate::domain::command::{Envelope, KEY_MEMORY_MS, MOST_KEYS, REQUEST_MEMORY_MS};
use crate::domain::outcome::{Outcome, Refusal, Remembered};
use crate::store::error::StoreError;
use crate::store::tables::{Answers, KeyedRequestOrder, KeyedRequests, Requests};
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

/// Forgetting keeps pace with remembering, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

/// The outcome this request had already.
pub(super) fn recall(
    writer: &dyn Writer,
    envelope: &Envelope,
) -> Result<Option<Outcome>, StoreError> {
    if envelope.request.is_keyed() {
        return recall_keyed(writer, envelope);
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
        return remember_keyed(writer, envelope, outcome);
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

fn recall_keyed(writer: &dyn Writer, envelope: &Envelope) -> Result<Option<Outcome>, StoreError> {
    let mut caller_and_key = [0; 8];
    caller_and_key.copy_from_slice(&envelope.request.bytes()[..8]);
    let same_key = KeyRange::prefix(&u64::from_be_bytes(caller_and_key));
    let kept = KeyRange::prefix(&u64::from_be_bytes(caller_and_key));
    for (_, answer) in writer.rows::<Answers>(kept, Order::Rising, usize::MAX)? {
        if envelope.at.ms_since(answer.at) < KEY_MEMORY_MS {
            return Ok(Some(Outcome::Refused(Refusal::KeyReused)));
        }
    }
    let mut found = writer.rows::<KeyedRequests>(same_key, Order::Rising, usize::MAX)?;
    // What is too old may still stand there.
    found.retain(|(_, known)| envelope.at.ms_since(known.at) < KEY_MEMORY_MS);
    Ok(found.pop().map(|(request, known)| {
        if request == envelope.request {
            known.outcome
        } else {
            Outcome::Refused(Refusal::KeyReused)
        }
    }))
}

fn remember_keyed(
    writer: &mut dyn Writer,
    envelope: &Envelope,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let newest = writer.first::<KeyedRequestOrder>(KeyRange::all(), Order::Falling)?;
    let number = newest.map_or(0, |(number, _)| number + 1);
    for (oldest, request) in
        writer.rows::<KeyedRequestOrder>(KeyRange::all(), Order::Rising, FORGET_AT_ONCE)?
    {
        let known = writer.get::<KeyedRequests>(&request)?;
        let is_old = known.is_none_or(|known| envelope.at.ms_since(known.at) >= KEY_MEMORY_MS);
        if !is_old && number - oldest < MOST_KEYS {
            break;
        }
        writer.delete::<KeyedRequestOrder>(&oldest)?;
        writer.delete::<KeyedRequests>(&request)?;
    }
    writer.put::<KeyedRequestOrder>(&number, &envelope.request)?;
    writer.put::<KeyedRequests>(
        &envelope.request,
        &Remembered { at: envelope.at, outcome: outcome.clone() },
    )
}
