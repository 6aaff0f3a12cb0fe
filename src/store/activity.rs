//! The book of recorded activity, the same on a server and in an agent: buckets, their newest event, and all the others.
//!
//! The newest event of a bucket (by start, then number) stands in `tail`, every other one in `hot`: a heartbeat that merges touches
//! one small row. The event a heartbeat grows is chosen and written by its number, never "the last one" twice over
//! (aw-server-rust#554).

use std::ops::ControlFlow;

use super::error::StoreError;
use super::tables::{Buckets, Hot, HotIds, LastBucket, Tails};
use super::transaction::{KeyRange, Order, Read, Reader, Write, Writer};
use crate::domain::activity::{
    Bucket, BucketAbout, BucketNumber, Event, EventId, LONGEST_EVENT_MS, NewEvent, SkipKnown,
    merge_heartbeat,
};
use crate::domain::id::DeviceId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;

/// The bucket of this name.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn bucket(
    reader: &dyn Reader,
    device: DeviceId,
    name: &BucketName,
) -> Result<Option<Bucket>, StoreError> {
    reader.get::<Buckets>(&(device, name.clone()))
}

/// All buckets of `device`, by name.
///
/// # Errors
/// [`StoreError`].
pub fn buckets(reader: &dyn Reader, device: DeviceId) -> Result<Vec<Bucket>, StoreError> {
    let rows = reader.rows::<Buckets>(KeyRange::prefix(&device), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, bucket)| bucket).collect())
}

/// The newest event of the bucket.
///
/// # Errors
/// [`StoreError`].
pub fn newest(reader: &dyn Reader, bucket: BucketNumber) -> Result<Option<Event>, StoreError> {
    reader.get::<Tails>(&bucket)
}

/// The event of this number.
///
/// # Errors
/// [`StoreError`].
pub fn event(
    reader: &dyn Reader,
    bucket: BucketNumber,
    id: EventId,
) -> Result<Option<Event>, StoreError> {
    if let Some(tail) = reader.get::<Tails>(&bucket)?.filter(|tail| tail.id == id) {
        return Ok(Some(tail));
    }
    match reader.get::<HotIds>(&(bucket, id))? {
        Some(start) => reader.get::<Hot>(&(bucket, start, id)),
        None => Ok(None),
    }
}

/// Shows the events that overlap `from ..= to`, newest first, until the visitor breaks.
///
/// An event may begin long before `from` and still reach into the range, so the scan begins earlier by the longest event there is.
///
/// # Errors
/// [`StoreError`].
pub fn events_newest_first(
    reader: &dyn Reader,
    bucket: &Bucket,
    from: Timestamp,
    to: Timestamp,
    mut visit: impl FnMut(Event) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let inside = |event: &Event| from <= to && event.start <= to && event.end() >= from;
    if let Some(tail) = newest(reader, bucket.number)?.filter(inside)
        && visit(tail).is_break()
    {
        return Ok(());
    }
    let earliest = from.minus_ms(bucket.longest_hot_ms);
    let range = KeyRange::between(&(bucket.number, earliest), &(bucket.number, to))
        .ending_with(KeyRange::prefix(&(bucket.number, to)));
    reader.scan::<Hot>(range, Order::Falling, |_, event| {
        if inside(&event) { visit(event) } else { ControlFlow::Continue(()) }
    })
}

/// Up to `most` events after this one by start and number, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn events_after(
    reader: &dyn Reader,
    bucket: BucketNumber,
    after: Option<(Timestamp, EventId)>,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let all = KeyRange::prefix(&bucket);
    let range = match after {
        Some((start, id)) => KeyRange::after(&(bucket, start, id)).ending_with(all),
        None => all,
    };
    let rows = reader.rows::<Hot>(range, Order::Rising, most)?;
    let mut events: Vec<Event> = rows.into_iter().map(|(_, event)| event).collect();
    if events.len() < most {
        let is_after = |tail: &Event| after.is_none_or(|after| (tail.start, tail.id) > after);
        events.extend(newest(reader, bucket)?.filter(is_after));
    }
    Ok(events)
}

/// Makes the bucket unless it is there; with whether it was made.
///
/// # Errors
/// [`StoreError`].
pub fn create_bucket(
    writer: &mut dyn Writer,
    device: DeviceId,
    name: &BucketName,
    about: &BucketAbout,
    created: Timestamp,
) -> Result<(Bucket, bool), StoreError> {
    if let Some(bucket) = bucket(writer.as_reader(), device, name)? {
        return Ok((bucket, false));
    }
    let number = BucketNumber(writer.get::<LastBucket>(&())?.map_or(1, |last| last.0 + 1));
    writer.put::<LastBucket>(&(), &number)?;
    let (name, about) = (name.clone(), about.clone());
    let (last_event, base) = (EventId(0), EventId(0));
    let bucket =
        Bucket { number, device, name, about, created, last_event, longest_hot_ms: 0, base };
    put_bucket(writer, &bucket)?;
    Ok((bucket, true))
}

/// Writes the bucket's own row.
///
/// # Errors
/// [`StoreError`].
pub fn put_bucket(writer: &mut dyn Writer, bucket: &Bucket) -> Result<(), StoreError> {
    writer.put::<Buckets>(&(bucket.device, bucket.name.clone()), bucket)
}

