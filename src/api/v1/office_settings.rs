//! The office's settings.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::Setting>>, Failure> {
    let (seen, settings) = services.settings.list(&asker).await?;
    Ok(answer::list(seen, |setting| wire::Setting::of(setting, &settings)))
}

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Path(key): Path<String>,
    Asker(asker): Asker,
) -> Result<Json<wire::Setting>, Failure> {
    let (setting, settings) = services.settings.show(&asker, &key).await?;
    Ok(Json(wire::Setting::of(setting, &settings)))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path(key): Path<String>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewSetting>,
) -> Result<Json<wire::Setting>, Failure> {
    services.settings.set(&asker, &key, Some(&sent.value), (services.now)()).await?;
    show(State(services), Path(key), Asker(asker)).await
}

pub(in crate::api) async fn reset(
    State(services): State<Services>,
    Path(key): Path<String>,
    Asker(asker): Asker,
) -> Result<Json<wire::Setting>, Failure> {
    services.settings.set(&asker, &key, None, (services.now)()).await?;
    show(State(services), Path(key), Asker(asker)).await
}
