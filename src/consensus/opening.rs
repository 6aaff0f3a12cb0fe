//! Opening the door: both files, whether they belong together, the engine, recovery.
//!
//! Must never guess when the two files contradict each other: it says so and changes nothing.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use openraft::{Config, SnapshotPolicy};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::unbounded_channel;

use super::alarm::Alarm;
use super::alone::Alone;
use super::apply::{Applier, Parts};
use super::committer;
use super::door::{DoorOptions, Inner, LOG_FILE, STATE_FILE};
use super::engine::EngineThread;
use super::error::{Mismatch, OpenError};
use super::feed::Feed;
use super::gate::{Gate, READS};
use super::keeper;
use super::log::Log;
use super::machine::Machine;
use super::network::NoPeers;
use super::position::Place;
use super::queue::Queue;
use super::restoring;
use super::snapshot;
use super::state_thread;
use super::status::Progress;
use super::tail::next;
use super::types::{LogId, Raft};
use crate::clock;
use crate::codec::consensus::Pair;
use crate::store::log::{LogFile, LogOptions};
use crate::store::storage::Storage;
use crate::store::{OpenError as StoreOpenError, State, StoreError};

/// Both files, opened and checked.
struct Files {
    log: Log,
    state: State,
    place: Place,
    alone: Alone,
}

/// Opens everything; on return the state has caught up with the log.
pub(super) async fn open(options: DoorOptions) -> Result<Inner, OpenError> {
    let alarm = Alarm::new();
    let address = options.address.clone();
    let for_thread = alarm.clone();
    let opened = tokio::task::spawn_blocking(move || open_files(&options, &for_thread)).await;
    let files = opened.map_err(|error| OpenError::Recovery(error.to_string()))??;

    let (gate, feed, progress) = (Gate::default(), Feed::new(), Progress::new());
    let broken = |error: io::Error| OpenError::Recovery(error.to_string());
    let (machine, state_thread) = start_state_thread(Parts {
        state: files.state.clone(),
        place: files.place,
        feed: feed.clone(),
        gate: gate.clone(),
        progress: progress.clone(),
        alarm: alarm.clone(),
        alone: files.alone,
    })
    .map_err(broken)?;
    let engine = EngineThread::start().map_err(broken)?;
    let starting = start_engine(files.log.clone(), machine.clone(), address);
    let raft = match engine.run(starting).await {
        Ok(Ok(raft)) => raft,
        // Whoever failed first said why in plain words; the engine only passes it on.
        Ok(Err(error)) => {
            return Err(alarm.reason().map_or(error, |f| OpenError::Recovery(f.sentence)));
        }
        Err(error) => return Err(OpenError::Recovery(error.to_string())),
    };
    recover(&raft, &alarm).await?;
    let (commands, waiting) = unbounded_channel();
    engine.spawn(committer::run(raft.clone(), waiting));
    engine.spawn(keeper::keep(raft.clone(), files.log.clone(), alarm.clone()));
    Ok(Inner {
        engine,
        raft,
        machine,
        log: files.log,
        state: Mutex::new(Some(files.state)),
        state_thread: Mutex::new(Some(state_thread)),
        queue: Queue::new(),
        commands,
        reads: Semaphore::new(READS as usize),
        gate,
        feed,
        progress,
        alarm,
        shrinking: tokio::sync::Mutex::default(),
    })
}

fn open_files(options: &DoorOptions, alarm: &Alarm) -> Result<Files, OpenError> {
    let log_path = options.dir.join(LOG_FILE);
    let in_log = |error: io::Error| OpenError::File(StoreOpenError::damaged(&log_path, error));
    let state_path = options.dir.join(STATE_FILE);
    let in_state = |error: StoreError| OpenError::File(StoreOpenError::damaged(&state_path, error));

    if matches!(options.storage, Storage::Files) {
        restoring::finish(&options.dir)
            .map_err(|error| OpenError::File(StoreOpenError::refused(&state_path, error)))?;
    }
    snapshot::discard_leftovers(&state_path)
        .map_err(|error| OpenError::File(StoreOpenError::refused(&state_path, error)))?;
    let alarm = alarm.clone();
    let log = LogFile::open(LogOptions {
        path: log_path.clone(),
        storage: options.storage.clone(),
        on_failure: Box::new(move |error| alarm.raise(error.to_string())),
    })?;
    let alone = Alone::default();
    let log = Log::load(log, alone.clone()).map_err(in_log)?;
    let state = options.storage.open_state(&state_path)?;
    let mut place = state.read().and_then(|scope| Place::read(&scope)).map_err(in_state)?;

    let in_both = log.pair().map_err(in_log)?;
    check_pair(in_both, &place)?;
    check_reach(&log, &place)?;
    check_meeting(&log, &place).map_err(in_log)??;
    // The log is tied first: a crash in between leaves an untied, empty state, which is tied at the next start.
    let pair = in_both.unwrap_or_else(|| Pair(clock::random_bytes()));
    if in_both.is_none() {
        log.set_pair(pair).map_err(in_log)?;
    }
    if place.pair.is_none() {
        Place::set_pair(&state, pair).map_err(in_state)?;
        place.pair = Some(pair);
    }
    Ok(Files { log, state, place, alone })
}

