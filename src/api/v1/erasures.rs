//! Erasing people, and computers that say that their copy is gone.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery};
use crate::domain::erasure::Erasure;
use crate::service::Principal;
use crate::service::backup::{Head, Listed};
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn begin(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Json<wire::ErasureBegun>, Failure> {
    let (erasure, mentions) = services.accounts.erase(&asker, &name, services.now).await?;
    // Jobs of the person are gone; so are their files, now.
    services.jobs.forget().await?;
    services.backups.note_erasures().await?;
    let erasure = with_backups(&erasure, &services.backups.list().await?);
    let mentions = mentions
        .into_iter()
        .map(|mention| wire::Mention { noun: mention.noun.to_owned(), id: mention.id })
        .collect();
    Ok(Json(wire::ErasureBegun { erasure, mentions }))
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Erasure>>, Failure> {
    let erasures = services.accounts.erasures(&asker).await?;
    let backups = services.backups.list().await?;
    let erasures = Page::of(erasures, &asked.request()?, |erasure| erasure.person)?;
    Ok(answer::page(erasures, |erasure| with_backups(&erasure, &backups)))
}

/// With the backups that may hold what went.
fn with_backups(erasure: &Erasure, backups: &[Listed]) -> wire::Erasure {
    let may_hold = backups.iter().filter(|backup| backup.may_hold(erasure.ended));
    wire::Erasure::of(erasure, may_hold.map(named).collect())
}

fn named(backup: &Listed) -> wire::ErasureBackup {
    let head = backup.head.as_ref().ok();
    wire::ErasureBackup {
        name: backup.name.clone(),
        made: head.and_then(Head::created).map(wire::rfc3339),
        kept_until: head.and_then(Head::kept_until).map(wire::rfc3339),
    }
}

pub(in crate::api) async fn confirm(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let Principal::Device(device) = asker else {
        return Err(Failure::internal("The guard let somebody in who is no computer."));
    };
    services.devices.confirm_erased(device, (services.now)()).await?;
    Ok(Done)
}
