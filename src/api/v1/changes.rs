//! What changed, for whoever keeps a copy.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, page};
use crate::service::book::{ChangedRecord, ChangesRequest};
use crate::wire::v1 as wire;

/// Since when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ChangesQuery {
    since: Option<u64>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ChangesQuery>,
) -> Result<Json<wire::Changes>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let request = ChangesRequest { since: asked.since.unwrap_or(0), page };
    let page = services.book.changes(&asker, &request).await?;
    Ok(Json(wire::Changes {
        server_epoch: page.server_epoch,
        view: page.view,
        since: page.since,
        next: page.next.map(|next| next.to_text()),
        items: page.items.iter().map(change).collect(),
    }))
}

fn change(changed: &ChangedRecord) -> wire::Change {
    wire::Change {
        seq: changed.seq,
        noun: changed.noun.name().to_owned(),
        id: changed.id.to_string(),
        gone: changed.record.is_none(),
        record: changed.record.as_ref().map(Into::into).unwrap_or_default(),
    }
}
