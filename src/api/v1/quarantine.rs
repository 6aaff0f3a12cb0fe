//! What was set aside.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, id};
use crate::domain::outcome::Refusal;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Quarantined>>, Failure> {
    let entries = services.devices.quarantined(&asker).await?;
    let entries = Page::of(entries, &asked.request()?, |entry| entry.id)?;
    Ok(answer::page(entries, |entry| (&entry).into()))
}

pub(in crate::api) async fn accept(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let entry = id(&entry, Refusal::UnknownQuarantined)?;
    services.devices.accept_quarantined(&asker, entry, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn throw_away(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let entry = id(&entry, Refusal::UnknownQuarantined)?;
    services.devices.delete_quarantined(&asker, entry, (services.now)()).await?;
    Ok(Done)
}
