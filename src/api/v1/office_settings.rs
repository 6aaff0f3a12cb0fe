//! The office's settings.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::api::version::{IfMatch, Versioned};
use crate::service::Principal;
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
) -> Result<Versioned<wire::Setting>, Failure> {
    let (setting, settings) = services.settings.show(&asker, &key).await?;
    Ok(versioned(wire::Setting::of(setting, &settings)))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path(key): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewSetting>,
) -> Result<Versioned<wire::Setting>, Failure> {
    change(&services, &asker, (&key, expect), Some(&sent.value)).await
}

pub(in crate::api) async fn reset(
    State(services): State<Services>,
    Path(key): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Versioned<wire::Setting>, Failure> {
    change(&services, &asker, (&key, expect), None).await
}

async fn change(
    services: &Services,
    asker: &Principal,
    (key, expect): (&str, Option<u64>),
    value: Option<&Value>,
) -> Result<Versioned<wire::Setting>, Failure> {
    let note = services.settings.set(asker, (key, expect), value, (services.now)()).await?;
    let (setting, settings) = services.settings.show(asker, key).await?;
    let note = note.map(str::to_owned);
    Ok(versioned(wire::Setting { note, ..wire::Setting::of(setting, &settings) }))
}

fn versioned(json: wire::Setting) -> Versioned<wire::Setting> {
    Versioned { status: StatusCode::OK, version: json.version, json }
}
