//! People's weeks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{named, rfc3339};
use crate::domain::timesheet;

/// A person's week, as payroll takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timesheet {
    /// Whose, by sign-in name.
    pub person: String,
    /// Grows with each step; 0 before the first. Time that changes in an open week does not make it grow.
    pub version: u64,
    /// `open`, `submitted`, `approved` or `sent_back`.
    pub state: String,
    /// The first day.
    #[schema(format = Date)]
    pub first: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub last: String,
    /// Where its days begin and end.
    pub time_zone: String,
    /// What it comes to.
    pub total_ms: u64,
    /// Every day, the first first.
    pub days: Vec<SheetDay>,
    /// Does a timer run in it? It counts up to now.
    pub runs: bool,
    /// So many edits made offline about this week came too late; they count once its time is open again.
    pub held: usize,
    /// Has the office closed all of it?
    pub locked: bool,
    /// What was said with the last step; empty for nothing.
    pub note: String,
    /// When the last step was; none before the first.
    #[schema(format = DateTime)]
    pub changed: Option<String>,
    /// By whom: `system`, `local:NAME` or `user:ID`; none before the first.
    pub by: Option<String>,
    /// What it came to when it was submitted last.
    pub submitted_ms: Option<u64>,
    /// What it came to when it was approved last; stays when it is opened again.
    pub approved_ms: Option<u64>,
}

/// What is written down of a person's week; how long was worked in it follows from its time entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetRecord {
    /// Whose, by sign-in name.
    pub person: String,
    /// Grows with each step.
    pub version: u64,
    /// `open`, `submitted`, `approved` or `sent_back`.
    pub state: String,
    /// The first day.
    #[schema(format = Date)]
    pub first: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub last: String,
    /// Where the first day begins.
    #[schema(format = DateTime)]
    pub from: String,
    /// Where the last day ends.
    #[schema(format = DateTime)]
    pub to: String,
    /// Where its days begin and end.
    pub time_zone: String,
    /// What was said with the last step; empty for nothing.
    pub note: String,
    /// When the last step was.
    #[schema(format = DateTime)]
    pub changed: String,
    /// By whom: `system`, `local:NAME` or `user:ID`.
    pub by: String,
    /// What it came to when it was submitted last.
    pub submitted_ms: Option<u64>,
    /// What it came to when it was approved last; stays when it is opened again.
    pub approved_ms: Option<u64>,
}

impl SheetRecord {
    /// What is written down of this week of the person of this name.
    pub fn of(person: String, sheet: &timesheet::Timesheet) -> Self {
        Self {
            person,
            version: sheet.changed_seq,
            state: sheet.state.name().to_owned(),
            first: sheet.week.first.to_string(),
            last: sheet.week.last.to_string(),
            from: rfc3339(sheet.week.from),
            to: rfc3339(sheet.week.to),
            time_zone: sheet.week.zone.to_string(),
            note: sheet.note.as_str().to_owned(),
            changed: rfc3339(sheet.changed),
            by: named(&sheet.by),
            submitted_ms: sheet.submitted_ms,
            approved_ms: sheet.approved_ms,
        }
    }
}

/// A day of a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetDay {
    /// Which, in the week's zone.
    #[schema(format = Date)]
    pub date: String,
    /// What was worked on it.
    pub ms: u64,
}

/// Why a week goes back to its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetNote {
    /// The person reads it.
    pub note: String,
}
