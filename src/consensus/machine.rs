//! The state as the engine sees it: a lone server's engine applies entries itself, otherwise the state thread does.
//!
//! Must never keep the engine's thread from its heartbeats: with others in the cluster, everything happens on the state thread.

use std::io;
use std::sync::mpsc::Sender;

use futures_util::{Stream, StreamExt};
use openraft::OptionalSend;
use openraft::storage::{ApplyResponder, EntryResponder, RaftStateMachine};
use tokio::sync::oneshot;

use super::alone::Alone;
use super::apply::{Applier, Due};
use super::position::Place;
use super::snapshot::{Builder, StateCopy};
use super::types::{self, Entry, LogId, Membership, Snapshot, SnapshotMeta, Types};

/// A committed entry and, on the server it came in at, where its outcome goes.
pub(super) type Committed = (Entry, Option<ApplyResponder<Types>>);

/// Work for the state thread, done in order.
pub(super) enum Job {
    /// Apply these entries in one transaction, then answer them.
    Apply(Vec<Committed>, Answer<()>),
    /// Say how far the state is.
    Place(Answer<Place>),
    /// Checkpoint, then say what a snapshot would hold.
    Take(Answer<Snapshot>),
    /// Put another server's state in place of this one.
    Install(StateCopy, Answer<()>),
    /// A checkpoint is due sooner than the thread knows.
    LookAtTheTime,
    /// Checkpoint and end.
    Close(Answer<()>),
}

/// Where the state thread says how a job ended.
pub(super) type Answer<T> = oneshot::Sender<io::Result<T>>;

/// The door to the state.
#[derive(Clone)]
pub(super) struct Machine {
    jobs: Sender<Job>,
    applier: Applier,
    alone: Alone,
}

impl Machine {
    pub(super) fn new(jobs: Sender<Job>, applier: Applier, alone: Alone) -> Machine {
        Machine { jobs, applier, alone }
    }

    /// Who applies.
    pub(super) fn applier(&self) -> Applier {
        self.applier.clone()
    }

    /// A snapshot of the checkpointed state.
    pub(super) async fn snapshot(&self) -> io::Result<Snapshot> {
        self.ask(Job::Take).await
    }

    /// Checkpoints and ends the state thread.
    pub(super) async fn close(&self) -> io::Result<()> {
        self.ask(Job::Close).await
    }

    async fn apply_batch(&self, batch: Vec<Committed>) -> io::Result<()> {
        if !self.alone.is_so() {
            return self.ask(|answer| Job::Apply(batch, answer)).await;
        }
        if let Some(Due::Now | Due::In(_)) = self.applier.apply(batch)? {
            self.jobs.send(Job::LookAtTheTime).map_err(|_| gone())?;
        }
        Ok(())
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> io::Result<T> {
        let (tell, told) = oneshot::channel();
        self.jobs.send(job(tell)).map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

fn gone() -> io::Error {
    types::io("the state thread has ended")
}

impl RaftStateMachine<Types> for Machine {
    type SnapshotData = StateCopy;
    type SnapshotBuilder = Builder;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, Membership), io::Error> {
        let place = self.ask(Job::Place).await?;
        Ok((place.applied, place.membership))
    }

    async fn apply<S>(&mut self, mut entries: S) -> Result<(), io::Error>
    where
        S: Stream<Item = Result<EntryResponder<Types>, io::Error>> + Unpin + OptionalSend,
    {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            bytes += super::apply::weight(&entry.0);
            batch.push(entry);
            // A long catch-up is applied in steps, so that no transaction grows without bound.
            if bytes >= APPLY_BYTES || batch.len() >= APPLY_ENTRIES {
                bytes = 0;
                self.apply_batch(std::mem::take(&mut batch)).await?;
            }
        }
        if !batch.is_empty() {
            self.apply_batch(batch).await?;
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> Builder {
        Builder(self.clone())
    }

    async fn install_snapshot(
        &mut self,
        _meta: &SnapshotMeta,
        snapshot: StateCopy,
    ) -> Result<(), io::Error> {
        // The copy carries its own position and membership.
        self.ask(|answer| Job::Install(snapshot, answer)).await
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot>, io::Error> {
        let snapshot = self.snapshot().await?;
        Ok(Some(snapshot).filter(|snapshot| snapshot.meta.last_log_id.is_some()))
    }
}

/// Entries in one transaction of the state at most ...
const APPLY_ENTRIES: usize = 4096;
/// ... and about this many bytes of them.
const APPLY_BYTES: usize = 16 * 1024 * 1024;
