//! What comes in: JSON bodies, raw bytes, queries and ids, each bounded and read strictly, or refused with a sentence.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64;
use futures_util::StreamExt;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::io::AsyncWriteExt;

use super::error::Failure;
use crate::domain::batch::MOST_BATCH_BYTES;
use crate::domain::colour::{BadColour, Colour};
use crate::domain::outcome::Refusal;
use crate::domain::text::BadText;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::page::{Cursor, MOST_ITEMS, PageRequest};
use crate::wire::import::MOST_FILE_BYTES;
use crate::wire::v1::instant;

/// A JSON body is at most this long.
const MOST_JSON_BYTES: usize = 1024 * 1024;
/// The media type of a JSON body.
pub(super) const JSON: &str = "application/json";
/// The media type of a batch, and of a file.
pub(super) const BYTES: &str = "application/octet-stream";

/// A JSON body.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let bytes = json_body(request).await?;
        read_json(&bytes).map(Self)
    }
}

/// The bytes of a JSON body.
pub(super) async fn json_body(request: Request) -> Result<Vec<u8>, Failure> {
    body(request, JSON, MOST_JSON_BYTES).await
}

/// What they say.
pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| bad_json(&error))
}

/// A batch as it came.
pub(super) struct RawBatch(pub(super) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for RawBatch {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        body(request, BYTES, MOST_BATCH_BYTES).await.map(Self)
    }
}

/// A file as it came.
pub(super) struct RawFile(pub(super) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for RawFile {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        body(request, BYTES, MOST_FILE_BYTES).await.map(Self)
    }
}

/// A large file: streamed into one of `folder` that has no name or goes with the process, never held in memory whole.
///
/// # Errors
/// It is longer than `most`, broke off, or there is no room for it.
pub(super) async fn stored_file(
    request: Request,
    folder: PathBuf,
    most: u64,
) -> Result<File, Failure> {
    if !is_of_type(request.headers(), BYTES) {
        return Err(wrong_type(BYTES));
    }
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
    let file = file.unwrap_or_else(|error| Err(io::Error::other(error)));
    let mut file = tokio::fs::File::from_std(file.map_err(|error| no_room(&error))?);
    let (mut bytes, mut pieces) = (0_u64, request.into_body().into_data_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| broken_body())?;
        bytes = bytes.saturating_add(piece.len() as u64);
        if bytes > most {
            return Err(too_long(most));
        }
        file.write_all(&piece).await.map_err(|error| no_room(&error))?;
    }
    file.flush().await.map_err(|error| no_room(&error))?;
    Ok(file.into_std().await)
}

fn no_room(error: &io::Error) -> Failure {
    tracing::error!(%error, "an upload cannot be kept");
    Failure::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "no_room",
        format!("The file cannot be kept here: {error}."),
        "Look at the free space of the server's disk.",
    )
}

/// The query.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|error| {
            Failure::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                format!("The query does not fit this address: {}.", cause(&error)),
                "`/api/v1/openapi.json` lists what it takes.",
            )
        })
    }
}

/// Who is asking; put there by the route's guard.
pub(super) struct Asker(pub(super) Principal);

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let principal = parts.extensions.get::<Principal>().cloned();
        principal.map(Self).ok_or_else(|| Failure::internal("Nobody asked who is asking."))
    }
}

/// The id in `text`; what cannot be one names nothing there is.
pub(super) fn id<T: FromStr>(text: &str, unknown: Refusal) -> Result<T, Failure> {
    text.parse().map_err(|_| ServiceError::Refused(unknown).into())
}

/// The id in a field of what was sent.
pub(super) fn id_in<T: FromStr>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_id",
            format!("The field `{field}` must be an id."),
            "Take it from the list of what it names.",
        )
        .about(field)
    })
}

/// The text in a field of what was sent, by its own rule.
pub(super) fn text_in<T>(field: &str, text: Result<T, BadText>) -> Result<T, Failure> {
    text.map_err(|bad| Failure::from(ServiceError::from(bad)).about(field))
}

/// The instant in a field of what was sent.
pub(super) fn instant_in(field: &str, text: &str) -> Result<Timestamp, Failure> {
    instant(text).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_instant",
            format!("The field `{field}` must be an instant with its offset, from 1970 to 2200."),
            "Write it like 2026-11-22T09:30:00Z or 2026-11-22T10:30:00+01:00.",
        )
        .about(field)
    })
}

/// The colour in what was sent.
pub(super) fn colour_in(text: &str) -> Result<Colour, Failure> {
    text.parse().map_err(|bad: BadColour| {
        let next = "Write it like #3366cc, or leave it out.";
        Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_colour", bad.to_string(), next)
            .about("colour")
    })
}

/// Which part of a list.
/// Which part of a list that is short in most offices: all of it, up to the most a page may have, when nothing is said.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

impl PageQuery {
    pub(super) fn request(&self) -> Result<PageRequest, Failure> {
        page(self.limit.or(Some(MOST_ITEMS)), self.cursor.as_deref())
    }
}

pub(super) fn page(limit: Option<usize>, cursor: Option<&str>) -> Result<PageRequest, Failure> {
    Ok(PageRequest { limit, after: cursor.map(Cursor::from_text).transpose()? })
}

/// Exactly `N` bytes of base64.
pub(super) fn bytes<const N: usize>(field: &str, text: &str) -> Result<[u8; N], Failure> {
    let bytes = BASE64.decode(text.as_bytes()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_base64",
            format!("The field `{field}` must be {N} bytes in base64."),
            "Send it as the agent does.",
        )
    })
}

/// Is the body said to be of this media type?
pub(super) fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.and_then(|said| said.split(';').next())
        .is_some_and(|said| said.trim().eq_ignore_ascii_case(wanted))
}

pub(super) fn wrong_type(wanted: &str) -> Failure {
    Failure::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "wrong_type",
        format!("This address takes only {wanted}."),
        format!("Send it with the header `content-type: {wanted}`."),
    )
}

async fn body(request: Request, wanted: &str, most: usize) -> Result<Vec<u8>, Failure> {
    if !is_of_type(request.headers(), wanted) {
        return Err(wrong_type(wanted));
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if announced.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > most as u64) {
        return Err(too_long(most as u64));
    }
    read_body(request.into_body(), most).await
}

/// The whole body, if it is not longer.
pub(super) async fn read_body(body: Body, most: usize) -> Result<Vec<u8>, Failure> {
    to_bytes(body, most).await.map(Into::into).map_err(|error| {
        let mut inner: &dyn std::error::Error = &error;
        while let Some(source) = inner.source() {
            inner = source;
        }
        if inner.is::<LengthLimitError>() {
            return too_long(most as u64);
        }
        broken_body()
    })
}

fn broken_body() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        "broken_body",
        "The request's body did not arrive whole.",
        "Send it again.",
    )
}

fn too_long(most: u64) -> Failure {
    Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_long",
        format!("The request's body is longer than {most} bytes."),
        "Send it in smaller parts.",
    )
}

fn bad_json(error: &serde_json::Error) -> Failure {
    let (status, code) = match error.classify() {
        Category::Data => (StatusCode::UNPROCESSABLE_ENTITY, "bad_field"),
        Category::Io | Category::Syntax | Category::Eof => (StatusCode::BAD_REQUEST, "bad_json"),
    };
    let detail = format!("The request's JSON cannot be taken: {error}.");
    Failure::new(status, code, detail, "`/api/v1/openapi.json` lists what this address takes.")
}

/// The innermost words of an error: the outer ones only say where.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}
