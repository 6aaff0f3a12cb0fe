//! Time entries: added, changed, deleted, online and off, and where a newer timer ends an older one.
//!
//! Each start that any edit ever gave a timer stays in `timer-starts-1`, whatever became of the edit. A timer that nobody stopped ends at
//! the next start of another one: that follows from the edits there are, not from the order they came in.
//!
//! Whether a change may be stands in `fault.rs`, whether its time is closed in `closing.rs`, where timers end in `timer.rs`, two changes that
//! belong together in `both.rs`.

mod both;
mod closing;
mod fault;
mod timer;

use super::{Applying, lock, refused, sync, timesheet};
use crate::domain::device::Device;
use crate::domain::entry::{
    Entry, EntryCommand, EntryOffer, MOST_A_DAY, MOST_LONG_MS, MOST_OVERLAPS, MOST_REFUSED_OFFERS,
    RefusedOffer,
};
use crate::domain::id::{EntryId, RecordId, ReplicaId, UserId};
use crate::domain::lock::Closed;
use crate::domain::merge;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::sync::{Edit, Meta, Stamp, Synced, Verdict};
use crate::domain::text::NoteText;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Entries, EntryUses, PersonEntries, RefusedOffers};
use crate::store::transaction::{KeyRange, Order, Read, Write};
use fault::Wanted;

pub(super) fn apply(at: &mut Applying<'_>, command: &EntryCommand) -> Result<Outcome, StoreError> {
    match command {
        EntryCommand::Edit(edit) => online(at, edit),
        EntryCommand::Offer { id, body, stamp, deleted } => {
            offered(at, &Offered { id: *id, body, stamp: *stamp, deleted: *deleted })
        }
        EntryCommand::Split { id, expect, moment, second } => {
            split(at, (*id, *expect), *moment, *second)
        }
        EntryCommand::Both { one, other } => both::apply(at, one, other),
        EntryCommand::Stop { person, end } => match running(at, *person)? {
            Ok(timer) => {
                let body = Entry { end: Some(*end), ..timer.body.clone() };
                enter(at, Some(&timer), timer.id, &body)
            }
            Err(refusal) => refused(refusal),
        },
        EntryCommand::Discard { person } => match running(at, *person)? {
            Ok(timer) => remove(at, &timer),
            Err(refusal) => refused(refusal),
        },
    }
}

/// Is any time booked on this project, task or tag?
pub(super) fn any_on(at: &Applying<'_>, noun: Noun, id: RecordId) -> Result<bool, StoreError> {
    Ok(at.writer.first::<EntryUses>(KeyRange::prefix(&(noun, id)), Order::Rising)?.is_some())
}

/// Leaves nothing of an entry but that it was there, its person's id, and that it is gone; says how many versions went.
pub(super) fn erase(at: &mut Applying<'_>, record: &Synced<Entry>) -> Result<u64, StoreError> {
    index(at, Some(record), None)?;
    let empty = Entry {
        person: record.body.person,
        project: None,
        task: None,
        start: Timestamp::EARLIEST,
        end: Some(Timestamp::EARLIEST),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    };
    sync::erase(at, record, empty, Audience::Person(record.body.person))
}

/// An edit made offline on a person's computer. It is theirs, whatever it says; one that cannot be is kept for them to mend, and holds
/// up nothing that comes after it.
pub(super) fn from_computer(
    at: &mut Applying<'_>,
    device: &Device,
    offer: &EntryOffer,
) -> Result<(), StoreError> {
    let EntryOffer { id, ref body, modified, deleted } = *offer;
    let stamp = Stamp { modified, replica: ReplicaId(device.id.0) };
    let body = Entry { person: device.person, ..body.clone() };
    let outcome = offered(at, &Offered { id, body: &body, stamp, deleted })?;
    let key = (device.id, id);
    let Outcome::Refused(refusal) = outcome else {
        at.writer.delete::<RefusedOffers>(&key)?;
        return Ok(());
    };
    let kept = KeyRange::prefix(&device.id);
    let kept = at.writer.rows::<RefusedOffers>(kept, Order::Rising, MOST_REFUSED_OFFERS)?;
    if let Some((oldest, _)) = kept.first().filter(|_| kept.len() >= MOST_REFUSED_OFFERS) {
        at.writer.delete::<RefusedOffers>(oldest)?;
    }
    let refused = RefusedOffer { offer: offer.clone(), at: at.at, refusal };
    at.writer.put::<RefusedOffers>(&key, &refused)
}

