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
use tokio::sync::mpsc;

use super::Door;
use super::book::Book;
use super::hold;
use super::problem::Problem;
use super::request::{Caller, answer};
use super::upload::{self, Upload};
use crate::domain::activity::{ActivityCommand, MOST_EVENTS_A_COMMAND, NewEvent, SkipKnown};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::wire::activitywatch::{BadImport, ImportedBucket, read_import};

/// Portions read ahead of the book.
const PORTIONS_AHEAD: usize = 2;

pub(super) async fn import_all<B: Book>(
    State(door): State<Arc<Door<B>>>,
    Caller(device): Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let _turn = door.imports.begin(device, door.limits.imports)?;
    let upload = upload::receive(&door.limits, &headers, body).await?;
    let (upload, buckets) = check(upload).await?;
    for bucket in &buckets {
        create(&door, device, bucket).await?;
    }
    let (send, mut portions) = mpsc::channel(PORTIONS_AHEAD);
    let reading = tokio::task::spawn_blocking(move || cut(upload, &send));
    while let Some(Portion { place, events }) = portions.recv().await {
        let Some(bucket) = buckets.get(place) else { continue };
        insert(&door, device, bucket, events).await?;
    }
    ended(reading.await)?;
    Ok(answer("null"))
}

/// Which devices import just now.
#[derive(Default)]
pub(super) struct Running(Mutex<HashSet<DeviceId>>);

impl Running {
    /// One import a device, `most` altogether; over when the turn is dropped.
    fn begin(&self, device: DeviceId, most: usize) -> Result<Turn<'_>, Problem> {
        let mut devices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.contains(&device) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "An import into this device is running. Wait until it is done.",
            ));
        }
        if devices.len() >= most {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Other devices are importing. Try again in a few minutes.",
            ));
        }
        devices.insert(device);
        Ok(Turn { running: self, device })
    }
}

struct Turn<'a> {
    running: &'a Running,
    device: DeviceId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.device);
    }
}

/// Events of the bucket at `place`, as many as one command takes.
struct Portion {
    place: usize,
    events: Vec<NewEvent>,
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

/// Reads it again and hands out the events in portions, until the receiver goes.
fn cut(mut upload: Upload, send: &mpsc::Sender<Portion>) -> Result<(), BadImport> {
    let mut portion = Portion { place: 0, events: Vec::new() };
    let bytes = upload.read().map_err(BadImport::Unreadable)?;
    read_import(bytes, |place, event| {
        if place != portion.place || portion.events.len() == MOST_EVENTS_A_COMMAND {
            let full = std::mem::replace(&mut portion, Portion { place, events: Vec::new() });
            if send.blocking_send(full).is_err() {
                return ControlFlow::Break(());
            }
        }
        portion.events.push(event);
        ControlFlow::Continue(())
    })?;
    // A receiver that went has its own reason to tell.
    send.blocking_send(portion).map_err(|_| BadImport::Stopped)
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
) -> Result<(), Problem> {
    if events.is_empty() {
        return Ok(());
    }
    let name = bucket.name.clone();
    let command =
        ActivityCommand::InsertEvents { device, name, events, skip_known: SkipKnown::Yes };
    match hold::a_while(|| door.book.change(device, command.clone())).await? {
        Outcome::Inserted(_) => Ok(()),
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
