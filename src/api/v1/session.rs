//! Signing in and out.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use zeroize::Zeroizing;

use crate::api::answer::Done;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::api::{Services, auth};
use crate::net::Peer;
use crate::service::accounts::{Proof, SignInProof};
use crate::wire::v1::{NewSession, SignedIn, StepUp, SteppedUp, User, rfc3339};

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<SignedIn>, Failure> {
    let Some(user) = asker.user() else {
        return Err(Failure::unauthenticated("The server's own terminal is nobody's session."));
    };
    Ok(Json(SignedIn { user: User::of(user, asker.rights()), mark: services.events.mark() }))
}

pub(in crate::api) async fn open(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Sent(sent): Sent<NewSession>,
) -> Result<impl IntoResponse, Failure> {
    let (origin, now) = (auth::origin(&peer, &headers), (services.now)());
    let (password, code) = (Zeroizing::new(sent.password), sent.code.map(Zeroizing::new));
    let proof = SignInProof { password, code };
    let mark = services.events.mark();
    let signed_in = services.accounts.sign_in(&sent.name, proof, &origin, now).await?;
    let cookie = auth::signing_in(&signed_in.secret, &peer);
    Ok((
        [(SET_COOKIE, cookie)],
        Json(SignedIn { user: User::of(&signed_in.user, signed_in.rights), mark }),
    ))
}

pub(in crate::api) async fn step_up(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    Asker(asker): Asker,
    Sent(sent): Sent<StepUp>,
) -> Result<Json<SteppedUp>, Failure> {
    let (address, now) = (peer.address.ip(), (services.now)());
    let proof = match (sent.password, sent.code) {
        (Some(password), None) => Proof::Password(Zeroizing::new(password)),
        (None, Some(code)) => Proof::Code(Zeroizing::new(code)),
        _ => {
            return Err(Failure::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "one_proof",
                "A proof is either the password or a code.",
                "Send one of `password` and `code`.",
            ));
        }
    };
    let until = services.accounts.prove(&asker, proof, address, now).await?;
    Ok(Json(SteppedUp { until: rfc3339(until) }))
}

pub(in crate::api) async fn close(
    State(services): State<Services>,
    Extension(peer): Extension<Peer>,
    Asker(asker): Asker,
) -> Result<impl IntoResponse, Failure> {
    services.accounts.sign_out(&asker, (services.now)()).await?;
    Ok(([(SET_COOKIE, auth::signing_out(&peer))], Done))
}
