//! Tasks.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::catalog::Shown;
use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, id_in, page, text_in};
use crate::domain::id::{ProjectId, TaskId};
use crate::domain::project::Project;
use crate::domain::sync::Syncs;
use crate::domain::task::Task;
use crate::domain::text::Label;
use crate::wire::v1 as wire;

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TaskQuery {
    archived: Option<bool>,
    project: Option<String>,
    parent: Option<String>,
    done: Option<bool>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TaskQuery>,
) -> Result<Json<wire::Items<wire::Task>>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let archived = asked.archived;
    let (project, parent) = (asked.project, asked.parent);
    let project: Option<ProjectId> = project.map(|text| id(&text, Project::UNKNOWN)).transpose()?;
    let parent: Option<TaskId> = parent.map(|text| id(&text, Task::UNKNOWN)).transpose()?;
    let done = asked.done;
    let wanted = move |task: &Task| {
        archived.is_none_or(|archived| archived == task.archived)
            && done.is_none_or(|done| done == task.done)
            && project.is_none_or(|project| project == task.project)
            && (parent.is_none() || parent == task.parent)
    };
    let found = services.book.list(&asker, &page, wanted).await?;
    Ok(answer::page(found, |record| (&record).into()))
}

impl Shown for Task {
    type Fields = wire::TaskFields;
    type Json = wire::Task;

    fn body(fields: wire::TaskFields) -> Result<Self, Failure> {
        Ok(Self {
            project: id_in("project", &fields.project)?,
            parent: fields.parent.map(|text| id_in("parent", &text)).transpose()?,
            name: text_in("name", Label::new(fields.name))?,
            done: fields.done,
            archived: fields.archived,
            budget_minutes: fields.budget_minutes,
        })
    }
}
