//! A person's entries as they see them at this computer: the copy of what the office has, and over it what was edited here since.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::ask::{Shown, State, Told};
use super::names::Names;
use crate::domain::batch::ACTIVITY_STREAM;
use crate::domain::entry::{BookCopy, Entry, MOST_OVERLAPS, OfferedEntry};
use crate::domain::id::EntryId;
use crate::domain::sync::Synced;
use crate::domain::time::Timestamp;
use crate::store::tables::{BookCopies, OfferedEntries};
use crate::store::{KeyRange, Order, Read, Reader, StoreError, outbox, read};
use crate::wire::v1::rfc3339;

/// Everything that is seen at once.
pub(super) struct Look {
    pub(super) copy: Option<BookCopy>,
    pub(super) names: Names,
    /// Live ones, by id.
    pub(super) entries: BTreeMap<EntryId, Seen>,
    /// How many entries have an edit that waits for the office.
    waiting: u64,
    now: Timestamp,
}

/// An entry as it is seen.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) body: Entry,
    /// The latest edit of it that is known here.
    pub(super) modified: Timestamp,
    state: State,
    refused: Option<String>,
}

impl Look {
    pub(super) fn at(reader: &dyn Reader, now: Timestamp) -> Result<Self, StoreError> {
        let copy = reader.get::<BookCopies>(&())?;
        let names = Names::load(reader, copy.is_some())?;
        let mut entries = BTreeMap::new();
        read::sync::each::<Entry>(reader, None, |entry: Synced<Entry>| {
            let (state, refused) = (State::Delivered, None);
            let modified = entry.meta.stamp.modified;
            entries.insert(entry.id, Seen { body: entry.body, modified, state, refused });
            ControlFlow::Continue(())
        })?;
        let (stands, mut waiting) = (outbox::stream(reader, ACTIVITY_STREAM)?, 0);
        for (id, offered) in reader.rows::<OfferedEntries>(KeyRange::all(), Order::Rising, MOST)? {
            let OfferedEntry { offer, seq, refused } = offered;
            let state = match &refused {
                Some(_) => State::Refused,
                None if seq > stands.applied_seq => State::Waiting,
                None => State::Delivered,
            };
            waiting += u64::from(state == State::Waiting);
            if offer.deleted {
                entries.remove(&id);
                continue;
            }
            let refused = refused.map(|sentence| sentence.as_str().to_owned());
            let (body, modified) = (offer.body, offer.modified);
            entries.insert(id, Seen { body, modified, state, refused });
        }
        Ok(Self { copy, names, entries, waiting, now })
    }

    /// The timer that runs.
    pub(super) fn running(&self) -> Option<(EntryId, &Seen)> {
        self.last().filter(|(_, seen)| seen.body.ends().is_none())
    }

    /// The entry that began last, a timer that runs before all.
    pub(super) fn last(&self) -> Option<(EntryId, &Seen)> {
        let place = |id: &EntryId, seen: &Seen| (seen.body.ends().is_none(), seen.body.start, *id);
        self.entries.iter().max_by_key(|(id, seen)| place(id, seen)).map(|(id, seen)| (*id, seen))
    }

    /// The entry of this id, or of an id with this in it, or the last.
    pub(super) fn which(&self, text: &str) -> Result<(EntryId, &Seen), String> {
        if text == "last" {
            return self.last().ok_or_else(|| {
                "There is no time entry here yet. Start one with: timebook track start".to_owned()
            });
        }
        let text = text.to_lowercase();
        let named = |id: &EntryId| id.to_string().contains(&text);
        let mut found = self.entries.iter().filter(|(id, _)| named(id));
        match (found.next(), found.next()) {
            (Some((id, seen)), None) if text.len() >= SHORTEST_PART => Ok((*id, seen)),
            (Some(_), Some(_)) => Err(format!(
                "Several time entries have {text:?} in their id. Write more of it: timebook track list --json shows it whole."
            )),
            (Some(_), None) => Err(format!(
                "Write at least {SHORTEST_PART} characters of the id; timebook track list shows them."
            )),
            (None, _) => Err(format!(
                "This computer knows no time entry {text:?}. Look for it with: timebook track list"
            )),
        }
    }

    pub(super) fn shown(&self, id: EntryId, seen: &Seen) -> Shown {
        let body = &seen.body;
        Shown {
            id: id.to_string(),
            start: rfc3339(body.start),
            end: body.ends().map(rfc3339),
            ms: body.ends().unwrap_or(self.now).ms_since(body.start),
            customer: body.project.and_then(|project| self.names.customer_of(project)),
            project: body.project.map(|project| self.names.name_of(project)),
            task: body.task.map(|task| self.names.path_of(task)),
            tags: body.tags.iter().map(|tag| self.names.tag_of(*tag)).collect(),
            note: body.note.as_str().to_owned(),
            billable: body.billable,
            state: seen.state,
            refused: seen.refused.clone(),
        }
    }

    /// What to tell about `entry`; the rest is the same for all.
    pub(super) fn told(&self, entry: Option<EntryId>) -> Told {
        let shown = |id: EntryId| self.entries.get(&id).map(|seen| self.shown(id, seen));
        Told {
            entry: entry.and_then(shown),
            waiting: self.waiting,
            refreshed: self.copy.as_ref().map(|copy| rfc3339(copy.refreshed)),
            ..Told::default()
        }
    }

    /// Those that end after `from`, by begin, the last first.
    pub(super) fn since(&self, from: Timestamp) -> Vec<Shown> {
        let is_late = |seen: &Seen| seen.body.ends().is_none_or(|end| end > from);
        let mut found: Vec<_> = self.entries.iter().filter(|(_, seen)| is_late(seen)).collect();
        found.sort_by_key(|(id, seen)| std::cmp::Reverse((seen.body.start, **id)));
        found.into_iter().map(|(id, seen)| self.shown(*id, seen)).collect()
    }

    /// Those that cover some of this entry's time, the first few by begin.
    pub(super) fn overlaps(&self, id: EntryId) -> Vec<Shown> {
        let Some(body) = self.entries.get(&id).map(|seen| &seen.body) else { return Vec::new() };
        let others = self.entries.iter().filter(|(other, _)| **other != id);
        let mut found: Vec<_> =
            others.filter(|(_, seen)| seen.body.overlaps(body, self.now)).collect();
        found.sort_by_key(|(id, seen)| (seen.body.start, **id));
        found.into_iter().take(MOST_OVERLAPS).map(|(id, seen)| self.shown(*id, seen)).collect()
    }

    /// Those with an edit that the office refused.
    pub(super) fn refused(&self) -> Vec<Shown> {
        let mut found = self.since(Timestamp::EARLIEST);
        found.retain(|shown| shown.state == State::Refused);
        found
    }
}

/// The same entries as they stand now.
pub(super) fn again(reader: &dyn Reader, told: Told, now: Timestamp) -> Result<Told, StoreError> {
    let look = Look::at(reader, now)?;
    let stands = |shown: &Shown| {
        let id: EntryId = shown.id.parse().ok()?;
        look.entries.get(&id).map(|seen| look.shown(id, seen))
    };
    let entry = if told.deleted { told.entry } else { told.entry.as_ref().and_then(stands) };
    let ended = told.ended.as_ref().and_then(stands);
    let overlaps = told.overlaps.iter().filter_map(stands).collect();
    let (deleted, note) = (told.deleted, told.note);
    Ok(Told { entry, ended, overlaps, deleted, note, ..look.told(None) })
}

/// So many edits wait at most.
const MOST: usize = 100_000;
/// Ids are recognised by so many characters of them.
const SHORTEST_PART: usize = 4;
