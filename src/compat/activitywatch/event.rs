//! `buckets/{id}/events`, `…/count` and `…/{event}`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::Door;
use super::book::{Book, EventRange, Lookup};
use super::bucket::bucket;
use super::pages::Pages;
use super::problem::Problem;
use super::request::{AtBucket, AtEvent, Params, answer, json_body};
use crate::domain::activity::{ActivityCommand, Event, MOST_EVENTS_A_COMMAND, SkipKnown};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::time::Timestamp;
use crate::wire::activitywatch::{
    BadShape, WithId, clipped, event_json, instant, new_events, window_end,
};

pub(super) async fn list_events<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    params: Params,
) -> Result<Response, Problem> {
    let limit = params.text("limit").map_or(Ok(usize::MAX), limit)?;
    let from = params.text("start").map(|text| instant("start", text)).transpose()?;
    let to = params.text("end").map(|text| window_end("end", text)).transpose()?;
    let range = range(from, to, limit);
    if limit == 0 {
        // No page is read, so nobody else notices that the bucket is missing.
        bucket(&door, at.device, &at.name).await?;
    }
    let mut pages = Pages::new(door, at.device, at.name, range);
    let clip = move |event| clipped(event, from, to);
    let first = pages.next().await?;
    let mut json = String::from("[");
    print(&mut json, first.into_iter().map(clip));
    if pages.is_done() {
        return Ok(answer(json + "]"));
    }
    let rest = stream::try_unfold((pages, false), move |(mut pages, is_closed)| async move {
        if is_closed {
            return Ok(None);
        }
        let mut json = String::new();
        let page = pages.next().await.map_err(broken_off)?;
        if !page.is_empty() {
            json.push(',');
        }
        print(&mut json, page.into_iter().map(clip));
        let is_closed = pages.is_done();
        if is_closed {
            json.push(']');
        }
        Ok(Some((json, (pages, is_closed))))
    });
    let whole = futures_util::StreamExt::chain(
        stream::once(async move { Ok::<_, std::io::Error>(json) }),
        rest,
    );
    Ok(answer(Body::from_stream(whole)))
}

/// An answer that began well cannot become an error: the connection is cut, so that nobody takes a part for the whole.
pub(super) fn broken_off(problem: Problem) -> std::io::Error {
    tracing::warn!(?problem, "an answer was broken off");
    std::io::Error::other("the book cannot be reached")
}

/// `POST events`: an event with a number replaces that one; a number never given here makes a new event, where aw-server would
/// silently drop it.
pub(super) async fn insert_events<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let AtBucket { device, name } = at;
    let mut events = new_events(&json_body(&headers, body, door.limits.body_bytes).await?)?;
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(MOST_EVENTS_A_COMMAND));
        let command = ActivityCommand::InsertEvents {
            device,
            name: name.clone(),
            events: std::mem::replace(&mut events, rest),
            skip_known: SkipKnown::No,
        };
        match door.book.change(device, command).await? {
            Outcome::Inserted(_) => {}
            Outcome::Refused(Refusal::UnknownBucket) => return Err(Problem::no_bucket(&name)),
            Outcome::Refused(refusal) => return Err(refusal.into()),
            other => return Err(Problem::unexpected(&other)),
        }
    }
    Ok(answer("null"))
}

pub(super) async fn count_events<B: Book>(
    State(door): State<Arc<Door<B>>>,
    at: AtBucket,
    params: Params,
) -> Result<Response, Problem> {
    let from = params.text("start").map(|text| instant("start", text)).transpose()?;
    let to = params.text("end").map(|text| instant("end", text)).transpose()?;
    let EventRange { from, to, .. } = range(from, to, usize::MAX);
    let count = door.book.count(at.device, at.name.clone(), from, to).await?;
    Ok(answer(count.ok_or_else(|| Problem::no_bucket(&at.name))?.to_string()))
}

pub(super) async fn show_event<B: Book>(
    State(door): State<Arc<Door<B>>>,
    AtEvent { bucket, id }: AtEvent,
) -> Result<Response, Problem> {
    match door.book.event(bucket.device, bucket.name.clone(), id).await? {
        Lookup::Event(event) => {
            let mut json = String::new();
            event_json(&mut json, &event, WithId::Yes);
            Ok(answer(json))
        }
        // As aw-server: no message.
        Lookup::NoEvent => {
            Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], "null")
                .into_response())
        }
        Lookup::NoBucket => Err(Problem::no_bucket(&bucket.name)),
    }
}

pub(super) async fn delete_event<B: Book>(
    State(door): State<Arc<Door<B>>>,
    AtEvent { bucket, id }: AtEvent,
) -> Result<Response, Problem> {
    let AtBucket { device, name } = bucket;
    let command = ActivityCommand::DeleteEvent { device, name: name.clone(), event: id };
    match door.book.change(device, command).await? {
        Outcome::Done => Ok(answer("{\"success\":1}")),
        Outcome::Already | Outcome::Refused(Refusal::UnknownEvent) => Ok(answer("{\"success\":0}")),
        Outcome::Refused(Refusal::UnknownBucket) => Err(Problem::no_bucket(&name)),
        Outcome::Refused(refusal) => Err(refusal.into()),
        other => Err(Problem::unexpected(&other)),
    }
}

/// Appends the events, with commas between them.
pub(super) fn print(json: &mut String, events: impl Iterator<Item = Event>) {
    for (place, event) in events.enumerate() {
        if place > 0 {
            json.push(',');
        }
        event_json(json, &event, WithId::Yes);
    }
}

fn range(from: Option<Timestamp>, to: Option<Timestamp>, limit: usize) -> EventRange {
    let (from, to) = (from.unwrap_or(Timestamp::EARLIEST), to.unwrap_or(Timestamp::LATEST));
    EventRange { from, to, before: None, limit }
}

/// `limit`: anything below 0 means all.
fn limit(text: &str) -> Result<usize, BadShape> {
    let wrong = BadShape::Wrong { field: "limit", rule: "a whole number; -1 means all" };
    let limit = text.trim().parse::<i64>().map_err(|_| wrong)?;
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}
