//! Reports of hours.

mod table;

use std::collections::BTreeSet;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::reports;
use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id_in};
use crate::domain::report::Stretch;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::book::{
    By, DaysReport, Filter, HoursReport, HoursRequest, MOST_NAMED, Per, Period, RelativeRange, Row,
};
use crate::service::error::ServiceError;
use crate::wire::v1 as wire;

/// What is asked for; lists with commas between.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct HoursQuery {
    from: Option<String>,
    to: Option<String>,
    range: Option<String>,
    per: Option<String>,
    by: Option<String>,
    people: Option<String>,
    teams: Option<String>,
    customers: Option<String>,
    projects: Option<String>,
    tasks: Option<String>,
    tags: Option<String>,
    billable: Option<bool>,
    compare: Option<bool>,
    bom: Option<bool>,
}

/// Whose days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DaysQuery {
    person: String,
    from: String,
    to: String,
    /// Of a table only: whether Excel reads it.
    bom: Option<bool>,
}

pub(in crate::api) async fn report(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<HoursQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let bom = asked.bom;
    answer(&services, &asker, asked.into(), &headers, bom).await
}

pub(in crate::api) async fn days(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<DaysQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let range = (reports::day(&asked.from)?, reports::day(&asked.to)?);
    let report = services.book.days(&asker, &asked.person, range, (services.now)()).await?;
    let report = days_json(&report);
    if !reports::wants_csv(&headers) {
        return Ok(Json(report).into_response());
    }
    let name = format!("days-{}-{}-{}.csv", report.person, asked.from, asked.to);
    let bom = reports::bom(asked.bom.unwrap_or_default());
    reports::csv(&name, table::DAYS, bom, &table::days(&report))
}

/// The report as JSON, or as a table for whoever accepts one.
pub(super) async fn answer(
    services: &Services,
    asker: &Principal,
    query: wire::HoursQuery,
    headers: &HeaderMap,
    bom: Option<bool>,
) -> Result<Response, Failure> {
    let now = (services.now)();
    let request = request(services, asker, &query, now).await?;
    let report = services.book.hours(asker, request, now).await?;
    if !reports::wants_csv(headers) {
        return Ok(Json(json(&report)).into_response());
    }
    let name = format!("hours-{}-{}.csv", report.request.from, report.request.to);
    let (heading, rows) = table::hours(&report);
    reports::csv(&name, &heading, reports::bom(bom.unwrap_or_default()), &rows)
}

/// What a query asks for, each part by its rule.
pub(super) async fn request(
    services: &Services,
    asker: &Principal,
    query: &wire::HoursQuery,
    now: Timestamp,
) -> Result<HoursRequest, Failure> {
    let (from, to) = match (&query.from, &query.to, &query.range) {
        (Some(from), Some(to), None) => (reports::day(from)?, reports::day(to)?),
        (None, None, Some(range)) => {
            let choices = RelativeRange::ALL.map(RelativeRange::name);
            let range =
                RelativeRange::from_name(range).ok_or_else(|| no_such("range", &choices))?;
            services.book.range(asker, range, now).await?
        }
        _ => {
            return Err(ServiceError::bad_input(
                "from_to_or_range",
                "A report is about days: `from` and `to`, or `range`.",
                "Send both of the first two, or the third alone.",
            )
            .into());
        }
    };
    let per = query
        .per
        .as_deref()
        .map(|name| Per::from_name(name).ok_or_else(|| no_such("per", &["day", "week", "month"])));
    let by = query
        .by
        .iter()
        .map(|name| By::from_name(name).ok_or_else(|| no_such("by", &By::ALL.map(By::name))));
    let (per, by) = (per.transpose()?, by.collect::<Result<_, _>>()?);
    let filter = filter(query)?;
    Ok(HoursRequest { from, to, per, by, filter, compare: query.compare })
}

/// Which hours count.
pub(super) fn filter(query: &wire::HoursQuery) -> Result<Filter, Failure> {
    Ok(Filter {
        people: named("people", &query.people)?.map(|names| names.iter().cloned().collect()),
        teams: ids("teams", &query.teams)?,
        customers: ids_or_none("customers", &query.customers)?,
        projects: ids_or_none("projects", &query.projects)?,
        tasks: ids_or_none("tasks", &query.tasks)?,
        tags: ids_or_none("tags", &query.tags)?,
        billable: query.billable,
    })
}

