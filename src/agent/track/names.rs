//! Names to ids, out of the computer's own copy of the catalog; and ids to names.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::ask::Fields;
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::{CustomerId, ProjectId, TagId, TaskId};
use crate::domain::outcome::Refusal;
use crate::domain::project::Project;
use crate::domain::sync::Synced;
use crate::domain::tag::Tag;
use crate::domain::task::{MOST_DEPTH, Task};
use crate::domain::text::NoteText;
use crate::store::read::sync::{Shelf, each};
use crate::store::{Reader, StoreError};

/// So many names are told to somebody who mistyped one.
const MOST_TOLD: usize = 12;

/// The catalog as far as it is open to this person.
pub(super) struct Names {
    /// Was it ever fetched?
    is_there: bool,
    customers: BTreeMap<CustomerId, Customer>,
    projects: BTreeMap<ProjectId, Project>,
    tasks: BTreeMap<TaskId, Task>,
    tags: BTreeMap<TagId, Tag>,
}

/// A sentence with a next step for whoever mistyped.
pub(super) type Said<T> = Result<T, String>;

impl Names {
    pub(super) fn load(reader: &dyn Reader, is_there: bool) -> Result<Self, StoreError> {
        Ok(Self {
            is_there,
            customers: all(reader, |record: Synced<Customer>| (record.id, record.body))?,
            projects: all(reader, |record: Synced<Project>| (record.id, record.body))?,
            tasks: all(reader, |record: Synced<Task>| (record.id, record.body))?,
            tags: all(reader, |record: Synced<Tag>| (record.id, record.body))?,
        })
    }

    /// `entry` with what `fields` say of it; a new one is as billable as its project unless told otherwise.
    pub(super) fn fill(&self, entry: Entry, fields: &Fields, is_new: bool) -> Said<Entry> {
        let (mut project, mut task, mut billable) = (entry.project, entry.task, entry.billable);
        if let Some(name) = &fields.project {
            let named = if name.is_empty() { None } else { Some(self.project(name)?) };
            if named != project {
                task = None;
            }
            project = named;
        }
        match fields.task.as_deref() {
            Some("") => task = None,
            Some(name) => {
                let named = self.task(name, project)?;
                project = self.tasks.get(&named).map(|task| task.project);
                task = Some(named);
            }
            None => {}
        }
        if is_new || project != entry.project {
            let says = project.and_then(|project| self.projects.get(&project));
            billable = says.map_or(billable, |project| project.billable);
        }
        let tags = match &fields.tags {
            Some(names) => names.iter().map(|name| self.tag(name)).collect::<Said<_>>()?,
            None => entry.tags,
        };
        let note = match &fields.note {
            Some(text) => NoteText::new(text.as_str()).map_err(|bad| bad.to_string())?,
            None => entry.note,
        };
        let billable = fields.billable.unwrap_or(billable);
        Ok(Entry { project, task, tags, note, billable, ..entry }.in_order())
    }

    fn project(&self, name: &str) -> Said<ProjectId> {
        let is_named = |(id, project): &(&ProjectId, &Project)| {
            let whole = self.whole_name(project);
            same(name, project.name.as_str()) || same(name, &whole) || name == id.to_string()
        };
        let found = self.projects.iter().filter(is_named);
        let found = found.map(|(id, project)| (*id, project.archived, self.whole_name(project)));
        let known = self.projects.values().filter(|project| !project.archived);
        self.only("project", name, found.collect(), known.map(|p| self.whole_name(p)).collect())
    }

