//! One change to the local book, and the operations it becomes in the outbox. The same rules as the server's own apply: what is
//! refused there is refused here, and what is done here gives the same there.

use super::admission::{admit, reach};
use super::history::History;
use super::writer::Desk;
use super::{HERE, MOST_BUCKETS, put_bucket, put_event};
use crate::agent::redaction;
use crate::domain::activity::{
    ActivityCommand, Bucket, BucketAbout, EventId, MOST_EVENTS_A_COMMAND, NewEvent, SkipKnown,
};
use crate::domain::batch::Operation;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::setting::SettingCommand;
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;
use crate::store::activity::Pen;
use crate::store::tables::{Interrupted, Settings};
use crate::store::{KeyRange, Order, Read, StoreError, Write, activity};

/// At most this many settings of foreign clients.
const MOST_SETTINGS: usize = 1_000;

/// Makes the change.
pub(super) fn apply(
    desk: &mut Desk<'_>,
    command: ActivityCommand,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    if desk.erased {
        return Ok(unheard(command, desk.policy.policy));
    }
    let find =
        |desk: &Desk<'_>, name: &BucketName| activity::bucket(desk.writer.as_reader(), HERE, name);
    let unknown = Ok(Outcome::Refused(Refusal::UnknownBucket));
    match command {
        ActivityCommand::CreateBucket { name, about, created, .. } => {
            create(desk, &name, &about, created.unwrap_or(now), now)
        }
        ActivityCommand::UpdateBucket { name, about, .. } => {
            let Some(bucket) = find(desk, &name)? else { return unknown };
            let bucket = Bucket { about, ..bucket };
            activity::put_bucket(desk.writer, &bucket)?;
            queue(desk, &name, put_bucket(&bucket), now)?;
            Ok(Outcome::Done)
        }
        ActivityCommand::DeleteBucket { name, .. } => {
            let Some(bucket) = find(desk, &name)? else { return unknown };
            Pen::new(desk.writer).delete_bucket(&bucket)?;
            desk.writer.delete::<Interrupted>(&name)?;
            queue(desk, &name, Operation::DeleteBucket { name: name.clone() }, now)?;
            Ok(Outcome::Done)
        }
        ActivityCommand::InsertEvents { name, events, skip_known, .. } => {
            let Some(bucket) = find(desk, &name)? else { return unknown };
            insert(desk, bucket, events, skip_known, now)
        }
        ActivityCommand::Heartbeat { name, event, pulsetime_ms, .. } => {
            let Some(bucket) = find(desk, &name)? else { return unknown };
            heartbeat(desk, bucket, event, pulsetime_ms, now)
        }
        ActivityCommand::DeleteEvent { name, event, .. } => {
            let Some(bucket) = find(desk, &name)? else { return unknown };
            if !Pen::new(desk.writer).delete_event(bucket.number, event)? {
                return Ok(Outcome::Already);
            }
            queue(desk, &name, Operation::DeleteEvent { bucket: name.clone(), event }, now)?;
            Ok(Outcome::Done)
        }
    }
}

/// What a watcher expects to hear although nothing is recorded here any more: an error would only make it try again.
fn unheard(command: ActivityCommand, policy: ActivityPolicy) -> Outcome {
    match command {
        // Number 0 is no event's.
        ActivityCommand::Heartbeat { event, .. } => {
            Outcome::Event(event.numbered(EventId(0), policy))
        }
        ActivityCommand::InsertEvents { events, .. } => {
            Outcome::Inserted(vec![None; events.len().min(MOST_EVENTS_A_COMMAND)])
        }
        _ => Outcome::Already,
    }
}

fn create(
    desk: &mut Desk<'_>,
    name: &BucketName,
    about: &BucketAbout,
    created: Timestamp,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let reader = desk.writer.as_reader();
    if activity::bucket(reader, HERE, name)?.is_some() {
        return Ok(Outcome::Already);
    }
    if activity::buckets(reader, HERE)?.len() >= MOST_BUCKETS {
        return Ok(Outcome::Refused(Refusal::TooMany));
    }
    let (bucket, _) = activity::create_bucket(desk.writer, HERE, name, about, created)?;
    queue(desk, name, put_bucket(&bucket), now)?;
    Ok(Outcome::Done)
}

