//! How the server is doing; taking it out of service and back.

use std::time::Duration;

use axum::Json;
use axum::extract::State;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, PageQuery, Sent};
use crate::domain::time::Timestamp;
use crate::service::control::concern::Concern;
use crate::service::control::power::{End, Standing, Warning};
use crate::service::page::Page;
use crate::wire::v1 as wire;

pub(in crate::api) async fn status(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::ServerStatus>, Failure> {
    let now = services.status.now(&asker).await?;
    let backups = services.backups.standing().await?;
    let stopped = services.power.stopped();
    let since = stopped.as_ref().map_or(now.since, |stopped| stopped.since);
    let told = standing(&services.power.standing(), now.at);
    Ok(Json(wire::ServerStatus {
        state: told.state,
        warning: told.warning,
        stopped_by: stopped.as_ref().map(|s| s.by.clone()).filter(|by| !by.is_empty()),
        stopped_reason: stopped.and_then(|stopped| stopped.reason),
        since: wire::rfc3339(since),
        uptime_ms: now.at.ms_since(since),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        users: now.people,
        sessions: now.sessions,
        computers: now.computers,
        computers_in_touch: now.in_touch,
        memory_bytes: now.usage.memory,
        peak_memory_bytes: now.usage.peak_memory,
        cpu_percent: now.cpu_percent,
        threads: now.usage.threads,
        connections: now.connections,
        data_bytes: now.state_bytes,
        log_bytes: now.log_bytes,
        disk_free_bytes: now.disk.as_ref().map(|disk| disk.free),
        disk_bytes: now.disk.map(|disk| disk.size),
        queued: now.queued,
        commit_median_us: now.commit_median.map(micros),
        commit_p99_us: now.commit_p99.map(micros),
        jobs: services.jobs.running(),
        backups: wire::BackupStanding {
            last: backups.last.map(wire::rfc3339),
            next: backups.next.into_iter().map(wire::rfc3339).collect(),
            overdue: backups.overdue.map(wire::rfc3339),
            problem: backups.problem,
            restored: backups.restored.map(|restored| wire::LastRestore {
                at: restored.at().map(wire::rfc3339),
                made: restored.made().map(wire::rfc3339),
                safety: restored.safety,
                erased: restored.erased,
                problem: restored.problem,
            }),
        },
    }))
}

pub(in crate::api) async fn concerns(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::ServerConcern>>, Failure> {
    let found = services.status.concerns(&asker).await?;
    let backups = services.backups.standing().await?;
    let mut items = Vec::new();
    if let Some(since) = backups.overdue {
        items.push(concern("backup_overdue").at(since));
    }
    if let Some(why) = backups.problem {
        items.push(concern("backup_failed").name(why));
    }
    items.extend(found.iter().map(told_concern));
    Ok(Json(wire::Items { items, next: None }))
}

fn told_concern(found: &Concern) -> wire::ServerConcern {
    let told = concern(found.kind());
    match found {
        Concern::DiskFull { free } => wire::ServerConcern { bytes: Some(*free), ..told },
        Concern::NetworkFolder { system } => told.name(system.clone()),
        Concern::SyncedFolder { by } => told.name((*by).to_owned()),
        Concern::RemovableDrive => told,
        Concern::Slept { at, ms } => {
            wire::ServerConcern { ms: i64::try_from(*ms).ok(), ..told.at(*at) }
        }
        Concern::ClockSet { at, by_ms } => wire::ServerConcern { ms: Some(*by_ms), ..told.at(*at) },
        Concern::ClockBehind { newest: at } | Concern::Certificate { ends: at } => told.at(*at),
    }
}

fn concern(kind: &str) -> wire::ServerConcern {
    wire::ServerConcern { kind: kind.to_owned(), ..wire::ServerConcern::default() }
}

pub(in crate::api) async fn history(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::ServerSample>>, Failure> {
    Ok(answer::list(services.status.last_day(&asker)?, |sample| wire::ServerSample {
        at: wire::rfc3339(sample.at),
        memory_bytes: sample.memory,
        cpu_percent: sample.cpu_percent,
        connections: sample.connections,
        requests: sample.answers,
        changes: sample.commits,
        commit_p99_us: sample.commit_p99.map(micros),
    }))
}

/// Everybody who is signed in, the oldest session first.
pub(in crate::api) async fn sessions(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<wire::Items<wire::Session>>, Failure> {
    let open = services.accounts.everyones_sessions(&asker, (services.now)()).await?;
    let current = asker.session();
    Ok(answer::page(Page::of(open, &asked.request()?, |open| open.session.id)?, |open| {
        let is_current = current == Some(open.session.id);
        wire::Session::of(&open.session, open.about.as_ref(), &open.user, is_current)
    }))
}

pub(in crate::api) async fn stop(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(end): Sent<wire::NewEnd>,
) -> Result<Json<wire::ServerStanding>, Failure> {
    let standing = services.power.end(&asker, wished(end, false)).await?;
    Ok(Json(self::standing(&standing, (services.now)())))
}

pub(in crate::api) async fn restart(
    State(services): State<Services>,
    Asker(asker): Asker,
    Sent(end): Sent<wire::NewEnd>,
) -> Result<Json<wire::ServerStanding>, Failure> {
    let standing = services.power.end(&asker, wished(end, true)).await?;
    Ok(Json(self::standing(&standing, (services.now)())))
}

pub(in crate::api) async fn call_off(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Done, Failure> {
    services.power.call_off(&asker).await?;
    Ok(Done)
}

pub(in crate::api) async fn start(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::ServerStanding>, Failure> {
    services.power.start(&asker).await?;
    Ok(Json(standing(&Standing::Started, (services.now)())))
}

fn wished(end: wire::NewEnd, restarts: bool) -> End {
    End { grace: Duration::from_secs(end.grace_s), reason: end.reason, restarts }
}

/// As it is told at `now`.
pub(in crate::api) fn standing(standing: &Standing, now: Timestamp) -> wire::ServerStanding {
    let (state, warning) = match standing {
        Standing::Started => ("started", None),
        Standing::Warned(warning) => ("warned", Some(warning)),
        Standing::Ending => ("ending", None),
        Standing::Stopped(_) => ("stopped", None),
    };
    let told = |Warning { at, by, reason, restarts }: &Warning| wire::ServerWarning {
        at: wire::rfc3339(*at),
        in_ms: at.ms_since(now),
        by: by.clone(),
        reason: reason.clone(),
        restarts: *restarts,
    };
    wire::ServerStanding { state: state.to_owned(), warning: warning.map(told) }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
