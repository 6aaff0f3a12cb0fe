//! The lock, and the edits that came too late.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::reports;
use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, page, text_in};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::id::{EntryId, ReplicaId, UserId};
use crate::domain::lock::{HeldNumber, Lock};
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::sync::{Meta, Stamp, Synced};
use crate::domain::text::ShortText;
use crate::service::book::{Asking, Held};
use crate::service::error::ServiceError;
use crate::service::page::{MOST_ITEMS, Page};
use crate::wire::v1 as wire;

/// Whose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct HeldQuery {
    person: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn show(
    State(services): State<Services>,
) -> Result<Versioned<wire::Lock>, Failure> {
    Ok(versioned(services.book.lock().await?))
}

pub(in crate::api) async fn advance(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(sent, key): Once<wire::NewLock>,
) -> Result<Versioned<wire::Lock>, Failure> {
    let reason = reason(&sent)?;
    let Some(before) = sent.before.as_deref() else {
        let (code, sentence) = ("no_day", "The lock moves on to a day, and none was named.");
        let next = "Name the first day that stays open as `before`.";
        return Err(Failure::from(ServiceError::bad_input(code, sentence, next)).about("before"));
    };
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let lock = services.book.advance_lock(asking, expect, (reports::day(before)?, reason)).await?;
    Ok(versioned(lock))
}

pub(in crate::api) async fn move_back(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(sent, key): Once<wire::NewLock>,
) -> Result<Versioned<wire::Lock>, Failure> {
    let (reason, before) = (reason(&sent)?, sent.before.as_deref().map(reports::day).transpose()?);
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    Ok(versioned(services.book.move_lock_back(asking, expect, (before, reason)).await?))
}

pub(in crate::api) async fn held(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<HeldQuery>,
) -> Result<Json<wire::Items<wire::HeldEdit>>, Failure> {
    let held = services.book.held(&asker, asked.person.as_deref()).await?;
    let request = page(asked.limit.or(Some(MOST_ITEMS)), asked.cursor.as_deref())?;
    let key = |held: &Held| (held.person.id, held.number.0, held.number.1);
    Ok(answer::page(Page::of(held, &request, key)?, |held| json(&held)))
}

pub(in crate::api) async fn discard(
    State(services): State<Services>,
    Path(which): Path<String>,
    Asker(asker): Asker,
    OnceOnly(key): OnceOnly,
) -> Result<Done, Failure> {
    let (person, number) = which_held(&which)?;
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    services.book.discard_held(asking, person, number).await?;
    Ok(Done)
}

fn reason(sent: &wire::NewLock) -> Result<ShortText, Failure> {
    let reason = text_in("reason", ShortText::new(sent.reason.trim()))?;
    if reason.as_str().is_empty() {
        let (code, sentence) = ("no_reason", "The lock is moved with a reason.");
        let failure = ServiceError::bad_input(code, sentence, "Say why; everybody reads it.");
        return Err(Failure::from(failure).about("reason"));
    }
    Ok(reason)
}

/// `PERSON.CHANGE.PLACE`.
fn which_held(text: &str) -> Result<(UserId, HeldNumber), Failure> {
    let unknown =
        || Failure::from(ServiceError::Refused(Refusal::Hours(HoursRefusal::UnknownHeld)));
    let mut parts = text.split('.');
    let mut part = || parts.next().ok_or_else(unknown);
    let person = id(part()?, Refusal::Hours(HoursRefusal::UnknownHeld))?;
    let seq = part()?.parse().map_err(|_| unknown())?;
    let place = part()?.parse().map_err(|_| unknown())?;
    if parts.next().is_some() { Err(unknown()) } else { Ok((person, (seq, place))) }
}

fn versioned(lock: (Option<Lock>, u64)) -> Versioned<wire::Lock> {
    Versioned { status: StatusCode::OK, version: lock.1, json: lock.into() }
}

pub(super) fn json(held: &Held) -> wire::HeldEdit {
    let Held { person, number: (seq, place), edit } = held;
    let Stamp { modified, .. } = edit.stamp;
    let stamp = Stamp { modified, replica: ReplicaId::from_bytes([0; 16]) };
    let meta = Meta { created: modified, changed_seq: 0, stamp, deleted: None };
    let id: EntryId = edit.entry;
    wire::HeldEdit {
        id: format!("{}.{seq}.{place}", person.id),
        person: person.name.to_string(),
        why: edit.why.name().to_owned(),
        arrived: wire::rfc3339(edit.at),
        modified: wire::rfc3339(modified),
        deletes: edit.deleted,
        entry: (&Synced { id, meta, body: edit.body.clone() }).into(),
    }
}
