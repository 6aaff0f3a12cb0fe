//! Customers: whom the office works for.

use super::colour::Colour;
use super::id::CustomerId;
use super::outcome::{Noun, Refusal};
use super::sync::Syncs;
use super::text::{Label, NoteText};

/// An office has at most this many.
pub const MOST_CUSTOMERS: usize = 10_000;

/// Whom the office works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Unique among customers, whatever its case.
    pub name: Label,
    /// For lists and charts.
    pub colour: Option<Colour>,
    /// What else there is to know.
    pub note: NoteText,
    /// No longer offered for new work.
    pub archived: bool,
}

impl Syncs for Customer {
    type Id = CustomerId;
    const NOUN: Noun = Noun::Customer;
    const UNKNOWN: Refusal = Refusal::UnknownCustomer;
}
