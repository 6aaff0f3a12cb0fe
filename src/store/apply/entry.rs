//! Time entries: added, changed, deleted, online and off, and where a newer timer ends an older one.
//!
//! Each start that any edit ever gave a timer stays in `timer-starts-1`, whatever became of the edit. A timer that nobody stopped ends at
//! the next start of another one: that follows from the edits there are, not from the order they came in.

use super::{Applying, refused, sync};
use crate::domain::customer::Customer;
use crate::domain::entry::{Entry, EntryCommand, MOST_A_DAY, MOST_LONG_MS, MOST_OVERLAPS};
use crate::domain::id::{EntryId, RecordId};
use crate::domain::merge;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Meta, Stamp, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::TimerStarts;
use crate::store::tables::{Entries, EntryUses, PersonEntries, Projects, Tags, Tasks};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &EntryCommand) -> Result<Outcome, StoreError> {
    match command {
        EntryCommand::Edit(edit) => online(at, edit),
        EntryCommand::Offer { id, body, stamp, deleted } => {
            offered(at, *id, body, *stamp, *deleted)
        }
    }
}

/// Is any time booked on this project, task or tag?
pub(super) fn any_on(at: &Applying<'_>, noun: Noun, id: RecordId) -> Result<bool, StoreError> {
    Ok(at.writer.first::<EntryUses>(KeyRange::prefix(&(noun, id)), Order::Rising)?.is_some())
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
        Edit::Delete { id, expect } => {
            let current = match sync::live::<Entry>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            index(at, Some(&current), None)?;
            let outcome = sync::delete(at, &current, Audience::Person(current.body.person))?;
            Ok(booked(*id, &outcome, Vec::new()))
        }
    }
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
) -> Result<Outcome, StoreError> {
    let body = body.in_order();
    if let Some(refusal) = fault(at, was, id, &body)? {
        return refused(refusal);
    }
    begin(at, id, &body)?;
    let body = cut(at, id, body)?;
    let audience = Audience::Person(body.person);
    let outcome = sync::enter(at, was, id, body, audience)?;
    close(at, was, id, &outcome)
}

/// An edit made offline. It is not asked whether what it is booked on is archived or gone by now: the work was done.
fn offered(
    at: &mut Applying<'_>,
    id: EntryId,
    body: &Entry,
    stamp: Stamp,
    deleted: bool,
) -> Result<Outcome, StoreError> {
    let (body, was) = (body.in_order(), at.writer.get::<Entries>(&id)?);
    if let Some(refusal) = offline_fault(at, was.as_ref(), id, &body)? {
        return refused(refusal);
    }
    // What is gone began nothing, and nothing follows for it.
    let body = if deleted {
        body
    } else {
        begin(at, id, &body)?;
        cut(at, id, body)?
    };
    let (stamp, audience) = (merge::clamped(stamp, at.at), Audience::Person(body.person));
    let created = was.as_ref().map_or(stamp.modified, |was| was.meta.created);
    let deleted = deleted.then_some(stamp.modified);
    let meta = Meta { created, changed_seq: at.index, stamp, deleted };
    let outcome = sync::offer(at, &Synced { id, meta, body }, audience)?;
    close(at, was.as_ref(), id, &outcome)
}

/// Why an edit made online cannot be.
fn fault(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
) -> Result<Option<Refusal>, StoreError> {
    if let Some(refusal) = shape_fault(at, was, id, body)? {
        return Ok(Some(refusal));
    }
    if read::user(at.writer.as_reader(), body.person)?.is_some_and(|user| user.disabled.is_some()) {
        return Ok(Some(Refusal::UserDisabled));
    }
    let begins = body.end.is_none()
        && was.is_none_or(|was| {
            !was.is_live() || was.body.end.is_some() || was.body.start != body.start
        });
    let reader = at.writer.as_reader();
    if begins && read::entry::next_start(reader, body.person, body.start, id)?.is_some() {
        return Ok(Some(Refusal::LaterTimer));
    }
    misplaced(at, was.map(|was| &was.body), body)
}

