//! What hours are booked on, by name, each looked up once and only when it is met. What is not open to the asker has no name.

use std::collections::BTreeMap;

use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ProjectId, TagId, TaskId, UserId};
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::sync::Synced;
use crate::domain::tag::Tag;
use crate::domain::task::{MOST_DEPTH, Task};
use crate::service::Principal;
use crate::store::read::sync::record;
use crate::store::{Reader, StoreError};

pub(super) struct Names<'a> {
    reader: &'a dyn Reader,
    /// None sees everything of the catalog.
    only_open_to: Option<UserId>,
    projects: BTreeMap<ProjectId, Option<Synced<Project>>>,
    tasks: BTreeMap<TaskId, Option<Synced<Task>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(reader: &'a dyn Reader, asker: &Principal) -> Self {
        let only_open_to = match asker.user() {
            Some(user) if !asker.may(Right::ManageBook) => Some(user.id),
            _ => None,
        };
        Self { reader, only_open_to, projects: BTreeMap::new(), tasks: BTreeMap::new() }
    }

    /// Is it shown to the asker? What is gone by now is, to whom it was open.
    pub(super) fn shows(&mut self, id: ProjectId) -> Result<bool, StoreError> {
        let Some(person) = self.only_open_to else { return Ok(true) };
        Ok(self.project(id)?.is_some_and(|project| project.body.is_open_to(person)))
    }

    pub(super) fn project(
        &mut self,
        id: ProjectId,
    ) -> Result<Option<&Synced<Project>>, StoreError> {
        if !self.projects.contains_key(&id) {
            self.projects.insert(id, record::<Project>(self.reader, id)?);
        }
        Ok(self.projects.get(&id).and_then(Option::as_ref))
    }

    pub(super) fn customer_of(&mut self, id: ProjectId) -> Result<Option<CustomerId>, StoreError> {
        Ok(self.project(id)?.and_then(|project| project.body.customer))
    }

    pub(super) fn task(&mut self, id: TaskId) -> Result<Option<&Synced<Task>>, StoreError> {
        if !self.tasks.contains_key(&id) {
            self.tasks.insert(id, record::<Task>(self.reader, id)?);
        }
        Ok(self.tasks.get(&id).and_then(Option::as_ref))
    }

    /// The task, and those it stands below, from the bottom up.
    pub(super) fn line_of(&mut self, id: TaskId) -> Result<Vec<TaskId>, StoreError> {
        let (mut line, mut next) = (Vec::new(), Some(id));
        while let Some(id) = next.filter(|_| line.len() <= MOST_DEPTH) {
            line.push(id);
            next = self.task(id)?.and_then(|task| task.body.parent);
        }
        Ok(line)
    }

    pub(super) fn customer_name(&self, id: CustomerId) -> Result<Option<String>, StoreError> {
        Ok(record::<Customer>(self.reader, id)?.map(|customer| customer.body.name.to_string()))
    }

    pub(super) fn tag_name(&self, id: TagId) -> Result<Option<String>, StoreError> {
        Ok(record::<Tag>(self.reader, id)?.map(|tag| tag.body.name.to_string()))
    }
}