/// Removes the bucket and its events.
///
/// # Errors
/// [`StoreError`].
pub fn delete_bucket(writer: &mut dyn Writer, bucket: &Bucket) -> Result<(), StoreError> {
    let mut keys = Vec::new();
    writer.scan::<Hot>(KeyRange::prefix(&bucket.number), Order::Rising, |key, _| {
        keys.push(key);
        ControlFlow::Continue(())
    })?;
    for (number, start, id) in keys {
        writer.delete::<Hot>(&(number, start, id))?;
        writer.delete::<HotIds>(&(number, id))?;
    }
    writer.delete::<Tails>(&bucket.number)?;
    writer.delete::<Buckets>(&(bucket.device, bucket.name.clone()))?;
    Ok(())
}

/// Grows the newest event by a heartbeat, or starts the next.
///
/// # Errors
/// [`StoreError`].
pub fn heartbeat(
    writer: &mut dyn Writer,
    bucket: &mut Bucket,
    beat: &NewEvent,
    pulsetime_ms: u64,
    policy: ActivityPolicy,
) -> Result<Event, StoreError> {
    let newest = newest(writer.as_reader(), bucket.number)?;
    // An event keeps the policy it was recorded under; once the policy changed, the next heartbeat starts an event of its own.
    let last = newest.filter(|last| last.policy == policy);
    if let Some(merged) = last.and_then(|last| merge_heartbeat(&last, beat, pulsetime_ms)) {
        writer.put::<Tails>(&bucket.number, &merged)?;
        return Ok(merged);
    }
    insert_new(writer, bucket, beat.clone(), policy)
}

/// Inserts an event, or replaces the one whose number it carries; `None` when it was known and known ones are left out.
///
/// A number that was never given here replaces nothing: such an event is new and gets the next one.
///
/// # Errors
/// [`StoreError`].
pub fn insert(
    writer: &mut dyn Writer,
    bucket: &mut Bucket,
    event: NewEvent,
    policy: ActivityPolicy,
    skip_known: SkipKnown,
) -> Result<Option<Event>, StoreError> {
    if skip_known == SkipKnown::Yes && is_known(writer.as_reader(), bucket.number, &event)? {
        return Ok(None);
    }
    match event.id.filter(|id| *id <= bucket.last_event) {
        Some(id) => {
            let event = event.numbered(id, policy);
            put_event(writer, bucket, event.clone())?;
            Ok(Some(event))
        }
        None => insert_new(writer, bucket, event, policy).map(Some),
    }
}

/// The event is there and is this, whatever stood under its number.
///
/// # Errors
/// [`StoreError`].
pub fn put_event(
    writer: &mut dyn Writer,
    bucket: &mut Bucket,
    event: Event,
) -> Result<(), StoreError> {
    // The open event of a recording computer is put again and again: the one case worth a short way.
    let tail = newest(writer.as_reader(), bucket.number)?;
    if tail.is_some_and(|tail| tail.id == event.id && tail.start <= event.start) {
        return writer.put::<Tails>(&bucket.number, &event);
    }
    delete_event(writer, bucket.number, event.id)?;
    bucket.last_event = bucket.last_event.max(event.id);
    place(writer, bucket, event)
}

/// Removes the event; was it there?
///
/// # Errors
/// [`StoreError`].
pub fn delete_event(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    id: EventId,
) -> Result<bool, StoreError> {
    let tail = newest(writer.as_reader(), bucket)?;
    if tail.is_some_and(|tail| tail.id == id) {
        writer.delete::<Tails>(&bucket)?;
        if let Some((key, next)) = writer.first::<Hot>(KeyRange::prefix(&bucket), Order::Falling)? {
            writer.delete::<Hot>(&key)?;
            writer.delete::<HotIds>(&(bucket, next.id))?;
            writer.put::<Tails>(&bucket, &next)?;
        }
        return Ok(true);
    }
    let Some(start) = writer.get::<HotIds>(&(bucket, id))? else { return Ok(false) };
    writer.delete::<HotIds>(&(bucket, id))?;
    writer.delete::<Hot>(&(bucket, start, id))
}

fn insert_new(
    writer: &mut dyn Writer,
    bucket: &mut Bucket,
    event: NewEvent,
    policy: ActivityPolicy,
) -> Result<Event, StoreError> {
    bucket.last_event = EventId(bucket.last_event.0 + 1);
    let event = event.numbered(bucket.last_event, policy);
    place(writer, bucket, event.clone())?;
    Ok(event)
}

/// Puts an event that is not there yet where it belongs: into `tail` when it is the newest, else into `hot`. Writes the bucket's row.
fn place(writer: &mut dyn Writer, bucket: &mut Bucket, event: Event) -> Result<(), StoreError> {
    let number = bucket.number;
    let older = match newest(writer.as_reader(), number)? {
        Some(tail) if (tail.start, tail.id) > (event.start, event.id) => Some(event),
        tail => {
            writer.put::<Tails>(&number, &event)?;
            tail
        }
    };
    if let Some(older) = older {
        bucket.longest_hot_ms = bucket.longest_hot_ms.max(older.duration_ms);
        writer.put::<HotIds>(&(number, older.id), &older.start)?;
        writer.put::<Hot>(&(number, older.start, older.id), &older)?;
    }
    put_bucket(writer, bucket)
}

fn is_known(
    reader: &dyn Reader,
    bucket: BucketNumber,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let same = |known: &Event| {
        known.start == event.start
            && known.duration_ms == event.duration_ms.min(LONGEST_EVENT_MS)
            && known.data.json == event.data.json
    };
    if newest(reader, bucket)?.is_some_and(|tail| same(&tail)) {
        return Ok(true);
    }
    let mut known = false;
    reader.scan::<Hot>(KeyRange::prefix(&(bucket, event.start)), Order::Rising, |_, event| {
        known = same(&event);
        if known { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(known)
}

#[cfg(test)]
mod tests;
