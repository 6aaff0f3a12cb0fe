//! The way in for `timebook track` while an agent runs: one path of the door, for programs of this computer's user and no web page.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::ask::Ask;
use super::do_it;
use crate::agent::AgentError;
use crate::agent::book::ActivityBook;

/// Where a command asks.
pub(super) const PATH: &str = "/timebook/track";
/// No question is longer.
const MOST_BYTES: usize = 256 * 1024;

/// The path, without the guard of the door.
pub(in crate::agent) fn route(book: ActivityBook) -> Router {
    Router::new().route(PATH, post(answer)).with_state(book)
}

async fn answer(State(book): State<ActivityBook>, request: Request) -> Response {
    let headers = request.headers();
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|said| said == "application/json");
    // Whatever comes with an origin is a page, and pages have the office's own server.
    if !json || headers.contains_key(header::ORIGIN) {
        return (StatusCode::FORBIDDEN, "Only `timebook track` asks here.").into_response();
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), MOST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Ok(ask) = serde_json::from_slice::<Ask>(&body) else {
        let sentence = "The agent that runs is another version than this command. Restart it.";
        return (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response();
    };
    if ask.builds_on_the_copy() {
        book.wishes().wish().await;
    }
    let mut told = do_it(&book, ask.clone()).await;
    if matches!(told, Err(AgentError::Track(_))) && !ask.builds_on_the_copy() {
        // What is refused may be so no more.
        book.wishes().wish().await;
        told = do_it(&book, ask).await;
    }
    match told {
        Ok(told) => axum::Json(told).into_response(),
        Err(AgentError::Track(sentence)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, sentence).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}
