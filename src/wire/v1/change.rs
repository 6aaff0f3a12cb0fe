//! What changed, for whoever keeps a copy, and live.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Customer, Project, Tag, Task};

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// Counts restores: when it is another than the copy was made under, the copy is thrown away and everything asked for anew.
    pub server_epoch: u32,
    /// What to ask with as `since` the next time, once `next` is gone.
    pub since: u64,
    /// Where the next page goes on, for `cursor`; none when the copy is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// In the order of changes.
    pub items: Vec<Change>,
}

/// A record that changed. Exactly one of the fields named as sorts are is there, unless it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// With which change it changed last.
    pub seq: u64,
    /// Its sort: `customer`, `project`, `task`, `tag`.
    pub noun: String,
    /// Which.
    pub id: String,
    /// It was deleted, or is not for this reader any more: a copy of it must go.
    pub gone: bool,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// The task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// The tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
}

/// The data of a `changed` event: what changed, never how. Who wants to know asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// With which change.
    pub seq: u64,
    /// Its sort, e.g. `project`.
    pub noun: String,
    /// Which, where that is an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The data of a `lagged` event: so many were lost because this reader was too slow. Ask for the changes since the last one known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lagged {
    /// How many.
    pub missed: u64,
}
