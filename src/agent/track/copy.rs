//! The copy of the office's book on this computer: what the person may book on, and their own recent time.
//!
//! Read strictly: a record that does not read ends the refresh, and the copy stays as it is.

use super::closed;
use crate::domain::batch::ACTIVITY_STREAM;
use crate::domain::customer::Customer;
use crate::domain::entry::{BookCopy, Entry, OfferedEntry};
use crate::domain::id::{RecordId, ReplicaId, UserId};
use crate::domain::lock::Lock;
use crate::domain::project::Project;
use crate::domain::sync::{Meta, Stamp, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::{Label, NoteText, ShortText};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::domain::timesheet::Timesheet;
use crate::store::read::sync::{Shelf, each};
use crate::store::tables::{BookCopies, Entries, Locks, OfferedEntries, Timesheets};
use crate::store::{KeyRange, Order, Read, Reader, StoreError, Write, Writer, outbox};
use crate::wire::v1 as wire;

/// Entries that ended longer ago are not kept here.
const KEPT_MS: u64 = 62 * DAY_MS;

/// Where the copy stands before it is refreshed.
pub(in crate::agent) struct Standing {
    /// What to ask with as `since`.
    pub(in crate::agent) since: u64,
    copy: Option<BookCopy>,
    /// Everything up to here has reached the office.
    applied_seq: u64,
}

impl Standing {
    /// The epoch it was made under; none where there is no copy.
    pub(in crate::agent) fn epoch(&self) -> Option<u32> {
        self.copy.as_ref().map(|copy| copy.server_epoch)
    }
}

/// What came of taking pages in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Took {
    /// The copy is complete.
    Complete,
    /// It was made of something else: it is thrown away, and asked for from the beginning.
    Stale,
}

/// Where the copy stands.
pub(in crate::agent) fn stands(reader: &dyn Reader) -> Result<Standing, StoreError> {
    let copy = reader.get::<BookCopies>(&())?;
    let applied_seq = outbox::stream(reader, ACTIVITY_STREAM)?.applied_seq;
    Ok(Standing { since: copy.as_ref().map_or(0, |copy| copy.since), copy, applied_seq })
}

/// Has something that was edited here reached the office, and is not in the copy yet?
pub(in crate::agent) fn is_unsettled(reader: &dyn Reader) -> Result<bool, StoreError> {
    let applied_seq = outbox::stream(reader, ACTIVITY_STREAM)?.applied_seq;
    let rows = reader.rows::<OfferedEntries>(KeyRange::all(), Order::Rising, usize::MAX)?;
    Ok(rows.iter().any(|(_, offered)| offered.seq <= applied_seq && offered.refused.is_none()))
}

/// Takes in all pages of a refresh; none of them when one does not read.
pub(in crate::agent) fn take_in(
    writer: &mut dyn Writer,
    before: &Standing,
    pages: &[wire::ComputerCopy],
    now: Timestamp,
) -> Result<Option<Took>, StoreError> {
    let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Ok(None) };
    let Ok(person) = first.person.parse::<UserId>() else { return Ok(None) };
    let view = ShortText::cut(&first.changes.view);
    let same = |page: &wire::ComputerCopy| {
        page.changes.server_epoch == first.changes.server_epoch
            && page.changes.view == first.changes.view
            && page.person == first.person
    };
    if !pages.iter().all(same) {
        return Ok(None);
    }
    let is_of = |copy: &BookCopy| {
        copy.server_epoch == first.changes.server_epoch
            && copy.view == view
            && copy.person == person
    };
    if before.copy.as_ref().is_some_and(|copy| !is_of(copy)) {
        throw_away(writer)?;
        return Ok(Some(Took::Stale));
    }
    let mut records = Vec::new();
    for change in pages.iter().flat_map(|page| &page.changes.items) {
        match Fresh::of(change) {
            Some(record) => records.push(record),
            None => return Ok(None),
        }
    }
    for record in records {
        record.keep(writer, now)?;
    }
    settle(writer, before.applied_seq, &last.refused)?;
    forget_old(writer, now)?;
    let (server_epoch, since) = (first.changes.server_epoch, last.changes.since);
    writer
        .put::<BookCopies>(&(), &BookCopy { person, server_epoch, view, since, refreshed: now })?;
    Ok(Some(Took::Complete))
}

