//! Requests that carry a key of the caller's own: remembered for [`KEY_MEMORY_MS`].
//!
//! They are numbered as they come, all together and by caller, so that none is pushed out but by the same caller, or by one who has fewer.
//! Of a caller only the oldest ever goes, so that their numbers have no gaps and count themselves.

use super::FORGET_AT_ONCE;
use crate::codec::actor_number;
use crate::domain::command::{Envelope, KEY_MEMORY_MS, MOST_KEYS, MOST_KEYS_EACH};
use crate::domain::outcome::{KeptKeys, Outcome, Refusal, Remembered};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{
    Answers, CallerKeys, KeyCounts, KeyNumbers, KeyedRequestOrder, KeyedRequests,
};
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

/// Number of all, caller, number of theirs.
type Place = (u64, u64, u64);

pub(super) fn recall(
    writer: &dyn Writer,
    envelope: &Envelope,
) -> Result<Option<Outcome>, StoreError> {
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
    found.retain(|(_, known)| !is_old(known, envelope.at));
    Ok(found.pop().map(|(request, known)| {
        if request == envelope.request {
            known.outcome
        } else {
            Outcome::Refused(Refusal::KeyReused)
        }
    }))
}

pub(super) fn remember(
    writer: &mut dyn Writer,
    envelope: &Envelope,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let (at, caller) = (envelope.at, actor_number(&envelope.actor));
    forget_old(writer, at)?;
    empty_order(writer, at)?;
    make_room(writer, caller)?;
    let newest = writer.first::<KeyNumbers>(KeyRange::all(), Order::Falling)?;
    let number = newest.map_or(0, |((number, ..), _)| number + 1);
    let own = end(writer, caller, Order::Falling)?.map_or(0, |(_, _, own)| own + 1);
    writer.put::<KeyNumbers>(&(number, caller, own), &envelope.request)?;
    writer.put::<CallerKeys>(&(caller, own, number), &envelope.request)?;
    count(writer, 1)?;
    let outcome = outcome.clone();
    writer.put::<KeyedRequests>(&envelope.request, &Remembered { at, outcome })
}

/// One caller keeps so many, and all together so many: then the oldest of them all goes, unless who comes keeps more than whose it is.
fn make_room(writer: &mut dyn Writer, caller: u64) -> Result<(), StoreError> {
    let own = end(writer, caller, Order::Rising)?;
    let has = of_caller(writer, caller)?;
    let goes = if has >= MOST_KEYS_EACH {
        own
    } else if kept(writer)? >= MOST_KEYS {
        let oldest = writer.first::<KeyNumbers>(KeyRange::all(), Order::Rising)?;
        match oldest.map(|(place, _)| place) {
            Some(place) if of_caller(writer, place.1)? > has => Some(place),
            oldest => own.or(oldest),
        }
    } else {
        None
    };
    goes.map_or(Ok(()), |place| forget(writer, place))
}

/// Forgets a few that are too old.
fn forget_old(writer: &mut dyn Writer, at: Timestamp) -> Result<(), StoreError> {
    for (place, request) in
        writer.rows::<KeyNumbers>(KeyRange::all(), Order::Rising, FORGET_AT_ONCE)?
    {
        if writer.get::<KeyedRequests>(&request)?.is_some_and(|known| !is_old(&known, at)) {
            break;
        }
        forget(writer, place)?;
    }
    Ok(())
}

/// What was numbered before callers were told apart goes, too, once it is too old.
fn empty_order(writer: &mut dyn Writer, at: Timestamp) -> Result<(), StoreError> {
    for (number, request) in
        writer.rows::<KeyedRequestOrder>(KeyRange::all(), Order::Rising, FORGET_AT_ONCE)?
    {
        if writer.get::<KeyedRequests>(&request)?.is_some_and(|known| !is_old(&known, at)) {
            break;
        }
        writer.delete::<KeyedRequestOrder>(&number)?;
        writer.delete::<KeyedRequests>(&request)?;
    }
    Ok(())
}

fn forget(writer: &mut dyn Writer, place: Place) -> Result<(), StoreError> {
    let (number, caller, own) = place;
    if let Some(request) = writer.get::<KeyNumbers>(&place)? {
        writer.delete::<KeyedRequests>(&request)?;
    }
    writer.delete::<KeyNumbers>(&place)?;
    writer.delete::<CallerKeys>(&(caller, own, number))?;
    count(writer, -1)
}

/// How many a caller has.
fn of_caller(writer: &dyn Writer, caller: u64) -> Result<u64, StoreError> {
    let oldest = end(writer, caller, Order::Rising)?;
    let newest = end(writer, caller, Order::Falling)?;
    Ok(oldest.zip(newest).map_or(0, |((.., oldest), (.., newest))| newest - oldest + 1))
}

/// A caller's oldest, or newest.
fn end(writer: &dyn Writer, caller: u64, order: Order) -> Result<Option<Place>, StoreError> {
    let found = writer.first::<CallerKeys>(KeyRange::prefix(&caller), order)?;
    Ok(found.map(|((caller, own, number), _)| (number, caller, own)))
}

fn kept(writer: &dyn Writer) -> Result<u64, StoreError> {
    Ok(writer.get::<KeyCounts>(&())?.map_or(0, |kept| kept.count))
}

fn count(writer: &mut dyn Writer, more: i64) -> Result<(), StoreError> {
    let count = kept(writer)?.saturating_add_signed(more);
    writer.put::<KeyCounts>(&(), &KeptKeys { count })
}

fn is_old(known: &Remembered, at: Timestamp) -> bool {
    at.ms_since(known.at) >= KEY_MEMORY_MS
}
