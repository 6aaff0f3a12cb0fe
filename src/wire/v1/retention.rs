//! How long things are kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a kind of data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// `detail`, `activity`, `deleted`, `looks`, `jobs`, `entries` or `audit`.
    pub kind: String,
    /// What becomes of it.
    pub about: String,
    /// What becomes of the totals that were made of it; null where there are none.
    pub totals: Option<String>,
    /// What the limit counts: `days` or `months`.
    pub unit: String,
    /// So many; null where the office does not choose.
    pub limit: Option<u64>,
    /// What holds until it is set.
    pub usual: Option<u64>,
    /// It may be no less.
    pub least: Option<u64>,
    /// It may be no more.
    pub most: Option<u64>,
    /// What is from before this goes.
    #[schema(format = DateTime)]
    pub kept_since: Option<String>,
    /// What goes with this limit; in a preview only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes: Option<RetentionGoes>,
    /// What to send to make it so; in a preview only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
}

/// What goes with a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionGoes {
    /// Events, or records; of detail at most so many.
    pub count: u64,
    /// About so many bytes.
    pub bytes: u64,
    /// From so many people.
    pub people: u64,
    /// The months they began in, such as `2026-11`.
    pub months: Vec<String>,
    /// Where the oldest begins.
    #[schema(format = DateTime)]
    pub oldest: Option<String>,
    /// Where the newest begins.
    #[schema(format = DateTime)]
    pub newest: Option<String>,
}

/// A new limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRetention {
    /// So many days or months.
    pub limit: u64,
    /// What the preview of this limit said in `confirm`.
    pub confirm: String,
}
