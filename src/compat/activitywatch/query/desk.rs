//! `POST /api/0/query/`: the request, the thread a query runs on, and the book it reads.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::super::Door;
use super::super::book::{Book, EventRange};
use super::super::pages::Pages;
use super::super::problem::Problem;
use super::super::request::{Caller, Params, answer, json_body};
use super::source::{Period, Source};
use super::{Ask, Fault, Kind};
use crate::domain::activity::Event;
use crate::domain::id::DeviceId;
use crate::domain::text::BucketName;

/// Queries running at once; each may hold some hundred megabytes.
pub(in super::super) const AT_ONCE: usize = 2;
/// A query waits so long for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A query runs so long.
const LONGEST_RUN: Duration = Duration::from_secs(20);

/// Answers no longer than this are sent as they are.
const SHORT_BYTES: usize = 256 * 1024;
/// Long answers go out in pieces of this size.
const PIECE_BYTES: usize = 64 * 1024;

/// Runs a query on a thread of its own.
pub(in super::super) async fn take_query<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let json = json_body(&headers, body, door.limits.body_bytes).await?;
    let ask = match Ask::new(&json, params.text("name").unwrap_or_default()) {
        Ok(ask) => ask,
        Err(fault) => return Ok(refusal(&fault)),
    };
    let turn = timeout(LONGEST_WAIT, door.queries.clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Other queries are being answered. Try again in a moment.",
        ));
    };
    let gone = Gone::default();
    let (is_gone, until) = (gone.0.clone(), Instant::now() + LONGEST_RUN);
    let shelf = Shelf { door: door.clone(), device, runtime: Handle::current() };
    let work = tokio::task::spawn_blocking(move || {
        let stop = || is_gone.load(Ordering::Relaxed) || Instant::now() > until;
        let answer = super::answer(&ask, &shelf, &stop);
        // The next query begins when this answer has its room, or is gone.
        let room =
            answer.map(|json| Room::of(&shelf.door.answers, json.len()).map(|room| (json, room)));
        drop(turn);
        room
    });
    match work.await {
        Ok(Ok(Some((json, room)))) => Ok(sent(json, room)),
        Ok(Ok(None)) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Other long answers are being read. Try again in a moment, or ask for less at once.",
        )),
        Ok(Err(fault)) => Ok(refusal(&fault)),
        Err(error) => {
            tracing::error!(%error, "a query broke");
            Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This query met a defect in Timebook.",
            ))
        }
    }
}

/// The room that a long answer takes until it is sent: whoever reads slowly holds no more than there is, and nobody's turn.
pub(in super::super) struct Room(
    #[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit,
);

impl Room {
    /// Room for long answers of so many bytes together.
    pub(in super::super) fn for_all(bytes: usize) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(bytes / 1024))
    }

    /// Room for one of so many bytes, if there is any left; a short one needs none.
    fn of(answers: &Arc<Semaphore>, bytes: usize) -> Option<Self> {
        let kib = if bytes > SHORT_BYTES { bytes.div_ceil(1024) } else { 0 };
        let kib = u32::try_from(kib).ok()?;
        answers.clone().try_acquire_many_owned(kib).ok().map(Self)
    }
}

/// The answer. A long one keeps its room until its last piece is taken, or the client has gone.
fn sent(json: String, room: Room) -> Response {
    if json.len() <= SHORT_BYTES {
        return answer(json);
    }
    let pieces = stream::unfold((Bytes::from(json), room), |(mut rest, room)| async move {
        let piece = rest.split_to(rest.len().min(PIECE_BYTES));
        (!piece.is_empty()).then(|| (Ok::<_, Infallible>(piece), (rest, room)))
    });
    answer(Body::from_stream(pieces))
}

/// As aw-server writes it.
fn refusal(fault: &Fault) -> Response {
    let status = match fault.kind {
        Kind::Book(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "type": fault.kind.name(), "message": fault.message }).to_string();
    (status, answer(body)).into_response()
}

/// Set when the client has left: nobody would read the answer.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The book of one device, read from a thread that may wait.
struct Shelf<B> {
    door: Arc<Door<B>>,
    device: DeviceId,
    runtime: Handle,
}

impl<B: Book> Source for Shelf<B> {
    fn buckets(&self) -> Result<Vec<(String, String)>, Fault> {
        let buckets = self.runtime.block_on(self.door.book.buckets(self.device));
        let buckets = buckets.map_err(|error| fault(Problem::from(error)))?.into_iter();
        Ok(buckets
            .map(|view| (view.bucket.name.to_string(), view.bucket.about.hostname.to_string()))
            .collect())
    }

    fn events(
        &self,
        bucket: &str,
        period: &Period,
        page: &mut dyn FnMut(Vec<Event>) -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        let Some(name) = self.known(bucket)? else { return Ok(false) };
        let range = EventRange {
            from: period.start,
            to: period.window_end,
            before: None,
            limit: usize::MAX,
        };
        let mut pages = Pages::new(self.door.clone(), self.device, name, range);
        while !pages.is_done() {
            page(self.runtime.block_on(pages.next()).map_err(fault)?)?;
        }
        Ok(true)
    }

    fn count(&self, bucket: &str, period: &Period) -> Result<Option<u64>, Fault> {
        let Some(name) = self.known(bucket)? else { return Ok(None) };
        let count = self.door.book.count(self.device, name, period.start, period.end);
        self.runtime.block_on(count).map_err(|error| fault(Problem::from(error)))
    }
}

impl<B: Book> Shelf<B> {
    /// The bucket's name, if there is one of it.
    fn known(&self, bucket: &str) -> Result<Option<BucketName>, Fault> {
        let Ok(name) = BucketName::new(bucket) else { return Ok(None) };
        let found = self.runtime.block_on(self.door.book.bucket(self.device, name.clone()));
        let found = found.map_err(|error| fault(Problem::from(error)))?;
        Ok(found.map(|_| name))
    }
}

fn fault(problem: Problem) -> Fault {
    Fault { kind: Kind::Book(problem.status.as_u16()), message: problem.message.into_owned() }
}
