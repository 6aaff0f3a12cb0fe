//! Recorded activity through a foreign door.

use super::{Applying, device, refused};
use crate::domain::activity::{ActivityCommand, Bucket, MOST_EVENTS_A_COMMAND, NewEvent};
use crate::domain::audit;
use crate::domain::device::Device;
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::text::BucketName;
use crate::store::activity::{self as book, Pen, totals};
use crate::store::error::StoreError;
use crate::store::read;

/// At most this many buckets a device: a watcher has one or two.
pub(in crate::store) const MOST_BUCKETS_A_DEVICE: usize = 1_000;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &ActivityCommand,
) -> Result<Outcome, StoreError> {
    let (id, name) = target(command);
    let device = match device::live(at, id)? {
        Ok(device) => device,
        Err(refusal) => return refused(refusal),
    };
    let outcome = match (book::bucket(at.writer.as_reader(), id, name)?, command) {
        (None, ActivityCommand::CreateBucket { about, created, .. }) => {
            if book::buckets(at.writer.as_reader(), id)?.len() >= MOST_BUCKETS_A_DEVICE {
                return refused(Refusal::TooMany);
            }
            let mut pen = Pen::new(at.writer);
            pen.create_bucket(id, name, about, created.unwrap_or(at.at))?;
            let touched = pen.into_touched();
            totals::forget(at.writer, device.person, touched)?;
            Outcome::Done
        }
        (None, _) => return refused(Refusal::UnknownBucket),
        (Some(bucket), _) => change_bucket(at, &device, bucket, command)?,
    };
    match outcome {
        Outcome::Refused(_) => return Ok(outcome),
        Outcome::Already => {}
        _ => changed(at, &device),
    }
    device::note_contact(at, &device)?;
    Ok(outcome)
}

fn change_bucket(
    at: &mut Applying<'_>,
    device: &Device,
    mut bucket: Bucket,
    command: &ActivityCommand,
) -> Result<Outcome, StoreError> {
    let (past, now) = (read::policy::past(at.writer.as_reader())?, at.at);
    let policy = |event: &NewEvent| past.recorded_under(event.start, now);
    let mut pen = Pen::new(at.writer);
    let outcome = match command {
        ActivityCommand::CreateBucket { .. } => return Ok(Outcome::Already),
        ActivityCommand::UpdateBucket { about, .. } => {
            let was = bucket.clone();
            bucket.about = about.clone();
            pen.put_bucket(&was, &bucket)?;
            Outcome::Done
        }
        ActivityCommand::DeleteBucket { .. } => {
            pen.delete_bucket(&bucket)?;
            Outcome::Done
        }
        ActivityCommand::InsertEvents { events, skip_known, .. } => {
            if events.len() > MOST_EVENTS_A_COMMAND {
                return refused(Refusal::TooManyEvents);
            }
            let mut numbers = Vec::with_capacity(events.len());
            for event in events {
                let policy = policy(event);
                let inserted = pen.insert(&mut bucket, event.clone(), policy, *skip_known)?;
                numbers.push(inserted.map(|event| event.id));
            }
            Outcome::Inserted(numbers)
        }
        ActivityCommand::Heartbeat { event, pulsetime_ms, .. } => {
            Outcome::Event(pen.heartbeat(&mut bucket, event, *pulsetime_ms, policy(event))?)
        }
        ActivityCommand::DeleteEvent { event, .. } => {
            match pen.delete_event(bucket.number, *event)? {
                true => Outcome::Done,
                false => Outcome::Already,
            }
        }
    };
    let touched = pen.into_touched();
    totals::forget(at.writer, device.person, touched)?;
    if matches!(command, ActivityCommand::DeleteBucket { .. }) {
        let subject = format!("{} of {}", bucket.number.0, audit::computer(device.id));
        at.audit("activity.delete_bucket", &subject)?;
    }
    Ok(outcome)
}

/// Tells whoever looks at this person's activity.
pub(super) fn changed(at: &mut Applying<'_>, device: &Device) {
    at.changed(Noun::Activity, device.id.bytes(), Audience::Person(device.person));
}

fn target(command: &ActivityCommand) -> (DeviceId, &BucketName) {
    match command {
        ActivityCommand::CreateBucket { device, name, .. }
        | ActivityCommand::UpdateBucket { device, name, .. }
        | ActivityCommand::DeleteBucket { device, name }
        | ActivityCommand::InsertEvents { device, name, .. }
        | ActivityCommand::Heartbeat { device, name, .. }
        | ActivityCommand::DeleteEvent { device, name, .. } => (*device, name),
    }
}
