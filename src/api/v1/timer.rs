//! The running timer: one's own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::entries::{about, about_moment, versioned};
use crate::api::Services;
use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asker, id_in, instant_in, text_in};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::Versioned;
use crate::domain::text::NoteText;
use crate::domain::time::Timestamp;
use crate::service::book::{Asking, EntryDraft};
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Timer>, Failure> {
    let timer = services.book.timer(&asker).await?;
    let now = wire::rfc3339((services.now)());
    Ok(Json(wire::Timer { entry: timer.map(|timer| (&timer).into()), now }))
}

pub(in crate::api) async fn start(
    State(services): State<Services>,
    Asker(asker): Asker,
    Once(fields, key): Once<wire::TimerFields>,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let draft = draft(fields, asking.now)?;
    let booked = services.book.start_timer(asking, draft).await.map_err(about)?;
    Ok(versioned(StatusCode::CREATED, &booked))
}

pub(in crate::api) async fn stop(
    State(services): State<Services>,
    Asker(asker): Asker,
    Once(fields, key): Once<wire::TimerStop>,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let end = fields.end.map(|text| instant_in("end", &text)).transpose()?;
    let booked = services.book.stop_timer(asking, end).await.map_err(about_moment("end"))?;
    Ok(versioned(StatusCode::OK, &booked))
}

pub(in crate::api) async fn discard(
    State(services): State<Services>,
    Asker(asker): Asker,
    OnceOnly(key): OnceOnly,
) -> Result<Done, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    services.book.discard_timer(asking).await?;
    Ok(Done)
}

fn draft(fields: wire::TimerFields, now: Timestamp) -> Result<EntryDraft, Failure> {
    let start = fields.start.map(|text| instant_in("start", &text)).transpose()?;
    Ok(EntryDraft {
        person: None,
        project: fields.project.map(|text| id_in("project", &text)).transpose()?,
        task: fields.task.map(|text| id_in("task", &text)).transpose()?,
        start: start.unwrap_or(now),
        end: None,
        note: text_in("note", NoteText::new(fields.note))?,
        tags: fields.tags.iter().map(|text| id_in("tags", text)).collect::<Result<_, _>>()?,
        billable: fields.billable,
    })
}
