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

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
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
use super::{book, run};
use crate::clock;
use crate::net::loopback::{self, LoopbackError};
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
        if let Some(door) = door(folder)? {
            match by_door(door, &ask).await {
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

/// Where the agent that runs listens.
fn door(folder: &Folder) -> Result<Option<SocketAddr>, AgentError> {
    if !folder.is_locked() {
        return Ok(None);
    }
    let text = folder.read(run::LISTEN_FILE)?.unwrap_or_default();
    Ok(text.lines().next().and_then(|line| line.strip_prefix("http://")?.parse().ok()))
}

async fn by_door(door: SocketAddr, ask: &Ask) -> Result<Told, AgentError> {
    let json = serde_json::to_vec(ask).map_err(|error| AgentError::BadAnswer(error.to_string()))?;
    let answer = loopback::post(door, PATH, Bytes::from(json)).await;
    let (status, body) = answer.map_err(|error: LoopbackError| {
        AgentError::BookFailed(format!("the agent that runs does not answer: {error}"))
    })?;
    match status {
        StatusCode::OK => serde_json::from_slice(&body)
            .map_err(|error| AgentError::BadAnswer(format!("from the agent: {error}"))),
        StatusCode::UNPROCESSABLE_ENTITY => {
            Err(AgentError::Track(String::from_utf8_lossy(&body).into_owned()))
        }
        other => Err(AgentError::BookFailed(format!("the agent that runs answers {other}"))),
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
