//! The audit log.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::wire::v1 as wire;

/// Entries in a page when the query does not say.
const PAGE: usize = 100;

/// Which page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AuditQuery {
    after: Option<u64>,
    limit: Option<usize>,
}

pub(in crate::api) async fn page(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Json<wire::Items<wire::AuditEntry>>, Failure> {
    let (after, most) = (asked.after.unwrap_or(0), asked.limit.unwrap_or(PAGE));
    let entries = services.audit.page(&asker, after, most).await?;
    Ok(answer::list(entries, |told| wire::AuditEntry::of(&told.entry, told.about)))
}
