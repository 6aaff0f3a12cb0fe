//! Who looked at whose recorded activity.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, page as page_of};
use crate::domain::time::Timestamp;
use crate::wire::v1 as wire;

/// Which page of whose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LooksQuery {
    user: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn page(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<LooksQuery>,
) -> Result<Json<wire::Items<wire::Look>>, Failure> {
    let before = asked.before.as_deref().map_or(Ok(Timestamp::LATEST), moment)?;
    let (user, page) = (asked.user.as_deref(), page_of(asked.limit, asked.cursor.as_deref())?);
    let looks = services.tracking.access_log(&asker, user, before, &page).await?;
    Ok(answer::page(looks, |named| {
        wire::Look::of(&named.look, named.viewer.as_ref().map(|name| name.as_str()))
    }))
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    let at = text.parse::<jiff::Timestamp>().ok();
    at.and_then(|at| Timestamp::new(at.as_millisecond())).ok_or_else(|| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_time",
            "A moment is written in RFC 3339 in this query.",
            "Write it like 2026-11-22T07:41:51Z.",
        )
    })
}
