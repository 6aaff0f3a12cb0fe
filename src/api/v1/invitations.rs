//! Invitations to enroll a computer.

use axum::Json;
use axum::extract::{Path, State};

use crate::api::Services;
use crate::api::answer::{self, Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent, id};
use crate::domain::outcome::Refusal;
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Invitation>>, Failure> {
    let open = services.devices.invitations(&asker, (services.now)()).await?;
    let open = Page::of(open, &asked.request()?, |(invitation, _)| invitation.id)?;
    Ok(answer::page(open, |(invitation, person)| wire::Invitation::of(&invitation, &person)))
}

pub(in crate::api) async fn create(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewInvitation>,
) -> Result<Created<wire::InvitationMade>, Failure> {
    let invited = services.devices.invite(&asker, &sent.person, (services.now)()).await?;
    Ok(Created(wire::InvitationMade {
        id: invited.id.to_string(),
        code: invited.code,
        expires: wire::rfc3339(invited.expires),
        download: invited.download,
    }))
}

pub(in crate::api) async fn withdraw(
    State(services): State<Services>,
    Path(invitation): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let invitation = id(&invitation, Refusal::UnknownInvitation)?;
    services.devices.withdraw(&asker, invitation, (services.now)()).await?;
    Ok(Done)
}
