//! What changed, for whoever keeps a copy.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::batches::device;
use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, page};
use crate::domain::entry::RefusedOffer;
use crate::domain::lock::{Closed, HeldEdit};
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::service::book::{ChangedRecord, ChangesPage, ChangesRequest};
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
    Ok(Json(shown(services.book.changes(&asker, &request).await?)))
}

/// The copy on a person's computer.
pub(in crate::api) async fn copy(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<ChangesQuery>,
) -> Result<Json<wire::ComputerCopy>, Failure> {
    let page = page(asked.limit, asked.cursor.as_deref())?;
    let request = ChangesRequest { since: asked.since.unwrap_or(0), page };
    let copy = services.book.computer_copy(device(&asker)?, &request).await?;
    let refused = |refused: &RefusedOffer| wire::RefusedEntry {
        id: refused.offer.id.to_string(),
        modified: wire::rfc3339(refused.offer.modified),
        code: refused.refusal.code().to_owned(),
        detail: refused.refusal.sentence().to_owned(),
        next: refused.refusal.next_step().to_owned(),
    };
    Ok(Json(wire::ComputerCopy {
        person: copy.person.to_string(),
        refused: copy.refused.iter().map(refused).chain(copy.held.iter().map(held)).collect(),
        changes: shown(copy.changes),
    }))
}

fn held(held: &HeldEdit) -> wire::RefusedEntry {
    let refusal = Refusal::Hours(match held.why {
        Closed::Locked => HoursRefusal::TimeLocked,
        Closed::Approved => HoursRefusal::WeekApproved,
    });
    wire::RefusedEntry {
        id: held.entry.to_string(),
        modified: wire::rfc3339(held.stamp.modified),
        code: "held".to_owned(),
        detail: format!(
            "{} The office holds this edit; it counts when that time is open again.",
            refusal.sentence()
        ),
        next: refusal.next_step().to_owned(),
    }
}

fn shown(page: ChangesPage) -> wire::Changes {
    wire::Changes {
        server_epoch: page.server_epoch,
        view: page.view,
        since: page.since,
        next: page.next.map(|next| next.to_text()),
        items: page.items.iter().map(change).collect(),
    }
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
