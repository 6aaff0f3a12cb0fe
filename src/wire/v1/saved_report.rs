//! Saved reports.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HoursQuery;

/// A report that is asked for again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedReport {
    /// For ever.
    pub id: String,
    /// Grows with each change.
    pub version: u64,
    /// What people call it.
    pub name: String,
    /// Whose, by sign-in name; none is the office's.
    pub owner: Option<String>,
    /// Is it the asker's own?
    pub own: bool,
    /// May everybody in the office ask it?
    pub shared: bool,
    /// What is asked. What it shows follows from who asks.
    pub query: HoursQuery,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub changed: String,
}

/// A report as somebody saves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedReport {
    /// What people call it.
    pub name: String,
    /// May everybody in the office ask it?
    #[serde(default)]
    pub shared: bool,
    /// What is asked.
    pub query: HoursQuery,
}
