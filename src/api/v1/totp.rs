//! Codes from an app as a second proof at sign-in.

use axum::extract::{Path, State};
use axum::{Extension, Json};

use crate::api::Services;
use crate::api::answer::{Created, Done};
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::net::Peer;
use crate::wire::v1 as wire;

pub(in crate::api) async fn state(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::TotpState>, Failure> {
    let state = services.accounts.totp_state(&asker).await?;
    let since = state.since.map(wire::rfc3339);
    Ok(Json(wire::TotpState { since, recovery_left: state.recovery_left }))
}

pub(in crate::api) async fn begin(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Created<wire::TotpBegun>, Failure> {
    let begun = services.accounts.begin_totp(&asker, (services.now)()).await?;
    Ok(Created(wire::TotpBegun { secret: begun.secret, uri: begun.uri }))
}

pub(in crate::api) async fn confirm(
    State(services): State<Services>,
    Asker(asker): Asker,
    Extension(peer): Extension<Peer>,
    Sent(sent): Sent<wire::TotpCode>,
) -> Result<Json<wire::TotpConfirmed>, Failure> {
    let codes = services
        .accounts
        .confirm_totp(&asker, &sent.code, peer.address.ip(), (services.now)())
        .await?;
    Ok(Json(wire::TotpConfirmed { recovery_codes: codes }))
}

pub(in crate::api) async fn remove_own(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.accounts.remove_totp(&asker, None, (services.now)()).await?;
    Ok(Done)
}

pub(in crate::api) async fn remove(
    State(services): State<Services>,
    Path(name): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.accounts.remove_totp(&asker, Some(&name), (services.now)()).await?;
    Ok(Done)
}
