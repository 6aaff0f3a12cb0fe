//! Moving what is old into blocks, and small blocks into large ones, in steps.
//!
//! Must never change what any read says.

use std::ops::ControlFlow;

use super::block::{self, Closed};
use super::pen;
use crate::codec::block::MOST_EVENTS;
use crate::domain::activity::{BucketNumber, Event};
use crate::domain::report::Stretch;
use crate::domain::tier::{Place, ROW_WORK, utc_day, utc_month};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::error::StoreError;
use crate::store::tables::{Blocks, Hot};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Writer};

/// What a step may still do.
pub struct Work(usize);

impl Work {
    /// So much.
    pub fn new(work: u32) -> Self {
        Self(work.max(1) as usize)
    }

    /// Is all of it done?
    pub const fn is_over(&self) -> bool {
        self.0 == 0
    }

    fn took(&mut self, work: usize) {
        self.0 = self.0.saturating_sub(work);
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
        let most = (work.0 / ROW_WORK).clamp(1, MOST_EVENTS);
        let day = KeyRange::between(&(bucket, start), &(bucket, end));
        let rows = writer.rows::<Hot>(day, Order::Rising, most)?;
        let mut events: Vec<Event> = rows.into_iter().map(|(_, event)| event).collect();
        work.took(events.len() * ROW_WORK);
        for event in &events {
            pen::take_row(writer, bucket, event.id)?;
        }
        for closed in neighbours(writer.as_reader(), bucket, &events)? {
            let block = block::open(writer.as_reader(), bucket, closed.first)?;
            work.took(block.len());
            block::remove(writer, bucket, closed.first)?;
            events.extend(block.events());
        }
        events.sort_by_key(|event| (event.start, event.id));
        block::write(writer, bucket, &events)?;
    }
}

/// The blocks that these events go into: those that they reach into, and the rest of their day, if there is room.
fn neighbours(
    reader: &dyn Reader,
    bucket: BucketNumber,
    events: &[Event],
) -> Result<Vec<Closed>, StoreError> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(Vec::new()) };
    let (first, last) = ((first.start, first.id), (last.start, last.id));
    let mut blocks = block::between(reader, bucket, first, last)?;
    if blocks.is_empty()
        && let Some(before) = block_before(reader, bucket, first)?
    {
        let fits = !before.about.full && before.about.count as usize + events.len() <= MOST_EVENTS;
        let day = utc_day(first.0);
        if fits && utc_day(before.first.0) == day && utc_day(before.about.last_start) == day {
            blocks.push(before);
        }
    }
    Ok(blocks)
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

/// Are there blocks of the bucket within `within` that could be fewer?
///
/// # Errors
/// [`StoreError`].
pub fn can_merge(
    reader: &dyn Reader,
    bucket: BucketNumber,
    within: Stretch,
) -> Result<bool, StoreError> {
    let blocks = blocks_within(reader, bucket, within)?;
    Ok(runs(&blocks).any(could_be_fewer))
}

/// The months that ended before `before` and in which the bucket has blocks that could be fewer.
///
/// # Errors
/// [`StoreError`].
pub fn months_to_merge(
    reader: &dyn Reader,
    bucket: BucketNumber,
    before: Timestamp,
) -> Result<Vec<Stretch>, StoreError> {
    let all = Stretch { from: Timestamp::EARLIEST, to: before };
    let blocks = blocks_within(reader, bucket, all)?;
    let month = |closed: &Closed| utc_month(closed.first.0);
    let months = blocks.chunk_by(|a, b| month(a) == month(b));
    let months = months.filter(|blocks| runs(blocks).any(could_be_fewer));
    Ok(months.map(|blocks| month(&blocks[0])).filter(|month| month.to <= before).collect())
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
    let blocks = blocks_within(writer.as_reader(), bucket, within)?;
    for run in runs(&blocks).filter(|run| could_be_fewer(run)) {
        if work.is_over() {
            return Ok(true);
        }
        let mut events = Vec::new();
        for closed in run {
            events.extend(block::open(writer.as_reader(), bucket, closed.first)?.events());
            block::remove(writer, bucket, closed.first)?;
        }
        work.took(events.len());
        block::write(writer, bucket, &events)?;
    }
    Ok(false)
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

/// Neighbours that are rewritten together: as many as fit into a few full blocks. One that is full whatever its events stands alone.
fn runs(blocks: &[Closed]) -> impl Iterator<Item = &[Closed]> {
    let mut rest = blocks;
    std::iter::from_fn(move || {
        let (mut taken, mut events) = (0, 0);
        for closed in rest {
            events += closed.about.count as usize;
            if taken > 0 && (events > MOST_EVENTS_TOGETHER || closed.about.full) {
                break;
            }
            taken += 1;
            if closed.about.full {
                break;
            }
        }
        let (run, after) = rest.split_at(taken);
        rest = after;
        (!run.is_empty()).then_some(run)
    })
}

fn could_be_fewer(run: &[Closed]) -> bool {
    let events: usize = run.iter().map(|closed| closed.about.count as usize).sum();
    run.len() > events.div_ceil(MOST_EVENTS)
}

/// Two full blocks are rewritten in some ten milliseconds.
const MOST_EVENTS_TOGETHER: usize = 3 * MOST_EVENTS;
