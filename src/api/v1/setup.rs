//! The one-time set-up.

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;
use zeroize::Zeroizing;

use crate::api::answer::Created;
use crate::api::error::Failure;
use crate::api::input::Sent;
use crate::api::{Services, auth};
use crate::net::Peer;
use crate::service::accounts::NewOffice;
use crate::wire::v1::{Setup, SetupDone, SetupLook, SetupSeen, SetupState, User};

pub(in crate::api) async fn state(
    State(services): State<Services>,
) -> Result<Json<SetupState>, Failure> {
    let open = services.accounts.setup_is_open((services.now)()).await?;
    Ok(Json(SetupState { open }))
}

pub(in crate::api) async fn look(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Sent(sent): Sent<SetupLook>,
) -> Result<Json<SetupSeen>, Failure> {
    let (secret, address) = (Zeroizing::new(sent.secret), auth::origin(&peer, &headers).address);
    services.accounts.look_at_setup(&secret, address, (services.now)()).await?;
    Ok(Json(SetupSeen { server: services.devices.server() }))
}

pub(in crate::api) async fn set_up(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Sent(sent): Sent<Setup>,
) -> Result<impl IntoResponse, Failure> {
    let origin = auth::origin(&peer, &headers);
    let policy = sent.policy.as_deref().map(super::office::policy).transpose()?;
    let new = NewOffice {
        secret: Zeroizing::new(sent.secret),
        office: sent.office,
        name: sent.name,
        password: Zeroizing::new(sent.password),
        time_zone: sent.time_zone,
        policy,
        language: sent.language,
    };
    let (accounts, now) = (services.accounts.clone(), (services.now)());
    // A connection that breaks must not end it half-way: the office has its administrator, and then not what was chosen for it.
    let done = tokio::spawn(async move { accounts.set_up(new, &origin, now).await }).await;
    let done = done.map_err(|_| Failure::internal("The server met a mistake of its own."))??;
    let cookie = auth::signing_in(&done.signed_in.secret, &peer);
    let user = User::of(&done.signed_in.user, done.signed_in.rights);
    Ok(([(SET_COOKIE, cookie)], Created(SetupDone { user, recovery_code: done.recovery_code })))
}
