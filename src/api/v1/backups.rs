//! Backups of the whole office.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use zeroize::Zeroizing;

use super::jobs::job;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent, stored_file};
use crate::api::{Services, file};
use crate::service::backup::{BackupDesk, Head, Listed};
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
) -> Result<Json<wire::Items<wire::Backup>>, Failure> {
    Ok(answer::list(services.backups.list().await?, |listed| backup(&listed)))
}

pub(in crate::api) async fn create(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let view = services.backups.create(&asker, &services.jobs).await?;
    Ok(Created(job(&view)))
}

pub(in crate::api) async fn verify(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let view = services.backups.verify(&asker, &name, &services.jobs).await?;
    Ok(Created(job(&view.ok_or_else(unknown)?)))
}

pub(in crate::api) async fn download(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Response, Failure> {
    let path = services.backups.take_out(&asker, &name).await?.ok_or_else(unknown)?;
    file::offer(&path, &name, "application/octet-stream").await.map_err(|error| {
        tracing::error!(%error, path = %path.display(), "a backup cannot be read");
        Failure::internal("The server cannot read the backup.")
    })
}

pub(in crate::api) async fn restore(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Created<wire::Job>, Failure> {
    let power = services.power.clone();
    let put_back = move |by, file| power.restore(by, file);
    let view = services.backups.restore(&asker, &name, &services.jobs, put_back).await?;
    Ok(Created(job(&view.ok_or_else(unknown)?)))
}

pub(in crate::api) async fn upload(
    State(services): State<Services>,
    Asker(asker): Asker,
    request: Request,
) -> Result<Created<wire::Backup>, Failure> {
    let folder = services.import_folder.as_ref().clone();
    let most = BackupDesk::most_bytes(services.status.free_bytes().unwrap_or(u64::MAX));
    let file = stored_file(request, folder, most).await?;
    let listed = services.backups.take_in(&asker, file).await?;
    Ok(Created(backup(&listed)))
}

pub(in crate::api) async fn delete(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    if services.backups.delete(&asker, &name).await? { Ok(Done) } else { Err(unknown()) }
}

pub(in crate::api) async fn set_s3_secret(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::S3Secret>,
) -> Result<Done, Failure> {
    services.backups.set_s3_secret(&asker, &Zeroizing::new(sent.secret)).await?;
    Ok(Done)
}

fn backup(listed: &Listed) -> wire::Backup {
    let head = listed.head.as_ref().ok();
    wire::Backup {
        name: listed.name.clone(),
        bytes: listed.bytes,
        made: head.and_then(Head::created).map(wire::rfc3339),
        host: head.map(|head| head.host.clone()),
        version: head.map(|head| head.program.clone()),
        people: head.map(|head| head.people),
        entries: head.map(|head| head.entries),
        events: head.map(|head| head.events),
        kept_until: listed.kept_until.map(wire::rfc3339),
        problem: listed.head.as_ref().err().cloned(),
    }
}

fn unknown() -> Failure {
    let (detail, next) = ("There is no backup of this name.", "Look at the list of backups.");
    Failure::new(StatusCode::NOT_FOUND, "unknown_backup", detail, next)
}
