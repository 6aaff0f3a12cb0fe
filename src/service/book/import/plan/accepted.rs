//! The first rows that an import would bring in, for whoever looks before it does: whether day and month, zone and project were
//! understood shows at rows that are taken, not at those that are not.

use super::ImportPlan;
use crate::domain::entry::Entry;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::domain::user::User;

/// A look shows at most this many rows that are taken.
const MOST: usize = 100;

/// A row that would become a time entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedRow {
    /// Its line in the file; of JSON its place in the list.
    pub line: u64,
    /// Whose, by sign-in name.
    pub person: String,
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
    /// On what, as the file names it.
    pub project: Option<String>,
    /// What the person said.
    pub note: String,
}

impl ImportPlan {
    /// Shows the row on `line` among the accepted, while there is room.
    pub(super) fn show(&mut self, line: u64, person: &User, project: Option<&Label>, body: &Entry) {
        let Some(end) = body.end.filter(|_| self.accepted.len() < MOST) else { return };
        self.accepted.push(AcceptedRow {
            line,
            person: person.name.to_string(),
            start: body.start,
            end,
            project: project.map(ToString::to_string),
            note: body.note.as_str().to_owned(),
        });
    }
}