/// Why it cannot be booked on what it names. What it was booked on already may be archived by now.
fn misplaced(
    at: &Applying<'_>,
    was: Option<&Entry>,
    body: &Entry,
) -> Result<Option<Refusal>, StoreError> {
    let mut archived = false;
    if let Some(project) = body.project {
        let project = match sync::live::<Project>(at, project, None)? {
            Ok(project) => project.body,
            Err(refusal) => return Ok(Some(refusal)),
        };
        let customer = match project.customer {
            Some(customer) => sync::live::<Customer>(at, customer, None)?.ok(),
            None => None,
        };
        let closed = project.archived || customer.is_some_and(|customer| customer.body.archived);
        archived |= closed && was.is_none_or(|was| was.project != body.project);
    }
    if let Some(task) = body.task {
        let task = match sync::live::<Task>(at, task, None)? {
            Ok(task) => task.body,
            Err(refusal) => return Ok(Some(refusal)),
        };
        if Some(task.project) != body.project {
            return Ok(Some(Refusal::TaskElsewhere));
        }
        archived |= task.archived && was.is_none_or(|was| was.task != body.task);
    }
    for tag in &body.tags {
        let closed = match sync::live::<Tag>(at, *tag, None)? {
            Ok(tag) => tag.body.archived,
            Err(refusal) => return Ok(Some(refusal)),
        };
        archived |= closed && was.is_none_or(|was| !was.tags.contains(tag));
    }
    Ok(archived.then_some(Refusal::Archived))
}

/// Why an edit made offline cannot be: what it names was never there.
fn offline_fault(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
) -> Result<Option<Refusal>, StoreError> {
    if let Some(refusal) = shape_fault(at, was, id, body)? {
        return Ok(Some(refusal));
    }
    if let Some(project) = body.project
        && at.writer.get::<Projects>(&project)?.is_none()
    {
        return Ok(Some(Refusal::UnknownProject));
    }
    if let Some(task) = body.task {
        match at.writer.get::<Tasks>(&task)? {
            None => return Ok(Some(Refusal::UnknownTask)),
            Some(task) if Some(task.body.project) != body.project => {
                return Ok(Some(Refusal::TaskElsewhere));
            }
            Some(_) => {}
        }
    }
    for tag in &body.tags {
        if at.writer.get::<Tags>(tag)?.is_none() {
            return Ok(Some(Refusal::UnknownTag));
        }
    }
    Ok(None)
}

/// What no edit may be, wherever it was made.
fn shape_fault(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
) -> Result<Option<Refusal>, StoreError> {
    if was.is_some_and(|was| was.body.person != body.person) {
        return Ok(Some(Refusal::OtherPerson));
    }
    if let Some(refusal) = body.fault(at.at) {
        return Ok(Some(refusal));
    }
    let reader = at.writer.as_reader();
    if read::user(reader, body.person)?.is_none() {
        return Ok(Some(Refusal::UnknownUser));
    }
    let (from, to) = (body.start.minus_ms(MOST_LONG_MS), body.start.plus_ms(1));
    let mut near = read::entry::begun_between(reader, body.person, from, to, MOST_A_DAY + 1)?;
    near.retain(|entry| entry.id != id);
    Ok((near.len() >= MOST_A_DAY).then_some(Refusal::TooMany))
}

/// The start of a timer is known from now on, and the timer before it ends there.
fn begin(at: &mut Applying<'_>, id: EntryId, body: &Entry) -> Result<(), StoreError> {
    let key = (body.person, body.start, id);
    if body.end.is_some() || at.writer.get::<TimerStarts>(&key)?.is_some() {
        return Ok(());
    }
    at.writer.put::<TimerStarts>(&key, &())?;
    // Whatever began before the one before is cut by that one.
    let before = KeyRange::between(&body.person, &key);
    let before = at.writer.first::<TimerStarts>(before, Order::Falling)?;
    let Some(((_, _, other), ())) = before.filter(|((_, _, other), ())| *other != id) else {
        return Ok(());
    };
    let older = at.writer.get::<Entries>(&other)?;
    let Some(older) = older.filter(Synced::is_live) else { return Ok(()) };
    let ended = cut(at, other, older.body.clone())?;
    if ended != older.body {
        sync::settle(at, &older, ended, Audience::Person(body.person))?;
    }
    Ok(())
}

/// The entry with the end that follows from the person's other timers, if nobody stopped it.
fn cut(at: &Applying<'_>, id: EntryId, body: Entry) -> Result<Entry, StoreError> {
    if body.end.is_some() {
        return Ok(Entry { cut: None, ..body });
    }
    let next = read::entry::next_start(at.writer.as_reader(), body.person, body.start, id)?;
    Ok(Entry { cut: next.map(|next| body.cut_at(next)), ..body })
}

/// Brings the indexes up to what stands there now, and says what it overlaps.
fn close(
    at: &mut Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    outcome: &Outcome,
) -> Result<Outcome, StoreError> {
    let now = at.writer.get::<Entries>(&id)?;
    index(at, was, now.as_ref())?;
    let overlaps = match now.filter(Synced::is_live) {
        Some(entry) => overlaps(at, &entry)?,
        None => Vec::new(),
    };
    Ok(booked(id, outcome, overlaps))
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
