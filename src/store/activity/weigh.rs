//! How much of a bucket lies before a limit, without opening more blocks than the one in which the limit lies.

use std::ops::ControlFlow;

use super::block;
use super::thin::thinned;
use crate::domain::activity::{BucketNumber, Event, EventId};
use crate::domain::retention::Going;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{BlockParts, Hot, Tails};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Blocks are weighed up to this many events; the others are taken to weigh as much each.
const MOST_WEIGHED: u64 = 5_000_000;
/// What an event in a row takes beside its data.
const ROW_BYTES: u64 = 40;

/// What is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Every event.
    All,
    /// Events with detail; of a block that has any, every event counts.
    Detailed,
}

/// Adds what the bucket has from before this.
///
/// # Errors
/// [`StoreError`].
pub fn weigh(
    reader: &dyn Reader,
    bucket: BucketNumber,
    before: Timestamp,
    of: Of,
    going: &mut Going,
) -> Result<(), StoreError> {
    if before == Timestamp::EARLIEST {
        return Ok(());
    }
    let counts = |event: &Event| of == Of::All || thinned(&event.data).is_some();
    let last = (before.minus_ms(1), EventId(u64::MAX));
    for closed in block::between(reader, bucket, (Timestamp::EARLIEST, EventId(0)), last)? {
        let about = &closed.about;
        if of == Of::Detailed && !about.detailed {
            continue;
        }
        let (mut count, mut newest) = (u64::from(about.count), about.last_start);
        if newest >= before {
            let block = block::open(reader, bucket, closed.first)?;
            let old = block.before((before, EventId(0)));
            count = old as u64;
            newest = old.checked_sub(1).map_or(closed.first.0, |at| block.place(at).0);
        }
        let bytes = if going.count < MOST_WEIGHED {
            let mut bytes = 0;
            let parts = KeyRange::prefix(&(bucket, closed.first.0, closed.first.1));
            reader.scan::<BlockParts>(parts, Order::Rising, |_, part| {
                bytes += part.bytes.len() as u64;
                ControlFlow::Continue(())
            })?;
            bytes * count / u64::from(about.count.max(1))
        } else {
            going.bytes / going.count * count
        };
        if count > 0 {
            going.add((closed.first.0, newest), count, bytes);
        }
    }
    let mut row = |event: &Event| {
        if counts(event) {
            let bytes = ROW_BYTES + event.data.json.as_str().len() as u64;
            going.add((event.start, event.start), 1, bytes);
        }
    };
    reader.scan::<Hot>(
        KeyRange::between(&bucket, &(bucket, before)),
        Order::Rising,
        |_, event| {
            row(&event);
            ControlFlow::Continue(())
        },
    )?;
    if let Some(tail) = reader.get::<Tails>(&bucket)?.filter(|tail| tail.start < before) {
        row(&tail);
    }
    Ok(())
}
