//! Saved reports: questions about hours that somebody asks again and again. What a report shows follows from who looks at it.

use super::id::{SavedReportId, UserId};
use super::text::{CanonicalJson, Label, UserName};
use super::time::Timestamp;

/// An office keeps at most this many.
pub const MOST_SAVED_REPORTS: usize = 2_000;
/// A person has at most this many.
pub const MOST_SAVED_A_PERSON: usize = 100;

/// A question about hours under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedReport {
    /// For ever; never reused.
    pub id: SavedReportId,
    /// Whose; none is the office's, made at the server's own terminal.
    pub owner: Option<UserId>,
    /// What they call it.
    pub name: Label,
    /// May everybody in the office ask it?
    pub shared: bool,
    /// What is asked, as `wire` says it.
    pub query: CanonicalJson,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl SavedReport {
    /// Does it ask about this person by name?
    pub fn names(&self, name: &UserName) -> bool {
        let people = self.query.as_str().split_once("\"people\":[").map_or("", |(_, rest)| rest);
        let people = people.split_once(']').map_or("", |(people, _)| people);
        people.split(',').any(|quoted| quoted.trim_matches('"') == name.as_str())
    }
}

/// A change of saved reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedReportCommand {
    /// A new one, or another question under its id.
    Put(SavedReport),
    /// The end.
    Delete {
        /// Which.
        report: SavedReportId,
    },
}
