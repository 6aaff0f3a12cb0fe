//! `timebook track`: a person's time entries at their own computer, with the office in reach or not.
//!
//! Every change is one transaction of the agent's book: what the person sees of the entry, and the operation that offers it to the office.
//! The book has one writer: an agent that runs is asked over its door, without one the command opens the book itself and tries to deliver.
//! Must never wait for the office before it answers that something is kept.

mod ask;
mod closed;
mod copy;
mod look;
mod names;
mod route;
#[cfg(test)]
mod tests;
mod wish;
mod work;

use std::time::Duration;

use tokio::time::Instant;

pub use ask::{Ask, Fields, Shown, State, Told};
pub(super) use copy::{Standing, Took, is_unsettled, stands, take_in, throw_away};
pub(super) use route::route;
pub(super) use wish::Wishes;
pub(super) use work::offer_again;

use super::AgentError;
use super::book::ActivityBook;
use super::folder::Folder;
use super::identity::{Identity, read_policy};
use super::settings::Settings;
use super::sync::Sync;
use super::{book, run, running};
use crate::clock;
use route::PATH;

/// Without an agent that runs, the office is tried this long after the change is kept.
const DELIVERY: Duration = Duration::from_secs(4);
/// An agent that has its folder and no door yet is starting.
const STARTING: Duration = Duration::from_secs(10);
/// Said once everything recorded here was erased by the office's order.
const ERASED: &str = "What was kept here of you was erased. To keep time here again, enroll this computer: timebook agent enroll CODE";
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Does what is asked, by the agent that runs or without one.
///
/// # Errors
/// [`AgentError::NotEnrolled`], [`AgentError::Track`] with a sentence for the person, and what can be wrong with the agent's files.
pub async fn track(folder: &Folder, ask: Ask) -> Result<Told, AgentError> {
    let identity = Identity::read(folder)?.ok_or(AgentError::NotEnrolled)?;
    let asked = Instant::now();
    loop {
        if let Some(door) = running::door(folder)? {
            match running::ask(door, PATH, &ask, AgentError::Track).await {
                Err(AgentError::Track(why)) => return Err(AgentError::Track(why)),
                Ok(told) => return Ok(told),
                // It has just ended, or its child is being replaced.
                Err(error) if asked.elapsed() >= STARTING => return Err(error),
                Err(_) => {}
            }
        }
        match folder.lock() {
            Ok(_lock) => return by_itself(folder, identity, ask).await,
            Err(AgentError::AlreadyRuns(_)) if asked.elapsed() < STARTING => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn by_itself(folder: &Folder, identity: Identity, ask: Ask) -> Result<Told, AgentError> {
    let recorded = (read_policy(folder)?, Settings::read(folder)?.share_titles);
    let book = run::open(folder, &identity, recorded).await?;
    let (mut sync, _shown) = Sync::new(folder.clone(), identity, book.clone())?;
    if ask.builds_on_the_copy() {
        // What another computer did counts as far as it can be known in a moment.
        drop(tokio::time::timeout(wish::PATIENCE, sync.refresh_at_once()).await);
    }
    let told = match do_it(&book, ask.clone()).await {
        Err(AgentError::Track(_)) if !ask.builds_on_the_copy() => {
            // What is refused may be so no more.
            drop(tokio::time::timeout(wish::PATIENCE, sync.refresh_at_once()).await);
            do_it(&book, ask.clone()).await?
        }
        told => told?,
    };
    // Kept already: whatever becomes of the delivery, the agent goes on with it when it runs.
    let delivered = tokio::time::timeout(DELIVERY, sync.run_once()).await;
    if !matches!(delivered, Ok(Ok(true))) {
        return Ok(told);
    }
    match (ask, told) {
        (ask, _) if ask.only_looks() => do_it(&book, ask).await,
        (_, told) => again(&book, told).await,
    }
}

/// Does it in the next transaction of the book; what only looks needs none, and no disk waits for it.
pub(super) async fn do_it(book: &ActivityBook, ask: Ask) -> Result<Told, AgentError> {
    let now = clock::now();
    if ask.only_looks() {
        if book.is_erased() {
            return Err(AgentError::Track(ERASED.to_owned()));
        }
        let said = book.see(move |reader| work::look_up(reader, &ask, now)).await?;
        return said.map_err(AgentError::Track);
    }
    let done = book.write(move |desk| match desk.erased {
        true => Ok(Err(ERASED.to_owned())),
        false => work::perform(desk.writer, ask, now),
    });
    let done = done.await;
    closed(done)?.map_err(AgentError::Track)
}

/// The same entries as they stand now.
async fn again(book: &ActivityBook, told: Told) -> Result<Told, AgentError> {
    let now = clock::now();
    Ok(book.see(move |reader| look::again(reader, told, now)).await?)
}

fn closed<T>(done: Result<T, book::Closed>) -> Result<T, AgentError> {
    done.map_err(|book::Closed| AgentError::BookFailed("it ended early".to_owned()))
}
