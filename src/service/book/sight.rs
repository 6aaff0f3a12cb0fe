//! Who sees which record of the book.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ProjectId, UserId};
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::sync::{AnyRecord, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::service::Principal;
use crate::store::{Reader, StoreError, read};

/// What somebody is told of a record that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of it.
    Shown,
    /// That it is gone, as far as they are concerned: a copy of it must go.
    Gone,
    /// Nothing, not even that it is there: it never was theirs to see.
    Hidden,
}

/// Somebody who asks, and what is open to them in this snapshot.
pub(super) struct Viewer {
    /// Whose time entries are shown to them; none are those of nobody.
    person: Option<UserId>,
    /// None sees everything of the catalog.
    open: Option<Open>,
}

/// What is open to somebody who does not manage the book.
#[derive(Default)]
struct Open {
    projects: BTreeMap<ProjectId, bool>,
    customers: BTreeSet<CustomerId>,
}

/// Who asks, before a snapshot is there.
#[derive(Clone, Copy)]
pub(super) enum Asker {
    /// Whoever manages the book; none at the server's own terminal.
    Manager(Option<UserId>),
    Person(UserId),
}

impl Asker {
    pub(super) fn of(principal: &Principal) -> Self {
        match principal.user() {
            Some(user) if !principal.may(Right::ManageBook) => Self::Person(user.id),
            // Whoever else comes so far is at the server's own terminal.
            user => Self::Manager(user.map(|user| user.id)),
        }
    }
}

impl Asker {
    /// What they may see, as a word. Somebody who begins or ceases to manage the book needs another copy of it, though nothing in it
    /// changed.
    pub(super) const fn view(self) -> &'static str {
        match self {
            Self::Manager(_) => "book",
            Self::Person(_) => "own",
        }
    }
}

impl Viewer {
    pub(super) fn load(reader: &dyn Reader, asker: Asker) -> Result<Self, StoreError> {
        let person = match asker {
            Asker::Person(person) => person,
            Asker::Manager(person) => return Ok(Self { person, open: None }),
        };
        let mut open = Open::default();
        read::sync::each::<Project>(reader, None, |project| {
            let is_open = project.body.is_open_to(person);
            open.projects.insert(project.id, is_open);
            open.customers.extend(project.body.customer.filter(|_| is_open));
            ControlFlow::Continue(())
        })?;
        Ok(Self { person: Some(person), open: Some(open) })
    }

    pub(super) fn sees(&self, record: &AnyRecord) -> Sight {
        let shown = match record {
            AnyRecord::Customer(record) => record.is_live() && self.sees_customer(record),
            AnyRecord::Project(record) => record.is_live() && self.sees_project(record),
            AnyRecord::Task(record) => record.is_live() && self.sees_task(record),
            AnyRecord::Tag(record) => record.is_live() && self.sees_tag(record),
            AnyRecord::Entry(record) if self.person != Some(record.body.person) => {
                return Sight::Hidden;
            }
            AnyRecord::Entry(record) => record.is_live(),
        };
        if shown { Sight::Shown } else { Sight::Gone }
    }

    pub(super) fn sees_customer(&self, customer: &Synced<Customer>) -> bool {
        self.open.as_ref().is_none_or(|open| open.customers.contains(&customer.id))
    }

    pub(super) fn sees_project(&self, project: &Synced<Project>) -> bool {
        self.may_book_on(project.id)
    }

    pub(super) fn sees_task(&self, task: &Synced<Task>) -> bool {
        self.may_book_on(task.body.project)
    }

    pub(super) const fn sees_tag(&self, _tag: &Synced<Tag>) -> bool {
        true
    }

    fn may_book_on(&self, project: ProjectId) -> bool {
        self.open.as_ref().is_none_or(|open| open.projects.get(&project).is_some_and(|open| *open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entry::Entry;
    use crate::domain::id::{EntryId, ReplicaId};
    use crate::domain::sync::{Meta, Stamp};
    use crate::domain::text::NoteText;
    use crate::domain::time::Timestamp;

    #[test]
    fn time_entries_are_shown_to_their_person_and_hidden_from_everybody_else() {
        let (ada, bo) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let at = Timestamp::EARLIEST;
        let entry = |deleted| {
            let stamp = Stamp { modified: at, replica: ReplicaId::from_bytes([1; 16]) };
            let body = Entry {
                person: ada,
                project: None,
                task: None,
                start: at,
                end: None,
                cut: None,
                note: NoteText::empty(),
                tags: Vec::new(),
                billable: false,
            };
            let meta = Meta { created: at, changed_seq: 1, stamp, deleted };
            AnyRecord::Entry(Synced { id: EntryId::from_bytes([1; 16]), meta, body })
        };
        for open in [None, Some(())] {
            let viewer = |person| Viewer { person, open: open.map(|()| Open::default()) };
            assert_eq!(viewer(Some(ada)).sees(&entry(None)), Sight::Shown);
            assert_eq!(viewer(Some(ada)).sees(&entry(Some(at))), Sight::Gone);
            for other in [Some(bo), None] {
                assert_eq!(viewer(other).sees(&entry(None)), Sight::Hidden);
                assert_eq!(viewer(other).sees(&entry(Some(at))), Sight::Hidden);
            }
        }
    }
}
