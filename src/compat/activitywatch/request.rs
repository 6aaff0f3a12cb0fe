//! What handlers take from a request: its device, the names in its path, its parameters, its JSON. And the plain answers.

use std::collections::HashMap;

use axum::RequestPartsExt;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use serde_json::Value;

use super::RecordsInto;
use super::problem::Problem;
use crate::domain::activity::EventId;
use crate::domain::id::DeviceId;
use crate::domain::text::{BucketName, SettingKey};
use crate::wire::json;

/// The device this request reads and writes.
pub(super) struct Caller(pub(super) DeviceId);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<RecordsInto>() {
            Some(RecordsInto(device)) => Ok(Self(*device)),
            None => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "This request names no device. Send a token as Basic or Bearer credentials.",
            )),
        }
    }
}

/// A bucket of the caller, there or not.
pub(super) struct AtBucket {
    pub(super) device: DeviceId,
    pub(super) name: BucketName,
}

impl<S: Send + Sync> FromRequestParts<S> for AtBucket {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller(device) = Caller::from_request_parts(parts, state).await?;
        Ok(Self { device, name: BucketName::new(path_part(parts, "bucket").await?)? })
    }
}

/// An event of a bucket of the caller, there or not.
pub(super) struct AtEvent {
    pub(super) bucket: AtBucket,
    pub(super) id: EventId,
}

impl<S: Send + Sync> FromRequestParts<S> for AtEvent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bucket = AtBucket::from_request_parts(parts, state).await?;
        let id = path_part(parts, "event").await?;
        let number = id.bytes().all(|b| b.is_ascii_digit()).then(|| id.parse().ok()).flatten();
        let no_number = || Problem::new(StatusCode::NOT_FOUND, "An event's id is a number.");
        Ok(Self { bucket, id: EventId(number.ok_or_else(no_number)?) })
    }
}

/// A setting of the caller, there or not.
pub(super) struct AtSetting {
    pub(super) device: DeviceId,
    pub(super) key: SettingKey,
}

impl<S: Send + Sync> FromRequestParts<S> for AtSetting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller(device) = Caller::from_request_parts(parts, state).await?;
        Ok(Self { device, key: SettingKey::new(path_part(parts, "key").await?)? })
    }
}

async fn path_part(parts: &mut Parts, name: &str) -> Result<String, Problem> {
    let bad = || Problem::bad("This address is not UTF-8 text. Escape it as UTF-8.");
    let params = parts.extract::<RawPathParams>().await.map_err(|_| bad())?;
    let part = params.iter().find(|(key, _)| *key == name);
    part.map(|(_, value)| value.to_owned()).ok_or_else(bad)
}

/// The parameters behind the address's `?`; of two equal names the last one counts.
pub(super) struct Params(HashMap<String, String>);

impl Params {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
        query.map(|Query(params)| Self(params)).map_err(|_| {
            Problem::bad("The parameters of this address do not read. Escape them as UTF-8.")
        })
    }
}

/// The JSON of a body of at most `most` bytes.
pub(super) async fn json_body(
    headers: &HeaderMap,
    body: Body,
    most: usize,
) -> Result<Value, Problem> {
    if !is_json(headers) {
        // As aw-server; and a page in a browser cannot send this type to us without being asked first.
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send JSON with the header `Content-Type: application/json`.",
        ));
    }
    Ok(json::parse(&whole_body(headers, body, most).await?)?)
}

/// Does the request say that it carries JSON?
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let type_ = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let type_ = type_.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    type_.eq_ignore_ascii_case("application/json")
}

async fn whole_body(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("This body is too large. Send at most {most} bytes at once."),
        )
    };
    // What announces itself as too large is refused before it is sent.
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    axum::body::to_bytes(body, most).await.map_err(|error| {
        if error.into_inner().is::<LengthLimitError>() {
            too_large()
        } else {
            Problem::bad("The body ended early. Send it again.")
        }
    })
}

/// 200 with this JSON.
pub(super) fn answer(json: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json.into()).into_response()
}
