//! Targets.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::reports;
use crate::api::Services;
use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::target::{Target, WorkingDays};
use crate::service::book::{Asking, Targets};
use crate::service::error::ServiceError;
use crate::wire::v1 as wire;

/// Whose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TargetsQuery {
    person: String,
}

/// From when until when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RangeQuery {
    from: String,
    to: String,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TargetsQuery>,
) -> Result<Json<wire::Targets>, Failure> {
    let targets = services.book.targets(&asker, &asked.person).await?;
    Ok(Json(json(asked.person, &targets)))
}

pub(in crate::api) async fn sum(
    State(services): State<Services>,
    Path(person): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<RangeQuery>,
) -> Result<Json<wire::TargetSum>, Failure> {
    let range = (reports::day(&asked.from)?, reports::day(&asked.to)?);
    let minutes = services.book.target_sum(&asker, &person, range).await?;
    let (from, to) = (range.0.to_string(), range.1.to_string());
    Ok(Json(wire::TargetSum { person, from, to, minutes }))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path((person, from)): Path<(String, String)>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(sent, key): Once<wire::NewTarget>,
) -> Result<Versioned<wire::Targets>, Failure> {
    let from = reports::day(&from)?;
    let days = WorkingDays::from_names(sent.days.iter().map(String::as_str)).ok_or_else(|| {
        let (code, sentence) = ("bad_days", "There is no such day of the week.");
        let next = "Choose among monday, tuesday, wednesday, thursday, friday, saturday, sunday.";
        Failure::from(ServiceError::bad_input(code, sentence, next)).about("days")
    })?;
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let wanted = (sent.week_minutes, days);
    services.book.set_target(asking, (&person, expect), from, wanted).await?;
    let targets = services.book.targets(&asker, &person).await?;
    let version = targets.own().find(|(target, _)| target.from == from);
    let version = version.map_or(0, |(_, version)| version);
    Ok(Versioned { status: StatusCode::OK, version, json: json(person, &targets) })
}

pub(in crate::api) async fn remove(
    State(services): State<Services>,
    Path((person, from)): Path<(String, String)>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    OnceOnly(key): OnceOnly,
) -> Result<Done, Failure> {
    let from = reports::day(&from)?;
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    services.book.remove_target(asking, (&person, expect), from).await?;
    Ok(Done)
}

fn json(person: String, targets: &Targets) -> wire::Targets {
    let (week_minutes, days) = targets.office();
    let items = targets.own().map(|(target, version)| one(person.clone(), target, version));
    let items = items.collect();
    wire::Targets { person, office: wire::NewTarget { week_minutes, days: names(days) }, items }
}

/// One target of the person of this name.
pub(super) fn one(person: String, target: &Target, version: u64) -> wire::Target {
    wire::Target {
        person,
        version,
        from: target.from.to_string(),
        week_minutes: target.week_minutes,
        days: names(target.days),
    }
}

fn names(days: WorkingDays) -> Vec<String> {
    days.names().into_iter().map(str::to_owned).collect()
}
