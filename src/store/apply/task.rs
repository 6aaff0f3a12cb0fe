//! Tasks: added, changed, moved within their project, deleted.

use std::collections::BTreeMap;

use super::title::{self, Title};
use super::{Applying, entry, refused, sync};
use crate::domain::id::{RecordId, TaskId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::project::Project;
use crate::domain::sync::{Edit, Synced};
use crate::domain::task::{MOST_DEPTH, MOST_TASKS_A_PROJECT, Task};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{ProjectTasks, Tasks};
use crate::store::transaction::{Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, edit: &Edit<Task>) -> Result<Outcome, StoreError> {
    match edit {
        Edit::Add { id, body } => {
            if !sync::is_new::<Task>(at, *id)? {
                return refused(Refusal::IdTaken);
            }
            enter(at, None, *id, body)
        }
        Edit::Restore { id, expect, body } => match sync::gone::<Task>(at, *id, *expect)? {
            Ok(gone) if gone.body.project != body.project => refused(Refusal::OtherProject),
            Ok(gone) => enter(at, Some(&gone), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Set { id, expect, body } => {
            let current = match sync::live::<Task>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if body.project != current.body.project {
                return refused(Refusal::OtherProject);
            }
            if body.parent != current.body.parent {
                let height = height(at, *id, body)?;
                if let Some(refusal) = misplaced(at, *id, body, height)? {
                    return refused(refusal);
                }
            }
            if !title::is_free(at, &title(body), (*id).into())? {
                return refused(Refusal::TitleTaken);
            }
            title::take(at, Some(&title(&current.body)), &title(body), (*id).into())?;
            sync::set(at, &current, body.clone(), Audience::Everyone)
        }
        Edit::Delete { id, expect } => {
            let current = match sync::live::<Task>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if title::any_below(at, Noun::Task, (*id).into())?
                || entry::any_on(at, Noun::Task, (*id).into())?
            {
                return refused(Refusal::InUse);
            }
            title::give_back(at, &title(&current.body))?;
            at.writer.delete::<ProjectTasks>(&(current.body.project, *id))?;
            sync::delete(at, &current, Audience::Everyone)
        }
    }
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Task>>,
    id: TaskId,
    body: &Task,
) -> Result<Outcome, StoreError> {
    if let Err(refusal) = sync::live::<Project>(at, body.project, None)? {
        return refused(refusal);
    }
    let siblings = read::catalog::tasks_of(at.writer.as_reader(), body.project)?;
    if siblings.len() >= MOST_TASKS_A_PROJECT {
        return refused(Refusal::TooMany);
    }
    if let Some(refusal) = misplaced(at, id, body, 1)? {
        return refused(refusal);
    }
    if !title::is_free(at, &title(body), id.into())? {
        return refused(Refusal::TitleTaken);
    }
    title::take(at, None, &title(body), id.into())?;
    at.writer.put::<ProjectTasks>(&(body.project, id), &())?;
    sync::enter(at, was, id, body.clone(), Audience::Everyone)
}

/// Why `id`, with `height` levels of tasks from itself down, cannot stand where `body` says.
fn misplaced(
    at: &Applying<'_>,
    id: TaskId,
    body: &Task,
    height: usize,
) -> Result<Option<Refusal>, StoreError> {
    let (mut above, mut depth) = (body.parent, height);
    while let Some(parent) = above {
        if parent == id {
            return Ok(Some(Refusal::TaskLoop));
        }
        let parent = match sync::live::<Task>(at, parent, None)? {
            Ok(parent) => parent.body,
            Err(refusal) => return Ok(Some(refusal)),
        };
        if parent.project != body.project {
            return Ok(Some(Refusal::OtherProject));
        }
        depth += 1;
        above = parent.parent;
    }
    Ok((depth > MOST_DEPTH).then_some(Refusal::TooDeep))
}

/// Levels of tasks from `id` down, itself included.
fn height(at: &Applying<'_>, id: TaskId, body: &Task) -> Result<usize, StoreError> {
    let mut below: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
    for task in read::catalog::tasks_of(at.writer.as_reader(), body.project)? {
        let parent = at.writer.get::<Tasks>(&task)?.and_then(|task| task.body.parent);
        if let Some(parent) = parent {
            below.entry(parent).or_default().push(task);
        }
    }
    let (mut level, mut height) = (vec![id], 0);
    // No task stands below itself, and none too deep: this ends.
    while !level.is_empty() && height <= MOST_DEPTH {
        height += 1;
        level = level.iter().filter_map(|task| below.get(task)).flatten().copied().collect();
    }
    Ok(height)
}

fn title(task: &Task) -> Title<'_> {
    let below: RecordId = task.parent.map_or_else(|| task.project.into(), Into::into);
    Title { noun: Noun::Task, below, name: &task.name }
}
