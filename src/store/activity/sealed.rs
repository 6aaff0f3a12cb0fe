//! Blocks as a hand that writes needs them: found by an event's number, and opened so far as an event in them changes.
//!
//! An event leaves its block together with those around it, because who changes one often changes the next. What is before and behind them
//! stays in blocks: a day that is edited never costs a year's rows. The next merge joins what was cut.

use std::ops::{ControlFlow, Range};

use super::block::{self, Closed};
use super::pen::put_row;
use crate::codec::block::{Block, MOST_EVENTS};
use crate::domain::activity::{BucketNumber, Event, EventId};
use crate::domain::tier::Place;
use crate::store::error::StoreError;
use crate::store::tables::Blocks;
use crate::store::transaction::{KeyRange, Order, Read, Reader, Writer};

/// What was looked up so far, the bucket used last at the end.
#[derive(Default)]
pub(super) struct Shelf(Vec<Known>);

/// A bucket's blocks, and the one opened last.
struct Known {
    bucket: BucketNumber,
    closed: Vec<Closed>,
    opened: Option<(Place, Block)>,
}

/// A batch tells of a few watchers in turns; an open block takes up to some megabytes.
const MOST_BUCKETS: usize = 4;

impl Shelf {
    /// The block in which the event of this number stands, and where.
    pub(super) fn find(
        &mut self,
        reader: &dyn Reader,
        bucket: BucketNumber,
        id: EventId,
    ) -> Result<Option<(Closed, usize)>, StoreError> {
        let known = self.known(reader, bucket)?;
        let may_hold = |closed: &&Closed| closed.about.may_hold(id);
        // Events are numbered as they come: the newest block that can hold one mostly does.
        let found: Vec<Closed> = known.closed.iter().rev().filter(may_hold).cloned().collect();
        for closed in found {
            if let Some(at) = known.open(reader, &closed)?.find(id) {
                return Ok(Some((closed, at)));
            }
        }
        Ok(None)
    }

    /// Opens a block that is there.
    pub(super) fn open(
        &mut self,
        reader: &dyn Reader,
        bucket: BucketNumber,
        closed: &Closed,
    ) -> Result<&Block, StoreError> {
        self.known(reader, bucket)?.open(reader, closed)
    }

    /// Gives the event that stands there, and some around it, rows of their own.
    pub(super) fn unseal(
        &mut self,
        writer: &mut dyn Writer,
        bucket: BucketNumber,
        closed: &Closed,
        at: usize,
    ) -> Result<(), StoreError> {
        let block = self.open(writer.as_reader(), bucket, closed)?;
        let out = around(at, block.len());
        block::remove(writer, bucket, closed.first)?;
        block::write_part(writer, bucket, block, 0..out.start)?;
        block::write_part(writer, bucket, block, out.end..block.len())?;
        for at in out {
            put_row(writer, bucket, &block.event(at))?;
        }
        self.forget(bucket);
        Ok(())
    }

    /// Writes these events, which are in rising order and newer than whatever the bucket holds, as blocks.
    pub(super) fn write(
        &mut self,
        writer: &mut dyn Writer,
        bucket: BucketNumber,
        events: &[Event],
    ) -> Result<(), StoreError> {
        self.forget(bucket);
        block::write(writer, bucket, events, MOST_EVENTS)
    }

    fn forget(&mut self, bucket: BucketNumber) {
        self.0.retain(|known| known.bucket != bucket);
    }

    fn known(
        &mut self,
        reader: &dyn Reader,
        bucket: BucketNumber,
    ) -> Result<&mut Known, StoreError> {
        let known = match self.0.iter().position(|known| known.bucket == bucket) {
            Some(at) => self.0.remove(at),
            None => Known { bucket, closed: all(reader, bucket)?, opened: None },
        };
        if self.0.len() >= MOST_BUCKETS {
            self.0.remove(0);
        }
        let last = self.0.len();
        self.0.push(known);
        Ok(&mut self.0[last])
    }
}

impl Known {
    fn open(&mut self, reader: &dyn Reader, closed: &Closed) -> Result<&Block, StoreError> {
        let opened = match self.opened.take() {
            Some((first, block)) if first == closed.first => (first, block),
            _ => (closed.first, block::open(reader, self.bucket, closed.first)?),
        };
        Ok(&self.opened.insert(opened).1)
    }
}

/// The places of those that leave a block of so many events with this one: some two hundred of a full block.
pub(super) fn around(at: usize, len: usize) -> Range<usize> {
    let each = len.isqrt();
    at.saturating_sub(each)..(at + 1 + each).min(len)
}

/// The bucket's blocks, in rising order.
fn all(reader: &dyn Reader, bucket: BucketNumber) -> Result<Vec<Closed>, StoreError> {
    let mut found = Vec::new();
    let range = KeyRange::prefix(&bucket);
    reader.scan::<Blocks>(range, Order::Rising, |(_, start, id), about| {
        found.push(Closed { first: (start, id), about });
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The blocks that can hold an event of this number, the newest first.
pub(super) fn may_hold(
    reader: &dyn Reader,
    bucket: BucketNumber,
    id: EventId,
) -> Result<Vec<Closed>, StoreError> {
    let mut found = all(reader, bucket)?;
    found.retain(|closed| closed.about.may_hold(id));
    found.reverse();
    Ok(found)
}
