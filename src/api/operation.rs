//! For whoever keeps the server running: does the process live, and can it be used.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::Services;
use super::error::Failure;

/// The process answers.
pub(super) async fn healthz() -> impl IntoResponse {
    "ok\n"
}

/// Everything is recovered, and changes are accepted.
pub(super) async fn readyz(State(services): State<Services>) -> Result<&'static str, Failure> {
    if services.health.is_ready() {
        return Ok("ready\n");
    }
    let (detail, next) =
        ("No server of this office accepts changes now.", "Try again in a moment.");
    Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail, next))
}
