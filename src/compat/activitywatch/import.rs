//! `POST import`: an export brought in, however large: received to a file, checked whole, then inserted a thousand events at a time.
//!
//! A bad import changes nothing. One that was interrupted is simply sent again: what is already there is left out.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Door;
use super::book::Book;
use super::event::broken_off;
use super::hold;
use super::problem::Problem;
use super::request::{Caller, Params, answer};
use super::upload::{self, Upload};
use crate::domain::activity::{
    ActivityCommand, EventId, MOST_EVENTS_A_COMMAND, NewEvent, SkipKnown,
};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::wire::activitywatch::{BadImport, ImportedBucket, Portion, read_import, read_portions};

/// Portions read ahead of the book.
const PORTIONS_AHEAD: usize = 2;

pub(super) async fn import_all<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let turn = Turn::begin(&door, device)?;
    let upload = upload::receive(&door.limits, &headers, body).await?;
    let (upload, buckets) = check(upload).await?;
    for bucket in &buckets {
        create(&door, device, bucket).await?;
    }
    let (send, portions) = mpsc::channel(PORTIONS_AHEAD);
    let reading = tokio::task::spawn_blocking(move || cut(upload, &send));
    let reading = Some(reading);
    let mut import = Import { turn, buckets, portions, reading, counts: Imported::default() };
    if params.text(TOLD).is_none() {
        while import.go_on().await? {}
        return Ok(answer("null"));
    }
    // A line as it goes, for whoever asks for it; nothing of the history is kept for that.
    let lines = stream::unfold(Some(import), async |import| {
        let mut import = import?;
        let more = match import.go_on().await {
            Ok(more) => more,
            Err(problem) => return Some((Err(broken_off(problem)), None)),
        };
        let line = format!("{}\n", import.counts.to_json());
        Some((Ok(line), more.then_some(import)))
    });
    Ok(answer(Body::from_stream(lines)))
}

/// The parameter that asks for lines as it goes.
const TOLD: &str = "told";

/// What became of the events so far.
#[derive(Clone, Copy, Debug, Default)]
struct Imported {
    inserted: usize,
    known: usize,
    left_out: usize,
}

impl Imported {
    /// `sent` events came to these numbers.
    fn add(&mut self, sent: usize, numbers: &[Option<EventId>]) {
        let left_out = numbers.iter().filter(|number| **number == Some(EventId(0))).count();
        let known = numbers.iter().filter(|number| number.is_none()).count();
        self.known += known;
        self.inserted += numbers.len() - known - left_out;
        // Rules may have left some out before there was a number to give.
        self.left_out += left_out + sent.saturating_sub(numbers.len());
    }

    fn to_json(self) -> serde_json::Value {
        let Self { inserted, known, left_out } = self;
        serde_json::json!({ "inserted": inserted, "known": known, "left_out": left_out })
    }
}

/// An import under way.
struct Import<B: Book> {
    turn: Turn<B>,
    buckets: Vec<ImportedBucket>,
    portions: mpsc::Receiver<Portion>,
    reading: Option<JoinHandle<Result<(), BadImport>>>,
    counts: Imported,
}

impl<B: Book> Import<B> {
    /// Inserts the next portion; is there more?
    async fn go_on(&mut self) -> Result<bool, Problem> {
        let Some(Portion { place, events }) = self.portions.recv().await else {
            if let Some(reading) = self.reading.take() {
                ended(reading.await)?;
            }
            return Ok(false);
        };
        if let Some(bucket) = self.buckets.get(place) {
            let sent = events.len();
            let numbers = insert(&self.turn.door, self.turn.device, bucket, events).await?;
            self.counts.add(sent, &numbers);
        }
        Ok(true)
    }
}

/// Which devices import just now.
#[derive(Default)]
pub(super) struct Running(Mutex<HashSet<DeviceId>>);

struct Turn<B> {
    door: Arc<Door<B>>,
    device: DeviceId,
}

impl<B> Turn<B> {
    /// One import a device, so many altogether as the limits say; over when the turn is dropped.
    fn begin(door: &Arc<Door<B>>, device: DeviceId) -> Result<Self, Problem> {
        let mut devices = door.imports.0.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.contains(&device) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "An import into this device is running. Wait until it is done.",
            ));
        }
        if devices.len() >= door.limits.imports {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Other devices are importing. Try again in a few minutes.",
            ));
        }
        devices.insert(device);
        Ok(Self { door: Arc::clone(door), device })
    }
}

impl<B> Drop for Turn<B> {
    fn drop(&mut self) {
        let mut devices = self.door.imports.0.lock().unwrap_or_else(PoisonError::into_inner);
        devices.remove(&self.device);
    }
}

/// Reads the whole export once, so that nothing of a bad one is brought in.
async fn check(mut upload: Upload) -> Result<(Upload, Vec<ImportedBucket>), Problem> {
    let checked = tokio::task::spawn_blocking(move || {
        let bytes = upload.read().map_err(BadImport::Unreadable)?;
        let buckets = read_import(bytes, |_, _| ControlFlow::Continue(()))?;
        Ok((upload, buckets))
    });
    ended(checked.await)
}

/// Reads it again and hands out the events in portions, until the receiver goes; that one has its own reason to tell.
fn cut(mut upload: Upload, send: &mpsc::Sender<Portion>) -> Result<(), BadImport> {
    let bytes = upload.read().map_err(BadImport::Unreadable)?;
    read_portions(bytes, MOST_EVENTS_A_COMMAND, |portion| match send.blocking_send(portion) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    })
}

async fn create<B: Book>(
    door: &Door<B>,
    device: DeviceId,
    bucket: &ImportedBucket,
) -> Result<(), Problem> {
    let ImportedBucket { name, about, created } = bucket.clone();
    let command = ActivityCommand::CreateBucket { device, name, about, created };
    match hold::a_while(|| door.book.change(device, command.clone())).await? {
        Outcome::Done | Outcome::Already => Ok(()),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

async fn insert<B: Book>(
    door: &Door<B>,
    device: DeviceId,
    bucket: &ImportedBucket,
    events: Vec<NewEvent>,
) -> Result<Vec<Option<EventId>>, Problem> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let name = bucket.name.clone();
    let command =
        ActivityCommand::InsertEvents { device, name, events, skip_known: SkipKnown::Yes };
    match hold::a_while(|| door.book.change(device, command.clone())).await? {
        Outcome::Inserted(numbers) => Ok(numbers),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

/// What a blocking task came to.
fn ended<T>(task: Result<Result<T, BadImport>, tokio::task::JoinError>) -> Result<T, Problem> {
    match task {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error @ BadImport::Unreadable(_))) => {
            tracing::error!(%error, "an import cannot be read back");
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
        }
        Ok(Err(error)) => Err(Problem::bad(error.to_string())),
        Err(error) => {
            tracing::error!(%error, "an import broke off");
            Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This import met a defect in Timebook.",
            ))
        }
    }
}