impl From<HoursQuery> for wire::HoursQuery {
    fn from(asked: HoursQuery) -> Self {
        let list = |text: Option<String>| -> Vec<String> {
            let text = text.unwrap_or_default();
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        Self {
            from: asked.from,
            to: asked.to,
            range: asked.range,
            per: asked.per,
            by: list(asked.by),
            people: list(asked.people),
            teams: list(asked.teams),
            customers: list(asked.customers),
            projects: list(asked.projects),
            tasks: list(asked.tasks),
            tags: list(asked.tags),
            billable: asked.billable,
            compare: asked.compare.unwrap_or_default(),
        }
    }
}

/// A filter, if something is named.
fn named<'a>(field: &str, names: &'a [String]) -> Result<Option<&'a [String]>, Failure> {
    if names.len() > MOST_NAMED {
        let sentence = format!("A filter names at most {MOST_NAMED}.");
        let failure = ServiceError::bad_input("too_many_named", sentence, "Name fewer.");
        return Err(Failure::from(failure).about(field));
    }
    Ok((!names.is_empty()).then_some(names))
}

fn ids<T: FromStr + Ord>(field: &str, texts: &[String]) -> Result<Option<BTreeSet<T>>, Failure> {
    let Some(texts) = named(field, texts)? else { return Ok(None) };
    texts.iter().map(|text| id_in(field, text)).collect::<Result<_, _>>().map(Some)
}

fn ids_or_none<T: FromStr + Ord>(
    field: &str,
    texts: &[String],
) -> Result<Option<BTreeSet<Option<T>>>, Failure> {
    let Some(texts) = named(field, texts)? else { return Ok(None) };
    let one = |text: &String| {
        if text == "none" { Ok(None) } else { id_in(field, text).map(Some) }
    };
    texts.iter().map(one).collect::<Result<_, _>>().map(Some)
}

fn no_such(field: &str, choices: &[&str]) -> Failure {
    let sentence = format!("`{field}` is among {}.", choices.join(", "));
    Failure::from(ServiceError::bad_input("bad_choice", sentence, "Choose one of them."))
        .about(field)
}

fn json(report: &HoursReport) -> wire::HoursReport {
    let key = |key: &crate::service::book::RowKey| wire::HoursKey {
        by: key.by.name().to_owned(),
        id: key.id.map(|id| id.to_string()),
        name: key.name.clone(),
        parent: key.parent.map(|parent| parent.to_string()),
        project: key.project.clone(),
        hidden: key.hidden,
    };
    let row = |row: &Row| wire::HoursRow {
        from: row.period.from.to_string(),
        to: row.period.to.to_string(),
        keys: row.keys.iter().map(key).collect(),
        ms: row.ms,
        with_below_ms: row.with_below_ms,
        target_minutes: row.target_minutes,
        previous_ms: row.previous_ms,
    };
    let previous = |(period, total_ms): (Period, u64)| wire::PreviousHours {
        from: period.from.to_string(),
        to: period.to.to_string(),
        total_ms,
    };
    let periods = report.periods.iter().map(|sum| wire::HoursPeriod {
        from: sum.period.from.to_string(),
        to: sum.period.to.to_string(),
        ms: sum.ms,
        target_minutes: sum.target_minutes,
        previous: sum.previous.map(previous),
    });
    wire::HoursReport {
        from: report.request.from.to_string(),
        to: report.request.to.to_string(),
        time_zone: report.zone.to_string(),
        total_ms: report.total_ms,
        target_minutes: report.target_minutes,
        previous: report.previous.map(previous),
        periods: periods.collect(),
        rows: report.rows.iter().map(row).collect(),
        counts_twice: report.request.by.iter().any(|by| matches!(by, By::Team | By::Tag)),
    }
}

fn days_json(report: &DaysReport) -> wire::DaysReport {
    let span = |stretch: &Stretch| wire::TimeSpan {
        from: wire::rfc3339(stretch.from),
        to: wire::rfc3339(stretch.to),
    };
    let days = report.days.iter().map(|day| wire::DayHours {
        date: day.day.to_string(),
        ms: day.ms,
        covered_ms: day.covered_ms,
        target_minutes: day.target_minutes,
        whole: day.whole.as_ref().map(span),
        gaps: day.gaps.iter().map(span).collect(),
        overlaps: day
            .overlaps
            .iter()
            .map(|overlap| wire::Overlap {
                from: wire::rfc3339(overlap.stretch.from),
                to: wire::rfc3339(overlap.stretch.to),
                entries: overlap.entries.iter().map(ToString::to_string).collect(),
            })
            .collect(),
    });
    wire::DaysReport {
        person: report.person.name.to_string(),
        time_zone: report.zone.to_string(),
        total_ms: report.days.iter().map(|day| day.ms).sum(),
        target_minutes: report.days.iter().map(|day| u64::from(day.target_minutes)).sum(),
        days: days.collect(),
    }
}
