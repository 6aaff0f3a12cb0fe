//! Errors become HTTP here and nowhere else: `application/problem+json` with a stable code, a sentence, and a next step.

use std::any::Any;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use data_encoding::BASE64;

use super::version::etag;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::quarantine::Suspicion;
use crate::service::devices::DeliveryError;
use crate::service::error::ServiceError;
use crate::wire::problem::{PROBLEM_JSON, Problem};

/// Seconds after which a busy server may be asked again.
const BUSY_S: u64 = 2;
/// The same of a server that is out of service.
const STOPPED_S: u64 = 10;

/// A request that is not answered as asked.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    problem: Box<Problem>,
    retry_after_s: Option<u64>,
}

impl Failure {
    pub(super) fn new(
        status: StatusCode,
        code: &str,
        detail: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = Problem::new(status.as_u16(), title, code, detail.into(), next.into());
        Self { status, problem: Box::new(problem), retry_after_s: None }
    }

    /// The same, about this field of what was sent.
    pub(super) fn about(mut self, field: &str) -> Self {
        self.problem.field = Some(field.to_owned());
        self
    }

    /// Nobody known, or a proof that is not good any more.
    pub(super) fn unauthenticated(sentence: &str) -> Self {
        let next = "Sign in, or send a token that is still good.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", sentence, next)
    }

    pub(super) fn forbidden(sentence: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", sentence, "Ask an administrator.")
    }

    pub(super) fn not_found() -> Self {
        let detail = "There is nothing at this address.";
        let next = "Check the address; `/api/v1/openapi.json` lists what there is.";
        Self::new(StatusCode::NOT_FOUND, "not_found", detail, next)
    }

    pub(super) fn internal(detail: impl Into<String>) -> Self {
        let (status, next) = (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Look at the server's log, or run `timebook doctor`.",
        );
        Self::new(status, "failed", detail, next)
    }

    /// The server is out of service. Only whoever sees how it is doing is told by whom and why.
    pub(super) fn stopped() -> Self {
        let detail = "The server is out of service for a while.";
        let next = "Wait: it comes back by itself as soon as an administrator starts it.";
        let mut failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", detail, next);
        failure.retry_after_s = Some(STOPPED_S);
        failure
    }

    pub(super) fn timeout() -> Self {
        let (detail, next) = ("The answer took too long.", "Try again in a few seconds.");
        let mut failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail, next);
        failure.retry_after_s = Some(BUSY_S);
        failure
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let (status, retry_after_s) = match &error {
            ServiceError::Refused(refusal) => (refusal_status(*refusal), None),
            ServiceError::WrongPassword | ServiceError::CodeRequired => {
                (StatusCode::UNAUTHORIZED, None)
            }
            ServiceError::Forbidden(_) | ServiceError::StepUpRequired => {
                (StatusCode::FORBIDDEN, None)
            }
            ServiceError::BadInput { .. } => (StatusCode::UNPROCESSABLE_ENTITY, None),
            ServiceError::TooManyTries { seconds } => {
                (StatusCode::TOO_MANY_REQUESTS, Some(*seconds))
            }
            ServiceError::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, Some(BUSY_S)),
            ServiceError::Failed(_) => {
                tracing::error!(%error, "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, None)
            }
        };
        let mut failure = Self::new(status, error.code(), error.sentence(), error.next_step());
        if let ServiceError::Refused(Refusal::Stale { version }) = error {
            failure.problem.version = Some(version);
        }
        Self { retry_after_s, ..failure }
    }
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Self {
        let sentence = error.to_string();
        match error {
            DeliveryError::Service(error) => error.into(),
            DeliveryError::Gap(stands) => {
                let next = "Send again from where the receipt says.";
                let mut failure = Self::new(StatusCode::CONFLICT, "gap", sentence, next);
                failure.problem.receipt = Some(BASE64.encode(&stands.receipt));
                failure
            }
            DeliveryError::Erase(order) => {
                let next = "Erase what was recorded here, then say so.";
                let mut failure = Self::new(StatusCode::GONE, "erase", sentence, next);
                failure.problem.order = Some(BASE64.encode(&order));
                failure
            }
            DeliveryError::SetAside(why) => {
                let status = match why {
                    Suspicion::RevokedDevice | Suspicion::UnknownDevice => StatusCode::FORBIDDEN,
                    Suspicion::Conflict => StatusCode::CONFLICT,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                let next = "An administrator decides about it with `timebook quarantine list`.";
                Self::new(status, why.name(), sentence, next)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"timebook\""));
        }
        if let Some(version) = self.problem.version {
            headers.insert(ETAG, etag(version));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

pub(super) async fn method_not_allowed() -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address does not take this method.",
        "`/api/v1/openapi.json` lists what it takes.",
    )
}

/// A panic is a bug: logged with what it said, answered without it.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> axum::response::Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing");
    tracing::error!(said, "a request panicked");
    Failure::internal("The server met a mistake of its own.").into_response()
}

const fn refusal_status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::UnknownUser
        | Refusal::UnknownSession
        | Refusal::UnknownToken
        | Refusal::UnknownInvitation
        | Refusal::UnknownDevice
        | Refusal::UnknownBucket
        | Refusal::UnknownEvent
        | Refusal::UnknownLink
        | Refusal::UnknownTeam
        | Refusal::UnknownJob
        | Refusal::UnknownCustomer
        | Refusal::UnknownProject
        | Refusal::UnknownTask
        | Refusal::UnknownTag
        | Refusal::UnknownEntry
        | Refusal::Hours(HoursRefusal::UnknownWeek)
        | Refusal::UnknownErasure
        | Refusal::UnknownImport
        | Refusal::Hours(
            HoursRefusal::UnknownHeld | HoursRefusal::UnknownTarget | HoursRefusal::UnknownReport,
        )
        | Refusal::UnknownQuarantined => StatusCode::NOT_FOUND,
        Refusal::UserDisabled | Refusal::InvitationClosed | Refusal::DeviceRevoked => {
            StatusCode::FORBIDDEN
        }
        Refusal::SetupClosed | Refusal::LinkClosed | Refusal::CopyTooOld => StatusCode::GONE,
        Refusal::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Refusal::KeyReused
        | Refusal::OtherProject
        | Refusal::TaskLoop
        | Refusal::TooDeep
        | Refusal::EndsBeforeStart
        | Refusal::TooLong
        | Refusal::InFuture
        | Refusal::TaskElsewhere
        | Refusal::SplitOutside
        | Refusal::OtherPerson
        | Refusal::Hours(HoursRefusal::WeekNotBegun)
        | Refusal::Hours(HoursRefusal::BadTarget)
        | Refusal::Hours(HoursRefusal::LockNotLater)
        | Refusal::Hours(HoursRefusal::LockNotEarlier)
        | Refusal::Hours(HoursRefusal::LockInFuture) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NotFounded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::CONFLICT,
    }
}
