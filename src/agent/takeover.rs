//! Taking over from ActivityWatch's own server on this computer: its history is brought into the agent's book, and the person is told how the
//! watchers come along.
//!
//! What is brought in goes the way of everything recorded: past the rules, into the book, and to the office as far as its policy lets it.
//! A second time brings in only what is new. Must never change anything at ActivityWatch.

use std::net::SocketAddr;

use axum::Extension;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt;

use super::AgentError;
use super::book::HERE;
use super::folder::Folder;
use super::identity::{Identity, read_policy};
use super::run::{self, LISTEN_FILE};
use super::settings::Settings;
use crate::compat::activitywatch::{Limits, RecordsInto, router};
use crate::net::loopback::{self, LoopbackError, pieces};

/// No history is longer; aw-server-rust takes no larger import, either.
const MOST_BYTES: u64 = 1_000_000_000;
const IMPORT: &str = "/api/0/import";

/// What ActivityWatch's server has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct History {
    /// Its version.
    pub version: String,
    /// Its buckets.
    pub buckets: Vec<HistoryBucket>,
}

/// A bucket there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryBucket {
    /// Its id.
    pub id: String,
    /// Its type, e.g. `currentwindow`.
    pub kind: String,
    /// When its newest event ended (RFC 3339).
    pub updated: Option<String>,
}

/// Looks at what ActivityWatch's server at `from` has; nothing is brought in.
///
/// # Errors
/// [`AgentError::NoActivityWatch`].
pub async fn look(folder: &Folder, from: SocketAddr) -> Result<History, AgentError> {
    if door(folder)? == Some(from) {
        return Err(AgentError::NoActivityWatch(format!("At {from} is this agent itself. {NEXT}")));
    }
    let info = ask(from, "/api/0/info").await?;
    let buckets = ask(from, "/api/0/buckets/").await?;
    let (Some(version), Some(buckets)) = (info["version"].as_str(), buckets.as_object()) else {
        return Err(nobody(from));
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let bucket = |(id, about): (&String, &Value)| HistoryBucket {
        id: id.clone(),
        kind: text(&about["type"]).unwrap_or_default(),
        updated: text(&about["last_updated"]),
    };
    Ok(History { version: version.to_owned(), buckets: buckets.iter().map(bucket).collect() })
}

/// Brings the history in, through the agent that runs or without one.
///
/// # Errors
/// [`AgentError::NoActivityWatch`] with what to do; otherwise what is wrong here. Whatever broke off is done again by doing it again.
pub async fn bring_in(folder: &Folder, from: SocketAddr) -> Result<(), AgentError> {
    let identity = Identity::read(folder)?.ok_or(AgentError::NotEnrolled)?;
    let file = tempfile::tempfile_in(folder.path("")).map_err(AgentError::System)?;
    let mut file = tokio::fs::File::from_std(file);
    let status = loopback::download(from, "/api/0/export", &mut file, MOST_BYTES).await;
    if !status.map_err(|error| told(from, &error))?.is_success() {
        return Err(nobody(from));
    }
    tokio::io::AsyncSeekExt::rewind(&mut file).await.map_err(AgentError::System)?;
    let (status, answer) = match door(folder)? {
        Some(door) => {
            let sent = loopback::upload(door, IMPORT, file).await;
            sent.map_err(|error| AgentError::BookFailed(error.to_string()))?
        }
        None => {
            let _lock = folder.lock()?;
            let recorded = (read_policy(folder)?, Settings::read(folder)?.share_titles);
            let book = run::open(folder, &identity, recorded).await?;
            let router =
                router(book, Limits::new(folder.path(""))).layer(Extension(RecordsInto(HERE)));
            let request = Request::builder()
                .method(Method::POST)
                .uri(IMPORT)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from_stream(pieces(file)))
                .map_err(|error| AgentError::BadAnswer(error.to_string()))?;
            let Ok(answer) = router.oneshot(request).await;
            let status = answer.status();
            let body = axum::body::to_bytes(answer.into_body(), 64 * 1024).await;
            (status, body.map_err(|error| AgentError::BadAnswer(error.to_string()))?)
        }
    };
    match status {
        StatusCode::OK => Ok(()),
        _ => {
            let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
            let why = answer["message"].as_str().unwrap_or("It was not taken.");
            Err(AgentError::NoActivityWatch(format!("The history could not be brought in. {why}")))
        }
    }
}

/// What to tell the person where ActivityWatch's own server runs beside this agent and has recorded something.
pub(super) async fn offer(folder: &Folder) -> Option<String> {
    let at: SocketAddr = run::DOOR.parse().ok()?;
    let history = look(folder, at).await.ok().filter(|history| !history.buckets.is_empty())?;
    let buckets = history.buckets.len();
    Some(format!(
        "ActivityWatch's own server runs at {at} with {buckets} buckets. To bring its history along and take over: timebook agent import-activitywatch"
    ))
}

/// Where the agent that runs on `folder` listens.
fn door(folder: &Folder) -> Result<Option<SocketAddr>, AgentError> {
    let listen = folder.read(LISTEN_FILE)?.filter(|_| folder.is_locked()).unwrap_or_default();
    Ok(listen.lines().next().and_then(|line| line.strip_prefix("http://")?.parse().ok()))
}

async fn ask(from: SocketAddr, path: &str) -> Result<Value, AgentError> {
    let (status, body) = loopback::get(from, path).await.map_err(|error| told(from, &error))?;
    let value = serde_json::from_slice(&body).ok().filter(|_| status.is_success());
    value.ok_or_else(|| nobody(from))
}

const NEXT: &str = "Start ActivityWatch, or say where its server is: --from 127.0.0.1:5600.";

fn told(from: SocketAddr, error: &LoopbackError) -> AgentError {
    AgentError::NoActivityWatch(format!("ActivityWatch's server at {from}: {error}. {NEXT}"))
}

fn nobody(from: SocketAddr) -> AgentError {
    AgentError::NoActivityWatch(format!("At {from} is no server of ActivityWatch. {NEXT}"))
}
