//! What goes wrong at the door, as the `{"message": …}` ActivityWatch's clients expect.

use std::borrow::Cow;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::book::BookError;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::text::BadText;
use crate::wire::activitywatch::BadShape;
use crate::wire::json::BadJson;

/// A refused request: a status and one sentence.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) message: Cow<'static, str>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into() }
    }

    pub(super) fn bad(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// In aw-server's words.
    pub(super) fn no_bucket(name: &crate::domain::text::BucketName) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There's no bucket named {name}"))
    }

    /// An outcome this command cannot have.
    pub(super) fn unexpected(outcome: &Outcome) -> Self {
        tracing::error!(?outcome, "the book answered what was not asked");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "This request met a defect in Timebook.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "message": self.message }).to_string();
        let json = [(header::CONTENT_TYPE, "application/json")];
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            return (self.status, [(header::RETRY_AFTER, "1")], json, body).into_response();
        }
        (self.status, json, body).into_response()
    }
}

impl From<BookError> for Problem {
    fn from(error: BookError) -> Self {
        let status = match error {
            BookError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            BookError::Failed(_) => {
                tracing::error!(%error, "the book failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::UnknownBucket | Refusal::UnknownEvent => StatusCode::NOT_FOUND,
            Refusal::UnknownDevice | Refusal::DeviceRevoked | Refusal::UserDisabled => {
                StatusCode::FORBIDDEN
            }
            Refusal::TooManyEvents => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.to_string())
    }
}

impl From<BadShape> for Problem {
    fn from(error: BadShape) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<BadJson> for Problem {
    fn from(error: BadJson) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<BadText> for Problem {
    fn from(error: BadText) -> Self {
        Self::bad(error.to_string())
    }
}
