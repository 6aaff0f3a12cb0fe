//! All that the page shows, as one JSON value.

use serde::Serialize;

use super::super::AgentError;
use super::super::book::ActivityBook;
use super::super::commands::{self, Heard};
use super::super::consent::Consent;
use super::super::folder::Folder;
use super::super::redaction;
use super::super::status::Status;
use super::super::track::{self, Ask, Told};

/// How this computer stands.
#[derive(Serialize)]
pub(super) struct State {
    status: Status,
    /// Has the person said yes to the recorder?
    consented: bool,
    rules: Rules,
    timer: Told,
    /// What the office told this computer, the newest first.
    commands: Vec<Heard>,
}

#[derive(Serialize)]
struct Rules {
    own: String,
    office: String,
}

pub(super) async fn state(book: &ActivityBook, folder: &Folder) -> Result<State, AgentError> {
    let timer = track::do_it(book, Ask::Status).await?;
    Ok(State {
        status: Status::now(folder)?,
        consented: Consent::read(folder)?.is_some_and(|consent| consent.counts()),
        rules: Rules { own: redaction::own(folder)?, office: redaction::office(folder)? },
        timer,
        commands: commands::heard(folder)?,
    })
}
