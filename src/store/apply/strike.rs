//! Striking out a stretch of a person's own recorded activity, some events a step: of all their computers, revoked ones, too.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Applying, erasure, refused};
use crate::domain::activity::{Bucket, Event, NewEvent, SkipKnown};
use crate::domain::audit;
use crate::domain::outcome::{Audience, Noun, Outcome};
use crate::domain::strike::{EVENTS_A_STEP, Strike};
use crate::store::activity::{self as book, Pen, totals};
use crate::store::error::StoreError;
use crate::store::read;

pub(super) fn apply(at: &mut Applying<'_>, strike: &Strike) -> Result<Outcome, StoreError> {
    let person = strike.person;
    if let Some(refusal) = erasure::fault(at, person)? {
        return refused(refusal);
    }
    let mut struck = 0;
    for device in read::devices_of(at.writer.as_reader(), person)? {
        let before = struck;
        for mut bucket in book::buckets(at.writer.as_reader(), device.id)? {
            struck += strike_out(at, &mut bucket, strike, EVENTS_A_STEP - struck)?;
        }
        if struck > before {
            at.changed(Noun::Activity, device.id.bytes(), Audience::Person(person));
        }
    }
    if struck == 0 {
        return Ok(Outcome::Already);
    }
    let subject = format!("{} ({struck} events)", audit::person(person));
    at.audit("activity.strike", &subject)?;
    Ok(Outcome::Erased { more: struck == EVENTS_A_STEP })
}

/// Takes up to `room` events of the bucket out of the stretch; how many it were.
fn strike_out(
    at: &mut Applying<'_>,
    bucket: &mut Bucket,
    strike: &Strike,
    room: usize,
) -> Result<usize, StoreError> {
    let Strike { person, from, to } = *strike;
    let mut inside = Vec::new();
    if room > 0 {
        book::events_newest_first(at.writer.as_reader(), bucket, from, to, |event| {
            if event.start < to && (event.start >= from || event.end() > from) {
                inside.push(event);
            }
            if inside.len() < room { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    let count = inside.len();
    let mut pen = Pen::new(at.writer);
    for event in inside {
        pen.delete_event(bucket.number, event.id)?;
        let Event { id: _, start, duration_ms: _, policy, data } = event.clone();
        if event.end() > to {
            let duration_ms = event.end().ms_since(to);
            let data = Arc::unwrap_or_clone(data);
            let rest = NewEvent { id: None, start: to, duration_ms, data };
            pen.insert(bucket, rest, policy, SkipKnown::No)?;
        }
        if start < from {
            pen.put_event(bucket, Event { duration_ms: from.ms_since(start), ..event })?;
        }
    }
    let touched = pen.into_touched();
    totals::forget(at.writer, person, touched)?;
    Ok(count)
}
