//! All that the page shows, as one JSON value.

use serde::Serialize;

use super::super::AgentError;
use super::super::book::ActivityBook;
use super::super::commands::{self, Heard};
use super::super::consent::Consent;
use super::super::folder::Folder;
use super::super::redaction;
use super::super::status::Status;
use super::super::totals::{self, Totals};
use super::super::track::{self, Ask, Told};
use crate::clock;
use crate::wire::v1::sheet_mark;

/// How this computer stands.
#[derive(Serialize)]
pub(super) struct State {
    status: Status,
    /// Has the person said yes to the recorder?
    consented: bool,
    rules: Rules,
    timer: Told,
    /// Today's time by the person's categories.
    today: Totals,
    /// What the office told this computer, the newest first.
    commands: Vec<Heard>,
}

#[derive(Serialize)]
struct Rules {
    own: String,
    /// Of the person's own sheet: whoever changes it shows what they have seen.
    mark: String,
    office: String,
}

pub(super) async fn state(book: &ActivityBook, folder: &Folder) -> Result<State, AgentError> {
    // Without a book there is no timer, and everything else is still to be seen.
    let timer = match book.is_erased() {
        true => Told::default(),
        false => track::do_it(book, Ask::Status).await?,
    };
    let today = match book.is_erased() {
        true => Totals::default(),
        false => totals::add_up(book, folder, &totals::today(clock::now())).await?,
    };
    let own = redaction::own(folder)?;
    let rules = Rules { mark: sheet_mark(&own), own, office: redaction::office(folder)? };
    Ok(State {
        status: Status::now(folder)?,
        consented: Consent::read(folder)?.is_some_and(|consent| consent.counts()),
        rules,
        timer,
        today,
        commands: commands::heard(folder)?,
    })
}
