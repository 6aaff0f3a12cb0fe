//! Why a change of time entries cannot be. Every change asks here before anything is written: online ones [`online`], those made offline
//! [`offline`]. Time that is closed refuses the former here; what becomes of the latter then stands in `closing.rs` and above.

use super::{closing, timer};
use crate::domain::customer::Customer;
use crate::domain::entry::{Entry, MOST_A_DAY};
use crate::domain::id::{EntryId, TagId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::sync::Synced;
use crate::domain::tag::Tag;
use crate::domain::task::{MOST_DEPTH, Task};
use crate::domain::time::DAY_MS;
use crate::store::apply::{Applying, erasure, sync};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Projects, Tags, Tasks};
use crate::store::transaction::Read;

/// A change that somebody wants, online.
pub(super) struct Wanted<'a> {
    /// Of which entry.
    pub(super) id: EntryId,
    /// What stands there, deleted or not.
    pub(super) was: Option<&'a Synced<Entry>>,
    /// What its time is booked on already, under this id or another: that may be archived by now.
    pub(super) before: Option<&'a Entry>,
    /// What is to stand there; none when it is to go.
    pub(super) body: Option<&'a Entry>,
}

impl<'a> Wanted<'a> {
    /// The end of an entry.
    pub(super) const fn end_of(current: &'a Synced<Entry>) -> Self {
        Self { id: current.id, was: Some(current), before: Some(&current.body), body: None }
    }
}

/// Why an edit made online cannot be.
pub(super) fn online(
    at: &Applying<'_>,
    wanted: &Wanted<'_>,
) -> Result<Option<Refusal>, StoreError> {
    let Wanted { id, was, before, body } = *wanted;
    let Some(body) = body else {
        if let Some(was) = was
            && erasure::is_under_way(at, was.body.person)?
        {
            return Ok(Some(Refusal::BeingErased));
        }
        return Ok(closing::touched(at, was, id, None, true)?.refusal());
    };
    if let Some(refusal) = shape_fault(at, was, id, body)? {
        return Ok(Some(refusal));
    }
    let reader = at.writer.as_reader();
    let is_disabled = read::user(reader, body.person)?.is_some_and(|user| user.disabled.is_some());
    if is_disabled && before.is_none() {
        return Ok(Some(Refusal::UserDisabled));
    }
    let begins = body.end.is_none()
        && was.is_none_or(|was| {
            !was.is_live() || was.body.end.is_some() || was.body.start != body.start
        });
    if begins && read::entry::next_start(reader, body.person, body.start, id)?.is_some() {
        return Ok(Some(Refusal::LaterTimer));
    }
    if let Some(refusal) = misplaced(at, before, body)? {
        return Ok(Some(refusal));
    }
    let now = timer::cut(at, was, id, body.clone())?;
    Ok(closing::touched(at, was, id, Some(&now), true)?.refusal())
}

