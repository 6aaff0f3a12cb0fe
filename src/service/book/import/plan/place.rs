//! What a row is booked on: found by name, or made by whoever may.

use super::{ImportPlan, Office};
use crate::clock;
use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ProjectId, TagId, TaskId};
use crate::domain::import::ImportEdit;
use crate::domain::project::Project;
use crate::domain::sync::Edit;
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::{Label, NoteText};
use crate::wire::import::ImportRow;

/// Where a row is booked.
pub(super) struct Placed {
    pub(super) project: Option<ProjectId>,
    pub(super) task: Option<TaskId>,
    pub(super) tags: Vec<TagId>,
    pub(super) billable: bool,
}

impl Office {
    pub(super) fn place(
        &mut self,
        row: &ImportRow,
        plan: &mut ImportPlan,
    ) -> Result<Placed, String> {
        let customer = row.customer.as_ref();
        let customer = customer.map(|name| self.customer(name, plan)).transpose()?;
        let project = match &row.project {
            Some(name) => Some(self.project(customer, name, row.billable, plan)?),
            None => None,
        };
        let task = match (&row.task, project) {
            (None, _) => None,
            (Some(_), None) => return Err("It names a task and no project.".to_owned()),
            (Some(name), Some((project, _))) => Some(self.task(project, name, plan)?),
        };
        let tags = row.tags.iter().map(|tag| self.tag(tag, plan)).collect::<Result<_, _>>()?;
        let billable = project.is_some_and(|(_, billable)| billable);
        Ok(Placed { project: project.map(|(id, _)| id), task, tags, billable })
    }

    fn customer(&mut self, name: &Label, plan: &mut ImportPlan) -> Result<CustomerId, String> {
        if let Some((id, archived)) = self.customers.get(&name.folded()) {
            return open("customer", name, *id, *archived);
        }
        self.may_add("customer", name)?;
        let id = CustomerId(clock::ascending_id());
        let note = NoteText::empty();
        let body = Customer { name: name.clone(), colour: None, note, archived: false };
        plan.customers.push(name.to_string());
        plan.catalog.push(ImportEdit::Customer(Edit::Add { id, body }));
        self.customers.insert(name.folded(), (id, false));
        Ok(id)
    }

    fn project(
        &mut self,
        customer: Option<CustomerId>,
        name: &Label,
        billable: Option<bool>,
        plan: &mut ImportPlan,
    ) -> Result<(ProjectId, bool), String> {
        if let Some((id, archived, billable)) = self.projects.get(&(name.folded(), customer)) {
            return open("project", name, (*id, *billable), *archived);
        }
        if customer.is_none() {
            // A file that says nothing of customers means the one project of this name, if there is one.
            let folded = name.folded();
            let from_here = self.projects.range((folded.clone(), None)..);
            let mut same = from_here.take_while(|((known, _), _)| *known == folded);
            if let (Some((_, (id, archived, billable))), None) = (same.next(), same.next()) {
                return open("project", name, (*id, *billable), *archived);
            }
        }
        self.may_add("project", name)?;
        let (id, billable) = (ProjectId(clock::ascending_id()), billable.unwrap_or(true));
        let body = Project {
            customer,
            name: name.clone(),
            colour: None,
            billable,
            budget_minutes: None,
            archived: false,
            members: None,
        };
        plan.projects.push(name.to_string());
        plan.catalog.push(ImportEdit::Project(Edit::Add { id, body }));
        self.projects.insert((name.folded(), customer), (id, false, billable));
        Ok((id, billable))
    }

    fn task(
        &mut self,
        project: ProjectId,
        name: &Label,
        plan: &mut ImportPlan,
    ) -> Result<TaskId, String> {
        if let Some((id, archived)) = self.tasks.get(&(project, name.folded())) {
            return open("task", name, *id, *archived);
        }
        self.may_add("task", name)?;
        let id = TaskId(clock::ascending_id());
        let body = Task {
            project,
            parent: None,
            name: name.clone(),
            done: false,
            archived: false,
            budget_minutes: None,
        };
        plan.tasks.push(name.to_string());
        plan.catalog.push(ImportEdit::Task(Edit::Add { id, body }));
        self.tasks.insert((project, name.folded()), (id, false));
        Ok(id)
    }

    fn tag(&mut self, name: &Label, plan: &mut ImportPlan) -> Result<TagId, String> {
        if let Some((id, archived)) = self.tags.get(&name.folded()) {
            return open("tag", name, *id, *archived);
        }
        self.may_add("tag", name)?;
        let id = TagId(clock::ascending_id());
        let body = Tag { name: name.clone(), colour: None, archived: false };
        plan.tags.push(name.to_string());
        plan.catalog.push(ImportEdit::Tag(Edit::Add { id, body }));
        self.tags.insert(name.folded(), (id, false));
        Ok(id)
    }

    fn may_add(&self, what: &str, name: &Label) -> Result<(), String> {
        if self.manages {
            return Ok(());
        }
        Err(format!("There is no {what} {name}, and only whoever manages the book adds one."))
    }
}

fn open<T>(what: &str, name: &Label, found: T, archived: bool) -> Result<T, String> {
    if archived { Err(format!("The {what} {name} is archived.")) } else { Ok(found) }
}