/// Both carry the same mark, or one of them is new.
fn check_pair(in_log: Option<Pair>, place: &Place) -> Result<(), Mismatch> {
    match (in_log, place.pair) {
        (Some(log), Some(state)) if log != state => Err(Mismatch::Strangers),
        (Some(_), None) if place.applied.is_some() => Err(Mismatch::Strangers),
        (None, Some(_)) => Err(Mismatch::NoLog),
        _ => Ok(()),
    }
}

/// The log reaches from before the end of the state to at least that end.
fn check_reach(log: &Log, place: &Place) -> Result<(), Mismatch> {
    let (purged, last) = log.bounds();
    let index = |id: Option<LogId>| id.map_or(0, |id| id.index);
    if next(purged) > next(place.applied) {
        return Err(Mismatch::StateTooOld { log: index(purged), state: index(place.applied) });
    }
    match (place.applied, last) {
        (Some(_), None) => Err(Mismatch::NoLog),
        (Some(applied), Some(last)) if last.index < applied.index => {
            Err(Mismatch::LogTooOld { log: last.index, state: applied.index })
        }
        _ => Ok(()),
    }
}

/// Where the state ends, both name the same entry.
fn check_meeting(log: &Log, place: &Place) -> io::Result<Result<(), Mismatch>> {
    let Some(applied) = place.applied else { return Ok(Ok(())) };
    let (purged, _) = log.bounds();
    let in_log = match purged.filter(|purged| purged.index == applied.index) {
        Some(purged) => Some(purged),
        None => log.position_at(applied.index)?,
    };
    Ok(if in_log == Some(applied) { Ok(()) } else { Err(Mismatch::Strangers) })
}

fn start_state_thread(parts: Parts) -> io::Result<(Machine, JoinHandle<()>)> {
    let alone = parts.alone.clone();
    let applier = Applier::new(parts);
    applier.begin()?;
    let (send, jobs) = mpsc::channel();
    let for_thread = applier.clone();
    let running = std::thread::Builder::new()
        .name("timebook-state".to_owned())
        .spawn(move || state_thread::run(&for_thread, &jobs))?;
    Ok((Machine::new(send, applier, alone), running))
}

async fn start_engine(log: Log, machine: Machine, address: String) -> Result<Raft, OpenError> {
    let failed = |error: &dyn std::fmt::Display| OpenError::Recovery(error.to_string());
    let config = config().validate().map_err(|error| failed(&error))?;
    let raft = Raft::new(NODE, Arc::new(config), NoPeers, log, machine)
        .await
        .map_err(|error| failed(&error))?;
    if !raft.is_initialized().await.map_err(|error| failed(&error))? {
        raft.initialize(BTreeMap::from([(NODE, address)])).await.map_err(|error| failed(&error))?;
    }
    // A sole voter need not wait for an election timeout; with peers the pre-vote asks them first.
    raft.trigger().elect(true).await.map_err(|error| failed(&error))?;
    Ok(raft)
}

/// Waits until the log's tail is committed again and applied. Takes as long as the replay takes; ends early when the
/// alarm is raised.
async fn recover(raft: &Raft, alarm: &Alarm) -> Result<(), OpenError> {
    tokio::select! {
        recovered = raft.wait_for_recovery(None) => match (recovered, alarm.reason()) {
            (Ok(_), None) => Ok(()),
            (_, Some(fatal)) => Err(OpenError::Recovery(fatal.sentence)),
            (Err(error), None) => Err(OpenError::Recovery(error.to_string())),
        },
        fatal = alarm.wait() => Err(OpenError::Recovery(fatal.sentence)),
    }
}

fn config() -> Config {
    Config {
        cluster_name: "timebook".to_owned(),
        heartbeat_interval: HEARTBEAT_MS,
        election_timeout_min: ELECTION_MIN_MS,
        election_timeout_max: ELECTION_MAX_MS,
        // A server that was cut off must not push the others into an election.
        enable_pre_vote: Some(true),
        quorum_loss_probe_interval: Some(2 * ELECTION_MAX_MS),
        // Snapshots and purging are the keeper's: by entries and by bytes.
        snapshot_policy: SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: u64::MAX,
        max_payload_entries: 4096,
        install_snapshot_timeout: 60_000,
        // A joining server is promoted only when it is really close (a large value stalls all writes).
        replication_lag_threshold: 1000,
        ..Config::default()
    }
}

/// This server's node id. A cluster's first server is number 1; others get theirs when they join.
pub(super) const NODE: u64 = 1;
/// Between heartbeats, in milliseconds.
const HEARTBEAT_MS: u64 = 250;
/// Shortest silence of a leader before another server stands for election, in milliseconds.
const ELECTION_MIN_MS: u64 = 500;
/// Longest such silence, in milliseconds.
const ELECTION_MAX_MS: u64 = 750;
