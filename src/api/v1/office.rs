//! The office, its policy, and its certificate.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::policy::ActivityPolicy;
use crate::service::tracking::OfficeView;
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
) -> Result<Versioned<wire::Office>, Failure> {
    let OfficeView { office, change, version } = services.tracking.office().await?;
    let json = wire::Office::of(&office, change.as_ref(), version, (services.now)());
    Ok(Versioned { status: StatusCode::OK, version, json })
}

pub(in crate::api) async fn set_policy(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewPolicy>,
) -> Result<Versioned<wire::Office>, Failure> {
    let policy = policy(&sent.policy)?;
    services.tracking.set_policy(&asker, (policy, expect), &sent.reason, (services.now)()).await?;
    show(State(services)).await
}

pub(in crate::api) async fn withdraw_policy(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
) -> Result<Versioned<wire::Office>, Failure> {
    services.tracking.withdraw_policy(&asker, expect, (services.now)()).await?;
    show(State(services)).await
}

pub(super) fn policy(name: &str) -> Result<ActivityPolicy, Failure> {
    ActivityPolicy::from_name(name).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_policy",
            "There is no policy of this name.",
            "Choose among hours_only, category_totals, app_totals and full_detail.",
        )
    })
}

pub(in crate::api) async fn ca(State(services): State<Services>) -> impl IntoResponse {
    let pem = services.devices.ca_certificate().to_owned();
    ([(CONTENT_TYPE, "application/x-pem-file")], pem)
}

pub(in crate::api) async fn certificate(
    State(services): State<Services>,
) -> Json<wire::Certificate> {
    let known = services.devices.known_ca();
    Json(wire::Certificate::of(known.name, &known.fingerprint, known.until))
}
