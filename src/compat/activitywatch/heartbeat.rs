//! `POST buckets/{id}/heartbeat`: the request every watcher sends all day.
//!
//! Stock clients drop a heartbeat that is answered with any error, and hold everything while nothing is answered. So a heartbeat
//! that could succeed later is held, without any limit of time, until it does or the client goes away.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tokio::time::timeout;

use super::Door;
use super::book::Book;
use super::hold;
use super::problem::Problem;
use super::request::{AtBucket, Params, answer, json_body};
use crate::domain::activity::ActivityCommand;
use crate::domain::outcome::{Outcome, Refusal};
use crate::wire::activitywatch::{self, WithId, event_json};

/// A body takes no longer to come: whoever dawdles must not keep a room from the others.
const LONGEST_BODY: Duration = Duration::from_secs(60);

pub(super) async fn take_heartbeat<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    // Before the body is read: whoever finds no room is held too, and costs next to nothing.
    let _room = door.heartbeats.acquire().await;
    let AtBucket { device, name } = at;
    let body = timeout(LONGEST_BODY, json_body(&headers, body, door.limits.body_bytes)).await;
    let body = body.map_err(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "The body came too slowly. Send it again.")
    })?;
    let event = activitywatch::unnumbered(&body?)?;
    let Some(pulsetime) = params.text("pulsetime") else {
        return Err(Problem::bad("Missing required parameter pulsetime"));
    };
    let pulsetime_ms = activitywatch::pulsetime(pulsetime)?;
    let command = ActivityCommand::Heartbeat { device, name: name.clone(), event, pulsetime_ms };
    match hold::as_long_as_it_takes(|| door.book.change(device, command.clone())).await? {
        Outcome::Event(event) => {
            let mut json = String::new();
            event_json(&mut json, &event, WithId::Yes);
            Ok(answer(json))
        }
        Outcome::Refused(Refusal::UnknownBucket) => Err(Problem::no_bucket(&name)),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}
