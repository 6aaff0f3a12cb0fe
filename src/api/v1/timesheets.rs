//! People's weeks.

mod table;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::reports;
use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, page, text_in};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::outcome::Refusal;
use crate::domain::text::NoteText;
use crate::service::book::{Asking, SheetView, Step};
use crate::service::error::ServiceError;
use crate::service::once::OnceKey;
use crate::wire::v1 as wire;

/// Everybody's week of a day, or what waits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SheetsQuery {
    day: Option<String>,
    /// Of this team's members alone.
    team: Option<String>,
    state: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
    /// Of a table only: whether Excel reads it.
    bom: Option<bool>,
}

/// A person's weeks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WeeksQuery {
    from: String,
    to: String,
    /// Of a table only: whether Excel reads it.
    bom: Option<bool>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<SheetsQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (now, bom) = ((services.now)(), asked.bom.unwrap_or_default());
    let wants_csv = reports::wants_csv(&headers);
    match (asked.day.as_deref(), asked.state.as_deref(), asked.team.as_deref()) {
        (Some(text), None, team) => {
            let team = team.map(|team| id(team, Refusal::UnknownTeam)).transpose()?;
            let of = (reports::day(text)?, team);
            let views = services.book.everybodys_week(&asker, of, now).await?;
            if wants_csv {
                return table::sheets(&format!("timesheets-{text}.csv"), &views, bom);
            }
            Ok(answer::list(views, |view| json(&view)).into_response())
        }
        (None, Some("submitted"), None) => {
            let mut page = page(asked.limit, asked.cursor.as_deref())?;
            let mut found = services.book.waiting_weeks(&asker, &page, now).await?;
            if wants_csv {
                // A table has no next page: without a limit it is all of it.
                while let Some(next) = found.next.take().filter(|_| page.limit.is_none()) {
                    page.after = Some(next);
                    let more = services.book.waiting_weeks(&asker, &page, now).await?;
                    found.items.extend(more.items);
                    found.next = more.next;
                }
                return table::sheets("timesheets-submitted.csv", &found.items, bom);
            }
            Ok(answer::page(found, |view| json(&view)).into_response())
        }
        _ => Err(ServiceError::bad_input(
            "day_or_submitted",
            "This lists everybody's week of a `day`, or a `team`'s, or with `state=submitted` what waits for approval.",
            "Send one of them.",
        )
        .into()),
    }
}

pub(in crate::api) async fn weeks(
    State(services): State<Services>,
    Path(person): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<WeeksQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let range = (reports::day(&asked.from)?, reports::day(&asked.to)?);
    let views = services.book.weeks(&asker, &person, range, (services.now)()).await?;
    if reports::wants_csv(&headers) {
        let name = format!("timesheets-{}-{}-{}.csv", person, asked.from, asked.to);
        return table::sheets(&name, &views, asked.bom.unwrap_or_default());
    }
    Ok(answer::list(views, |view| json(&view)).into_response())
}

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Path((person, day)): Path<(String, String)>,
    Asker(asker): Asker,
) -> Result<Versioned<wire::Timesheet>, Failure> {
    let day = reports::day(&day)?;
    Ok(versioned(&services.book.week(&asker, &person, day, (services.now)()).await?))
}

macro_rules! steps {
    ($($handler:ident => $step:ident),* $(,)?) => {$(
        pub(in crate::api) async fn $handler(
            State(services): State<Services>,
            Path(which): Path<(String, String)>,
            Asker(principal): Asker,
            IfMatch(expect): IfMatch,
            OnceOnly(key): OnceOnly,
        ) -> Result<Versioned<wire::Timesheet>, Failure> {
            let by = By { services, principal, expect, key };
            by.step(which, Step::$step).await
        }
    )*};
}

steps!(submit => Submit, withdraw => Withdraw, approve => Approve);

macro_rules! steps_with_note {
    ($($handler:ident => $step:ident),* $(,)?) => {$(
        pub(in crate::api) async fn $handler(
            State(services): State<Services>,
            Path(which): Path<(String, String)>,
            Asker(principal): Asker,
            IfMatch(expect): IfMatch,
            Once(sent, key): Once<wire::SheetNote>,
        ) -> Result<Versioned<wire::Timesheet>, Failure> {
            let by = By { services, principal, expect, key };
            by.step(which, Step::$step(note(sent)?)).await
        }
    )*};
}

steps_with_note!(send_back => SendBack, reopen => Reopen);

/// Somebody who does something with a week they looked at.
struct By {
    services: Services,
    principal: crate::service::Principal,
    expect: Option<u64>,
    key: Option<OnceKey>,
}

impl By {
    async fn step(
        self,
        (person, day): (String, String),
        step: Step,
    ) -> Result<Versioned<wire::Timesheet>, Failure> {
        let Self { services, principal, expect, key } = self;
        let asking = Asking { principal: &principal, now: (services.now)(), key };
        let day = reports::day(&day)?;
        Ok(versioned(&services.book.step_week(asking, (&person, day), expect, step).await?))
    }
}

/// Without a word nobody knows what to mend.
fn note(sent: wire::SheetNote) -> Result<NoteText, Failure> {
    let note = text_in("note", NoteText::new(sent.note))?;
    if note.as_str().trim().is_empty() {
        let (code, sentence) = ("no_note", "A week goes back to its person with a note.");
        let next = "Say what is to be mended.";
        return Err(Failure::from(ServiceError::bad_input(code, sentence, next)).about("note"));
    }
    Ok(note)
}

fn versioned(view: &SheetView) -> Versioned<wire::Timesheet> {
    Versioned { status: StatusCode::OK, version: view.version(), json: json(view) }
}

fn json(view: &SheetView) -> wire::Timesheet {
    let sheet = view.sheet.as_ref();
    let day = |(day, ms): &(_, u64)| wire::SheetDay { date: format!("{day}"), ms: *ms };
    wire::Timesheet {
        person: view.person.name.to_string(),
        version: view.version(),
        state: view.state().name().to_owned(),
        first: view.week.first.to_string(),
        last: view.week.last.to_string(),
        time_zone: view.week.zone.to_string(),
        total_ms: view.total_ms(),
        days: view.days.iter().map(day).collect(),
        runs: view.runs,
        held: view.held,
        locked: view.locked,
        note: sheet.map(|sheet| sheet.note.as_str().to_owned()).unwrap_or_default(),
        changed: sheet.map(|sheet| wire::rfc3339(sheet.changed)),
        by: sheet.map(|sheet| wire::named(&sheet.by)),
        submitted_ms: sheet.and_then(|sheet| sheet.submitted_ms),
        approved_ms: sheet.and_then(|sheet| sheet.approved_ms),
    }
}