/// What was edited here and has reached the office is in the copy by now, or was refused.
fn settle(
    writer: &mut dyn Writer,
    applied_seq: u64,
    refused: &[wire::RefusedEntry],
) -> Result<(), StoreError> {
    for (id, offered) in
        writer.rows::<OfferedEntries>(KeyRange::all(), Order::Rising, usize::MAX)?
    {
        if offered.seq > applied_seq {
            continue;
        }
        let name = id.to_string();
        match refused.iter().find(|refused| refused.id == name) {
            Some(refused) => {
                let sentence = ShortText::cut(&format!("{} {}", refused.detail, refused.next));
                let offered = OfferedEntry { refused: Some(sentence), ..offered };
                writer.put::<OfferedEntries>(&id, &offered)?;
            }
            None => {
                writer.delete::<OfferedEntries>(&id)?;
            }
        }
    }
    Ok(())
}

/// The copy is gone; what was edited here and has not arrived stays.
pub(in crate::agent) fn throw_away(writer: &mut dyn Writer) -> Result<(), StoreError> {
    clear::<Customer>(writer)?;
    clear::<Project>(writer)?;
    clear::<Task>(writer)?;
    clear::<Tag>(writer)?;
    clear::<Entry>(writer)?;
    for (place, _) in writer.rows::<Timesheets>(KeyRange::all(), Order::Rising, usize::MAX)? {
        writer.delete::<Timesheets>(&place)?;
    }
    writer.delete::<Locks>(&())?;
    writer.delete::<BookCopies>(&())?;
    Ok(())
}

fn clear<B: Shelf>(writer: &mut dyn Writer) -> Result<(), StoreError> {
    let mut ids = Vec::new();
    each::<B>(writer.as_reader(), None, |record| {
        ids.push(record.id);
        std::ops::ControlFlow::Continue(())
    })?;
    for id in ids {
        writer.delete::<B::Table>(&id)?;
    }
    Ok(())
}

fn forget_old(writer: &mut dyn Writer, now: Timestamp) -> Result<(), StoreError> {
    let mut old = Vec::new();
    each::<Entry>(writer.as_reader(), None, |entry| {
        old.extend(is_old(&entry.body, now).then_some(entry.id));
        std::ops::ControlFlow::Continue(())
    })?;
    for id in old {
        writer.delete::<Entries>(&id)?;
    }
    Ok(())
}

fn is_old(entry: &Entry, now: Timestamp) -> bool {
    entry.ends().is_some_and(|end| now.ms_since(end) > KEPT_MS)
}

/// A record as it is now; none when it is gone.
enum Fresh {
    Customer(RecordId, Option<Synced<Customer>>),
    Project(RecordId, Option<Synced<Project>>),
    Task(RecordId, Option<Synced<Task>>),
    Tag(RecordId, Option<Synced<Tag>>),
    Entry(RecordId, Option<Synced<Entry>>),
    Timesheet((UserId, Timestamp), Option<Timesheet>),
    Lock(Option<Lock>),
    /// Of a sort that this program does not know.
    Other,
}

impl Fresh {
    fn of(change: &wire::Change) -> Option<Self> {
        let record = &change.record;
        // A record that is not gone must be there.
        let there = |is_there: bool| (change.gone != is_there).then_some(());
        match change.noun.as_str() {
            "timesheet" => {
                there(record.timesheet.is_some())?;
                let place = closed::place(&change.id)?;
                let sheet = each_field(record.timesheet.as_ref(), |s| closed::sheet(place.0, s))?;
                return Some(Self::Timesheet(place, sheet));
            }
            "lock" => {
                there(record.lock.is_some())?;
                let lock = each_field(record.lock.as_ref(), closed::lock)?;
                return Some(Self::Lock(lock.flatten()));
            }
            "customer" | "project" | "task" | "tag" | "entry" => {}
            _ => return Some(Self::Other),
        }
        let id = RecordId(change.id.parse().ok()?);
        Some(match change.noun.as_str() {
            "customer" => {
                there(record.customer.is_some())?;
                Self::Customer(id, each_field(record.customer.as_ref(), |r| customer(id, r))?)
            }
            "project" => {
                there(record.project.is_some())?;
                Self::Project(id, each_field(record.project.as_ref(), |r| project(id, r))?)
            }
            "task" => {
                there(record.task.is_some())?;
                Self::Task(id, each_field(record.task.as_ref(), |r| task(id, r))?)
            }
            "tag" => {
                there(record.tag.is_some())?;
                Self::Tag(id, each_field(record.tag.as_ref(), |r| tag(id, r))?)
            }
            "entry" => {
                there(record.entry.is_some())?;
                Self::Entry(id, each_field(record.entry.as_ref(), |r| entry(id, r))?)
            }
            _ => Self::Other,
        })
    }