fn online(at: &mut Applying<'_>, edit: &Edit<Entry>) -> Result<Outcome, StoreError> {
    match edit {
        Edit::Add { id, body } => {
            if !sync::is_new::<Entry>(at, *id)? {
                return refused(Refusal::IdTaken);
            }
            enter(at, None, *id, body)
        }
        Edit::Restore { id, expect, body } => match sync::gone::<Entry>(at, *id, *expect)? {
            Ok(gone) => enter(at, Some(&gone), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Set { id, expect, body } => match sync::live::<Entry>(at, *id, *expect)? {
            Ok(current) => enter(at, Some(&current), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Delete { id, expect } => match sync::live::<Entry>(at, *id, *expect)? {
            Ok(current) => remove(at, &current),
            Err(refusal) => refused(refusal),
        },
    }
}

fn running(
    at: &Applying<'_>,
    person: UserId,
) -> Result<Result<Synced<Entry>, Refusal>, StoreError> {
    let timer = read::entry::running(at.writer.as_reader(), person)?;
    Ok(timer.ok_or(Refusal::NoTimer))
}

fn remove(at: &mut Applying<'_>, current: &Synced<Entry>) -> Result<Outcome, StoreError> {
    if let Some(refusal) = fault::online(at, &Wanted::end_of(current))? {
        return refused(refusal);
    }
    remove_unasked(at, current)
}

/// The same where it was asked already whether it may be.
fn remove_unasked(at: &mut Applying<'_>, current: &Synced<Entry>) -> Result<Outcome, StoreError> {
    index(at, Some(current), None)?;
    let outcome = sync::delete(at, current, Audience::Person(current.body.person))?;
    Ok(booked(current.id, &outcome, Vec::new()))
}

/// Both halves, or none: both are looked at before one is written. What the whole was booked on the halves may be.
fn split(
    at: &mut Applying<'_>,
    (id, expect): (EntryId, Option<u64>),
    moment: Timestamp,
    second: EntryId,
) -> Result<Outcome, StoreError> {
    let whole = match sync::live::<Entry>(at, id, expect)? {
        Ok(whole) => whole,
        Err(refusal) => return refused(refusal),
    };
    if !sync::is_new::<Entry>(at, second)? {
        return refused(Refusal::IdTaken);
    }
    let Some((before, after)) = whole.body.split(moment) else {
        return refused(Refusal::SplitOutside);
    };
    let halves = [
        Wanted { id, was: Some(&whole), before: Some(&whole.body), body: Some(&before) },
        Wanted { id: second, was: None, before: Some(&whole.body), body: Some(&after) },
    ];
    for half in &halves {
        if let Some(refusal) = fault::online(at, half)? {
            return refused(refusal);
        }
    }
    enter_unasked(at, Some(&whole), id, before)?;
    enter_unasked(at, None, second, after)
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
) -> Result<Outcome, StoreError> {
    let body = body.in_order();
    let before = was.map(|was| &was.body);
    if let Some(refusal) = fault::online(at, &Wanted { id, was, before, body: Some(&body) })? {
        return refused(refusal);
    }
    enter_unasked(at, was, id, body)
}

/// The same where it was asked already whether it may be.
fn enter_unasked(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: Entry,
) -> Result<Outcome, StoreError> {
    timer::begin(at, id, &body)?;
    let body = timer::cut(at, was, id, body)?;
    let audience = Audience::Person(body.person);
    let outcome = sync::enter(at, was, id, body, audience)?;
    let overlaps = match close(at, was, id)? {
        Some(entry) => overlaps(at, &entry)?,
        None => Vec::new(),
    };
    Ok(booked(id, &outcome, overlaps))
}

/// An edit made offline.
pub(super) struct Offered<'a> {
    pub(super) id: EntryId,
    pub(super) body: &'a Entry,
    pub(super) stamp: Stamp,
    pub(super) deleted: bool,
}

/// An edit made offline. About time that nobody may change any more, it is held.
fn offered(at: &mut Applying<'_>, offered: &Offered<'_>) -> Result<Outcome, StoreError> {
    match attempt(at, offered)? {
        Ok(outcome) => Ok(outcome),
        Err(shut) => lock::hold(at, offered, shut),
    }
}

/// An edit made offline, unless its time is closed for good; a week that waits for approval goes back to its person. It is not asked
/// whether what it is booked on is archived or gone by now: the work was done.
pub(super) fn attempt(
    at: &mut Applying<'_>,
    offered: &Offered<'_>,
) -> Result<Result<Outcome, Closed>, StoreError> {
    let Offered { id, stamp, deleted, .. } = *offered;
    let (body, was) = (offered.body.in_order(), at.writer.get::<Entries>(&id)?);
    if let Some(refusal) = fault::offline(at, was.as_ref(), id, &body, deleted)? {
        return refused(refusal).map(Ok);
    }
    // What is gone began nothing, and nothing follows for it.
    let body = if deleted { body } else { timer::cut(at, was.as_ref(), id, body)? };
    let (stamp, audience) = (merge::clamped(stamp, at.at), Audience::Person(body.person));
    let created = was.as_ref().map_or(stamp.modified, |was| was.meta.created);
    let gone = deleted.then_some(stamp.modified);
    let meta = Meta { created, changed_seq: at.index, stamp, deleted: gone };
    let edit = Synced { id, meta, body };
    let counts = merge::judge(was.as_ref(), &edit) == Some(Verdict::Won);
    let now = (!deleted).then_some(&edit.body);
    let turned = closing::touched(at, was.as_ref(), id, now, counts)?;
    if let Some(shut) = turned.shut {
        return Ok(Err(shut));
    }
    if !deleted {
        timer::begin(at, id, &edit.body)?;
    }
    let outcome = sync::offer(at, &edit, audience)?;
    sync::backdate::<Entry>(at, id, stamp.modified, audience)?;
    for sheet in turned.submitted {
        timesheet::return_changed(at, sheet)?;
    }
    close(at, was.as_ref(), id)?;
    // Nobody is there to be warned of an overlap.
    Ok(Ok(booked(id, &outcome, Vec::new())))
}

/// Brings the indexes up to what stands there now; that is given back unless it is gone.
fn close(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
) -> Result<Option<Synced<Entry>>, StoreError> {
    let now = at.writer.get::<Entries>(&id)?;
    index(at, was, now.as_ref())?;
    Ok(now.filter(Synced::is_live))
}

fn overlaps(at: &Applying<'_>, entry: &Synced<Entry>) -> Result<Vec<EntryId>, StoreError> {
    let body = &entry.body;
    let from = body.start.minus_ms(MOST_LONG_MS);
    let to = body.ends().unwrap_or(at.at).max(body.start);
    let most = 2 * MOST_A_DAY;
    let near = read::entry::begun_between(at.writer.as_reader(), body.person, from, to, most)?;
    let over = near.iter().filter(|near| near.id != entry.id && near.body.overlaps(body, at.at));
    Ok(over.map(|near| near.id).take(MOST_OVERLAPS).collect())
}

fn booked(id: EntryId, outcome: &Outcome, overlaps: Vec<EntryId>) -> Outcome {
    match outcome {
        Outcome::Kept { version, .. } => Outcome::Booked { entry: id, version: *version, overlaps },
        other => other.clone(),
    }
}

fn index(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    now: Option<&Synced<Entry>>,
) -> Result<(), StoreError> {
    if let Some(was) = was.filter(|was| was.is_live()) {
        at.writer.delete::<PersonEntries>(&(was.body.person, was.body.start, was.id))?;
        for (noun, record) in uses(&was.body) {
            at.writer.delete::<EntryUses>(&(noun, record, was.id))?;
        }
    }
    if let Some(now) = now.filter(|now| now.is_live()) {
        at.writer.put::<PersonEntries>(&(now.body.person, now.body.start, now.id), &())?;
        for (noun, record) in uses(&now.body) {
            at.writer.put::<EntryUses>(&(noun, record, now.id), &())?;
        }
    }
    Ok(())
}

fn uses(body: &Entry) -> impl Iterator<Item = (Noun, RecordId)> {
    let project = body.project.map(|project| (Noun::Project, project.into()));
    let task = body.task.map(|task| (Noun::Task, task.into()));
    let tags = body.tags.iter().map(|tag| (Noun::Tag, (*tag).into()));
    project.into_iter().chain(task).chain(tags)
}
