//! The book of recorded activity, the same on a server and in an agent: buckets and their events.
//!
//! The newest event of a bucket (by start, then number) stands in `tail`: a heartbeat that merges touches one small row. Every other one
//! stands in a row of its own in `hot`, or, once it is some days old, in a block with its neighbours. [`scan`] shows them in order wherever
//! they lie, [`pen`] writes, [`tier`] moves what is old into blocks, [`totals`] keeps what days came to and [`months`] what months did. The
//! event a heartbeat grows is chosen and written by its number, never "the last one" twice over (aw-server-rust#554).

pub(in crate::store) mod block;
pub mod dropped;
pub mod months;
pub mod pen;
pub mod retire;
pub mod scan;
mod sealed;
pub(in crate::store) mod thin;
pub mod tier;
pub mod totals;
pub mod weigh;

use std::ops::ControlFlow;

pub use pen::Pen;
use scan::{Look, Span};
pub use scan::{Seen, count, overlapping};

use super::error::StoreError;
use super::read::devices_of;
use super::tables::{Blocks, Buckets, Hot, HotIds, LastBucket, Tails};
use super::transaction::{KeyRange, Order, Read, Reader, Write, Writer};
use crate::domain::activity::{Bucket, BucketAbout, BucketNumber, Event, EventId};
use crate::domain::id::{DeviceId, UserId};
use crate::domain::text::BucketName;
use crate::domain::tier::Place;
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
    if let Some(start) = reader.get::<HotIds>(&(bucket, id))? {
        return reader.get::<Hot>(&(bucket, start, id));
    }
    for closed in sealed::may_hold(reader, bucket, id)? {
        let block = block::open(reader, bucket, closed.first)?;
        if let Some(at) = block.find(id) {
            return Ok(Some(block.event(at)));
        }
    }
    Ok(None)
}

/// The oldest event of the bucket, by start and number.
///
/// # Errors
/// [`StoreError`].
pub fn oldest(reader: &dyn Reader, bucket: BucketNumber) -> Result<Option<Place>, StoreError> {
    let row = reader.first::<Hot>(KeyRange::prefix(&bucket), Order::Rising)?;
    let sealed = reader.first::<Blocks>(KeyRange::prefix(&bucket), Order::Rising)?;
    let tail = newest(reader, bucket)?.map(|tail| (tail.start, tail.id));
    let row = row.map(|((_, start, id), _)| (start, id));
    let sealed = sealed.map(|((_, start, id), _)| (start, id));
    Ok([row, sealed, tail].into_iter().flatten().min())
}

/// Where the oldest event of a person begins.
///
/// # Errors
/// [`StoreError`].
pub fn oldest_of(reader: &dyn Reader, person: UserId) -> Result<Option<Timestamp>, StoreError> {
    let mut first = None;
    for device in devices_of(reader, person)? {
        for bucket in buckets(reader, device.id)? {
            let start = oldest(reader, bucket.number)?.map(|(start, _)| start);
            first = [first, start].into_iter().flatten().min();
        }
    }
    Ok(first)
}

/// Shows the events that overlap `from ..= to`, newest first, until the visitor breaks.
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
    scan::overlapping(reader, bucket, (from, to), Order::Falling, |seen: Seen<'_>| {
        visit(seen.event())
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
    let mut events = Vec::new();
    let mut span = Span::all(bucket, Order::Rising);
    match after.map(scan::next_place) {
        None => {}
        Some(Some(place)) => span.from = place,
        Some(None) => return Ok(events),
    }
    if most == 0 {
        return Ok(events);
    }
    scan::scan(
        reader,
        span,
        |_| Look::Inside,
        |seen: Seen<'_>| {
            events.push(seen.event());
            if events.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    )?;
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

#[cfg(test)]
mod tests;
