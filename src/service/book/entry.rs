//! Time entries: one's own, and those of people one reaches.
//!
//! Who sees somebody's time sees their entries; who approves it may change them, too. Every change of them stands in the history with
//! who made it.

mod list;
mod timer;
mod undo;

pub use list::{EntriesRequest, Moment, Whose};

use super::Book;
use super::catalog::Asking;
use super::history::{Version, versions};
use crate::clock;
use crate::domain::command::Command;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{EntryId, ProjectId, TagId, TaskId, UserId};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::Reach;
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Synced};
use crate::domain::task::Task;
use crate::domain::text::NoteText;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::{Reader, StoreError, read};

/// A time entry as somebody writes it: what they leave out follows from the rest.
#[derive(Clone, Debug)]
pub struct EntryDraft {
    /// Whose; the writer's own when left out.
    pub person: Option<UserId>,
    /// On what; the task's project when left out.
    pub project: Option<ProjectId>,
    /// On which part of it.
    pub task: Option<TaskId>,
    /// The begin.
    pub start: Timestamp,
    /// The end; none runs.
    pub end: Option<Timestamp>,
    /// What they say of it.
    pub note: NoteText,
    /// Tags.
    pub tags: Vec<TagId>,
    /// Is somebody to pay for it? As the project says when left out.
    pub billable: Option<bool>,
}

/// A time entry after a change, with a warning.
#[derive(Clone, Debug)]
pub struct Booked {
    /// As it is now.
    pub entry: Synced<Entry>,
    /// The same person's entries that cover some of its time, the first few.
    pub overlaps: Vec<EntryId>,
}

impl Book {
    /// One time entry, if this person may see it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] when there is none for them.
    pub async fn entry(
        &self,
        principal: &Principal,
        id: EntryId,
    ) -> Result<Synced<Entry>, ServiceError> {
        let (entry, _) = self.reached(principal, id).await?;
        entry.is_live().then_some(entry).ok_or(UNKNOWN)
    }

