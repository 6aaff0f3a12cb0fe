//! The audit log.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker};
use crate::service::audit::Stretch;
use crate::wire::v1 as wire;

/// Entries in a page when the query does not say.
const PAGE: usize = 100;

/// Which page: after a number, oldest first, which is also what no number means; or before one, newest first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AuditQuery {
    after: Option<u64>,
    before: Option<u64>,
    limit: Option<usize>,
}

pub(in crate::api) async fn page(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Json<wire::Items<wire::AuditEntry>>, Failure> {
    let stretch = match (asked.after, asked.before) {
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                "A page begins after a number or before one, not both.",
                "Leave out `after` or `before`.",
            ));
        }
        (None, Some(before)) => Stretch::Before(before),
        (after, None) => Stretch::After(after.unwrap_or(0)),
    };
    let entries = services.audit.page(&asker, stretch, asked.limit.unwrap_or(PAGE)).await?;
    Ok(answer::list(entries, |told| wire::AuditEntry::of(&told.entry, told.about)))
}
