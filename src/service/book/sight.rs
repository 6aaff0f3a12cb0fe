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
}

/// Somebody who asks, and what is open to them in this snapshot.
pub(super) struct Viewer {
    /// None sees everything.
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
    Manager,
    Person(UserId),
}

impl Asker {
    pub(super) fn of(principal: &Principal) -> Self {
        match principal.user() {
            Some(user) if !principal.may(Right::ManageBook) => Self::Person(user.id),
            // Whoever else comes so far is at the server's own terminal.
            _ => Self::Manager,
        }
    }
}

impl Asker {
    /// What they may see, as a word. Somebody who begins or ceases to manage the book needs another copy of it, though nothing in it
    /// changed.
    pub(super) const fn view(self) -> &'static str {
        match self {
            Self::Manager => "book",
            Self::Person(_) => "own",
        }
    }
}

impl Viewer {
    pub(super) fn load(reader: &dyn Reader, asker: Asker) -> Result<Self, StoreError> {
        let Asker::Person(person) = asker else { return Ok(Self { open: None }) };
        let mut open = Open::default();
        read::sync::each::<Project>(reader, None, |project| {
            let is_open = project.body.is_open_to(person);
            open.projects.insert(project.id, is_open);
            open.customers.extend(project.body.customer.filter(|_| is_open));
            ControlFlow::Continue(())
        })?;
        Ok(Self { open: Some(open) })
    }

    pub(super) fn sees(&self, record: &AnyRecord) -> Sight {
        let shown = match record {
            AnyRecord::Customer(record) => record.is_live() && self.sees_customer(record),
            AnyRecord::Project(record) => record.is_live() && self.sees_project(record),
            AnyRecord::Task(record) => record.is_live() && self.sees_task(record),
            AnyRecord::Tag(record) => record.is_live() && self.sees_tag(record),
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
