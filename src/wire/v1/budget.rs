//! What budgets have come to, and time entries as a file.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The budget of a project or a task, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Budget {
    /// Which project.
    pub project: String,
    /// Its name.
    pub project_name: String,
    /// Whom it is for.
    pub customer_name: Option<String>,
    /// Which task of it, with what stands below; none for the whole project.
    pub task: Option<String>,
    /// Its name.
    pub task_name: Option<String>,
    /// What may be spent.
    pub budget_minutes: u32,
    /// What was, by everybody and up to now; none for whoever does not see everybody's hours.
    pub spent_ms: Option<u64>,
    /// What is left; below nothing when more was spent than might be.
    pub rest_ms: Option<i64>,
    /// Whole percent that are spent.
    pub percent: Option<u64>,
}

/// Time entries of a large range as CSV. The lists pick as those of a report of hours do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntriesExport {
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// Whose, by sign-in name; none: everybody's whom the asker sees.
    #[serde(default)]
    pub people: Vec<String>,
    /// Of people in these teams, by id.
    #[serde(default)]
    pub teams: Vec<String>,
    /// For these customers, by id; `none` stands for time without one, here and below.
    #[serde(default)]
    pub customers: Vec<String>,
    /// On these projects, by id.
    #[serde(default)]
    pub projects: Vec<String>,
    /// On these tasks and what stands below them, by id.
    #[serde(default)]
    pub tasks: Vec<String>,
    /// With one of these tags, by id.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Paid for or not.
    pub billable: Option<bool>,
    /// With a byte order mark, for Excel.
    #[serde(default)]
    pub bom: bool,
}
