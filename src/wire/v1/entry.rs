//! Time entries.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Changes, rfc3339};
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

/// What is sent to add a time entry or to change one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFields {
    /// The id of whose it is; one's own when left out. It stays its person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The id of what it is on; the task's project when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The id of the part of the project it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The begin.
    #[schema(format = DateTime)]
    pub start: String,
    /// The end; runs when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// What the person says of it.
    #[serde(default)]
    pub note: String,
    /// The ids of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Is somebody to pay for it? As the project says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
}

/// What is sent to start a timer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimerFields {
    /// The id of what it is on; the task's project when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The id of the part of the project it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The begin; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub start: Option<String>,
    /// What the person says of it.
    #[serde(default)]
    pub note: String,
    /// The ids of its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Is somebody to pay for it? As the project says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
}

/// What is sent to stop the timer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimerStop {
    /// The end; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub end: Option<String>,
}

/// What is sent to make a second entry like one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryDuplicate {
    /// The begin of the second, which is as long; the same when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub start: Option<String>,
}

/// What is sent to make two entries of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntrySplit {
    /// Where the first ends and the second begins.
    #[schema(format = DateTime)]
    pub at: String,
}

/// A time entry after a change, with a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Booked {
    /// As it is now.
    #[serde(flatten)]
    pub entry: Entry,
    /// The ids of the same person's entries that cover some of its time, the first few: a warning.
    pub overlaps: Vec<String>,
}

/// A page of the copy of the book on a person's computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComputerCopy {
    /// The id of whose computer it is.
    pub person: String,
    /// What changed.
    #[serde(flatten)]
    pub changes: Changes,
    /// Edits made on that computer that could not be, until a later edit of the same entry counts.
    pub refused: Vec<RefusedEntry>,
}

/// An edit made offline that could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedEntry {
    /// The id of the entry.
    pub id: String,
    /// When the edit was made, by the computer's clock.
    #[schema(format = DateTime)]
    pub modified: String,
    /// Stable, for programs.
    pub code: String,
    /// What is wrong, one sentence.
    pub detail: String,
    /// What to do about it, one sentence.
    pub next: String,
}

/// The running timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timer {
    /// It; none when none runs.
    pub entry: Option<Entry>,
    /// What time it is at the server.
    #[schema(format = DateTime)]
    pub now: String,
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
