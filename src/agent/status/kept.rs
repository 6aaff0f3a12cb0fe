//! How long what is recorded stays on this computer, for the person: counted now and then, for it changes slowly.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::super::book::ActivityBook;
use super::super::folder::Folder;
use super::super::keeping::Keeping;
use crate::clock;

/// What is kept is counted this often.
const KEPT_EVERY: Duration = Duration::from_secs(600);

/// How long what is recorded stays on this computer: as long as at the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// For so many days, titles and addresses.
    pub detail_days: u64,
    /// For so many months, anything.
    pub totals_months: u64,
    /// What there is, the oldest month first.
    pub months: Vec<KeptMonth>,
    /// Why nothing goes now, although it is time: `late` (the office was not heard of today) or `unsafe` (no verified backup of what was
    /// sent from here).
    pub held: Option<String>,
}

impl Kept {
    /// Why nothing goes now, for a person.
    pub fn why_held(&self) -> Option<&'static str> {
        self.held.as_deref().map(|word| match word {
            "unsafe" => "Nothing goes yet: the office's server has no verified backup of what was sent from here.",
            _ => "Nothing goes while the office is not heard from: it may keep things longer by now.",
        })
    }
}

/// A month of what is kept here; months go whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMonth {
    /// Which, in UTC: `2026-11`.
    pub month: String,
    /// How many events.
    pub events: u64,
    /// When titles and addresses go (RFC 3339); nothing when they have gone.
    pub detail_goes: Option<String>,
    /// When all of it goes (RFC 3339).
    pub goes: String,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { detail_days, totals_months, .. } = self;
        write!(
            f,
            "titles and addresses for {detail_days} days, anything for {totals_months} months"
        )
    }
}

/// What is kept, as it was looked at last.
#[derive(Default)]
pub(super) struct Looked {
    /// As it was found.
    pub(super) kept: Option<Kept>,
    at: Option<Instant>,
    keeping: Option<Keeping>,
}

impl Looked {
    /// Looks again when it is time to, or when the office says something else.
    pub(super) async fn look_again(&mut self, folder: &Folder, book: &ActivityBook) {
        let said = Keeping::read(folder).ok().flatten();
        if said == self.keeping && self.at.is_some_and(|last| last.elapsed() < KEPT_EVERY) {
            return;
        }
        (self.keeping, self.at) = (said, Some(Instant::now()));
        match book.kept(clock::now()).await {
            Ok(kept) => self.kept = kept,
            Err(error) => tracing::warn!(%error, "what is kept here could not be counted"),
        }
    }
}
