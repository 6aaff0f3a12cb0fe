//! Reports.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;

use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::api::{Services, file};
use crate::domain::day::Day;
use crate::service::tracking::{self, Detail, ReportRequest, Rows};
use crate::wire::csv::{Bom, CsvWriter, TEXT_CSV};
use crate::wire::v1 as wire;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ActivityQuery {
    person: Option<String>,
    from: String,
    to: String,
    /// Of a table only: what a row stands for, and whether Excel reads it.
    rows: Option<String>,
    bom: Option<bool>,
}

pub(in crate::api) async fn activity(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ActivityQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let rows = rows(asked.rows.as_deref())?;
    let (from, to) = (date(&asked.from)?, date(&asked.to)?);
    let request = ReportRequest { person: asked.person, from, to };
    let report = services.tracking.report(&asker, request, (services.now)()).await?;
    if !wants_csv(&headers) {
        return Ok(Json(json(report)).into_response());
    }
    let name = format!("activity-{}-{from}-{to}.csv", report.person.name);
    csv(&name, rows.heading(), bom(asked.bom.unwrap_or_default()), &report.table(rows)?)
}

/// Does the caller ask for a table instead of JSON?
pub(super) fn wants_csv(headers: &HeaderMap) -> bool {
    let asked = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = asked.flat_map(|line| line.split(','));
    types.any(|one| one.split(';').next().is_some_and(|name| name.trim() == "text/csv"))
}

pub(super) fn csv(
    name: &str,
    heading: &[impl AsRef<str>],
    bom: Bom,
    rows: &[Vec<String>],
) -> Result<Response, Failure> {
    let heading: Vec<&str> = heading.iter().map(AsRef::as_ref).collect();
    let write = || {
        let mut table = CsvWriter::new(Vec::new(), bom, &heading)?;
        rows.iter().try_for_each(|row| table.row(row))?;
        table.finish()
    };
    let bytes: Vec<u8> = write()
        .map_err(|error| Failure::internal(format!("The table could not be written: {error}.")))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TEXT_CSV));
    if let Some(disposition) = file::attachment(name) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// What a row stands for; a day when nothing is said.
pub(super) fn rows(name: Option<&str>) -> Result<Rows, Failure> {
    Rows::from_name(name.unwrap_or(Rows::Days.name())).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_rows",
            "There are no rows of this name.",
            "Choose among days, apps and, for an export, events.",
        )
    })
}

pub(super) const fn bom(wanted: bool) -> Bom {
    if wanted { Bom::With } else { Bom::Without }
}

pub(super) fn date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_date",
            "A day is written YYYY-MM-DD in this query.",
            "Write it like 2026-11-22.",
        )
    })
}

/// A day that can be recorded.
pub(super) fn day(text: &str) -> Result<Day, Failure> {
    Day::of(date(text)?).ok_or_else(|| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_date",
            "This day is before 1970 or after 2199.",
            "Choose another day.",
        )
    })
}

fn json(report: tracking::ActivityReport) -> wire::ActivityReport {
    let mut apps: BTreeMap<String, u64> = BTreeMap::new();
    for (app, ms) in report.days.iter().flat_map(|(_, total)| &total.apps) {
        *apps.entry(app.clone()).or_default() += ms;
    }
    wire::ActivityReport {
        person: report.person.name.to_string(),
        time_zone: report.person.zone.to_string(),
        from: report.from.to_string(),
        to: report.to.to_string(),
        policy: report.policy.name().to_owned(),
        detail: match report.detail {
            Detail::Apps => "apps".to_owned(),
            Detail::Hours => "hours".to_owned(),
        },
        total_ms: report.days.iter().map(|(_, total)| total.active_ms).sum(),
        apps: wire::AppTotal::sorted(&apps),
        days: report
            .days
            .iter()
            .map(|(date, total)| wire::DayReport {
                date: date.to_string(),
                active_ms: total.active_ms,
                apps: wire::AppTotal::sorted(&total.apps),
            })
            .collect(),
    }
}
