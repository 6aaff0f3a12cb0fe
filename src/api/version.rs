//! Versions of records over HTTP: `ETag` on answers, `If-Match` before a change.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::Failure;

/// An answer that says of which version it is.
pub(super) struct Versioned<T> {
    pub(super) status: StatusCode,
    pub(super) version: u64,
    pub(super) json: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        (self.status, [(ETAG, etag(self.version))], Json(self.json)).into_response()
    }
}

/// `version` as an `ETag` says it.
pub(super) fn etag(version: u64) -> HeaderValue {
    // Digits and quotes are always a header value.
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("*"))
}

/// The version the caller looked at; none when they take any.
pub(super) struct IfMatch(pub(super) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut said = parts.headers.get_all(IF_MATCH).iter();
        let (Some(value), None) = (said.next(), said.next()) else {
            return if parts.headers.contains_key(IF_MATCH) { Err(bad()) } else { Ok(Self(None)) };
        };
        let text = value.to_str().map_err(|_| bad())?.trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let number = number.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        number.and_then(|text| text.parse().ok()).map(|version| Self(Some(version))).ok_or_else(bad)
    }
}

/// Goes on only without the header: to take no notice of it would let a caller believe that nobody's change is overwritten.
pub(super) fn must_be_absent(headers: &HeaderMap) -> Result<(), Failure> {
    if headers.contains_key(IF_MATCH) {
        return Err(Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no_if_match_here",
            "This address changes what there is, whichever version that is of, so it takes no If-Match.",
            "Leave the header out, and look at what there is before you change it.",
        ));
    }
    Ok(())
}

fn bad() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        "bad_if_match",
        "The header If-Match must hold one version as an ETag said it, or a star.",
        "Send it like If-Match: \"42\".",
    )
}
