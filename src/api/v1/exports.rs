//! Exports: each begins a job whose result is the file.

use axum::extract::{Path, State};

use super::{hours, jobs, reports};
use crate::api::Services;
use crate::api::answer::Created;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::service::Principal;
use crate::service::book::EntriesExport;
use crate::service::error::ServiceError;
use crate::service::tracking::{ExportRequest, People};
use crate::wire::v1 as wire;

pub(in crate::api) async fn activity(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewActivityExport>,
) -> Result<Created<wire::Job>, Failure> {
    let people = match (sent.person, sent.everyone) {
        (Some(_), true) => {
            return Err(ServiceError::bad_input(
                "person_or_everyone",
                "`person` and `everyone` do not go together.",
                "Send one of them.",
            )
            .into());
        }
        (None, true) => People::Everyone,
        (person, false) => People::One(person),
    };
    let (from, to) = (reports::date(&sent.from)?, reports::date(&sent.to)?);
    let rows = reports::rows(sent.rows.as_deref())?;
    let (bom, is_proven) = (reports::bom(sent.bom), is_proven(&services, &asker).await?);
    let request = ExportRequest { people, from, to, rows, bom, is_proven };
    let tracking = &services.tracking;
    let view = tracking.export(&services.jobs, &asker, request, services.now).await?;
    Ok(Created(jobs::job(&view)))
}

pub(in crate::api) async fn entries(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewEntriesExport>,
) -> Result<Created<wire::Job>, Failure> {
    let query = wire::HoursQuery {
        people: sent.people,
        teams: sent.teams,
        customers: sent.customers,
        projects: sent.projects,
        tasks: sent.tasks,
        tags: sent.tags,
        billable: sent.billable,
        ..wire::HoursQuery::default()
    };
    let (from, to) = (reports::day(&sent.from)?, reports::day(&sent.to)?);
    let (filter, bom) = (hours::filter(&query)?, reports::bom(sent.bom));
    let is_proven = is_proven(&services, &asker).await?;
    let request = EntriesExport { from, to, filter, bom, is_proven };
    let view = services.book.export(&services.jobs, &asker, request, services.now).await?;
    Ok(Created(jobs::job(&view)))
}

/// Has whoever asks just shown who they are?
pub(super) async fn is_proven(services: &Services, asker: &Principal) -> Result<bool, Failure> {
    match services.accounts.must_be_proven(asker, (services.now)()).await {
        Ok(()) => Ok(true),
        Err(ServiceError::StepUpRequired) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(in crate::api) async fn activitywatch(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let view = services.tracking.export_activitywatch(&services.jobs, &asker).await?;
    Ok(Created(jobs::job(&view)))
}

pub(in crate::api) async fn person(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let tracking = &services.tracking;
    let view = tracking.export_person(&services.jobs, &asker, Some(&name), services.now).await?;
    Ok(Created(jobs::job(&view)))
}

pub(in crate::api) async fn own(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let tracking = &services.tracking;
    let view = tracking.export_person(&services.jobs, &asker, None, services.now).await?;
    Ok(Created(jobs::job(&view)))
}
