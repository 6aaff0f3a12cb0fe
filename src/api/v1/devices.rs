//! Computers.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, id};
use crate::api::version::IfMatch;
use crate::domain::device::Device;
use crate::domain::outcome::Refusal;
use crate::domain::user::User;
use crate::service::devices::KnownDevice;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Device>>, Failure> {
    let devices = services.devices.list(&asker).await?;
    let own = asker.user().map(|user| user.id);
    let devices = Page::of(devices, &asked.request()?, |known| known.device.id)?;
    Ok(answer::page(devices, |known: KnownDevice| {
        let KnownDevice { device, person, version, program, waiting } = known;
        json(&device, &person, version, own == Some(person.id))
            .introduced(program.as_ref(), waiting)
    }))
}

pub(super) fn json(device: &Device, person: &User, version: u64, is_own: bool) -> wire::Device {
    let shown = if is_own { wire::Device::own } else { wire::Device::of_other };
    shown(device, person, version)
}

pub(in crate::api) async fn revoke(
    State(services): State<Services>,
    Path(device): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Done, Failure> {
    let device = id(&device, Refusal::UnknownDevice)?;
    services.devices.revoke(&asker, (device, expect), (services.now)()).await?;
    Ok(Done)
}
