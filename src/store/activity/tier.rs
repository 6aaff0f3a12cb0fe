//! Moving what is old into blocks, and small blocks into large ones, in steps.
//!
//! Must never change what any read says.

mod plan;

use std::ops::{ControlFlow, Range};

pub use plan::merges;

use super::block::{self, Closed};
use crate::codec::block::MOST_EVENTS;
use crate::domain::activity::{BucketNumber, Event};
use crate::domain::report::Stretch;
use crate::domain::tier::{BLOCK_EVENTS, Place, ROW_WORK, utc_day};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::error::StoreError;
use crate::store::tables::{Blocks, Hot, HotIds};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// What a step may still do, and how many events the blocks hold that it makes.
pub struct Work {
    left: usize,
    all: usize,
    block_events: usize,
}

impl Work {
    /// So much, in blocks as long as they may be.
    pub fn new(work: u32) -> Self {
        Self::in_blocks_of(work, BLOCK_EVENTS)
    }

    /// So much, in blocks of at most so many events.
    pub fn in_blocks_of(work: u32, block_events: u32) -> Self {
        let all = work.max(1) as usize;
        Self { left: all, all, block_events: (block_events as usize).clamp(1, MOST_EVENTS) }
    }

    /// Is all of it done?
    pub const fn is_over(&self) -> bool {
        self.left == 0
    }

    fn took(&mut self, work: usize) {
        self.left = self.left.saturating_sub(work);
    }

    /// Must this wait for the next step? What is the first of a step never waits: it is bounded by itself.
    const fn must_wait(&self, work: usize) -> bool {
        self.left < self.all && work > self.left
    }

    /// So many events are merged at once: enough to make one long block, and no more than two.
    fn together(&self) -> usize {
        self.all.clamp(self.block_events, 2 * self.block_events)
    }

    fn could_be_fewer(&self, run: &[Closed]) -> bool {
        run.len() > count(run).div_ceil(self.block_events)
    }
}

/// Has the bucket events that began before this and still have rows of their own?
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn can_seal(
    reader: &dyn Reader,
    bucket: BucketNumber,
    before: Timestamp,
) -> Result<bool, StoreError> {
    let first = reader.first::<Hot>(KeyRange::prefix(&bucket), Order::Rising)?;
    Ok(first.is_some_and(|((_, start, _), _)| start < before))
}

/// Moves events of the bucket that began before this into blocks; is there more to do?
///
/// A day at a time. Rows that lie between the events of a block go into it; what is left of a day goes to the rest of it.
///
/// # Errors
/// [`StoreError`].
pub fn seal(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    before: Timestamp,
    work: &mut Work,
) -> Result<bool, StoreError> {
    loop {
        let oldest = writer.first::<Hot>(KeyRange::prefix(&bucket), Order::Rising)?;
        let start = oldest.map(|((_, start, _), _)| start).filter(|start| *start < before);
        let Some(start) = start else { return Ok(false) };
        if work.is_over() {
            return Ok(true);
        }
        let end = utc_day(start).plus_ms(DAY_MS).min(before);
        let (mut events, beside) = next_rows(writer.as_reader(), bucket, (start, end), work)?;
        let rewritten = beside.as_ref().map_or(0, |closed| closed.about.count as usize);
        let takes = events.iter().map(row_work).sum::<usize>() + rewritten;
        if work.must_wait(takes) {
            return Ok(true);
        }
        work.took(takes);
        for event in &events {
            writer.delete::<Hot>(&(bucket, event.start, event.id))?;
            writer.delete::<HotIds>(&(bucket, event.id))?;
        }
        if let Some(closed) = beside {
            let block = block::open(writer.as_reader(), bucket, closed.first)?;
            block::remove(writer, bucket, closed.first)?;
            events.extend(block.events());
            events.sort_by_key(|event| (event.start, event.id));
        }
        block::write(writer, bucket, &events, work.block_events)?;
    }
}

