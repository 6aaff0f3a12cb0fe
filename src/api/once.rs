//! `Idempotency-Key`: a request that may be sent again, and is done once. Only routes that can answer it again take one.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde::de::DeserializeOwned;

use super::error::Failure;
use super::input::{Asker, json_body, read_json};
use crate::service::Principal;
use crate::service::once::OnceKey;

/// The header.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A JSON body, and the key if there is one.
pub(super) struct Once<T>(pub(super) T, pub(super) Option<OnceKey>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Once<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let Asker(principal) = Asker::from_request_parts(&mut parts, state).await?;
        let (method, uri, headers) =
            (parts.method.clone(), parts.uri.clone(), parts.headers.clone());
        let bytes = json_body(Request::from_parts(parts, body)).await?;
        let key = key(&principal, &method, &uri, &headers, &bytes)?;
        Ok(Self(read_json(&bytes)?, key))
    }
}

/// The key of a request without a body, if there is one.
pub(super) struct OnceOnly(pub(super) Option<OnceKey>);

impl<S: Send + Sync> FromRequestParts<S> for OnceOnly {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Asker(principal) = Asker::from_request_parts(parts, state).await?;
        key(&principal, &parts.method, &parts.uri, &parts.headers, b"").map(Self)
    }
}

/// Goes on only without the header: to take no notice of it would let a caller believe that a repetition is harmless.
pub(super) fn must_be_absent(headers: &HeaderMap) -> Result<(), Failure> {
    if headers.contains_key(IDEMPOTENCY_KEY) {
        return Err(Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no_idempotency_key_here",
            "This address cannot answer a request again, so it takes no idempotency key.",
            "Leave the header out; after a broken connection, look whether it was done.",
        ));
    }
    Ok(())
}

fn key(
    principal: &Principal,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Option<OnceKey>, Failure> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    // What is no text is no key either; the empty one says so.
    let text = value.to_str().unwrap_or_default();
    let asked = [method.as_str().as_bytes(), uri.path().as_bytes(), body];
    Ok(Some(OnceKey::new(principal, text, &asked)?))
}
