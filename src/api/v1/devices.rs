//! Computers.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, page};
use crate::api::version::IfMatch;
use crate::domain::device::Device;
use crate::domain::outcome::Refusal;
use crate::domain::user::User;
use crate::service::devices::KnownDevice;
use crate::service::page::{MOST_ITEMS, Page};
use crate::wire::v1 as wire;

/// Whose, and which part of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DevicesQuery {
    /// Only this person's, by sign-in name.
    user: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<DevicesQuery>,
) -> Result<Json<wire::Items<wire::Device>>, Failure> {
    let mut devices = services.devices.list(&asker).await?;
    if let Some(wanted) = asked.user {
        devices.retain(|known| known.person.name.as_str() == wanted);
    }
    let (own, now) = (asker.user().map(|user| user.id), (services.now)());
    let request = page(asked.limit.or(Some(MOST_ITEMS)), asked.cursor.as_deref())?;
    let devices = Page::of(devices, &request, |known| known.device.id)?;
    Ok(answer::page(devices, |known: KnownDevice| {
        let KnownDevice { device, person, version, program, waiting, pausing } = known;
        let is_own = own == Some(person.id);
        json(&device, &person, version, is_own)
            .introduced(program.as_ref(), waiting)
            .pausing(pausing, is_own, now)
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