/// The next rows that go into blocks together, at least one, and the block that they go into.
fn next_rows(
    reader: &dyn Reader,
    bucket: BucketNumber,
    (from, to): (Timestamp, Timestamp),
    work: &Work,
) -> Result<(Vec<Event>, Option<Closed>), StoreError> {
    let (mut rows, mut takes) = (Vec::new(), 0);
    let day = KeyRange::between(&(bucket, from), &(bucket, to));
    reader.scan::<Hot>(day, Order::Rising, |_, event| {
        takes += row_work(&event);
        if takes > work.left && !rows.is_empty() {
            return ControlFlow::Break(());
        }
        rows.push(event);
        let is_full = rows.len() == work.block_events;
        if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut beside = neighbour(reader, bucket, &mut rows, work)?;
    if let Some(closed) = &beside {
        // What is rewritten beside them leaves less for the rows; but for one row nobody rewrites a long block.
        let mut left = work.left.saturating_sub(closed.about.count as usize).max(work.all / 2);
        let fit = rows.iter().take_while(|event| {
            let takes = row_work(event);
            let fits = takes <= left;
            left = left.saturating_sub(takes);
            fits
        });
        let fit = fit.count().max(1);
        if fit < rows.len() {
            rows.truncate(fit);
            beside = neighbour(reader, bucket, &mut rows, work)?;
        }
    }
    Ok((rows, beside))
}

/// The block that these rows go into: the one that they reach into, or the rest of their day, if there is room. Rows that reach into the
/// next one, too, wait for their turn.
fn neighbour(
    reader: &dyn Reader,
    bucket: BucketNumber,
    rows: &mut Vec<Event>,
    work: &Work,
) -> Result<Option<Closed>, StoreError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let (first, last) = ((first.start, first.id), (last.start, last.id));
    let mut reached = block::between(reader, bucket, first, last)?.into_iter();
    if let Some(closed) = reached.next() {
        if let Some(next) = reached.next() {
            rows.truncate(rows.partition_point(|event| (event.start, event.id) < next.first));
        }
        return Ok(Some(closed));
    }
    let Some(before) = block_before(reader, bucket, first)? else { return Ok(None) };
    let there = before.about.count as usize;
    let has_room = !before.about.full && there + rows.len() <= work.block_events;
    let day = utc_day(first.0);
    let is_of_it = utc_day(before.first.0) == day && utc_day(before.about.last_start) == day;
    Ok(Some(before).filter(|_| has_room && is_of_it && there <= work.all / 2))
}

/// An event as most are, and as much more as it is longer.
fn row_work(event: &Event) -> usize {
    let data = &event.data;
    let texts = [&data.app, &data.title, &data.url].into_iter().flatten();
    let bytes = data.json.as_str().len() + texts.map(String::len).sum::<usize>();
    ROW_WORK * (1 + bytes / 1024)
}

fn block_before(
    reader: &dyn Reader,
    bucket: BucketNumber,
    place: Place,
) -> Result<Option<Closed>, StoreError> {
    let range = KeyRange::between(&bucket, &(bucket, place.0, place.1));
    let row = reader.first::<Blocks>(range, Order::Falling)?;
    Ok(row.map(|((_, start, id), about)| Closed { first: (start, id), about }))
}

/// Are there blocks of the bucket within `within` that such work would make fewer?
///
/// # Errors
/// [`StoreError`].
pub fn can_merge(
    reader: &dyn Reader,
    bucket: BucketNumber,
    within: Stretch,
    work: &Work,
) -> Result<bool, StoreError> {
    Ok(next_run(&blocks_within(reader, bucket, within)?, work).is_some())
}

/// Makes few large blocks of many small ones that begin within `within`; is there more to do?
///
/// # Errors
/// [`StoreError`].
pub fn merge(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    within: Stretch,
    work: &mut Work,
) -> Result<bool, StoreError> {
    loop {
        let blocks = blocks_within(writer.as_reader(), bucket, within)?;
        let Some(run) = next_run(&blocks, work) else { return Ok(false) };
        let run = &blocks[run];
        if work.is_over() || work.must_wait(count(run)) {
            return Ok(true);
        }
        work.took(count(run));
        let mut events = Vec::new();
        for closed in run {
            events.extend(block::open(writer.as_reader(), bucket, closed.first)?.events());
            block::remove(writer, bucket, closed.first)?;
        }
        block::write(writer, bucket, &events, work.block_events)?;
    }
}

fn blocks_within(
    reader: &dyn Reader,
    bucket: BucketNumber,
    within: Stretch,
) -> Result<Vec<Closed>, StoreError> {
    let mut found = Vec::new();
    let range = KeyRange::between(&(bucket, within.from), &(bucket, within.to));
    reader.scan::<Blocks>(range, Order::Rising, |(_, start, id), about| {
        found.push(Closed { first: (start, id), about });
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The first neighbours that could be fewer, rewritten together. One that is full whatever its events stands alone.
fn next_run(blocks: &[Closed], work: &Work) -> Option<Range<usize>> {
    let mut start = 0;
    while start < blocks.len() {
        let (mut end, mut events) = (start, 0);
        for closed in &blocks[start..] {
            events += closed.about.count as usize;
            if end > start && (events > work.together() || closed.about.full) {
                break;
            }
            end += 1;
            if closed.about.full {
                break;
            }
        }
        if work.could_be_fewer(&blocks[start..end]) {
            return Some(start..end);
        }
        start = end;
    }
    None
}

fn count(run: &[Closed]) -> usize {
    run.iter().map(|closed| closed.about.count as usize).sum()
}
