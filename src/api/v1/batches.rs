//! Batches from agents, and where their streams stand.

use axum::Json;
use axum::extract::{Path, State};
use data_encoding::BASE64;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asker, RawBatch};
use crate::domain::id::DeviceId;
use crate::service::Principal;
use crate::service::devices::Delivered;
use crate::wire::v1::sync::{BatchReply, Keeps};

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
) -> Result<Json<BatchReply>, Failure> {
    let stream = stream.parse().map_err(|_| Failure::not_found())?;
    Ok(reply(&services.devices.stream(device(&asker)?, stream, (services.now)()).await?))
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
