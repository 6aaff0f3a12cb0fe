//! Time entries.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::entry;
use crate::domain::sync::Synced;

/// When somebody worked, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// For ever.
    pub id: String,
    /// Grows with each change.
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
    /// Whose.
    pub person: String,
    /// On what.
    pub project: Option<String>,
    /// On which part of the project.
    pub task: Option<String>,
    /// The begin.
    #[schema(format = DateTime)]
    pub start: String,
    /// The end; none while the timer runs.
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// What the person says of it.
    pub note: String,
    /// The ids of its tags.
    pub tags: Vec<String>,
    /// Is somebody to pay for it?
    pub billable: bool,
}

impl From<&Synced<entry::Entry>> for Entry {
    fn from(record: &Synced<entry::Entry>) -> Self {
        let entry = &record.body;
        Self {
            id: record.id.to_string(),
            version: record.meta.changed_seq,
            created: rfc3339(record.meta.created),
            modified: rfc3339(record.meta.stamp.modified),
            deleted: record.meta.deleted.map(rfc3339),
            person: entry.person.to_string(),
            project: entry.project.map(|project| project.to_string()),
            task: entry.task.map(|task| task.to_string()),
            start: rfc3339(entry.start),
            end: entry.ends().map(rfc3339),
            note: entry.note.as_str().to_owned(),
            tags: entry.tags.iter().map(ToString::to_string).collect(),
            billable: entry.billable,
        }
    }
}
