//! Recorded activity of many people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Total;

/// Recorded activity of everybody the reader sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamActivity {
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// The office's policy: what managers may see.
    pub policy: String,
    /// `day` or `month`.
    pub per: String,
    /// `app` or `category`; nothing when hours alone were asked for.
    pub by: Option<String>,
    /// The first day of each period, oldest first; months begin at the first of the month, whatever `from` is.
    pub periods: Vec<String>,
    /// Time with any activity, everybody's together.
    pub total_ms: u64,
    /// The same in each period.
    pub active_ms: Vec<u64>,
    /// What it was spent with, longest first, as far as the policy tells; at most 100.
    pub rows: Vec<Total>,
    /// Time under all other names.
    pub others_ms: u64,
    /// Everybody, by name.
    pub people: Vec<PersonActivity>,
}

/// Recorded activity of one of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonActivity {
    /// Whose, by sign-in name.
    pub person: String,
    /// Where their days begin and end.
    pub time_zone: String,
    /// Whether this reader may be told more than hours of them.
    pub tells: bool,
    /// Whether all of it was added up; when not, nothing is told of them here, and their own report of a shorter range does.
    pub complete: bool,
    /// Time with any activity; computers used at once count once.
    pub total_ms: u64,
    /// The same in each period.
    pub active_ms: Vec<u64>,
    /// What it was spent with, longest first; at most 100.
    pub rows: Vec<Total>,
    /// Time under all other names.
    pub others_ms: u64,
}