fn insert(
    desk: &mut Desk<'_>,
    mut bucket: Bucket,
    events: Vec<NewEvent>,
    skip_known: SkipKnown,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    if events.len() > MOST_EVENTS_A_COMMAND {
        return Ok(Outcome::Refused(Refusal::TooManyEvents));
    }
    let (mut numbers, mut put) = (Vec::with_capacity(events.len()), Vec::new());
    let left: Vec<Option<NewEvent>> =
        events.into_iter().map(|event| admit(desk, &bucket.name, event, now)).collect();
    let history = (skip_known == SkipKnown::Yes).then(|| History::of(desk));
    let mut pen = Pen::new(desk.writer);
    for event in left {
        let inserted = match (event, &history) {
            (None, None) => None,
            (None, Some(_)) => {
                // Left out, which is something else than known; number 0 is no event's.
                numbers.push(Some(EventId(0)));
                continue;
            }
            (Some(event), None) => {
                let known = event.id.map(|id| activity::event(pen.reader(), bucket.number, id));
                let policy = match known.transpose()?.flatten() {
                    Some(known) => known.policy.min(desk.policy.at(event.start)),
                    None => desk.policy.at(event.start),
                };
                pen.insert(&mut bucket, event, policy, skip_known)?
            }
            (Some(event), Some(history)) => history.bring_in(&mut pen, &mut bucket, event)?,
        };
        numbers.push(inserted.as_ref().map(|event| event.id));
        put.extend(inserted);
    }
    for event in put {
        let put = put_event(&bucket.name, event, desk.share_titles);
        desk.open.change(desk.writer, &bucket.name, put, now)?;
    }
    Ok(Outcome::Inserted(numbers))
}

fn heartbeat(
    desk: &mut Desk<'_>,
    mut bucket: Bucket,
    beat: NewEvent,
    pulsetime_ms: u64,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let Some(beat) = admit(desk, &bucket.name, beat.clone(), now) else {
        // On disk, for the next beat may come to an agent that was started again.
        desk.writer.put::<Interrupted>(&bucket.name, &())?;
        // The watcher hears what it expects; number 0 is no event's.
        return Ok(Outcome::Event(beat.numbered(EventId(0), desk.policy.policy)));
    };
    let newest = activity::newest(desk.writer.as_reader(), bucket.number)?;
    let pulsetime_ms = reach(desk, &bucket.name, newest.as_ref(), &beat, pulsetime_ms, now)?;
    let policy = desk.policy.beside(beat.start, newest.as_ref());
    let event = Pen::new(desk.writer).heartbeat(&mut bucket, &beat, pulsetime_ms, policy)?;
    if newest.as_ref() == Some(&event) {
        // Nothing new, so nothing is sent: not even that the watcher still speaks.
        return Ok(Outcome::Event(event));
    }
    let out = redaction::event_for_office(event.clone(), desk.share_titles);
    desk.open.grow(desk.writer, &bucket.name, out, now)?;
    Ok(Outcome::Event(event))
}

fn queue(
    desk: &mut Desk<'_>,
    bucket: &BucketName,
    operation: Operation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let operation = redaction::for_office(operation, desk.share_titles);
    desk.open.change(desk.writer, bucket, operation, now)
}

/// A foreign client's setting: kept here, never sent.
pub(super) fn apply_setting(
    desk: &mut Desk<'_>,
    command: SettingCommand,
) -> Result<Outcome, StoreError> {
    if desk.erased {
        return Ok(Outcome::Already);
    }
    match command {
        SettingCommand::Put { key, value, .. } => {
            let place = (HERE, key);
            let kept = desk.writer.rows::<Settings>(
                KeyRange::prefix(&HERE),
                Order::Rising,
                MOST_SETTINGS,
            )?;
            if kept.len() >= MOST_SETTINGS && desk.writer.get::<Settings>(&place)?.is_none() {
                return Ok(Outcome::Refused(Refusal::TooMany));
            }
            desk.writer.put::<Settings>(&place, &value)?;
            Ok(Outcome::Done)
        }
        SettingCommand::Delete { key, .. } => {
            let was_there = desk.writer.delete::<Settings>(&(HERE, key))?;
            Ok(if was_there { Outcome::Done } else { Outcome::Already })
        }
    }
}
