//! The office's redaction rules.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asker, Sent};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::text::RuleSheet;
use crate::service::error::ServiceError;
use crate::wire::v1 as wire;

pub(in crate::api) async fn show(
    State(services): State<Services>,
) -> Result<Versioned<wire::RedactionRules>, Failure> {
    let (rules, version) = services.tracking.sheet().await?;
    let json = wire::RedactionRules::of(rules.as_ref(), version);
    Ok(Versioned { status: StatusCode::OK, version, json })
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Sent(sent): Sent<wire::NewRedactionRules>,
) -> Result<Versioned<wire::RedactionRules>, Failure> {
    services.tracking.set_rules(&asker, (&sent.rules, expect), (services.now)()).await?;
    show(State(services)).await
}

/// Changes nothing and keeps nothing of what is sent.
pub(in crate::api) async fn test(
    State(services): State<Services>,
    Sent(sent): Sent<wire::RedactionTest>,
) -> Result<Json<wire::RedactionTested>, Failure> {
    let sheet = match &sent.rules {
        Some(sheet) => RuleSheet::new(sheet.replace("\r\n", "\n")).map_err(ServiceError::from)?,
        None => services.tracking.rules().await?.map_or_else(RuleSheet::empty, |rules| rules.sheet),
    };
    let rules = services.tracking.read_rules(sheet).await?;
    let tested = sent.under([&rules]).ok_or_else(|| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_large",
            "This is more than one event may hold.",
            "Send less than 64 KiB.",
        )
    })?;
    Ok(Json(tested))
}
