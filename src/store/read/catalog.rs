//! Reads of the catalog beyond single records.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::sync;
use crate::domain::id::{CustomerId, ProjectId, RecordId, TaskId, UserId};
use crate::domain::outcome::Noun;
use crate::domain::project::Project;
use crate::domain::sync::Verdict;
use crate::domain::task::Task;
use crate::store::error::StoreError;
use crate::store::tables::{ProjectTasks, Projects, Tasks, Titles};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// A project's tasks, oldest first, deleted ones not.
///
/// # Errors
/// [`StoreError`].
pub fn tasks_of(reader: &dyn Reader, project: ProjectId) -> Result<Vec<TaskId>, StoreError> {
    let rows =
        reader.rows::<ProjectTasks>(KeyRange::prefix(&project), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, task), ())| task).collect())
}

/// Was the project ever open to the person, as far as its history goes back? The version of today counts.
///
/// # Errors
/// [`StoreError`].
pub fn was_open_to(
    reader: &dyn Reader,
    project: ProjectId,
    person: UserId,
) -> Result<bool, StoreError> {
    for (_, version) in sync::history(reader, Noun::Project, project.into())? {
        if version.verdict == Verdict::Won
            && sync::version_of::<Project>(&version)?.body.is_open_to(person)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// May this person hear that the record changed: is it, or what it stands on, open to them, or was it, so that they may know of it?
///
/// # Errors
/// [`StoreError`].
pub fn is_known_to(
    reader: &dyn Reader,
    noun: Noun,
    id: RecordId,
    person: UserId,
) -> Result<bool, StoreError> {
    match noun {
        Noun::Project => was_open_to(reader, id.into(), person),
        Noun::Task => {
            // It may have been moved to another project.
            let mut projects = BTreeSet::new();
            projects.extend(reader.get::<Tasks>(&id.into())?.map(|task| task.body.project));
            for (_, version) in sync::history(reader, noun, id)? {
                projects.insert(sync::version_of::<Task>(&version)?.body.project);
            }
            for project in projects {
                if was_open_to(reader, project, person)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Noun::Customer => {
            for project in projects_of(reader, id.into())? {
                if was_open_to(reader, project, person)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Ok(true),
    }
}

/// The customers of projects that are or were open to the person, as far as histories go back; also of those that were deleted or are
/// another customer's now.
///
/// # Errors
/// [`StoreError`].
pub fn customers_known_to(
    reader: &dyn Reader,
    person: UserId,
) -> Result<BTreeSet<CustomerId>, StoreError> {
    let (mut projects, mut known) = (Vec::new(), BTreeSet::new());
    reader.scan::<Projects>(KeyRange::all(), Order::Rising, |id, _| {
        projects.push(id);
        ControlFlow::Continue(())
    })?;
    for project in projects {
        for (_, version) in sync::history(reader, Noun::Project, project.into())? {
            let body = sync::version_of::<Project>(&version)?.body;
            if version.verdict == Verdict::Won && body.is_open_to(person) {
                known.extend(body.customer);
            }
        }
    }
    Ok(known)
}

/// A customer's projects, deleted ones not.
fn projects_of(reader: &dyn Reader, customer: CustomerId) -> Result<Vec<ProjectId>, StoreError> {
    let below = KeyRange::prefix(&(Noun::Project, RecordId::from(customer)));
    let rows = reader.rows::<Titles>(below, Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|(_, project)| project.into()).collect())
}
