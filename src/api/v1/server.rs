//! How the server is doing.

use std::time::Duration;

use axum::Json;
use axum::extract::State;

use crate::api::Services;
use crate::api::answer;
use crate::api::error::Failure;
use crate::api::input::Asker;
use crate::wire::v1 as wire;

pub(in crate::api) async fn status(
    State(services): State<Services>,
    Asker(asker): Asker,
) -> Result<Json<wire::ServerStatus>, Failure> {
    let now = services.status.now(&asker).await?;
    Ok(Json(wire::ServerStatus {
        state: "started".to_owned(),
        since: wire::rfc3339(now.since),
        uptime_ms: now.at.ms_since(now.since),
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
        disk_free_bytes: now.disk.map(|disk| disk.free),
        disk_bytes: now.disk.map(|disk| disk.size),
        queued: now.queued,
        commit_median_us: now.commit_median.map(micros),
        commit_p99_us: now.commit_p99.map(micros),
    }))
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

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