    /// One more time entry.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn add_entry(
        &self,
        asking: Asking<'_>,
        draft: EntryDraft,
    ) -> Result<Booked, ServiceError> {
        let (id, body) = (fresh(), self.body(asking.principal, None, draft).await?);
        self.book(asking, EntryCommand::Edit(Edit::Add { id, body })).await
    }

    /// Another body.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
        expect: Option<u64>,
        draft: EntryDraft,
    ) -> Result<Booked, ServiceError> {
        let current = self.changeable(asking.principal, id).await?;
        let body = self.body(asking.principal, Some(current.body.person), draft).await?;
        self.book(asking, EntryCommand::Edit(Edit::Set { id, expect, body })).await
    }

    /// The end of a time entry.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
        expect: Option<u64>,
    ) -> Result<(), ServiceError> {
        self.changeable(asking.principal, id).await?;
        self.book(asking, EntryCommand::Edit(Edit::Delete { id, expect })).await.map(|_| ())
    }

    /// The same once more, at the same time or from `start` on for as long; of a timer that runs, as long as it ran until now.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn duplicate_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
        start: Option<Timestamp>,
    ) -> Result<Booked, ServiceError> {
        let whole = self.changeable(asking.principal, id).await?;
        let whole = if whole.is_live() { whole.body } else { return Err(UNKNOWN) };
        let ms = whole.ends().unwrap_or(asking.now).ms_since(whole.start);
        let start = start.unwrap_or(whole.start);
        let body = Entry { start, end: Some(start.plus_ms(ms)), cut: None, ..whole };
        self.book(asking, EntryCommand::Edit(Edit::Add { id: fresh(), body })).await
    }

    /// One becomes two at `moment`; both halves, the new one second.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn split_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
        expect: Option<u64>,
        moment: Timestamp,
    ) -> Result<[Synced<Entry>; 2], ServiceError> {
        self.changeable(asking.principal, id).await?;
        let command = EntryCommand::Split { id, expect, moment, second: fresh() };
        let second = self.book(asking, command).await?.entry;
        let first = self.door.read(move |reader| read::sync::record::<Entry>(reader, id));
        Ok([first.await?.ok_or(UNKNOWN)?, second])
    }

    /// The versions of a time entry, deleted or not, newest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn entry_history(
        &self,
        principal: &Principal,
        id: EntryId,
    ) -> Result<Vec<Version<Entry>>, ServiceError> {
        self.reached(principal, id).await?;
        let mut found = self.door.read(move |reader| versions::<Entry>(reader, id)).await?;
        found.reverse();
        Ok(found)
    }

    /// Brings back what was before the last change; done twice, it is as it was. What was deleted is there again, and what was split is one
    /// again.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn undo_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
        expect: Option<u64>,
    ) -> Result<Booked, ServiceError> {
        self.changeable(asking.principal, id).await?;
        let command = self.door.read(move |reader| undo::command(reader, id, expect)).await??;
        self.book(asking, command).await
    }

    /// What the outcome names, as it is now: after a repeated request that is what was made the first time.
    async fn book(
        &self,
        asking: Asking<'_>,
        command: EntryCommand,
    ) -> Result<Booked, ServiceError> {
        let (now, actor, command) = (asking.now, asking.principal.actor(), Command::Entry(command));
        let outcome = Change { now, actor, command }.commit_once(&self.door, asking.key).await?;
        let Outcome::Booked { entry, overlaps, .. } = outcome else {
            return Err(ServiceError::Failed(format!("An entry's change ended as {outcome:?}.")));
        };
        let found = self.door.read(move |reader| read::sync::record::<Entry>(reader, entry));
        Ok(Booked { entry: found.await?.ok_or(UNKNOWN)?, overlaps })
    }

    /// The entry, deleted or not, of somebody they reach.
    async fn reached(
        &self,
        principal: &Principal,
        id: EntryId,
    ) -> Result<(Synced<Entry>, Reach), ServiceError> {
        let asker = principal.clone();
        let found = self
            .door
            .read(move |reader| {
                Ok((read::sync::record::<Entry>(reader, id)?, asker.reach(reader)?))
            })
            .await?;
        let (entry, reach) = found;
        let entry = entry.filter(|entry| reach.sees(entry.body.person)).ok_or(UNKNOWN)?;
        Ok((entry, reach))
    }

    /// The entry, deleted or not (a request that is repeated deleted it itself), of somebody whose time they may change.
    async fn changeable(
        &self,
        principal: &Principal,
        id: EntryId,
    ) -> Result<Synced<Entry>, ServiceError> {
        let (entry, reach) = self.reached(principal, id).await?;
        must_change(&reach, entry.body.person)?;
        Ok(entry)
    }

    /// The draft with what follows: its person, its project, whether it is billable.
    async fn body(
        &self,
        principal: &Principal,
        stands: Option<UserId>,
        draft: EntryDraft,
    ) -> Result<Entry, ServiceError> {
        let own = principal.user().map(|user| user.id);
        let person = draft.person.or(stands).or(own).ok_or_else(no_person)?;
        let asker = principal.clone();
        let (reach, body) = self
            .door
            .read(move |reader| Ok((asker.reach(reader)?, whole(reader, person, draft)?)))
            .await?;
        must_change(&reach, person)?;
        Ok(body)
    }
}

const UNKNOWN: ServiceError = ServiceError::Refused(Refusal::UnknownEntry);

fn whole(reader: &dyn Reader, person: UserId, draft: EntryDraft) -> Result<Entry, StoreError> {
    let mut project = draft.project;
    if let (None, Some(task)) = (project, draft.task) {
        project = read::sync::record::<Task>(reader, task)?.map(|task| task.body.project);
    }
    let billable = match (draft.billable, project) {
        (Some(said), _) => said,
        (None, Some(project)) => read::sync::record::<Project>(reader, project)?
            .is_some_and(|project| project.body.billable),
        (None, None) => false,
    };
    Ok(Entry {
        person,
        project,
        task: draft.task,
        start: draft.start,
        end: draft.end,
        cut: None,
        note: draft.note,
        tags: draft.tags,
        billable,
    })
}

fn fresh() -> EntryId {
    EntryId(clock::ascending_id())
}

fn must_change(reach: &Reach, person: UserId) -> Result<(), ServiceError> {
    if reach.may_change(person) {
        return Ok(());
    }
    Err(ServiceError::Forbidden(
        "You may change only your own time entries, and those of people whose time you approve.",
    ))
}

fn no_person() -> ServiceError {
    ServiceError::bad_input(
        "no_person",
        "A time entry is somebody's, and the server's own terminal is nobody.",
        "Name the person.",
    )
}
