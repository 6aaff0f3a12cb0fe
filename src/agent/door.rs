//! The door on 127.0.0.1:5600: the ActivityWatch routes over the agent's book, the ways in for `timebook track` and `agent totals`, and the
//! agent's own page, for this computer's user alone.
//!
//! No credentials: who may come in is decided by the socket (loopback), the Host header (no web page under a name of its own) and the
//! operating-system user at the other end.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};

use super::book::{ActivityBook, HERE};
use super::folder::Folder;
use super::{AgentError, caller, page, totals, track};
use crate::compat::activitywatch::{Limits, RecordsInto, for_browsers, router};
use crate::net::{Peer, host};

/// The routes, guarded. Requests must carry the [`Peer`] that [`crate::net::serve`] gives them.
///
/// # Errors
/// [`AgentError::File`].
pub fn door(book: ActivityBook, folder: &Folder) -> Result<Router, AgentError> {
    let own = track::route(book.clone()).merge(totals::route(book.clone(), folder));
    // Pages of other origins that may record are given no way to the agent's own page.
    let page = page::routes(book.clone(), folder)?.layer(from_fn(guard));
    let routes = router(book, Limits::new(folder.path(""))).merge(own).fallback(elsewhere);
    Ok(for_browsers(routes.layer(Extension(RecordsInto(HERE))).layer(from_fn(guard))).merge(page))
}

async fn guard(request: Request, next: Next) -> Response {
    if let Err(refusal) = host::check_loopback_request(request.uri(), request.headers()) {
        return refuse(StatusCode::BAD_REQUEST, &refusal.to_string());
    }
    if let Err(sentence) = caller::check(request.extensions().get::<Peer>()) {
        return refuse(StatusCode::FORBIDDEN, sentence);
    }
    next.run(request).await
}

/// Whoever looks for ActivityWatch's own page learns what this is.
async fn elsewhere() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "Timebook records here what ActivityWatch's watchers send to /api/0. This computer's own page is at /timebook/; what was recorded is shown on the office's page.",
    )
}

/// As ActivityWatch's own servers say no.
fn refuse(status: StatusCode, sentence: &str) -> Response {
    (status, Json(serde_json::json!({ "message": sentence }))).into_response()
}
