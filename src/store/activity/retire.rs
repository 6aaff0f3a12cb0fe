//! What is too old goes, or keeps only the little that old events keep. Blocks go whole where all of one is too old.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::block::{self, Closed};
use super::thin::thinned;
use crate::domain::activity::{BucketNumber, Event, EventId};
use crate::domain::tier::Place;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Hot, HotIds, Tails};
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

/// Rows that one step reads at most to find those that still have their detail.
const MOST_LOOKED: usize = 10_000;
/// Blocks that one step rewrites at most.
const MOST_REWRITTEN: usize = 4;

/// Removes events that began before this: up to `rows` rows, and some blocks. With how many went, and whether there are more.
///
/// # Errors
/// [`StoreError`], as every function here.
pub(in crate::store) fn drop_old(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    before: Timestamp,
    rows: usize,
) -> Result<(u64, bool), StoreError> {
    let mut gone = 0;
    for _ in 0..rows / 8 + 1 {
        match block::drop_first(writer, bucket, before)? {
            Some(count) => gone += u64::from(count),
            None => break,
        }
    }
    let old = (before.minus_ms(1), EventId(u64::MAX));
    let none_old = before == Timestamp::EARLIEST;
    let left = block::between(writer.as_reader(), bucket, FIRST, old)?;
    if let [closed] = &left[..]
        && !none_old
    {
        // The one block in which the limit lies.
        let events = block::open(writer.as_reader(), bucket, closed.first)?.events();
        block::remove(writer, bucket, closed.first)?;
        let kept = events.partition_point(|event| event.start < before);
        gone += kept as u64;
        block::write(writer, bucket, &events[kept..])?;
    } else if !left.is_empty() && !none_old {
        return Ok((gone, true));
    }
    let old = KeyRange::between(&bucket, &(bucket, before));
    let found = writer.rows::<Hot>(old, Order::Rising, rows)?;
    for (key, event) in &found {
        writer.delete::<Hot>(key)?;
        writer.delete::<HotIds>(&(bucket, event.id))?;
        gone += 1;
    }
    if found.len() == rows {
        return Ok((gone, true));
    }
    // The newest goes only with all the others.
    if writer.get::<Tails>(&bucket)?.is_some_and(|tail| tail.start < before) {
        writer.delete::<Tails>(&bucket)?;
        gone += 1;
    }
    Ok((gone, false))
}

/// Takes their detail from up to `rows` events with rows of their own, and from some blocks, that began from the one and before the
/// other. With how many had some, and whether there are more.
///
/// # Errors
/// [`StoreError`].
pub(in crate::store) fn thin_old(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    (from, before): (Timestamp, Timestamp),
    rows: usize,
) -> Result<(u64, bool), StoreError> {
    let mut done = 0;
    if from >= before {
        return Ok((done, false));
    }
    let (first, last) = ((from, EventId(0)), (before.minus_ms(1), EventId(u64::MAX)));
    let blocks = block::between(writer.as_reader(), bucket, first, last)?;
    let mut detailed = blocks.iter().filter(|closed| closed.about.detailed);
    for closed in detailed.by_ref().take(MOST_REWRITTEN) {
        done += thin_block(writer, bucket, closed, (first, last))?;
    }
    if detailed.next().is_some() {
        return Ok((done, true));
    }
    let old = KeyRange::between(&(bucket, from), &(bucket, before));
    let (mut found, mut looked) = (Vec::new(), 0);
    writer.scan::<Hot>(old, Order::Rising, |key, event| {
        looked += 1;
        found.extend(thin(&event).map(|thin| (key, thin)));
        if found.len() < rows && looked < MOST_LOOKED {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    for (key, thin) in &found {
        writer.put::<Hot>(key, thin)?;
        done += 1;
    }
    if found.len() == rows || looked == MOST_LOOKED {
        return Ok((done, true));
    }
    let tail = writer.get::<Tails>(&bucket)?.filter(|tail| tail.start < before);
    if let Some(thin) = tail.as_ref().and_then(thin) {
        writer.put::<Tails>(&bucket, &thin)?;
        done += 1;
    }
    Ok((done, false))
}

fn thin_block(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    closed: &Closed,
    (first, last): (Place, Place),
) -> Result<u64, StoreError> {
    let mut events = block::open(writer.as_reader(), bucket, closed.first)?.events();
    let mut done = 0;
    for event in &mut events {
        let inside = (first..=last).contains(&(event.start, event.id));
        if let Some(thin) = thin(event).filter(|_| inside) {
            *event = thin;
            done += 1;
        }
    }
    if done > 0 {
        block::remove(writer, bucket, closed.first)?;
        block::write(writer, bucket, &events)?;
    }
    Ok(done)
}

fn thin(event: &Event) -> Option<Event> {
    thinned(&event.data).map(|data| Event { data: Arc::new(data), ..event.clone() })
}

const FIRST: Place = (Timestamp::EARLIEST, EventId(0));
