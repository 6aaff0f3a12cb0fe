//! What is old enough to go.

use std::ops::ControlFlow;

use super::Result;
use super::sync::Shelf;
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::{RecordId, UserId};
use crate::domain::outcome::Noun;
use crate::domain::project::Project;
use crate::domain::retention::{Going, ROWS_A_STEP, Swept};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::tier::Place;
use crate::domain::time::Timestamp;
use crate::store::activity::block::Closed;
use crate::store::activity::scan::{Look, Seen, Span, next_place, scan};
use crate::store::activity::thin::thinned;
use crate::store::activity::weigh::{Of, weigh};
use crate::store::activity::{buckets, oldest};
use crate::store::tables::{AnswerNumbers, AnswerOrder, Answers, Looks, Marks, Sweeps};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// What was removed so far.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn swept(reader: &dyn Reader) -> Result<Swept> {
    Ok(reader.get::<Sweeps>(&())?.unwrap_or_default())
}

/// What would go of recorded activity that began before this.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn going(reader: &dyn Reader, before: Timestamp, of: Of) -> Result<Going> {
    let mut going = Going::default();
    for user in super::users(reader)? {
        let so_far = going.count;
        for device in super::devices_of(reader, user.id)? {
            for bucket in buckets(reader, device.id)? {
                weigh(reader, bucket.number, before, of, &mut going)?;
            }
        }
        going.people += u64::from(going.count > so_far);
    }
    Ok(going)
}

/// How many traces would go of what was deleted before this.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn going_traces(reader: &dyn Reader, before: Timestamp) -> Result<Going> {
    let (mut going, mut after) = (Going::default(), None);
    loop {
        let found = traces(reader, before, after, ROWS_A_STEP as usize)?;
        let Some(last) = found.last() else { return Ok(going) };
        going.count += found.len() as u64;
        after = Some(*last);
    }
}

/// Has the bucket an event that began before this?
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn is_older(reader: &dyn Reader, bucket: BucketNumber, before: Timestamp) -> Result<bool> {
    Ok(oldest(reader, bucket)?.is_some_and(|(start, _)| start < before))
}

/// Of up to `most` events after this place: the start of the first one before `before` that still has its detail, and where to go on;
/// no place at the end. Blocks without any are not opened.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn detailed(
    reader: &dyn Reader,
    bucket: BucketNumber,
    after: Option<Place>,
    before: Timestamp,
    most: usize,
) -> Result<(Option<Timestamp>, Option<Place>)> {
    let mut span = Span::all(bucket, Order::Rising);
    match after.map(next_place) {
        None => {}
        Some(Some(place)) => span.from = place,
        Some(None) => return Ok((None, None)),
    }
    if before == Timestamp::EARLIEST {
        return Ok((None, None));
    }
    span.to = (before.minus_ms(1), EventId(u64::MAX));
    let (mut first, mut last, mut looked) = (None, None, 0);
    let look = |closed: &Closed| if closed.about.detailed { Look::Inside } else { Look::Past };
    scan(reader, span, look, |seen: Seen<'_>| {
        looked += 1;
        if thinned(&seen.event().data).is_some() {
            first = Some(seen.place().0);
            return ControlFlow::Break(());
        }
        last = (looked == most).then(|| seen.place());
        if looked < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((first, last))
}

/// Up to `most` records that were deleted before this, after this one in the order in which they are looked at.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn traces(
    reader: &dyn Reader,
    before: Timestamp,
    after: Option<(Noun, RecordId)>,
    most: usize,
) -> Result<Vec<(Noun, RecordId)>> {
    let mut found = Vec::new();
    let nouns = [Noun::Customer, Noun::Project, Noun::Task, Noun::Tag, Noun::Entry];
    let shelves = [of::<Customer>, of::<Project>, of::<Task>, of::<Tag>, of::<Entry>];
    let is_past = |noun| after.is_some_and(|(last, _)| last != noun);
    for (of, noun) in shelves.into_iter().zip(nouns).skip_while(|(_, noun)| is_past(*noun)) {
        let after = after.filter(|(last, _)| *last == noun).map(|(_, id)| id);
        of(reader, before, after, most, &mut found)?;
    }
    if found.len() < most {
        let after = after.filter(|(last, _)| !nouns.contains(last));
        let range = after.map_or_else(KeyRange::all, |after| KeyRange::after(&after));
        reader.scan::<Marks>(range, Order::Rising, |key, mark| {
            found.extend(mark.gone.filter(|gone| *gone < before).map(|_| key));
            if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    Ok(found)
}

fn of<B: Shelf>(
    reader: &dyn Reader,
    before: Timestamp,
    after: Option<RecordId>,
    most: usize,
    found: &mut Vec<(Noun, RecordId)>,
) -> Result<()> {
    if found.len() >= most {
        return Ok(());
    }
    let range = after.map_or_else(KeyRange::all, |after| KeyRange::after(&after));
    reader.scan::<B::Table>(range, Order::Rising, |id, record| {
        if record.meta.deleted.is_some_and(|deleted| deleted < before) {
            found.push((B::NOUN, id.into()));
        }
        if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

/// Is there a look at this person's activity from before this?
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn is_looked_at(reader: &dyn Reader, person: UserId, before: Timestamp) -> Result<bool> {
    let first = reader.first::<Looks>(KeyRange::prefix(&person), Order::Rising)?;
    Ok(first.is_some_and(|((_, at, _), _)| at < before))
}

/// Is there an answer to a request with a key from before this, or from this very moment?
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn is_answered(reader: &dyn Reader, before: Timestamp) -> Result<bool> {
    let oldest = reader.first::<AnswerNumbers>(KeyRange::all(), Order::Rising)?.map(|row| row.1);
    let untold = reader.first::<AnswerOrder>(KeyRange::all(), Order::Rising)?.map(|row| row.1);
    for key in oldest.into_iter().chain(untold) {
        if reader.get::<Answers>(&key)?.is_none_or(|answer| answer.at <= before) {
            return Ok(true);
        }
    }
    Ok(false)
}
