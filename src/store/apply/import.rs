//! Imports: each record they add is added as any other, and remembered so that it can go again.

use super::{Applying, customer, entry, project, refused, tag, task};
use crate::domain::customer::Customer;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{ImportId, RecordId};
use crate::domain::import::{
    FORGOTTEN_A_STEP, Import, ImportCommand, ImportEdit, ImportState, Imported, MOST_IMPORTS,
    MOST_IMPORTS_EACH,
};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Stamp};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::store::error::StoreError;
use crate::store::read::sync::Shelf;
use crate::store::tables::{ImportRecords, Imports};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &ImportCommand) -> Result<Outcome, StoreError> {
    match command {
        ImportCommand::Begin(import) => {
            let known = at.writer.rows::<Imports>(KeyRange::all(), Order::Rising, MOST_IMPORTS)?;
            let own = known.iter().filter(|(_, known)| known.by == *at.actor).count();
            if known.len() >= MOST_IMPORTS || own >= MOST_IMPORTS_EACH {
                return refused(Refusal::TooMany);
            }
            let (begun, by) = (at.at, at.actor.clone());
            let (state, entries, catalog) = (ImportState::Running, 0, 0);
            put(at, &Import { begun, by, state, entries, catalog, ..import.clone() })
        }
        ImportCommand::Add { import, edit } => add(at, *import, edit),
        ImportCommand::End { import } => end(at, *import, ImportState::Done, "import.done"),
        ImportCommand::Undone { import } => end(at, *import, ImportState::Undone, "import.undo"),
        ImportCommand::TakeBack { import, noun, record } => {
            take_back(at, (*import, *noun, *record))
        }
        ImportCommand::Forget { import } => forget(at, *import),
    }
}

/// Forgets a step's part of what it added; the import itself goes last.
fn forget(at: &mut Applying<'_>, id: ImportId) -> Result<Outcome, StoreError> {
    let Some(import) = at.writer.get::<Imports>(&id)? else { return Ok(Outcome::Already) };
    if import.state == ImportState::Running {
        return refused(Refusal::UnknownImport);
    }
    let records = KeyRange::prefix(&id);
    let records = at.writer.rows::<ImportRecords>(records, Order::Rising, FORGOTTEN_A_STEP)?;
    for (key, _) in &records {
        at.writer.delete::<ImportRecords>(key)?;
    }
    let more = records.len() == FORGOTTEN_A_STEP;
    if !more {
        at.writer.delete::<Imports>(&id)?;
        at.changed(Noun::Import, id.bytes(), Audience::Administrators);
        at.audit("import.forget", &format!("{} {id}", import.source.name()))?;
    }
    Ok(Outcome::Erased { more })
}

fn add(at: &mut Applying<'_>, id: ImportId, edit: &ImportEdit) -> Result<Outcome, StoreError> {
    let Some(import) = at.writer.get::<Imports>(&id)? else {
        return refused(Refusal::UnknownImport);
    };
    if import.state != ImportState::Running {
        return refused(Refusal::UnknownImport);
    }
    let (noun, record, outcome) = match edit {
        ImportEdit::Customer(edit) => {
            (Noun::Customer, edit.id().into(), customer::apply(at, edit)?)
        }
        ImportEdit::Project(edit) => (Noun::Project, edit.id().into(), project::apply(at, edit)?),
        ImportEdit::Task(edit) => (Noun::Task, edit.id().into(), task::apply(at, edit)?),
        ImportEdit::Tag(edit) => (Noun::Tag, edit.id().into(), tag::apply(at, edit)?),
        ImportEdit::Entry(edit) => {
            let id = edit.id().into();
            (Noun::Entry, id, entry::apply(at, &EntryCommand::Edit(edit.clone()))?)
        }
    };
    if !matches!(outcome, Outcome::Kept { .. } | Outcome::Booked { .. }) {
        return Ok(outcome);
    }
    if let Some((stamp, _)) = stands(at, noun, record)? {
        at.writer.put::<ImportRecords>(&(id, noun, record), &Imported { stamp })?;
    }
    let is_entry = noun == Noun::Entry;
    let entries = import.entries + u64::from(is_entry);
    let catalog = import.catalog + u64::from(!is_entry);
    put(at, &Import { entries, catalog, ..import })?;
    Ok(outcome)
}

fn take_back(
    at: &mut Applying<'_>,
    key: (ImportId, Noun, RecordId),
) -> Result<Outcome, StoreError> {
    let Some(imported) = at.writer.get::<ImportRecords>(&key)? else {
        return Ok(Outcome::Already);
    };
    let (_, noun, record) = key;
    match stands(at, noun, record)? {
        Some((stamp, version)) if stamp != imported.stamp => {
            return refused(Refusal::Stale { version });
        }
        Some(_) => {
            match delete(at, noun, record)? {
                // It goes in any case.
                Outcome::Refused(Refusal::BeingErased) => {}
                refused @ Outcome::Refused(_) => return Ok(refused),
                _ => {}
            }
        }
        // Somebody deleted it.
        None => {}
    }
    at.writer.delete::<ImportRecords>(&key)?;
    Ok(Outcome::Done)
}

fn delete(at: &mut Applying<'_>, noun: Noun, record: RecordId) -> Result<Outcome, StoreError> {
    let expect = None;
    match noun {
        Noun::Customer => customer::apply(at, &Edit::Delete { id: record.into(), expect }),
        Noun::Project => project::apply(at, &Edit::Delete { id: record.into(), expect }),
        Noun::Task => task::apply(at, &Edit::Delete { id: record.into(), expect }),
        Noun::Tag => tag::apply(at, &Edit::Delete { id: record.into(), expect }),
        _ => {
            let delete = Edit::Delete { id: record.into(), expect };
            entry::apply(at, &EntryCommand::Edit(delete))
        }
    }
}

/// The edit that counts for a record that is there, and its version.
fn stands(
    at: &Applying<'_>,
    noun: Noun,
    record: RecordId,
) -> Result<Option<(Stamp, u64)>, StoreError> {
    match noun {
        Noun::Customer => stamp_of::<Customer>(at, record),
        Noun::Project => stamp_of::<Project>(at, record),
        Noun::Task => stamp_of::<Task>(at, record),
        Noun::Tag => stamp_of::<Tag>(at, record),
        _ => stamp_of::<Entry>(at, record),
    }
}

fn stamp_of<B: Shelf>(
    at: &Applying<'_>,
    record: RecordId,
) -> Result<Option<(Stamp, u64)>, StoreError> {
    let found = at.writer.get::<B::Table>(&B::Id::from(record))?;
    let live = found.filter(crate::domain::sync::Synced::is_live);
    Ok(live.map(|record| (record.meta.stamp, record.meta.changed_seq)))
}

fn end(
    at: &mut Applying<'_>,
    id: ImportId,
    state: ImportState,
    action: &str,
) -> Result<Outcome, StoreError> {
    let Some(import) = at.writer.get::<Imports>(&id)? else {
        return refused(Refusal::UnknownImport);
    };
    let Import { source, entries, catalog, .. } = import;
    let words = format!("{} {id}: {entries} time entries, {catalog} of the catalog", source.name());
    at.audit(action, &words)?;
    put(at, &Import { state, ..import })
}

fn put(at: &mut Applying<'_>, import: &Import) -> Result<Outcome, StoreError> {
    at.writer.put::<Imports>(&import.id, import)?;
    at.changed(Noun::Import, import.id.bytes(), Audience::Administrators);
    Ok(Outcome::Done)
}
