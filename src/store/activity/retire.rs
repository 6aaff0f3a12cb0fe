//! What is too old goes, or keeps only the little that old events keep. Blocks go whole where all of one is too old.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::block::{self, Closed};
use super::thin::thinned;
use crate::codec::block::MOST_EVENTS;
use crate::domain::activity::{BucketNumber, Event, EventData, EventId};
use crate::domain::tier::Place;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Hot, HotIds, Tails};
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

/// Rows that one step reads at most to find those that still have their detail.
const MOST_LOOKED: usize = 10_000;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// So many events.
    pub events: u64,
    /// The latest end among them.
    pub until: Option<Timestamp>,
}

impl Gone {
    fn add(&mut self, events: u64, until: Timestamp) {
        self.events += events;
        self.until = self.until.max(Some(until));
    }
}

/// Removes events that began before this: up to `rows` rows, and some blocks. With what went, and whether there are more.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn drop_old(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    before: Timestamp,
    rows: usize,
) -> Result<(Gone, bool), StoreError> {
    let mut gone = Gone::default();
    for _ in 0..rows / 8 + 1 {
        match block::drop_first(writer, bucket, Some(before))? {
            Some(about) => gone.add(about.count.into(), about.until),
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
        let block = block::open(writer.as_reader(), bucket, closed.first)?;
        let old = block.before((before, EventId(0)));
        for at in 0..old {
            gone.add(1, block.place(at).0.plus_ms(block.duration_ms(at)));
        }
        block::remove(writer, bucket, closed.first)?;
        block::write_part(writer, bucket, &block, old..block.len())?;
    } else if !left.is_empty() && !none_old {
        return Ok((gone, true));
    }
    let old = KeyRange::between(&bucket, &(bucket, before));
    let found = writer.rows::<Hot>(old, Order::Rising, rows)?;
    for (key, event) in &found {
        writer.delete::<Hot>(key)?;
        writer.delete::<HotIds>(&(bucket, event.id))?;
        gone.add(1, event.end());
    }
    if found.len() == rows {
        return Ok((gone, true));
    }
    // The newest goes only with all the others.
    if let Some(tail) = writer.get::<Tails>(&bucket)?.filter(|tail| tail.start < before) {
        writer.delete::<Tails>(&bucket)?;
        gone.add(1, tail.end());
    }
    Ok((gone, false))
}

/// Takes their detail from up to `rows` events with rows of their own, and from those of one block, that began from the one and before the
/// other. With how many had some, and whether there are more.
///
/// # Errors
/// [`StoreError`].
pub fn thin_old(
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
    while done == 0
        && let Some(closed) = detailed.next()
    {
        // Only of the first and the last may the detail lie outside.
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
    let tail = writer.get::<Tails>(&bucket)?.filter(|tail| (from..before).contains(&tail.start));
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
    let block = block::open(writer.as_reader(), bucket, closed.first)?;
    // What many events say is looked at once.
    let mut said: HashMap<usize, Option<Arc<EventData>>> = HashMap::new();
    let (mut events, mut done) = (Vec::with_capacity(block.len()), 0);
    for at in 0..block.len() {
        let (start, id) = block.place(at);
        let inside = (first..=last).contains(&(start, id));
        let thin = || thinned(block.data(at)).map(Arc::new);
        let thin = match inside {
            true => said.entry(block.saying(at)).or_insert_with(thin).clone(),
            false => None,
        };
        done += u64::from(thin.is_some());
        let data = thin.unwrap_or_else(|| Arc::clone(block.data(at)));
        let (duration_ms, policy) = (block.duration_ms(at), block.policy(at));
        events.push(Event { id, start, duration_ms, policy, data });
    }
    if done > 0 {
        block::remove(writer, bucket, closed.first)?;
        block::write(writer, bucket, &events, MOST_EVENTS)?;
    }
    Ok(done)
}

fn thin(event: &Event) -> Option<Event> {
    thinned(&event.data).map(|data| Event { data: Arc::new(data), ..event.clone() })
}

const FIRST: Place = (Timestamp::EARLIEST, EventId(0));
