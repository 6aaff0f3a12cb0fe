//! Time brought in from other products.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::office::named;
use super::rfc3339;
use crate::domain::import;

/// What bringing in a file would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPreview {
    /// Rows of the file.
    pub rows: u64,
    /// Time entries that would be added.
    pub new: u64,
    /// Those that are there already, from an earlier import of the same rows.
    pub there: u64,
    /// What the new ones come to.
    pub total_ms: u64,
    /// Of the new ones, those whose time is booked already, at least in part. They are taken.
    pub overlapping: u64,
    /// Rows that cannot be taken, whether they are named in `refused` or not.
    pub refused_rows: u64,
    /// The first hundred rows that would become time entries, in the order of the file.
    pub accepted: Vec<ImportRow>,
    /// Rows that cannot be taken, the first thousand; as long as there is one, nothing is.
    pub refused: Vec<ImportFault>,
    /// Whose they are.
    pub people: Vec<ImportPerson>,
    /// Who in the file is nobody here whose time may be entered; say who they are with `people`, or add them.
    pub unknown: Vec<UnknownPerson>,
    /// Customers that would be added.
    pub customers: Vec<String>,
    /// Projects that would be added.
    pub projects: Vec<String>,
    /// Tasks that would be added.
    pub tasks: Vec<String>,
    /// Tags that would be added.
    pub tags: Vec<String>,
}

/// A row that would become a time entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRow {
    /// Its line in the file; of JSON its place in the list.
    pub line: u64,
    /// Whose, by sign-in name.
    pub person: String,
    /// From.
    #[schema(format = DateTime)]
    pub start: String,
    /// Until.
    #[schema(format = DateTime)]
    pub end: String,
    /// On what, as the file names it; none when it names nothing.
    pub project: Option<String>,
    /// What the person said.
    pub note: String,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportFault {
    /// Its line in the file; of JSON its place in the list.
    pub line: u64,
    /// Why.
    pub why: String,
}

/// A person of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPerson {
    /// As the file names them.
    pub in_file: String,
    /// Their sign-in name here.
    pub name: String,
    /// Rows of theirs.
    pub rows: u64,
}

/// Somebody of the file who is nobody here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnknownPerson {
    /// As the file names them; empty for rows that name nobody.
    pub in_file: String,
    /// Rows of theirs.
    pub rows: u64,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// To take it out again.
    pub id: String,
    /// `toggl`, `clockify`, `kimai` or `timetagger`.
    pub source: String,
    /// Who brought it in.
    pub by: String,
    /// When.
    #[schema(format = DateTime)]
    pub begun: String,
    /// `running`, `done` or `undone`.
    pub state: String,
    /// Time entries it added.
    pub entries: u64,
    /// Customers, projects, tasks and tags it added.
    pub catalog: u64,
}

impl From<&import::Import> for Import {
    fn from(import: &import::Import) -> Self {
        Self {
            id: import.id.to_string(),
            source: import.source.name().to_owned(),
            by: named(&import.by),
            begun: rfc3339(import.begun),
            state: import.state.name().to_owned(),
            entries: import.entries,
            catalog: import.catalog,
        }
    }
}
