//! Taking over from ActivityWatch's own server on this computer: its history is brought into the agent's book, and the person is told how the
//! watchers come along.
//!
//! What is brought in goes the way of everything recorded: past the rules, into the book, and to the office as far as its policy lets it.
//! A second time brings in only what is new. Must never change anything at ActivityWatch.

use std::net::SocketAddr;

use axum::Extension;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt;

use super::AgentError;
use super::book::HERE;
use super::erase::Erased;
use super::folder::Folder;
use super::hours::Hours;
use super::identity::{Identity, read_policy};
use super::pause::Pause;
use super::redaction::Sheets;
use super::settings::Settings;
use super::{run, running};
use crate::clock;
use crate::compat::activitywatch::{Limits, RecordsInto, router};
use crate::domain::time::Timestamp;
use crate::net::loopback::{self, LoopbackError, pieces};

/// No history is longer; aw-server-rust takes no larger import, either.
const MOST_BYTES: u64 = 1_000_000_000;
/// With a line for every step.
const IMPORT: &str = "/api/0/import?told=progress";

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
    if running::door(folder)? == Some(from) {
        return Err(AgentError::NoActivityWatch(format!(
            "At {from} is this agent itself. Start ActivityWatch's server at another port (aw-server --port 5666), and say so: --from 127.0.0.1:5666."
        )));
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

/// What became of the history's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroughtIn {
    /// New, or longer than they were.
    pub inserted: u64,
    /// There already.
    pub known: u64,
    /// Left out by rules, hours and pauses.
    pub left_out: u64,
}

/// Brings the history in, through the agent that runs or without one; tells how far it is as it goes.
///
/// # Errors
/// [`AgentError::NoActivityWatch`] with what to do, also while nothing is written down here; otherwise what is wrong here. Whatever broke
/// off is done again by doing it again.
pub async fn bring_in(
    folder: &Folder,
    from: SocketAddr,
    told: &mut (dyn FnMut(BroughtIn) + Send),
) -> Result<BroughtIn, AgentError> {
    let identity = Identity::read(folder)?.ok_or(AgentError::NotEnrolled)?;
    if let Some(why) = closed(folder, clock::now())? {
        return Err(AgentError::NoActivityWatch(format!("Nothing was brought in. {why}")));
    }
    let file = tempfile::tempfile_in(folder.path("")).map_err(AgentError::System)?;
    let mut file = tokio::fs::File::from_std(file);
    let status = loopback::download(from, "/api/0/export", &mut file, MOST_BYTES).await;
    if !status.map_err(|error| self::told(from, &error))?.is_success() {
        return Err(nobody(from));
    }
    tokio::io::AsyncSeekExt::rewind(&mut file).await.map_err(AgentError::System)?;
    let mut answer = Answer { line: Vec::new(), last: None, told };
    let broken = |error: LoopbackError| AgentError::BookFailed(error.to_string());
    let status = match running::door(folder)? {
        Some(door) => loopback::upload(door, IMPORT, file, &mut |piece| answer.hear(piece)).await,
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
            let Ok(reply) = router.oneshot(request).await;
            let status = reply.status();
            let heard = loopback::hear(reply.into_body(), &mut |piece| answer.hear(piece)).await;
            heard.map(|()| status)
        }
    };
    let status = status.map_err(broken)?;
    if status == StatusCode::OK {
        return answer.last.ok_or_else(|| AgentError::BadAnswer("it ended early".to_owned()));
    }
    let problem: Value = serde_json::from_slice(&answer.line).unwrap_or_default();
    let why = problem["message"].as_str().unwrap_or("It was not taken.");
    Err(AgentError::NoActivityWatch(format!("The history could not be brought in. {why}")))
}

/// Why nothing is written down here now, with what to do.
fn closed(folder: &Folder, now: Timestamp) -> Result<Option<String>, AgentError> {
    if let Some(erased) = Erased::read(folder)? {
        return Ok(Some(erased.sentence()));
    }
    if Pause::read(folder)?.is_some_and(|pause| pause.lasts(now)) {
        let why = "Recording is paused. Let it go on first: timebook agent pause off";
        return Ok(Some(why.to_owned()));
    }
    let hours = Hours::read(folder).err().map(|error| error.to_string());
    Ok(Sheets::read(folder)?.faults().into_iter().next().or(hours))
}

/// The lines of an answer; of a refusal, the whole.
struct Answer<'a> {
    line: Vec<u8>,
    last: Option<BroughtIn>,
    told: &'a mut (dyn FnMut(BroughtIn) + Send),
}

impl Answer<'_> {
    fn hear(&mut self, piece: &[u8]) {
        self.line.extend_from_slice(piece);
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            if let Ok(counts) = serde_json::from_slice(&line) {
                self.last = Some(counts);
                (self.told)(counts);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::folder::tests::Data;
    use crate::agent::pause::{Wish, pause};
    use jiff::tz::TimeZone;

    #[test]
    fn where_nothing_is_written_down_nothing_is_brought_in() {
        let data = Data::new();
        let folder = data.folder();
        let why = || closed(&folder, Timestamp::EARLIEST).unwrap();
        assert_eq!(why(), None);
        pause(&folder, Wish::On, Timestamp::EARLIEST, &TimeZone::UTC).unwrap();
        assert!(why().unwrap().contains("agent pause off"));
        pause(&folder, Wish::Off, Timestamp::EARLIEST, &TimeZone::UTC).unwrap();
        folder.write("hours", "never").unwrap();
        assert!(why().unwrap().contains("no hours of a week"));
        folder.write("rules", "drop everything").unwrap();
        assert!(why().unwrap().contains("Line 1"));
        folder.write("erased.json", r#"{"office":"o","at":"x","confirmed":false}"#).unwrap();
        assert!(why().unwrap().contains("being erased"));
    }

    #[test]
    fn an_answer_is_read_line_by_line_however_it_is_cut() {
        let mut seen = Vec::new();
        let mut told = |counts: BroughtIn| seen.push(counts.inserted);
        let mut answer = Answer { line: Vec::new(), last: None, told: &mut told };
        for piece in [
            "{\"inserted\":1,\"known\":0,",
            "\"left_out\":0}\n{\"inserted\":2,\"known\":3,\"left_out\":4}",
            "\n",
        ] {
            answer.hear(piece.as_bytes());
        }
        assert_eq!(answer.last, Some(BroughtIn { inserted: 2, known: 3, left_out: 4 }));
        assert_eq!(seen, [1, 2]);
    }
}
