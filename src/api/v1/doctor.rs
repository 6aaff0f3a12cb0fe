//! Is the data sound?

use axum::Json;
use axum::extract::State;

use crate::api::Services;
use crate::api::error::Failure;
use crate::api::input::Asker;
use crate::wire::v1 as wire;

pub(in crate::api) async fn examine(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Checkup>, Failure> {
    let found = services.doctor.examine(&asker).await?;
    Ok(Json(wire::Checkup {
        audit_entries: found.audit_entries,
        state_hash: data_encoding::HEXLOWER.encode(&found.state_hash),
        findings: found.findings,
    }))
}
