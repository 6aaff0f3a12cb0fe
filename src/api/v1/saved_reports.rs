//! Saved reports.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::hours as asked_hours;
use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent, id, text_in};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::id::SavedReportId;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::text::{CanonicalJson, Label};
use crate::service::Principal;
use crate::service::book::{Asking, SavedView};
use crate::service::page::Page;
use crate::wire::v1 as wire;

/// Of a table only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TableQuery {
    bom: Option<bool>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::SavedReport>>, Failure> {
    let views = services.book.saved_reports(&asker).await?;
    let Page { items, next } = Page::of(views, &asked.request()?, |view| view.report.id)?;
    let items = items.iter().map(json).collect::<Result<Vec<_>, _>>()?;
    Ok(answer::page(Page { items, next }, |report| report))
}

pub(in crate::api) async fn add(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewSavedReport>,
) -> Result<Versioned<wire::SavedReport>, Failure> {
    save(&services, &asker, None, sent).await
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path(report): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewSavedReport>,
) -> Result<Versioned<wire::SavedReport>, Failure> {
    save(&services, &asker, Some((which(&report)?, expect)), sent).await
}

pub(in crate::api) async fn delete(
    State(services): State<Services>,
    Path(report): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key: None };
    services.book.delete_report(asking, (which(&report)?, expect)).await?;
    Ok(Done)
}

pub(in crate::api) async fn hours(
    State(services): State<Services>,
    Path(report): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<TableQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let view = services.book.saved_report(&asker, which(&report)?).await?;
    asked_hours::answer(&services, &asker, query(&view)?, &headers, asked.bom).await
}

async fn save(
    services: &Services,
    asker: &Principal,
    report: Option<(SavedReportId, Option<u64>)>,
    sent: wire::NewSavedReport,
) -> Result<Versioned<wire::SavedReport>, Failure> {
    let name = text_in("name", Label::new(sent.name))?;
    let now = (services.now)();
    // What cannot be asked cannot be saved.
    asked_hours::request(services, asker, &sent.query, now).await?;
    let query = serde_json::to_value(&sent.query).map_err(|error| unreadable(&error))?;
    let query = text_in("query", CanonicalJson::new(query.to_string()))?;
    let asking = Asking { principal: asker, now, key: None };
    let status = if report.is_none() { StatusCode::CREATED } else { StatusCode::OK };
    let view = services.book.save_report(asking, report, (name, sent.shared, query)).await?;
    Ok(Versioned { status, version: view.version, json: json(&view)? })
}

fn which(text: &str) -> Result<SavedReportId, Failure> {
    id(text, Refusal::Hours(HoursRefusal::UnknownReport))
}

fn query(view: &SavedView) -> Result<wire::HoursQuery, Failure> {
    serde_json::from_str(view.report.query.as_str()).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::internal(format!("A saved report cannot be read: {error}."))
}

pub(super) fn json(view: &SavedView) -> Result<wire::SavedReport, Failure> {
    Ok(wire::SavedReport {
        id: view.report.id.to_string(),
        version: view.version,
        name: view.report.name.to_string(),
        owner: view.owner.clone(),
        own: view.own,
        shared: view.report.shared,
        query: query(view)?,
        changed: wire::rfc3339(view.report.changed),
    })
}
