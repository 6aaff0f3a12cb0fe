//! The handbook, for whoever can reach the server: who needs it may not get further.

use axum::Json;
use serde::Deserialize;

use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::Asked;
use crate::service::handbook;
use crate::wire::v1 as wire;

/// In which language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct HandbookQuery {
    #[serde(default)]
    language: String,
}

pub(in crate::api) async fn list(
    Asked(asked): Asked<HandbookQuery>,
) -> Result<Json<wire::Items<wire::Chapter>>, Failure> {
    Ok(answer::list(handbook::chapters(&asked.language).to_vec(), |chapter| wire::Chapter {
        id: chapter.id.to_owned(),
        title: chapter.title().to_owned(),
        text: chapter.text().to_owned(),
    }))
}
