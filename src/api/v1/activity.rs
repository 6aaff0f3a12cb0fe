//! Recorded activity: totals by something, one's own day, a search in one's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::reports::{self, date};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, page as page_of};
use crate::api::{Services, answer};
use crate::domain::time::{DAY_MS, SECOND_MS, Timestamp};
use crate::domain::total::By;
use crate::service::tracking::{FoundEvent, ReportRequest, Timeline, TotalsReport};
use crate::wire::csv::decimal_hours;
use crate::wire::v1 as wire;

/// What is shorter is a blip, when nothing else is said.
const USUAL_BLIP_S: u64 = 30;
/// No blip is longer.
const LONGEST_BLIP_S: u64 = 900;
/// A search goes back so far, when nothing else is said.
const USUAL_SEARCH_DAYS: u64 = 90;

/// What is added up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TotalsQuery {
    person: Option<String>,
    from: String,
    to: String,
    by: String,
    /// Of a table only: whether Excel reads it.
    bom: Option<bool>,
}

pub(in crate::api) async fn totals(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TotalsQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let by = By::from_name(&asked.by).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_by",
            "Activity is not added up by this.",
            "Choose among app, category, site and device.",
        )
    })?;
    let (from, to) = (date(&asked.from)?, date(&asked.to)?);
    let request = ReportRequest { person: asked.person, from, to };
    let report = services.tracking.totals(&asker, request, by, (services.now)()).await?;
    let report = totals_json(&report);
    if !reports::wants_csv(&headers) {
        return Ok(Json(report).into_response());
    }
    let name = format!("activity-{}-{}-{from}-{to}.csv", report.by, report.person);
    let bom = reports::bom(asked.bom.unwrap_or_default());
    reports::csv(&name, TOTALS, bom, &totals_table(&report))
}

const TOTALS: &[&str] = &["person", "date", "by", "name", "ms", "hours"];

/// A day's totals, longest first, day by day; a day of which no more is told is one line without a name.
fn totals_table(report: &wire::ActivityTotals) -> Vec<Vec<String>> {
    let line = |date: &str, name: &str, ms: u64| {
        let cells = [report.person.as_str(), date, report.by.as_str(), name];
        let mut cells: Vec<String> = cells.map(str::to_owned).into();
        cells.extend([ms.to_string(), decimal_hours(ms)]);
        cells
    };
    let mut lines = Vec::new();
    for day in &report.days {
        if report.tells {
            lines.extend(day.rows.iter().map(|total| line(&day.date, &total.name, total.ms)));
        } else {
            lines.push(line(&day.date, "", day.active_ms));
        }
    }
    lines
}

/// Which day of one's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TimelineQuery {
    date: String,
    blip_seconds: Option<u64>,
}

pub(in crate::api) async fn timeline(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<TimelineQuery>,
) -> Result<Json<wire::Timeline>, Failure> {
    let day = date(&asked.date)?;
    let blip_seconds = asked.blip_seconds.unwrap_or(USUAL_BLIP_S);
    if blip_seconds > LONGEST_BLIP_S {
        return Err(Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_blip",
            "A blip lasts at most 900 seconds.",
            "Choose a smaller number.",
        ));
    }
    let timeline = services.tracking.timeline(&asker, day, blip_seconds * SECOND_MS).await?;
    Ok(Json(timeline_json(timeline, day.to_string(), blip_seconds)))
}

/// What is searched for, in one's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SearchQuery {
    text: String,
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn search(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<SearchQuery>,
) -> Result<Json<wire::Items<wire::FoundEvent>>, Failure> {
    let to = asked.to.as_deref().map_or(Ok((services.now)()), moment)?;
    let ago = to.minus_ms(USUAL_SEARCH_DAYS * DAY_MS);
    let from = asked.from.as_deref().map_or(Ok(ago), moment)?;
    let page = page_of(asked.limit, asked.cursor.as_deref())?;
    let found = services.tracking.search(&asker, &asked.text, (from, to), &page).await?;
    Ok(answer::page(found, found_json))
}

/// What is struck out, of one's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct StrikeQuery {
    from: String,
    to: String,
}

pub(in crate::api) async fn strike(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<StrikeQuery>,
) -> Result<Json<wire::Struck>, Failure> {
    let stretch = (moment(&asked.from)?, moment(&asked.to)?);
    let more = services.tracking.strike(&asker, stretch, (services.now)()).await?;
    Ok(Json(wire::Struck { more }))
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    wire::instant(text).ok_or_else(|| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_time",
            "A moment is written in RFC 3339 in this query.",
            "Write it like 2026-11-22T07:41:51Z.",
        )
    })
}

fn totals_json(report: &TotalsReport) -> wire::ActivityTotals {
    let mut all: BTreeMap<u32, u64> = BTreeMap::new();
    for (label, ms) in report.days.iter().flat_map(|(_, day)| &day.labels) {
        *all.entry(*label).or_default() += ms;
    }
    let rows = |totals: &BTreeMap<u32, u64>| {
        let named = totals.iter().filter_map(|(label, ms)| {
            let name = report.labels.get(usize::try_from(*label).ok()?)?.clone();
            Some(wire::Total { name, ms: *ms })
        });
        let mut rows: Vec<wire::Total> = named.collect();
        rows.sort_by(|a, b| b.ms.cmp(&a.ms).then_with(|| a.name.cmp(&b.name)));
        rows
    };
    wire::ActivityTotals {
        person: report.person.name.to_string(),
        time_zone: report.person.zone.to_string(),
        by: report.by.name().to_owned(),
        from: report.from.to_string(),
        to: report.to.to_string(),
        policy: report.policy.name().to_owned(),
        tells: report.tells,
        total_ms: report.days.iter().map(|(_, day)| day.active_ms).sum(),
        rows: rows(&all),
        days: report
            .days
            .iter()
            .map(|(date, day)| wire::DayTotals {
                date: date.to_string(),
                active_ms: day.active_ms,
                rows: rows(&day.labels),
            })
            .collect(),
    }
}

fn timeline_json(timeline: Timeline, date: String, blip_seconds: u64) -> wire::Timeline {
    let Timeline { person, computers, segments, detail_until, kept_until } = timeline;
    let stretches = segments.into_iter().map(|segment| wire::TimelineStretch {
        from: wire::rfc3339(segment.at.from),
        to: wire::rfc3339(segment.at.to),
        active_ms: segment.active_ms,
        app: segment.app,
        title: segment.title,
        category: segment.category,
        computer: computers.get(segment.device).cloned().unwrap_or_default(),
        blips: segment.blips,
    });
    wire::Timeline {
        date,
        time_zone: person.zone.to_string(),
        blip_seconds,
        stretches: stretches.collect(),
        detail_until: wire::rfc3339(detail_until),
        kept_until: wire::rfc3339(kept_until),
    }
}

fn found_json(found: FoundEvent) -> wire::FoundEvent {
    let FoundEvent { event, computer, bucket } = found;
    let said = Arc::unwrap_or_clone(event.data);
    wire::FoundEvent {
        start: wire::rfc3339(event.start),
        duration_ms: event.duration_ms,
        app: said.app,
        title: said.title,
        url: said.url,
        computer,
        bucket,
    }
}
