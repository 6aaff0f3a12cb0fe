//! Tags: words put on time entries, across customers and projects.

use super::colour::Colour;
use super::id::TagId;
use super::outcome::{Noun, Refusal};
use super::sync::Syncs;
use super::text::Label;

/// An office has at most this many.
pub const MOST_TAGS: usize = 10_000;

/// A word put on time entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Unique among tags, whatever its case.
    pub name: Label,
    /// For lists and charts.
    pub colour: Option<Colour>,
    /// No longer offered for new work.
    pub archived: bool,
}

impl Syncs for Tag {
    type Id = TagId;
    const NOUN: Noun = Noun::Tag;
    const UNKNOWN: Refusal = Refusal::UnknownTag;
}
