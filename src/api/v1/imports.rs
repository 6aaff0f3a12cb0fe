//! Time brought in from other products.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::exports::is_proven;
use super::jobs;
use crate::api::Services;
use crate::api::answer::{self, Created};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, RawFile, id, stored_file};
use crate::domain::import::Source;
use crate::domain::outcome::Refusal;
use crate::service::book::{AcceptedRow, ImportRequest};
use crate::service::page::Page;
use crate::wire::import::DateOrder;
use crate::wire::v1 as wire;

/// A preview names at most this many rows that cannot be taken.
const MOST_FAULTS: usize = 1_000;

/// What comes, and how it is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ImportQuery {
    source: String,
    zone: Option<String>,
    dates: Option<String>,
    person: Option<String>,
    people: Option<String>,
}

pub(in crate::api) async fn preview(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ImportQuery>,
    RawFile(bytes): RawFile,
) -> Result<Json<wire::ImportPreview>, Failure> {
    let request = request(asked, bytes)?;
    let plan = services.imports.preview(&asker, request, (services.now)()).await?;
    let rows = plan.rows();
    let fault = |fault: crate::wire::import::RowFault| wire::ImportFault {
        line: fault.line,
        why: fault.why,
    };
    let row = |row: AcceptedRow| wire::ImportRow {
        line: row.line,
        person: row.person,
        start: wire::rfc3339(row.start),
        end: wire::rfc3339(row.end),
        project: row.project,
        note: row.note,
    };
    let people = plan.people.into_iter();
    Ok(Json(wire::ImportPreview {
        rows,
        new: plan.new,
        there: plan.there,
        total_ms: plan.total_ms,
        overlapping: plan.overlapping,
        refused_rows: plan.faults.len() as u64,
        accepted: plan.accepted.into_iter().map(row).collect(),
        refused: plan.faults.into_iter().take(MOST_FAULTS).map(fault).collect(),
        people: people
            .map(|person| wire::ImportPerson {
                in_file: person.in_file,
                name: person.name,
                rows: person.rows,
            })
            .collect(),
        unknown: plan
            .unknown
            .into_iter()
            .map(|(in_file, rows)| wire::UnknownPerson { in_file, rows })
            .collect(),
        customers: plan.customers,
        projects: plan.projects,
        tasks: plan.tasks,
        tags: plan.tags,
    }))
}

pub(in crate::api) async fn begin(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ImportQuery>,
    RawFile(bytes): RawFile,
) -> Result<Created<wire::Job>, Failure> {
    let request = request(asked, bytes)?;
    let view = services.imports.begin(&services.jobs, &asker, request, services.now).await?;
    Ok(Created(jobs::job(&view)))
}

/// Into which of one's own books.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ActivityImportQuery {
    device: String,
}

pub(in crate::api) async fn activitywatch(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ActivityImportQuery>,
    request: Request,
) -> Result<Created<wire::Job>, Failure> {
    let folder = services.import_folder.as_ref().clone();
    let file = stored_file(request, folder, services.import_bytes).await?;
    let (tracking, jobs, now) = (&services.tracking, &services.jobs, services.now);
    let view = tracking.import_activitywatch(jobs, &asker, (&asked.device, file), now).await?;
    Ok(Created(jobs::job(&view)))
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Import>>, Failure> {
    let imports = services.imports.list(&asker).await?;
    let imports = Page::of_falling(imports, &asked.request()?, |import| import.id)?;
    Ok(answer::page(imports, |import| (&import).into()))
}

pub(in crate::api) async fn undo(
    State(services): State<Services>,
    Path(import): Path<String>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let import = id(&import, Refusal::UnknownImport)?;
    let is_proven = is_proven(&services, &asker).await?;
    let imports = &services.imports;
    let view = imports.undo(&services.jobs, &asker, import, is_proven, services.now).await?;
    Ok(Created(jobs::job(&view)))
}

fn request(asked: ImportQuery, bytes: Vec<u8>) -> Result<ImportRequest, Failure> {
    let source = Source::from_name(&asked.source).ok_or_else(|| {
        let names: Vec<&str> = Source::ALL.iter().map(|source| source.name()).collect();
        bad("unknown_source", "There is no product of this name here.", &names, "source")
    })?;
    let dates = asked.dates.as_deref().map(|name| {
        DateOrder::from_name(name).ok_or_else(|| {
            bad("bad_dates", "Dates are meant in one of two ways.", &["dmy", "mdy"], "dates")
        })
    });
    let (zone, person, people) = (asked.zone, asked.person, asked.people.unwrap_or_default());
    Ok(ImportRequest { source, bytes, zone, dates: dates.transpose()?, person, people })
}

fn bad(code: &str, detail: &str, choices: &[&str], field: &str) -> Failure {
    let next = format!("Choose among {}.", choices.join(", "));
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail, next).about(field)
}
