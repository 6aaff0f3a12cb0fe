//! Tasks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::sync::Synced;
use crate::domain::task;

/// A part of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// For ever.
    pub id: String,
    /// Grows with each change; what `ETag` says and `If-Match` asks for.
    pub version: u64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub modified: String,
    /// Since when it is gone; only a history shows such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub deleted: Option<String>,
    /// The id of its project; a task stays in its project.
    pub project: String,
    /// The id of the task it stands below; none stands directly below the project.
    pub parent: Option<String>,
    /// Unique among its parent's, whatever its case.
    pub name: String,
    /// The work is done.
    pub done: bool,
    /// No longer offered for new work.
    pub archived: bool,
    /// What may be spent.
    pub budget_minutes: Option<u32>,
}

/// What is sent to add a task or to change one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskFields {
    /// The id of its project; a task stays in its project.
    pub project: String,
    /// The id of the task it stands below; none stands directly below the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Unique among its parent's, whatever its case.
    pub name: String,
    /// The work is done.
    #[serde(default)]
    pub done: bool,
    /// No longer offered for new work.
    #[serde(default)]
    pub archived: bool,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_minutes: Option<u32>,
}

impl From<&Synced<task::Task>> for Task {
    fn from(record: &Synced<task::Task>) -> Self {
        let task = &record.body;
        Self {
            id: record.id.to_string(),
            version: record.meta.changed_seq,
            created: rfc3339(record.meta.created),
            modified: rfc3339(record.meta.stamp.modified),
            deleted: record.meta.deleted.map(rfc3339),
            project: task.project.to_string(),
            parent: task.parent.map(|id| id.to_string()),
            name: task.name.to_string(),
            done: task.done,
            archived: task.archived,
            budget_minutes: task.budget_minutes,
        }
    }
}
