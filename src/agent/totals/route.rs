//! The way in for `timebook agent totals` while an agent runs: one path of the door, for programs of this computer's user and no web page.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::{AskTotals, add_up};
use crate::agent::AgentError;
use crate::agent::book::ActivityBook;
use crate::agent::folder::Folder;

/// Where a command asks.
pub(super) const PATH: &str = "/timebook/totals";
/// No question is longer.
const MOST_BYTES: usize = 16 * 1024;

/// The path, without the guard of the door.
pub(in crate::agent) fn route(book: ActivityBook, folder: &Folder) -> Router {
    Router::new().route(PATH, post(answer)).with_state((book, folder.clone()))
}

async fn answer(
    State((book, folder)): State<(ActivityBook, Folder)>,
    request: Request,
) -> Response {
    let headers = request.headers();
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|said| said == "application/json");
    if !json || headers.contains_key(header::ORIGIN) {
        return (StatusCode::FORBIDDEN, "Only `timebook agent totals` asks here.").into_response();
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), MOST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Ok(ask) = serde_json::from_slice::<AskTotals>(&body) else {
        let sentence = "The agent that runs is another version than this command. Restart it.";
        return (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response();
    };
    match add_up(&book, &folder, &ask).await {
        Ok(totals) => axum::Json(totals).into_response(),
        Err(AgentError::BadAsk(sentence)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}