/// Why an edit made offline cannot be: what it names was never there, or never open to the person. Whether it is archived, gone or
/// closed to them by now is not asked: the work was done.
pub(super) fn offline(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: &Entry,
    deleted: bool,
) -> Result<Option<Refusal>, StoreError> {
    // What is gone may say what it likes: somebody takes back what was refused.
    if deleted && was.is_none_or(|was| was.body.person == body.person) {
        return erasure::fault(at, body.person);
    }
    if let Some(refusal) = shape_fault(at, was, id, body)? {
        return Ok(Some(refusal));
    }
    if let Some(project) = body.project {
        let Some(known) = at.writer.get::<Projects>(&project)? else {
            return Ok(Some(Refusal::UnknownProject));
        };
        let stays = was.is_some_and(|was| was.body.project == body.project);
        if !stays
            && !books_on(at, &known.body, body.person)?
            && !read::catalog::was_open_to(at.writer.as_reader(), project, body.person)?
        {
            return Ok(Some(Refusal::NotAMember));
        }
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
    if let Some(refusal) = erasure::fault(at, body.person)? {
        return Ok(Some(refusal));
    }
    Ok(is_too_full(at, id, body)?.then_some(Refusal::TooMany))
}

/// Would more than [`MOST_A_DAY`] begin within some 24 hours around this start? Those before it count and those after it: entries come
/// in any order.
fn is_too_full(at: &Applying<'_>, id: EntryId, body: &Entry) -> Result<bool, StoreError> {
    let (from, to) = (body.start.minus_ms(DAY_MS), body.start.plus_ms(DAY_MS + 1));
    let reader = at.writer.as_reader();
    let near = read::entry::starts_between(reader, body.person, from, to, 2 * MOST_A_DAY + 2)?;
    let others = near.into_iter().filter(|(_, other)| *other != id);
    let mut starts: Vec<_> = others.map(|(start, _)| start).collect();
    let place = starts.partition_point(|start| *start <= body.start);
    starts.insert(place, body.start);
    let first = place.saturating_sub(MOST_A_DAY);
    let runs = starts[first..].windows(MOST_A_DAY + 1).take(place - first + 1);
    Ok(runs.into_iter().any(|run| run[MOST_A_DAY].ms_since(run[0]) <= DAY_MS))
}

/// Why it cannot be booked on what it names. What it was booked on already may be archived, gone or closed to the person by now: the
/// note of such an entry is still theirs to mend, and its timer to stop.
fn misplaced(
    at: &Applying<'_>,
    before: Option<&Entry>,
    body: &Entry,
) -> Result<Option<Refusal>, StoreError> {
    let mut archived = false;
    let other_project = before.is_none_or(|before| before.project != body.project);
    if let Some(id) = body.project.filter(|_| other_project) {
        let project = match sync::live::<Project>(at, id, None)? {
            Ok(project) => project.body,
            Err(refusal) => return Ok(Some(refusal)),
        };
        if !books_on(at, &project, body.person)? {
            return Ok(Some(Refusal::NotAMember));
        }
        let customer = match project.customer {
            Some(customer) => sync::live::<Customer>(at, customer, None)?.ok(),
            None => None,
        };
        archived |= project.archived || customer.is_some_and(|customer| customer.body.archived);
    }
    let other_task = before.is_none_or(|before| before.task != body.task);
    if let Some(id) = body.task.filter(|_| other_project || other_task) {
        let task = match sync::live::<Task>(at, id, None)? {
            Ok(task) => task.body,
            Err(refusal) => return Ok(Some(refusal)),
        };
        if Some(task.project) != body.project {
            return Ok(Some(Refusal::TaskElsewhere));
        }
        archived |= other_task && is_archived(at, task)?;
    }
    let had = |tag: &TagId| before.is_some_and(|before| before.tags.contains(tag));
    for tag in body.tags.iter().filter(|tag| !had(tag)) {
        archived |= match sync::live::<Tag>(at, *tag, None)? {
            Ok(tag) => tag.body.archived,
            Err(refusal) => return Ok(Some(refusal)),
        };
    }
    Ok(archived.then_some(Refusal::Archived))
}

/// Is the task archived, or one of those it stands below?
fn is_archived(at: &Applying<'_>, task: Task) -> Result<bool, StoreError> {
    let (mut above, mut steps) = (Some(task), 0);
    while let Some(task) = above.filter(|_| steps < MOST_DEPTH) {
        if task.archived {
            return Ok(true);
        }
        steps += 1;
        above = match task.parent {
            Some(parent) => at.writer.get::<Tasks>(&parent)?.map(|parent| parent.body),
            None => None,
        };
    }
    Ok(false)
}

/// May the person book on it: one of its members, or somebody who manages the book?
fn books_on(at: &Applying<'_>, project: &Project, person: UserId) -> Result<bool, StoreError> {
    if project.is_open_to(person) {
        return Ok(true);
    }
    let reader = at.writer.as_reader();
    let Some(user) = read::user(reader, person)? else { return Ok(false) };
    Ok(read::people::rights(reader, &user)?.has(Right::ManageBook))
}