    fn keep(self, writer: &mut dyn Writer, now: Timestamp) -> Result<(), StoreError> {
        match self {
            Self::Customer(id, record) => keep::<Customer>(writer, id, record),
            Self::Project(id, record) => keep::<Project>(writer, id, record),
            Self::Task(id, record) => keep::<Task>(writer, id, record),
            Self::Tag(id, record) => keep::<Tag>(writer, id, record),
            Self::Entry(id, record) => {
                keep::<Entry>(writer, id, record.filter(|entry| !is_old(&entry.body, now)))
            }
            Self::Timesheet(place, Some(sheet)) => writer.put::<Timesheets>(&place, &sheet),
            Self::Timesheet(place, None) => writer.delete::<Timesheets>(&place).map(|_| ()),
            Self::Lock(Some(lock)) => writer.put::<Locks>(&(), &lock),
            Self::Lock(None) => writer.delete::<Locks>(&()).map(|_| ()),
            Self::Other => Ok(()),
        }
    }
}

fn keep<B: Shelf>(
    writer: &mut dyn Writer,
    id: RecordId,
    record: Option<Synced<B>>,
) -> Result<(), StoreError> {
    match record {
        Some(record) => writer.put::<B::Table>(&id.into(), &record),
        None => writer.delete::<B::Table>(&id.into()).map(|_| ()),
    }
}

/// None when there is something that does not read.
fn each_field<T, U>(shown: Option<&T>, read: impl Fn(&T) -> Option<U>) -> Option<Option<U>> {
    match shown {
        Some(shown) => read(shown).map(Some),
        None => Some(None),
    }
}

fn meta(created: &str, modified: &str, version: u64) -> Option<Meta> {
    let stamp =
        Stamp { modified: wire::instant(modified)?, replica: ReplicaId::from_bytes([0; 16]) };
    Some(Meta { created: wire::instant(created)?, changed_seq: version, stamp, deleted: None })
}

fn reference<T: std::str::FromStr>(id: Option<&String>) -> Option<Option<T>> {
    each_field(id, |id| id.parse().ok())
}

fn customer(id: RecordId, shown: &wire::Customer) -> Option<Synced<Customer>> {
    let body = Customer {
        name: Label::new(shown.name.as_str()).ok()?,
        colour: None,
        note: NoteText::empty(),
        archived: shown.archived,
    };
    Some(Synced {
        id: id.into(),
        meta: meta(&shown.created, &shown.modified, shown.version)?,
        body,
    })
}

fn project(id: RecordId, shown: &wire::Project) -> Option<Synced<Project>> {
    let body = Project {
        customer: reference(shown.customer.as_ref())?,
        name: Label::new(shown.name.as_str()).ok()?,
        colour: None,
        billable: shown.billable,
        budget_minutes: shown.budget_minutes,
        archived: shown.archived,
        // Whoever may not book on it has no copy of it.
        members: None,
    };
    Some(Synced {
        id: id.into(),
        meta: meta(&shown.created, &shown.modified, shown.version)?,
        body,
    })
}

fn task(id: RecordId, shown: &wire::Task) -> Option<Synced<Task>> {
    let body = Task {
        project: shown.project.parse().ok()?,
        parent: reference(shown.parent.as_ref())?,
        name: Label::new(shown.name.as_str()).ok()?,
        done: shown.done,
        archived: shown.archived,
        budget_minutes: shown.budget_minutes,
    };
    Some(Synced {
        id: id.into(),
        meta: meta(&shown.created, &shown.modified, shown.version)?,
        body,
    })
}

fn tag(id: RecordId, shown: &wire::Tag) -> Option<Synced<Tag>> {
    let name = Label::new(shown.name.as_str()).ok()?;
    let body = Tag { name, colour: None, archived: shown.archived };
    Some(Synced {
        id: id.into(),
        meta: meta(&shown.created, &shown.modified, shown.version)?,
        body,
    })
}

fn entry(id: RecordId, shown: &wire::Entry) -> Option<Synced<Entry>> {
    let body = Entry {
        person: shown.person.parse().ok()?,
        project: reference(shown.project.as_ref())?,
        task: reference(shown.task.as_ref())?,
        start: wire::instant(&shown.start)?,
        end: each_field(shown.end.as_ref(), |end| wire::instant(end))?,
        cut: None,
        note: NoteText::new(shown.note.as_str()).ok()?,
        tags: shown.tags.iter().map(|tag| tag.parse().ok()).collect::<Option<_>>()?,
        billable: shown.billable,
    };
    Some(Synced {
        id: id.into(),
        meta: meta(&shown.created, &shown.modified, shown.version)?,
        body,
    })
}
