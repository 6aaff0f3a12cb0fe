//! Projects.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::project;
use crate::domain::sync::Synced;

/// What the office works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
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
    /// The id of the customer it is for; none is the office's own.
    pub customer: Option<String>,
    /// Unique among the customer's projects, whatever its case.
    pub name: String,
    /// `#` and six hexadecimal digits.
    pub colour: Option<String>,
    /// What a new time entry says unless told otherwise; yes when left out.
    pub billable: bool,
    /// What may be spent.
    pub budget_minutes: Option<u32>,
    /// No longer offered for new work.
    pub archived: bool,
    /// The ids of who may see it and book on it; none is everyone.
    pub members: Option<Vec<String>>,
}

/// What is sent to add a project or to change one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectFields {
    /// The id of the customer it is for; none is the office's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Unique among the customer's projects, whatever its case.
    pub name: String,
    /// `#` and six hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// What a new time entry says unless told otherwise; yes when left out.
    #[serde(default = "yes")]
    pub billable: bool,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_minutes: Option<u32>,
    /// No longer offered for new work.
    #[serde(default)]
    pub archived: bool,
    /// The ids of who may see it and book on it; none is everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
}

impl From<&Synced<project::Project>> for Project {
    fn from(record: &Synced<project::Project>) -> Self {
        let project = &record.body;
        Self {
            id: record.id.to_string(),
            version: record.meta.changed_seq,
            created: rfc3339(record.meta.created),
            modified: rfc3339(record.meta.stamp.modified),
            deleted: record.meta.deleted.map(rfc3339),
            customer: project.customer.map(|id| id.to_string()),
            name: project.name.to_string(),
            colour: project.colour.map(|colour| colour.to_string()),
            billable: project.billable,
            budget_minutes: project.budget_minutes,
            archived: project.archived,
            members: members(project),
        }
    }
}

fn members(project: &project::Project) -> Option<Vec<String>> {
    let members = project.members.as_ref()?;
    Some(members.iter().map(ToString::to_string).collect())
}

const fn yes() -> bool {
    true
}
