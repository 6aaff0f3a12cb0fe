//! The keeper: keeps the log within its bounds and notices when the engine stopped.
//!
//! Must never purge what the state file does not hold on disk: it lets the engine take a snapshot (a checkpoint) first.

use std::time::Duration;

use openraft::RaftMetrics;
use openraft::async_runtime::WatchReceiver;
use openraft::error::Fatal;
use openraft::metrics::WaitError;

use super::alarm::Alarm;
use super::log::Log;
use super::types::{LogId, Raft, Types};

/// Works until the engine stops.
pub(super) async fn keep(raft: Raft, log: Log, alarm: Alarm) {
    loop {
        let stopped = raft.metrics().borrow_watched().running_state.clone().err();
        match stopped {
            None => {}
            // Closed in an orderly way.
            Some(Fatal::Stopped) => return,
            Some(fatal) => {
                return alarm
                    .raise(format!("{fatal}. Start Timebook again; nothing acknowledged is lost"));
            }
        }
        match log.excess() {
            // The engine says itself why it stopped, at the next look.
            Some(upto) => drop(purge(&raft, upto).await),
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

/// One step: a snapshot that covers `upto`, then the purge. Returns once the engine has done both.
async fn purge(raft: &Raft, upto: u64) -> Result<(), WaitError> {
    let covers = |at: Option<LogId>| at.is_some_and(|at| at.index >= upto);
    let wait = raft.wait(Some(STEP_WAIT));
    let done = |of: fn(&RaftMetrics<Types>) -> Option<LogId>, what: &'static str| {
        wait.metrics(move |now| covers(of(now)) || now.running_state.is_err(), what)
    };
    if !covers(raft.metrics().borrow_watched().snapshot) {
        raft.trigger().snapshot().await.map_err(|_| WaitError::ShuttingDown)?;
        done(|now| now.snapshot, "a snapshot before purging").await?;
    }
    raft.trigger().purge_log(upto).await.map_err(|_| WaitError::ShuttingDown)?;
    done(|now| now.purged, "purging the log").await?;
    Ok(())
}

/// How often the bounds are looked at while all is well.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long one step may take before it is tried anew.
const STEP_WAIT: Duration = Duration::from_secs(10);
