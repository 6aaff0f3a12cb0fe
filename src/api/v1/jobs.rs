//! Jobs: long work with progress.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, JSON, PageQuery, id};
use crate::api::{Services, file};
use crate::domain::outcome::Refusal;
use crate::service::job::{Fetched, JobView};
use crate::service::page::Page;
use crate::wire::csv::TEXT_CSV;
use crate::wire::v1 as wire;
use crate::wire::v1::person_data::JSON_LINES;

/// Whether to wait for news.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WaitQuery {
    wait: Option<u8>,
    seen: Option<u64>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Job>>, Failure> {
    let jobs = services.jobs.list(&asker).await?;
    let jobs = Page::of_falling(jobs, &asked.request()?, |view| view.job.id)?;
    Ok(answer::page(jobs, |view| job(&view)))
}

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Path(job): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<WaitQuery>,
) -> Result<Json<wire::Job>, Failure> {
    let id = id(&job, Refusal::UnknownJob)?;
    let view = match asked.wait {
        Some(seconds) => {
            let patience = Duration::from_secs(seconds.into());
            services.jobs.wait(&asker, id, asked.seen, patience).await?
        }
        None => services.jobs.show(&asker, id).await?,
    };
    Ok(Json(self::job(&view)))
}

pub(in crate::api) async fn cancel(
    State(services): State<Services>,
    Path(job): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.jobs.cancel(&asker, id(&job, Refusal::UnknownJob)?).await?;
    Ok(Done)
}

pub(in crate::api) async fn result(
    State(services): State<Services>,
    Path(job): Path<String>,
    Asker(asker): Asker,
) -> Result<Response, Failure> {
    let id = id(&job, Refusal::UnknownJob)?;
    let Fetched { file: about, path, words } = services.jobs.result(&asker, id).await?;
    services.tracking.must_still_fetch(&asker, &words, (services.now)()).await?;
    let media_type = match about.name.as_str().rsplit('.').next() {
        Some("csv") => TEXT_CSV,
        Some("json") => JSON,
        _ => JSON_LINES,
    };
    file::offer(&path, about.name.as_str(), media_type).await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "a result cannot be read");
        Failure::internal("The server cannot read the result.")
    })
}

pub(in crate::api) async fn delete(
    State(services): State<Services>,
    Path(job): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.jobs.delete(&asker, id(&job, Refusal::UnknownJob)?).await?;
    Ok(Done)
}

/// A job as JSON.
pub(super) fn job(view: &JobView) -> wire::Job {
    let running = view.progress.as_ref().map(|progress| (progress, view.running_ms));
    wire::Job::of(&view.job, &view.owner, running, view.version, view.has_result)
}
