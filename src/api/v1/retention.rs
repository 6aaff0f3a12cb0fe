//! How long things are kept.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, Sent};
use crate::api::{Services, answer};
use crate::domain::retention::Going;
use crate::service::retention::Kept;
use crate::wire::v1 as wire;

/// Which limit is tried.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PreviewQuery {
    limit: Option<u64>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
) -> Result<Json<wire::Items<wire::Retention>>, Failure> {
    let kept = services.retention.list().await?;
    Ok(answer::list(kept, |kept| json(&kept)))
}

pub(in crate::api) async fn preview(
    State(services): State<Services>,
    Path(kind): Path<String>,
    Asker(asker): Asker,
    Asked(asked): Asked<PreviewQuery>,
) -> Result<Json<wire::Retention>, Failure> {
    let kept = services.retention.preview(&asker, &kind, asked.limit).await?;
    Ok(Json(json(&kept)))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path(kind): Path<String>,
    Asker(asker): Asker,
    Sent(sent): Sent<wire::NewRetention>,
) -> Result<Json<wire::Retention>, Failure> {
    let kept = services.retention.set(&asker, (&kind, sent.limit), &sent.confirm).await?;
    Ok(Json(json(&kept)))
}

fn json(kept: &Kept) -> wire::Retention {
    let chosen = kept.chosen;
    let goes = |going: &Going| wire::RetentionGoes {
        count: going.count,
        bytes: going.bytes,
        people: going.people,
        months: going
            .months
            .iter()
            .map(|at| wire::rfc3339(*at).chars().take(7).collect())
            .collect(),
        oldest: going.oldest.map(wire::rfc3339),
        newest: going.newest.map(wire::rfc3339),
    };
    wire::Retention {
        kind: kept.kind.name().to_owned(),
        about: kept.kind.about().to_owned(),
        totals: kept.kind.totals().map(str::to_owned),
        unit: kept.kind.unit().to_owned(),
        limit: chosen.map(|chosen| chosen.limit),
        usual: chosen.map(|chosen| chosen.usual),
        least: chosen.map(|chosen| chosen.least),
        most: chosen.map(|chosen| chosen.most),
        kept_since: chosen.map(|chosen| wire::rfc3339(chosen.before)),
        goes: kept.going.as_ref().map(goes),
        confirm: kept.confirmation(),
    }
}
