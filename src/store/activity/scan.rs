//! The events of a bucket in order, wherever they lie: blocks, rows of their own, and the newest.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::block::{self, Closed};
use super::newest;
use crate::codec::block::{Block, Outline, Unpack};
use crate::domain::activity::{Bucket, BucketNumber, Event, EventId};
use crate::domain::policy::ActivityPolicy;
use crate::domain::tier::Place;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::Hot;
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// An event as a scan shows it: whole only for who asks. A scan that opens no more than outlines is [`Seen<Outline>`].
#[derive(Debug)]
pub enum Seen<'a, B = Block> {
    /// One with a row of its own.
    Row(&'a Event),
    /// One in a block, and its place there.
    Sealed(&'a B, usize),
}

impl<B: Unpack> Seen<'_, B> {
    /// Its start and number.
    pub fn place(&self) -> Place {
        match self {
            Self::Row(event) => (event.start, event.id),
            Self::Sealed(block, at) => block.outline().place(*at),
        }
    }

    /// When it ended.
    pub fn end(&self) -> Timestamp {
        match self {
            Self::Row(event) => event.end(),
            Self::Sealed(block, at) => {
                let block = block.outline();
                block.place(*at).0.plus_ms(block.duration_ms(*at))
            }
        }
    }

    /// The policy it was recorded under.
    pub fn policy(&self) -> ActivityPolicy {
        match self {
            Self::Row(event) => event.policy,
            Self::Sealed(block, at) => block.outline().policy(*at),
        }
    }

    /// Its application.
    pub fn app(&self) -> Option<&str> {
        match self {
            Self::Row(event) => event.data.app.as_deref(),
            Self::Sealed(block, at) => block.outline().app(*at),
        }
    }

    /// Whether somebody was away.
    pub fn afk(&self) -> Option<bool> {
        match self {
            Self::Row(event) => event.data.afk,
            Self::Sealed(block, at) => block.outline().afk(*at),
        }
    }
}

impl Seen<'_> {
    /// All of it.
    pub fn event(&self) -> Event {
        match self {
            Self::Row(event) => (*event).clone(),
            Self::Sealed(block, at) => block.event(*at),
        }
    }
}

/// What to do about a block.
pub(in crate::store) enum Look {
    /// Open it.
    Inside,
    /// Leave it out.
    Past,
}

/// A part of a bucket.
#[derive(Clone, Copy)]
pub(in crate::store) struct Span {
    pub(in crate::store) bucket: BucketNumber,
    /// The first place.
    pub(in crate::store) from: Place,
    /// The last place.
    pub(in crate::store) to: Place,
    pub(in crate::store) order: Order,
    /// Is the newest event part of it, even if it began before the first place? How long that one is, nobody wrote down.
    pub(in crate::store) with_newest: bool,
}

impl Span {
    /// All of the bucket.
    pub(in crate::store) const fn all(bucket: BucketNumber, order: Order) -> Self {
        let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
        let (from, to) = ((from, EventId(0)), (to, EventId(u64::MAX)));
        Self { bucket, from, to, order, with_newest: false }
    }

    fn holds(&self, place: Place) -> bool {
        self.from <= place && place <= self.to
    }

    /// Does `a` come before `b`?
    fn precedes(&self, a: Place, b: Place) -> bool {
        match self.order {
            Order::Rising => a < b,
            Order::Falling => a > b,
        }
    }
}

/// Shows the events of `span` until the visitor breaks; blocks are opened only where `look` says so.
pub(in crate::store) fn scan<B: Unpack>(
    reader: &dyn Reader,
    span: Span,
    mut look: impl FnMut(&Closed) -> Look,
    mut visit: impl FnMut(Seen<'_, B>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    if span.from > span.to {
        return Ok(());
    }
    let tail = newest(reader, span.bucket)?.filter(|tail| {
        let place = (tail.start, tail.id);
        span.holds(place) || (span.with_newest && place <= span.to)
    });
    if span.order == Order::Falling
        && let Some(tail) = &tail
        && visit(Seen::Row(tail)).is_break()
    {
        return Ok(());
    }
    let mut rows = Rows { reader, span, page: VecDeque::new(), next: Some(FIRST_PAGE) };
    let mut blocks = block::between(reader, span.bucket, span.from, span.to)?;
    if span.order == Order::Falling {
        blocks.reverse();
    }
    for closed in blocks {
        if matches!(look(&closed), Look::Past) {
            continue;
        }
        let block: B = block::open_as(reader, span.bucket, closed.first)?;
        let outline = block.outline();
        let first = outline.before(span.from);
        let past = next_place(span.to).map_or(outline.len(), |upper| outline.before(upper));
        for step in 0..past.saturating_sub(first) {
            let at = if span.order == Order::Rising { first + step } else { past - 1 - step };
            let place = outline.place(at);
            while let Some(row) = rows.next_before(place)? {
                if visit(Seen::Row(&row)).is_break() {
                    return Ok(());
                }
            }
            if visit(Seen::Sealed(&block, at)).is_break() {
                return Ok(());
            }
        }
    }
    while let Some(row) = rows.next()? {
        if visit(Seen::Row(&row)).is_break() {
            return Ok(());
        }
    }
    if span.order == Order::Rising
        && let Some(tail) = &tail
        && visit(Seen::Row(tail)).is_break()
    {
        return Ok(());
    }
    Ok(())
}

