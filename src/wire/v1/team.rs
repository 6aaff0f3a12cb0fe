//! Teams.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Some people, and who leads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    /// For ever.
    pub id: String,
    /// Grows with each change.
    pub version: u64,
    /// What people call it.
    pub name: String,
    /// Who is in it, by sign-in name.
    pub members: Vec<String>,
    /// Who sees and approves the members' time, by sign-in name.
    pub leads: Vec<String>,
}

/// A team as somebody writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// What people call it.
    pub name: String,
    /// Who is in it, by sign-in name.
    #[serde(default)]
    pub members: Vec<String>,
    /// Who sees and approves the members' time, by sign-in name.
    #[serde(default)]
    pub leads: Vec<String>,
}
