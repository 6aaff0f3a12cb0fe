//! What of an event is written down: nothing of the time that the person keeps for themselves, and nothing that the rules leave out.
//!
//! Not only where an event begins counts: one that goes on into a pause, or beyond the hours, ends there, and two heartbeats are not
//! joined over time of which nothing may be known. What goes on after such a time is told by the next event that begins after it.

use jiff::tz::TimeZone;

use super::writer::Desk;
use crate::domain::activity::{Event, NewEvent};
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;
use crate::store::tables::Interrupted;
use crate::store::{StoreError, Write};
use crate::wire::activitywatch::Redacted;

/// The event as it may be stored; nothing when none of it may.
pub(super) fn admit(
    desk: &Desk<'_>,
    bucket: &BucketName,
    event: NewEvent,
    now: Timestamp,
) -> Option<NewEvent> {
    let closed = closed_from(desk, event.start, event.start.plus_ms(event.duration_ms), now);
    let duration_ms = match closed {
        Some(closed) if closed <= event.start => return None,
        Some(closed) => closed.ms_since(event.start),
        None => event.duration_ms,
    };
    let event = NewEvent { duration_ms, ..event };
    match desk.sheets.hold_over(bucket.as_str(), &event.data) {
        Redacted::Kept => Some(event),
        Redacted::Changed(data) => Some(NewEvent { data, ..event }),
        Redacted::Dropped => None,
    }
}

/// How far a heartbeat may lie behind the newest event and still belong to it: not at all, when something in between is not to be known.
pub(super) fn reach(
    desk: &mut Desk<'_>,
    bucket: &BucketName,
    newest: Option<&Event>,
    beat: &NewEvent,
    pulsetime_ms: u64,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // In any case: this beat is kept, and what comes next follows on it.
    let interrupted = desk.writer.delete::<Interrupted>(bucket)?;
    let gap = newest.map(Event::end).filter(|end| *end < beat.start);
    let closed = gap.is_some_and(|end| {
        beat.start.ms_since(end) <= pulsetime_ms
            && closed_from(desk, end, beat.start, now).is_some()
    });
    Ok(if interrupted || closed { 0 } else { pulsetime_ms })
}

/// The first moment of `from..=to` in a pause or outside the hours; all of it is, in a pause that lasts.
fn closed_from(
    desk: &Desk<'_>,
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let paused = desk.pause.and_then(|pause| pause.first_covered(from, to, now));
    let closed = desk.hours.first_closed(from, to, &TimeZone::system());
    paused.into_iter().chain(closed).min()
}
