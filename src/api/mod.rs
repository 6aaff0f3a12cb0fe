//! The server over HTTP: `/api/v1`, the foreign door `/api/0`, the page, and what operators look at.
//!
//! One table of routes says who may call what; who is asking is found out in one file, and errors become HTTP in one file. Must never
//! decide what the rules are: that is `domain` and the capabilities.

mod activitywatch;
mod answer;
mod auth;
mod browser;
mod download;
mod error;
mod file;
mod input;
mod metrics;
mod once;
mod openapi;
mod operation;
mod page;
mod route;
mod routes;
#[cfg(test)]
mod tests;
mod v1;
mod version;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

pub use activitywatch::brings_activity;

use crate::domain::time::Timestamp;
use crate::service::accounts::Accounts;
use crate::service::audit::AuditLog;
use crate::service::backup::BackupDesk;
use crate::service::book::{Book, Imports};
use crate::service::control::power::Power;
use crate::service::control::status::Status;
use crate::service::devices::Devices;
use crate::service::doctor::Doctor;
use crate::service::events::Events;
use crate::service::health::Health;
use crate::service::job::Jobs;
use crate::service::mail::Mail;
use crate::service::office_setting::Settings;
use crate::service::once::Answers;
use crate::service::retention::Retention;
use crate::service::tracking::Tracking;
use crate::service::worker::Worker;

/// Everything the API stands on. A clone is one reference count: every layer and handler of every request takes one.
#[derive(Clone)]
pub struct Services(Arc<Capabilities>);

impl From<Capabilities> for Services {
    fn from(capabilities: Capabilities) -> Self {
        Self(Arc::new(capabilities))
    }
}

impl Deref for Services {
    type Target = Capabilities;

    fn deref(&self) -> &Capabilities {
        &self.0
    }
}

/// What the API stands on.
pub struct Capabilities {
    /// People, sessions, tokens.
    pub accounts: Arc<Accounts>,
    /// Computers, batches, the quarantine.
    pub devices: Devices,
    /// Recorded activity, reports, the policy.
    pub tracking: Tracking,
    /// The audit log.
    pub audit: AuditLog,
    /// Customers, projects, tasks, tags.
    pub book: Book,
    /// What changes, as it happens.
    pub events: Events,
    /// Whether the data is sound.
    pub doctor: Doctor,
    /// Ready or not, and figures.
    pub health: Health,
    /// How the server is doing, now and over the last day.
    pub status: Status,
    /// Whether the server is in service, and who may change that.
    pub power: Power,
    /// The office's settings.
    pub settings: Settings,
    /// How long things are kept.
    pub retention: Retention,
    /// Mail on its way out.
    pub mail: Mail,
    /// Long work.
    pub jobs: Jobs,
    /// Backups of the whole office.
    pub backups: BackupDesk,
    /// Time from other products.
    pub imports: Imports,
    /// Answers to requests that carry a key.
    pub answers: Answers,
    /// Background duties.
    pub worker: Worker,
    /// The program's own file, offered at `/download`.
    pub executable: Arc<PathBuf>,
    /// Where a large import may wait while it is read; removed afterwards.
    pub import_folder: Arc<PathBuf>,
    /// The largest import, in bytes.
    pub import_bytes: u64,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// Every route of the server. Each request must carry a [`crate::net::Peer`] in its extensions.
pub fn router(services: Services) -> Router {
    let metrics = metrics::Metrics::new(services.health.clone(), services.backups.clone());
    let mut router = Router::new();
    for route in routes::table() {
        router = router.route(route.path, route.guarded(&services));
    }
    router
        .route("/metrics", metrics::route(metrics.clone(), &services))
        .fallback(page::show)
        .method_not_allowed_fallback(error::method_not_allowed)
        .with_state(services.clone())
        .merge(activitywatch::router(&services))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(browser::protect))
        .layer(from_fn_with_state(metrics, metrics::count))
}
