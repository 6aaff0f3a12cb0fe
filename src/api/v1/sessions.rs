//! Open sessions.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, page};
use crate::domain::outcome::Refusal;
use crate::service::page::{MOST_ITEMS, Page};
use crate::wire::v1 as wire;

/// Whose, and which part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SessionQuery {
    user: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<SessionQuery>,
) -> Result<Json<wire::Items<wire::Session>>, Failure> {
    let now = (services.now)();
    let open = services.accounts.sessions(&asker, asked.user.as_deref(), now).await?;
    let request = page(asked.limit.or(Some(MOST_ITEMS)), asked.cursor.as_deref())?;
    let current = asker.session();
    Ok(answer::page(Page::of(open, &request, |open| open.session.id)?, |open| {
        let is_current = current == Some(open.session.id);
        wire::Session::of(&open.session, open.about.as_ref(), &open.user, is_current)
    }))
}

pub(in crate::api) async fn end(
    State(services): State<Services>,
    Path(session): Path<String>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    let session = id(&session, Refusal::UnknownSession)?;
    services.accounts.end_session(&asker, session, (services.now)()).await?;
    Ok(Done)
}
