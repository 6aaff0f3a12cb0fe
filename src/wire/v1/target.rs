//! Targets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person is to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Targets {
    /// Who, by sign-in name.
    pub person: String,
    /// What counts before the first of their own: the office's.
    pub office: NewTarget,
    /// Their own, the earliest first; each counts until the next.
    pub items: Vec<Target>,
}

/// What a person is to work from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Target {
    /// Whose, by sign-in name.
    pub person: String,
    /// Grows with each change.
    pub version: u64,
    /// From this day on.
    #[schema(format = Date)]
    pub from: String,
    /// In a week.
    pub week_minutes: u32,
    /// On which days: `monday` to `sunday`.
    pub days: Vec<String>,
}

/// A target as somebody writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTarget {
    /// In a week.
    pub week_minutes: u32,
    /// On which days: `monday` to `sunday`.
    pub days: Vec<String>,
}

/// What is due from a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TargetSum {
    /// Who, by sign-in name.
    pub person: String,
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// All days together.
    pub minutes: u64,
}
