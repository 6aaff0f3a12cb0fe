//! Projects: what the office works on, for a customer or for itself, and who may book on them.

use super::colour::Colour;
use super::id::{CustomerId, ProjectId, UserId};
use super::outcome::{Noun, Refusal};
use super::sync::Syncs;
use super::text::Label;

/// An office has at most this many.
pub const MOST_PROJECTS: usize = 10_000;
/// A project has at most this many members.
pub const MOST_MEMBERS: usize = 1_000;

/// What the office works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// For whom; none is the office's own.
    pub customer: Option<CustomerId>,
    /// Unique among the customer's projects, whatever its case.
    pub name: Label,
    /// For lists and charts.
    pub colour: Option<Colour>,
    /// What a new time entry says unless told otherwise.
    pub billable: bool,
    /// What may be spent.
    pub budget_minutes: Option<u32>,
    /// No longer offered for new work.
    pub archived: bool,
    /// Who may see it and book on it, rising and each once; none is everyone.
    pub members: Option<Vec<UserId>>,
}

impl Project {
    /// May this person see it and book on it? Managers may in any case; that is asked elsewhere.
    pub fn is_open_to(&self, person: UserId) -> bool {
        self.members.as_ref().is_none_or(|members| members.contains(&person))
    }
}

impl Syncs for Project {
    type Id = ProjectId;
    const NOUN: Noun = Noun::Project;
    const UNKNOWN: Refusal = Refusal::UnknownProject;
}
