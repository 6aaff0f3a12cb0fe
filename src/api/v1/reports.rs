//! Reports.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::service::tracking::{self, Detail, ReportRequest};
use crate::wire::v1 as wire;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ActivityQuery {
    person: Option<String>,
    from: String,
    to: String,
}

pub(in crate::api) async fn activity(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ActivityQuery>,
) -> Result<Json<wire::ActivityReport>, Failure> {
    let (from, to) = (date(&asked.from)?, date(&asked.to)?);
    let request = ReportRequest { person: asked.person, from, to };
    let report = services.tracking.report(&asker, request, (services.now)()).await?;
    Ok(Json(json(report)))
}

fn date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_date",
            "A day is written YYYY-MM-DD in this query.",
            "Write it like 2026-11-22.",
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