    fn task(&self, name: &str, project: Option<ProjectId>) -> Said<TaskId> {
        let here = || {
            let is_here = move |task: &&Task| project.is_none_or(|project| project == task.project);
            self.tasks.iter().filter(move |(_, task)| is_here(task))
        };
        let is_named = |id: &TaskId, task: &Task| {
            let path = self.path(task);
            let end = format!("/{}", name.trim().to_lowercase());
            same(name, &path) || path.to_lowercase().ends_with(&end) || name == id.to_string()
        };
        let found = here().filter(|(id, task)| is_named(id, task));
        let found = found.map(|(id, task)| (*id, task.archived, self.path(task))).collect();
        let known = here().filter(|(_, task)| !task.archived).map(|(_, task)| self.path(task));
        self.only("task", name, found, known.collect())
    }

    fn tag(&self, name: &str) -> Said<TagId> {
        let is_named =
            |(id, tag): &(&TagId, &Tag)| same(name, tag.name.as_str()) || name == id.to_string();
        let found = self.tags.iter().filter(is_named);
        let found = found.map(|(id, tag)| (*id, tag.archived, tag.name.to_string())).collect();
        let known = self.tags.values().filter(|tag| !tag.archived);
        self.only("tag", name, found, known.map(|tag| tag.name.to_string()).collect())
    }

    /// The only one of that name that is open for new work.
    fn only<T: Copy>(
        &self,
        noun: &str,
        name: &str,
        found: Vec<(T, bool, String)>,
        known: Vec<String>,
    ) -> Said<T> {
        let open: Vec<_> = found.iter().filter(|(_, archived, _)| !archived).collect();
        match open[..] {
            [(id, ..)] => return Ok(*id),
            [] if !found.is_empty() => return Err(Refusal::Archived.to_string()),
            [] => {}
            _ => {
                let names: Vec<_> = open.iter().map(|(_, _, name)| name.as_str()).collect();
                return Err(format!(
                    "There are several {noun}s of the name {name:?}: {}. Write more of the name.",
                    names.join(", ")
                ));
            }
        }
        if !self.is_there {
            return Err(format!(
                "This computer has no copy of the office's {noun}s yet. Connect it to the office once, or leave --{noun} out and say it later with: timebook track edit last"
            ));
        }
        let mut known = known;
        known.sort();
        let more = if known.len() > MOST_TOLD { ", …" } else { "" };
        known.truncate(MOST_TOLD);
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Err(format!("There is no {noun} {name:?} that you can book on. Known here: {known}{more}."))
    }

    pub(super) fn customer_of(&self, project: ProjectId) -> Option<String> {
        let customer = self.projects.get(&project)?.customer?;
        self.customers.get(&customer).map(|customer| customer.name.to_string())
    }

    pub(super) fn name_of(&self, project: ProjectId) -> String {
        let known = self.projects.get(&project);
        known.map_or_else(|| project.to_string(), |project| project.name.to_string())
    }

    pub(super) fn path_of(&self, task: TaskId) -> String {
        self.tasks.get(&task).map_or_else(|| task.to_string(), |task| self.path(task))
    }

    pub(super) fn tag_of(&self, tag: TagId) -> String {
        self.tags.get(&tag).map_or_else(|| tag.to_string(), |tag| tag.name.to_string())
    }

    fn whole_name(&self, project: &Project) -> String {
        let customer = project.customer.and_then(|customer| self.customers.get(&customer));
        match customer {
            Some(customer) => format!("{}/{}", customer.name, project.name),
            None => project.name.to_string(),
        }
    }

    fn path(&self, task: &Task) -> String {
        let mut names = vec![task.name.as_str()];
        let mut above = task.parent.and_then(|parent| self.tasks.get(&parent));
        while let Some(task) = above.filter(|_| names.len() <= MOST_DEPTH) {
            names.push(task.name.as_str());
            above = task.parent.and_then(|parent| self.tasks.get(&parent));
        }
        names.reverse();
        names.join("/")
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn all<B: Shelf, K: Ord, V>(
    reader: &dyn Reader,
    part: impl Fn(Synced<B>) -> (K, V),
) -> Result<BTreeMap<K, V>, StoreError> {
    let mut found = BTreeMap::new();
    each::<B>(reader, None, |record| {
        found.extend([part(record)]);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}
