//! The agent that runs, as a command of the same person finds it and asks it.

use std::net::SocketAddr;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::AgentError;
use super::folder::Folder;
use super::run::LISTEN_FILE;
use crate::net::loopback;

/// Where the agent that runs on `folder` listens; none while no agent runs, or one is starting and has no door yet.
///
/// # Errors
/// [`AgentError::File`].
pub(super) fn door(folder: &Folder) -> Result<Option<SocketAddr>, AgentError> {
    if !folder.is_locked() {
        return Ok(None);
    }
    let text = folder.read(LISTEN_FILE)?.unwrap_or_default();
    Ok(text.lines().next().and_then(|line| line.strip_prefix("http://")?.parse().ok()))
}

/// Sends `what` to `path` at `door`; an answer of 422 carries a sentence for the person, which becomes the error that `refused` makes of it.
///
/// # Errors
/// What `refused` makes; [`AgentError::BookFailed`] when the agent does not answer, [`AgentError::BadAnswer`] when it cannot be understood.
pub(super) async fn ask<T: DeserializeOwned>(
    door: SocketAddr,
    path: &str,
    what: &impl Serialize,
    refused: fn(String) -> AgentError,
) -> Result<T, AgentError> {
    let json =
        serde_json::to_vec(what).map_err(|error| AgentError::BadAnswer(error.to_string()))?;
    let answer = loopback::post(door, path, Bytes::from(json)).await;
    let (status, body) = answer.map_err(|error| {
        AgentError::BookFailed(format!("the agent that runs does not answer: {error}"))
    })?;
    match status {
        StatusCode::OK => serde_json::from_slice(&body)
            .map_err(|error| AgentError::BadAnswer(format!("from the agent: {error}"))),
        StatusCode::UNPROCESSABLE_ENTITY => {
            Err(refused(String::from_utf8_lossy(&body).into_owned()))
        }
        other => Err(AgentError::BookFailed(format!("the agent that runs answers {other}"))),
    }
}
