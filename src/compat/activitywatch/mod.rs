//! The ActivityWatch door `/api/0`: every watcher there is records through it, unmodified.
//!
//! Answers follow aw-server 0.12.0; where it would answer 500 to bad input, we answer 400 with a sentence. Whoever opens the door
//! builds it from the inside out:
//!
//! ```text
//! for_browsers( authenticated( router(book, limits) ) )
//! ```
//!
//! where `authenticated` puts a [`RecordsInto`] into every request it lets pass, and must not put a time limit on
//! `…/heartbeat` or `…/import`: a heartbeat waits as long as it takes, because a stock client drops what is answered with an error.

pub mod book;
mod bucket;
mod cross_origin;
mod event;
mod export;
mod heartbeat;
mod hold;
mod import;
mod info;
mod pages;
mod problem;
pub mod query;
mod request;
mod setting;
mod upload;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get, post};
use tokio::sync::Semaphore;

pub use cross_origin::for_browsers;

use crate::domain::id::DeviceId;
use book::Book;
use problem::Problem;

/// The device a request reads and writes, as a request extension: put there by whatever authenticated the request (the server's
/// token, the agent's own device). A request without one is answered 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsInto(pub DeviceId);

/// How much the door takes at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest ordinary body.
    pub body_bytes: usize,
    /// The largest import; aw-server-rust takes as much.
    pub import_bytes: u64,
    /// Where an import lies while it is read. Its file has no name there, or goes with the process.
    pub import_folder: PathBuf,
    /// Imports at once, each for another device.
    pub imports: usize,
    /// Heartbeats being answered or held at once; the bodies of further ones are not read until there is room.
    pub heartbeats: usize,
    /// Long answers to queries that are on their way, all together.
    pub answer_bytes: usize,
}

impl Limits {
    /// The usual limits, with imports lying in `import_folder`.
    pub fn new(import_folder: PathBuf) -> Self {
        Self {
            body_bytes: 1024 * 1024,
            import_bytes: 1000 * 1000 * 1000,
            import_folder,
            imports: 4,
            heartbeats: 1_000,
            answer_bytes: 128 * 1024 * 1024,
        }
    }
}

/// Every route of the door, complete with `/api/0`. Anything else below `/api/0` is a 404 with a sentence.
pub fn router<B: Book>(book: B, limits: Limits) -> Router {
    let heartbeats = Semaphore::new(limits.heartbeats);
    let queries = Arc::new(Semaphore::new(query::AT_ONCE));
    let answers = query::Room::for_all(limits.answer_bytes);
    let imports = import::Running::default();
    let door = Arc::new(Door { book, limits, heartbeats, queries, answers, imports });
    let routes = Router::new();
    let routes = at(routes, "/info", get(info::show_info));
    let routes = at(routes, "/buckets", get(bucket::list_buckets));
    let routes = at(
        routes,
        "/buckets/{bucket}",
        get(bucket::show_bucket)
            .post(bucket::create_bucket)
            .put(bucket::update_bucket)
            .delete(bucket::delete_bucket),
    );
    let routes =
        at(routes, "/buckets/{bucket}/events", get(event::list_events).post(event::insert_events));
    let routes = at(routes, "/buckets/{bucket}/events/count", get(event::count_events));
    let routes = at(
        routes,
        "/buckets/{bucket}/events/{event}",
        get(event::show_event).delete(event::delete_event),
    );
    let routes = at(routes, "/buckets/{bucket}/heartbeat", post(heartbeat::take_heartbeat));
    let routes = at(routes, "/buckets/{bucket}/export", get(export::export_bucket));
    let routes = at(routes, "/export", get(export::export_all));
    let routes = at(routes, "/import", post(import::import_all));
    let routes = at(routes, "/settings", get(setting::list_settings));
    let routes = at(
        routes,
        "/settings/{key}",
        get(setting::show_setting).post(setting::put_setting).delete(setting::delete_setting),
    );
    let routes = at(routes, "/query", post(query::take_query));
    let routes = routes.fallback(no_path).method_not_allowed_fallback(no_method);
    Router::new().nest("/api/0", routes.with_state(door))
}

/// With and without a slash at the end: clients differ, and a redirect costs some of them their credentials.
fn at<B: Book>(
    routes: Router<Arc<Door<B>>>,
    path: &str,
    methods: MethodRouter<Arc<Door<B>>>,
) -> Router<Arc<Door<B>>> {
    routes.route(&format!("{path}/"), methods.clone()).route(path, methods)
}

/// What every handler works with.
struct Door<B> {
    book: B,
    limits: Limits,
    heartbeats: Semaphore,
    queries: Arc<Semaphore>,
    answers: Arc<Semaphore>,
    imports: import::Running,
}

async fn no_path() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

async fn no_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed for the requested URL.")
}
