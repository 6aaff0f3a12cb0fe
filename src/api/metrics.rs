//! Figures for a monitoring system, in the OpenMetrics text format.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::error::Failure;
use super::{Services, auth};
use crate::domain::right::Right;
use crate::net::Peer;
use crate::service::backup::BackupDesk;
use crate::service::control::process;
use crate::service::health::{CommitTimes, Figures, Health};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted and measured. Cheap to clone.
#[derive(Clone)]
pub(super) struct Metrics(Arc<Inner>);

struct Inner {
    health: Health,
    registry: Registry,
    answers: Family<Answer, Counter>,
    queued: Gauge,
    devices: Gauge,
    memory: Gauge,
    backup: Gauge,
    overdue: Gauge,
    failed: Gauge,
    commit: Commits,
    backups: BackupDesk,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    class: &'static str,
}

/// How long commits took, as a histogram; counted elsewhere, written here.
#[derive(Clone, Debug, Default)]
struct Commits(Arc<Mutex<CommitTimes>>);

impl EncodeMetric for Commits {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // The last bucket takes everything.
        let bounds = Health::commit_bounds().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(times.counts).collect();
        let count = times.counts.iter().sum();
        encoder.encode_histogram::<NoLabelSet>(times.total.as_secs_f64(), count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

impl Metrics {
    pub(super) fn new(health: Health, backups: BackupDesk) -> Self {
        let mut registry = Registry::with_prefix("timebook");
        let answers = Family::default();
        registry.register("http_answers", "Answers by class of status", answers.clone());
        let queued = Gauge::default();
        registry.register("commit_queue", "Commands on their way", queued.clone());
        let devices = Gauge::default();
        registry.register("devices", "Computers and tokens that may record", devices.clone());
        let memory = Gauge::default();
        let (about, unit) = ("Resident memory of this process", Unit::Bytes);
        registry.register_with_unit("memory", about, unit, memory.clone());
        let backup = Gauge::default();
        let (about, unit) =
            ("When the newest backup was made, since 1970; 0 for none", Unit::Seconds);
        registry.register_with_unit("backup_last", about, unit, backup.clone());
        let overdue = Gauge::default();
        let about = "1 when a backup that was due is missing";
        registry.register("backup_overdue", about, overdue.clone());
        let broken = Gauge::default();
        let about = "1 when the last backup, or its copy elsewhere, failed";
        registry.register("backup_failed", about, broken.clone());
        let commit = Commits::default();
        let (about, unit) = ("Time from a change's arrival until it is on disk", Unit::Seconds);
        registry.register_with_unit("commit", about, unit, commit.clone());
        Self(Arc::new(Inner {
            health,
            registry,
            answers,
            queued,
            devices,
            memory,
            backup,
            overdue,
            failed: broken,
            commit,
            backups,
        }))
    }

    async fn text(&self) -> Result<String, Failure> {
        let Figures { queued, commits, devices } = self.0.health.figures().await?;
        self.0.queued.set(i64::try_from(queued).unwrap_or(i64::MAX));
        self.0.devices.set(i64::try_from(devices).unwrap_or(i64::MAX));
        *self.0.commit.0.lock().unwrap_or_else(PoisonError::into_inner) = commits;
        let usage = tokio::task::spawn_blocking(process::usage).await.map_err(failed)?;
        let memory = usage.ok_or_else(|| failed("the system does not tell them"))?.memory;
        self.0.memory.set(i64::try_from(memory).unwrap_or(i64::MAX));
        let standing = self.0.backups.standing().await?;
        self.0.backup.set(standing.last.map_or(0, |made| made.ms() / 1_000));
        self.0.overdue.set(i64::from(standing.overdue.is_some()));
        self.0.failed.set(i64::from(standing.problem.is_some()));
        let mut text = String::new();
        encode(&mut text, &self.0.registry).map_err(failed)?;
        Ok(text)
    }
}

/// The route: for administrators, for the server's own terminal, and for programs on this computer.
pub(super) fn route(metrics: Metrics, services: &Services) -> MethodRouter<Services> {
    let show = move || {
        let metrics = metrics.clone();
        async move { metrics.text().await.map(|text| ([(CONTENT_TYPE, OPEN_METRICS)], text)) }
    };
    get(show).route_layer(from_fn_with_state(services.clone(), guard))
}

/// Counts every answer by its class.
pub(super) async fn count(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let class = match response.status().as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    };
    metrics.0.answers.get_or_create(&Answer { class }).inc();
    metrics.0.health.answered();
    response
}

async fn guard(State(services): State<Services>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match admit(&services, &parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(failure) => failure.into_response(),
    }
}

async fn admit(services: &Services, request: &Parts) -> Result<(), Failure> {
    let Some(peer) = request.extensions.get::<Peer>() else {
        return Err(Failure::internal("The connection does not say who is at its other end."));
    };
    if peer.address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    let principal = auth::principal(services, peer, &request.headers).await?;
    if !principal.is_signed_in() {
        return Err(Failure::unauthenticated("You are not signed in here."));
    }
    if principal.may(Right::ManageServer) {
        return Ok(());
    }
    Err(Failure::forbidden("Only an administrator may see these figures."))
}

fn failed(error: impl fmt::Display) -> Failure {
    tracing::error!(%error, "the figures could not be written");
    Failure::internal("The figures could not be written.")
}
