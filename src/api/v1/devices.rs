//! Computers.

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
) -> Result<Json<wire::Items<wire::Device>>, Failure> {
    let devices = services.devices.list(&asker).await?;
    let own = asker.user().map(|user| user.id);
    let devices = Page::of(devices, &asked.request()?, |(device, _)| device.id)?;
    Ok(answer::page(devices, |(device, person)| match own == Some(person.id) {
        true => wire::Device::own(&device, &person),
        false => wire::Device::of_other(&device, &person),
    }))
}

pub(in crate::api) async fn revoke(
    State(services): State<Services>,
    Path(device): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let device = id(&device, Refusal::UnknownDevice)?;
    services.devices.revoke(&asker, device, (services.now)()).await?;
    Ok(Done)
}
