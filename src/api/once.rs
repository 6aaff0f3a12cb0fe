//! `Idempotency-Key`: a request that may be sent again, and is done once.
//!
//! Where one command is the whole of it, the command carries the key and nothing else is kept. Everywhere else the answer is: begun
//! before anything is done, given after it. Only who is known can be told apart from others, so public addresses take no key; a
//! computer's batches have numbers of their own.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Services;
use super::error::Failure;
use super::input::{Asker, json_body, read_body, read_json};
use super::version::etag;
use crate::service::Principal;
use crate::service::once::{Kept, Known, OnceKey, watched};
use crate::wire::import::MOST_FILE_BYTES;

/// The header.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// A request that was begun longer ago than any takes was broken off.
const LONGEST_REQUEST_MS: u64 = 120_000;
/// An answer that is longer is passed on and not kept.
const MOST_PASSED_BYTES: usize = 16 * 1024 * 1024;

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

/// Passes the request on, unless the same one with the same key came before: then its answer is given again.
pub(super) async fn answer(
    services: &Services,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    // A caller whose connection breaks is the one who comes again: what was begun goes on without them.
    let (services, principal) = (services.clone(), principal.clone());
    let done = tokio::spawn(async move { kept(&services, &principal, request, next).await });
    match done.await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => failure.into_response(),
        Err(_) => Failure::internal("The server met a mistake of its own.").into_response(),
    }
}

async fn kept(
    services: &Services,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let bytes = read_body(body, MOST_FILE_BYTES).await?;
    let once = key(principal, &parts.method, &parts.uri, &parts.headers, &bytes)?;
    let once = once.ok_or_else(|| Failure::internal("A key was there and is gone."))?;
    match services.answers.begin(once, (services.now)()).await? {
        Known::New => {}
        Known::Answered(kept) => return Ok(again(kept)),
        Known::TooLong => {
            return Err(conflict(
                "answer_not_kept",
                "This was done, and its answer was too long to keep.",
                "Look at what it made.",
            ));
        }
        Known::Begun(ms) if ms < LONGEST_REQUEST_MS => {
            return Err(conflict(
                "in_progress",
                "The same request is being done at this moment.",
                "Wait a moment, then send it again.",
            ));
        }
        Known::Begun(_) | Known::Lost => {
            return Err(conflict(
                "outcome_unknown",
                "The server stopped while it did this, so it does not know whether it was done.",
                "Look whether it was done, and use a fresh key.",
            ));
        }
    }
    let work = next.run(Request::from_parts(parts, Body::from(bytes)));
    let (response, is_written) = watched(work).await;
    let status = response.status();
    if !status.is_success() {
        // Refused, or failed before anything was done: it may come again. Else nobody knows what was done.
        let ended = match status.is_client_error() || !is_written {
            true => services.answers.forget(once, (services.now)()).await,
            false => services.answers.lose(once, (services.now)()).await,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the end of a request with a key could not be kept: it stays begun");
        }
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body: Bytes = to_bytes(body, MOST_PASSED_BYTES)
        .await
        .map_err(|_| Failure::internal("The answer could not be read back."))?;
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_owned();
    let kept = Kept { status: status.as_u16(), media_type, body: body.to_vec() };
    services.answers.give(once, &kept, (services.now)()).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// The version of a record that was answered.
#[derive(Deserialize)]
struct Told {
    version: u64,
}

fn again(kept: Kept) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    // What an answer says of its version, its `ETag` said, too.
    let told: Option<Told> = serde_json::from_slice(&kept.body).ok();
    let version = told.map(|told| told.version);
    let mut response = (status, kept.body).into_response();
    match HeaderValue::try_from(kept.media_type) {
        Ok(media_type) if !media_type.is_empty() => {
            response.headers_mut().insert(CONTENT_TYPE, media_type);
        }
        _ => {
            response.headers_mut().remove(CONTENT_TYPE);
        }
    }
    if let Some(version) = version {
        response.headers_mut().insert(ETAG, etag(version));
    }
    response
}

fn conflict(code: &'static str, detail: &'static str, next: &'static str) -> Failure {
    Failure::new(StatusCode::CONFLICT, code, detail, next)
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
    let address = uri.path_and_query().map_or_else(|| uri.path(), |address| address.as_str());
    let mut asked = vec![method.as_str().as_bytes(), address.as_bytes(), body];
    // On condition of another version it is another request.
    asked.extend(headers.get_all(IF_MATCH).iter().map(HeaderValue::as_bytes));
    Ok(Some(OnceKey::new(principal, text, &asked)?))
}
