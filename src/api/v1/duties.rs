//! The office's background duties.

use axum::Json;
use axum::extract::State;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::Asker;
use crate::wire::v1 as wire;

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::Duty>>, Failure> {
    let standings = services.worker.standings(&asker)?;
    Ok(answer::list(standings, |duty| wire::Duty {
        name: duty.name.to_owned(),
        every_s: duty.every.as_secs(),
        last: duty.last.map(wire::rfc3339),
        said: duty.said,
        went_well: duty.went_well,
    }))
}