/// Shows the events that overlap `from ..= to`, in this order, until the visitor breaks.
///
/// An event may begin long before `from` and still reach into the range, so the scan begins earlier by the longest event there is.
///
/// # Errors
/// [`StoreError`].
pub fn overlapping<B: Unpack>(
    reader: &dyn Reader,
    bucket: &Bucket,
    (from, to): (Timestamp, Timestamp),
    order: Order,
    mut visit: impl FnMut(Seen<'_, B>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    if from > to {
        return Ok(());
    }
    let span = reach(bucket, from, to, order);
    let look = |closed: &Closed| if closed.about.until < from { Look::Past } else { Look::Inside };
    scan(reader, span, look, |seen| match seen.end() >= from {
        true => visit(seen),
        false => ControlFlow::Continue(()),
    })
}

/// How many events overlap `from ..= to`. Blocks that lie within it are not opened.
///
/// # Errors
/// [`StoreError`].
pub fn count(
    reader: &dyn Reader,
    bucket: &Bucket,
    from: Timestamp,
    to: Timestamp,
) -> Result<u64, StoreError> {
    if from > to {
        return Ok(0);
    }
    let (mut whole, mut single) = (0_u64, 0_u64);
    let look = |closed: &Closed| {
        let (first, about) = (closed.first, &closed.about);
        if first.0 >= from && about.last_start <= to {
            whole += u64::from(about.count);
            return Look::Past;
        }
        if about.until < from { Look::Past } else { Look::Inside }
    };
    scan(reader, reach(bucket, from, to, Order::Rising), look, |seen: Seen<'_, Outline>| {
        single += u64::from(seen.end() >= from);
        ControlFlow::Continue(())
    })?;
    Ok(whole + single)
}

fn reach(bucket: &Bucket, from: Timestamp, to: Timestamp, order: Order) -> Span {
    let earliest = from.minus_ms(bucket.longest_hot_ms);
    let (from, to) = ((earliest, EventId(0)), (to, EventId(u64::MAX)));
    Span { bucket: bucket.number, from, to, order, with_newest: true }
}

/// Events with rows of their own, a page at a time.
struct Rows<'r> {
    reader: &'r dyn Reader,
    span: Span,
    page: VecDeque<Event>,
    /// How long the next page is; nothing after the last one.
    next: Option<usize>,
}

/// Whoever asks for one event does not pay for a thousand.
const FIRST_PAGE: usize = 8;
const LONGEST_PAGE: usize = 1_024;

impl Rows<'_> {
    /// The next one, if it comes before this place.
    fn next_before(&mut self, place: Place) -> Result<Option<Event>, StoreError> {
        self.fill()?;
        let next = self.page.front().map(|event| (event.start, event.id));
        if next.is_some_and(|next| self.span.precedes(next, place)) {
            return Ok(self.page.pop_front());
        }
        Ok(None)
    }

    fn next(&mut self) -> Result<Option<Event>, StoreError> {
        self.fill()?;
        Ok(self.page.pop_front())
    }

    fn fill(&mut self) -> Result<(), StoreError> {
        let Some(most) = self.next.filter(|_| self.page.is_empty()) else { return Ok(()) };
        let Span { bucket, from, to, order, .. } = self.span;
        let range = KeyRange::spanning(&(bucket, from.0, from.1), &(bucket, to.0, to.1));
        let rows = self.reader.rows::<Hot>(range, order, most)?;
        self.next = (rows.len() == most).then_some((most * 4).min(LONGEST_PAGE));
        if let (Some(((_, start, id), _)), true) = (rows.last(), self.next.is_some()) {
            // The page after this one begins behind its last row.
            let behind = match order {
                Order::Rising => next_place((*start, *id)),
                Order::Falling => previous_place((*start, *id)),
            };
            match (behind, order) {
                (None, _) => self.next = None,
                (Some(place), Order::Rising) => self.span.from = place,
                (Some(place), Order::Falling) => self.span.to = place,
            }
        }
        self.page.extend(rows.into_iter().map(|(_, event)| event));
        Ok(())
    }
}

/// The place right after this one.
pub(in crate::store) fn next_place((start, id): Place) -> Option<Place> {
    match id.0.checked_add(1) {
        Some(id) => Some((start, EventId(id))),
        None if start < Timestamp::LATEST => Some((start.plus_ms(1), EventId(0))),
        None => None,
    }
}

/// The place right before this one.
fn previous_place((start, id): Place) -> Option<Place> {
    match id.0.checked_sub(1) {
        Some(id) => Some((start, EventId(id))),
        None if start > Timestamp::EARLIEST => Some((start.minus_ms(1), EventId(u64::MAX))),
        None => None,
    }
}
