//! Blocks as rows: what is known of each, and its bytes in pieces.

use std::collections::HashSet;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::{pen, thin};
use crate::codec::block::{Block, MOST_EVENTS, Unpack};
use crate::domain::activity::{BucketNumber, Event};
use crate::domain::tier::{BlockPart, Place, Sealed};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{BlockParts, Blocks};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// No piece of a block is longer: three of them fill a page of the database.
const PART_BYTES: usize = 1_280;

/// A block that is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Closed {
    /// The place of its first event.
    pub first: Place,
    /// What is known of it.
    pub about: Sealed,
}

/// The bucket's blocks with an event from `from` to `to`, both included, in rising order.
pub(super) fn between(
    reader: &dyn Reader,
    bucket: BucketNumber,
    from: Place,
    to: Place,
) -> Result<Vec<Closed>, StoreError> {
    let mut found = Vec::new();
    let range = KeyRange::spanning(&bucket, &(bucket, to.0, to.1));
    reader.scan::<Blocks>(range, Order::Falling, |(_, start, id), about| {
        // They do not reach into each other: the first that ends before the range is the last to look at.
        if about.last() < from {
            return ControlFlow::Break(());
        }
        found.push(Closed { first: (start, id), about });
        ControlFlow::Continue(())
    })?;
    found.reverse();
    Ok(found)
}

/// The bucket's last block.
pub(super) fn last(
    reader: &dyn Reader,
    bucket: BucketNumber,
) -> Result<Option<Closed>, StoreError> {
    let row = reader.first::<Blocks>(KeyRange::prefix(&bucket), Order::Falling)?;
    Ok(row.map(|((_, start, id), about)| Closed { first: (start, id), about }))
}

/// Opens a block.
pub(in crate::store) fn open(
    reader: &dyn Reader,
    bucket: BucketNumber,
    first: Place,
) -> Result<Block, StoreError> {
    open_as(reader, bucket, first)
}

/// Opens as much of a block as `B` is.
pub(super) fn open_as<B: Unpack>(
    reader: &dyn Reader,
    bucket: BucketNumber,
    first: Place,
) -> Result<B, StoreError> {
    let mut bytes = Vec::new();
    let parts = KeyRange::prefix(&(bucket, first.0, first.1));
    reader.scan::<BlockParts>(parts, Order::Rising, |_, part| {
        bytes.extend(part.bytes);
        ControlFlow::Continue(())
    })?;
    Ok(B::unpack(&bytes)?)
}

/// No more bytes than these has a block, packed: what its parts could hold.
pub(super) fn most_bytes(
    reader: &dyn Reader,
    bucket: BucketNumber,
    first: Place,
) -> Result<usize, StoreError> {
    let parts = KeyRange::prefix(&(bucket, first.0, first.1));
    let last = reader.first::<BlockParts>(parts, Order::Falling)?;
    Ok(last.map_or(0, |((_, number), _)| (number as usize + 1) * PART_BYTES))
}

/// Writes these events of a block as one of their own, if there are any. It always holds them: it held more.
pub(super) fn write_part(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    block: &Block,
    part: Range<usize>,
) -> Result<(), StoreError> {
    let events: Vec<Event> = part.map(|at| block.event(at)).collect();
    write(writer, bucket, &events, MOST_EVENTS)
}

/// Writes `events`, which are in rising order, as blocks of even size and of at most `most`. Nothing of the bucket's blocks reaches in
/// between them.
pub(super) fn write(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    mut events: &[Event],
    most: usize,
) -> Result<(), StoreError> {
    let even = events.len().div_ceil(events.len().div_ceil(most).max(1));
    while !events.is_empty() {
        let (bytes, taken) = Block::pack(events, even);
        let full = taken < even.min(events.len());
        let (packed, rest) = events.split_at(taken);
        events = rest;
        let Some((first, about)) = about(packed) else { continue };
        write_one(writer, bucket, (first, &Sealed { full, ..about }), &bytes)?;
    }
    Ok(())
}

fn write_one(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    (first, about): (Place, &Sealed),
    bytes: &[u8],
) -> Result<(), StoreError> {
    writer.put::<Blocks>(&(bucket, first.0, first.1), about)?;
    write_bytes(writer, bucket, first, bytes)
}

/// Writes the parts of a block of these events, of which the row in [`Blocks`] is there already; did they fit into one?
pub(in crate::store) fn write_parts(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    first: Place,
    events: &[Event],
) -> Result<bool, StoreError> {
    let (bytes, taken) = Block::pack(events, MOST_EVENTS);
    write_bytes(writer, bucket, first, &bytes)?;
    Ok(taken == events.len())
}

fn write_bytes(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    first: Place,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let key = (bucket, first.0, first.1);
    let even = bytes.len().div_ceil(bytes.len().div_ceil(PART_BYTES));
    for (number, part) in (0_u32..).zip(bytes.chunks(even)) {
        writer.put::<BlockParts>(&(key, number), &BlockPart { bytes: part.to_vec() })?;
    }
    Ok(())
}

/// What is known of a block of these events.
fn about(events: &[Event]) -> Option<(Place, Sealed)> {
    let (first, last) = (events.first()?, events.last()?);
    let about = Sealed {
        count: u32::try_from(events.len()).ok()?,
        last_start: last.start,
        last_id: last.id,
        until: events.iter().map(Event::end).max()?,
        longest_ms: events.iter().map(|event| event.duration_ms).max()?,
        least_id: events.iter().map(|event| event.id).min()?,
        greatest_id: events.iter().map(|event| event.id).max()?,
        detailed: is_detailed(events),
        full: false,
    };
    Some(((first.start, first.id), about))
}

fn is_detailed(events: &[Event]) -> bool {
    let (mut seen, mut known) = (HashSet::new(), HashSet::new());
    let mut data = events.iter().map(|event| &event.data);
    data.any(|data| {
        seen.insert(Arc::as_ptr(data))
            && known.insert(data.json.as_str())
            && thin::thinned(data).is_some()
    })
}

/// Removes the bucket's first block, if all of its events began before this, where that is given; with what was known of it.
pub(super) fn drop_first(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    before: Option<Timestamp>,
) -> Result<Option<Sealed>, StoreError> {
    let row = writer.first::<Blocks>(KeyRange::prefix(&bucket), Order::Rising)?;
    let is_old = |about: &Sealed| before.is_none_or(|before| about.last_start < before);
    let Some(((_, start, id), about)) = row.filter(|(_, about)| is_old(about)) else {
        return Ok(None);
    };
    remove(writer, bucket, (start, id))?;
    Ok(Some(about))
}

/// Removes a block.
pub(super) fn remove(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    first: Place,
) -> Result<(), StoreError> {
    let key = (bucket, first.0, first.1);
    pen::clear::<BlockParts>(writer, KeyRange::prefix(&key))?;
    writer.delete::<Blocks>(&key)?;
    Ok(())
}
