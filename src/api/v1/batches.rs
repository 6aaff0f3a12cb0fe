//! Batches from agents, and where their streams stand.

use axum::Json;
use axum::extract::{Path, State};
use data_encoding::BASE64;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, RawBatch, instant_in, text_in};
use crate::domain::device::{Pausing, Program};
use crate::domain::id::DeviceId;
use crate::domain::text::Label;
use crate::service::Principal;
use crate::service::devices::{Delivered, Introduction};
use crate::wire::v1::sync::{BatchReply, Keeps, StreamQuery};

pub(in crate::api) async fn deliver(
    State(services): State<Services>,
    Asker(asker): Asker,
    RawBatch(batch): RawBatch,
) -> Result<Json<BatchReply>, Failure> {
    let device = device(&asker)?;
    Ok(reply(&services.devices.deliver(device, batch, (services.now)()).await?))
}

pub(in crate::api) async fn stream(
    State(services): State<Services>,
    Path(stream): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<StreamQuery>,
) -> Result<Json<BatchReply>, Failure> {
    let stream = stream.parse().map_err(|_| Failure::not_found())?;
    let (device, said, now) = (device(&asker)?, introduction(asked)?, (services.now)());
    let stands = services.devices.stream(device, stream, now).await?;
    services.devices.introduce(device, said, now).await?;
    Ok(reply(&stands))
}

fn introduction(asked: StreamQuery) -> Result<Introduction, Failure> {
    let program = match (asked.version, asked.system) {
        (Some(version), Some(system)) => {
            let version = text_in("version", Label::new(version.as_str()))?;
            let system = text_in("system", Label::new(system.as_str()))?;
            Some(Program { version, system })
        }
        _ => None,
    };
    let pausing = asked.paused.as_deref().map(pausing).transpose()?;
    Ok(Introduction { program, waiting: asked.waiting, pausing })
}

fn pausing(text: &str) -> Result<Pausing, Failure> {
    match text {
        "no" => Ok(Pausing::Not),
        "open" => Ok(Pausing::Open),
        until => instant_in("paused", until).map(Pausing::Until),
    }
}

pub(super) fn device(asker: &Principal) -> Result<DeviceId, Failure> {
    match asker {
        Principal::Device(device) => Ok(*device),
        _ => Err(Failure::internal("The guard let somebody in who is no computer.")),
    }
}

fn reply(delivered: &Delivered) -> Json<BatchReply> {
    let (detail_days, totals_months) = delivered.keeps;
    Json(BatchReply {
        receipt: BASE64.encode(&delivered.receipt),
        policy: delivered.policy.name().to_owned(),
        rules: delivered.rules.clone(),
        categories: Some(delivered.categories.clone()),
        keeps: Some(Keeps { detail_days, totals_months }),
    })
}
