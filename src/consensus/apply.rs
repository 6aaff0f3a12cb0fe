//! The state thread: applies committed entries, answers them, checkpoints.
//!
//! The only writer of `timebook.redb`. Must never answer an entry before its transaction is committed, and must stop
//! for good at the first failure: the engine's position and the state's would part otherwise.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use openraft::EntryPayload;

use super::alarm::Alarm;
use super::feed::Feed;
use super::gate::Gate;
use super::machine::{Answer, Committed, Job};
use super::position::Place;
use super::snapshot;
use super::status::Progress;
use super::types::{self, Entry};
use crate::codec;
use crate::domain::command::Envelope;
use crate::domain::outcome::Noun;
use crate::store::{State, apply, read};

/// What the state thread works with.
pub(super) struct StateThread {
    pub(super) state: State,
    pub(super) place: Place,
    pub(super) feed: Feed,
    pub(super) gate: Gate,
    pub(super) progress: Progress,
    pub(super) alarm: Alarm,
}

/// What is applied and not yet on disk.
struct Dirty {
    since: Instant,
    bytes: usize,
}

impl StateThread {
    /// Works until told to close, until nobody can send jobs any more, or until the first failure.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let alarm = self.alarm.clone();
        // A panic must end the process in an orderly way instead of leaving a server that answers nothing.
        let ended = catch_unwind(AssertUnwindSafe(|| self.work(jobs)));
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => alarm.raise(error.to_string()),
            Err(_) => alarm.raise("applying a change broke off; start Timebook again"),
        }
    }

    fn work(&mut self, jobs: &Receiver<Job>) -> io::Result<()> {
        let mut dirty: Option<Dirty> = None;
        // How long an applied change may wait for its checkpoint: longer when checkpoints take long.
        let mut patience = CHECKPOINT_EVERY;
        self.note_level()?;
        self.progress.applied(self.place.applied.map(|applied| applied.index));
        loop {
            let job = match &dirty {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(dirty) => jobs.recv_timeout(patience.saturating_sub(dirty.since.elapsed())),
            };
            match job {
                Ok(Job::Apply(batch, answer)) => {
                    if dirty.is_none() {
                        self.progress.unsaved();
                    }
                    let now =
                        dirty.get_or_insert_with(|| Dirty { since: Instant::now(), bytes: 0 });
                    now.bytes += batch.iter().map(|(entry, _)| weight(entry)).sum::<usize>();
                    let applied = self.apply(batch);
                    self.tell(answer, applied)?;
                }
                Ok(Job::Place(answer)) => self.tell(answer, Ok(self.place.clone()))?,
                Ok(Job::Take(answer)) => {
                    let taken =
                        self.checkpoint(&mut dirty).and_then(|()| snapshot::take(&self.state));
                    self.tell(answer, taken)?;
                }
                Ok(Job::Install(copy, answer)) => {
                    let installed = self.install(copy);
                    dirty = None;
                    self.progress.saved();
                    self.tell(answer, installed)?;
                }
                Ok(Job::Close(answer)) => {
                    let saved = self.checkpoint(&mut dirty);
                    return self.tell(answer, saved);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.checkpoint(&mut dirty),
            }
            if dirty.as_ref().is_some_and(|dirty| dirty.is_due(patience)) {
                let started = Instant::now();
                self.checkpoint(&mut dirty)?;
                patience = patience_after(started.elapsed());
            }
        }
    }

    /// One transaction for the whole batch; then everyone is answered.
    fn apply(&mut self, batch: Vec<Committed>) -> io::Result<()> {
        let commands =
            batch.iter().map(|(entry, _)| command(entry)).collect::<io::Result<Vec<_>>>()?;
        let mut place = self.place.clone();
        let mut changes = Vec::new();
        let outcomes = self
            .state
            .write(|writer| {
                let mut outcomes = Vec::with_capacity(batch.len());
                for ((entry, _), command) in batch.iter().zip(&commands) {
                    place.advance(writer, entry)?;
                    outcomes.push(match command {
                        Some(command) => {
                            let applied = apply::apply(writer, entry.log_id.index, command)?;
                            changes.extend(applied.changes);
                            Some(applied.outcome)
                        }
                        None => None,
                    });
                }
                place.write(writer)?;
                Ok(outcomes)
            })
            .map_err(types::io)?;
        self.place = place;
        self.progress.applied(self.place.applied.map(|applied| applied.index));
        if changes.iter().any(|change| change.noun == Noun::Office) {
            self.note_level()?;
        }
        // Told first, so that whoever has the outcome finds the change in the feed.
        for change in changes {
            self.feed.publish(change);
        }
        for ((_, responder), outcome) in batch.into_iter().zip(outcomes) {
            if let Some(responder) = responder {
                responder.send(outcome);
            }
        }
        Ok(())
    }

    fn checkpoint(&self, dirty: &mut Option<Dirty>) -> io::Result<()> {
        if dirty.take().is_some() {
            self.state.checkpoint().map_err(types::io)?;
        }
        self.progress.saved();
        Ok(())
    }

    fn install(&mut self, copy: snapshot::StateCopy) -> io::Result<()> {
        let _closed = self.gate.close();
        snapshot::install(&self.state, copy, self.place.pair)?;
        self.place = self.state.read().and_then(|scope| Place::read(&scope)).map_err(types::io)?;
        self.progress.applied(self.place.applied.map(|applied| applied.index));
        self.note_level()
    }

    /// Answers a job. A failure ends the thread; the alarm has it first, in our own words.
    fn tell<T>(&self, answer: Answer<T>, result: io::Result<T>) -> io::Result<()> {
        let failure = result.as_ref().err().map(types::io);
        if let Some(failure) = &failure {
            self.alarm.raise(failure.to_string());
        }
        // Nobody waits any more when the engine was dropped.
        drop(answer.send(result));
        failure.map_or(Ok(()), Err)
    }

    fn note_level(&self) -> io::Result<()> {
        let office = self.state.read().and_then(|scope| read::office(&scope)).map_err(types::io)?;
        self.progress.level_is(office.map(|office| office.level));
        Ok(())
    }
}

impl Dirty {
    fn is_due(&self, patience: Duration) -> bool {
        self.bytes >= CHECKPOINT_BYTES || self.since.elapsed() >= patience
    }
}

/// Nothing is applied while a checkpoint runs. Under heavy load they are made so much rarer that fewer than one command
/// in a hundred meets one; the price is a longer replay after a crash.
fn patience_after(took: Duration) -> Duration {
    (took * CHECKPOINT_SHARE).clamp(CHECKPOINT_EVERY, CHECKPOINT_EVERY_MAX)
}

/// The command an entry carries; none for the engine's own entries. A command of a newer version is an error, never
/// skipped: the state would silently part from the others'.
fn command(entry: &Entry) -> io::Result<Option<Envelope>> {
    match &entry.payload {
        EntryPayload::Normal(command) => {
            let index = entry.log_id.index;
            let envelope = codec::decode(&command.0)
                .map_err(|error| types::io(format!("change {index} cannot be applied: {error}")))?;
            Ok(Some(envelope))
        }
        EntryPayload::Blank | EntryPayload::Membership(_) => Ok(None),
    }
}

/// Bytes of the command an entry carries.
pub(super) fn weight(entry: &Entry) -> usize {
    match &entry.payload {
        EntryPayload::Normal(command) => command.0.len(),
        EntryPayload::Blank | EntryPayload::Membership(_) => 0,
    }
}

/// Usual time an applied change stays out of the state file; until then only the log has it.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(1500);
/// The longest, whatever a checkpoint takes.
const CHECKPOINT_EVERY_MAX: Duration = Duration::from_secs(10);
/// A checkpoint may take one part in so many of the time.
const CHECKPOINT_SHARE: u32 = 150;
/// Command bytes applied before a checkpoint comes early: what a crash leaves to replay at most.
const CHECKPOINT_BYTES: usize = 32 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_checkpoints_come_rarely_but_never_too_rarely() {
        assert_eq!(patience_after(Duration::from_millis(1)), CHECKPOINT_EVERY);
        assert_eq!(patience_after(Duration::from_millis(20)), Duration::from_secs(3));
        assert_eq!(patience_after(Duration::from_secs(5)), CHECKPOINT_EVERY_MAX);
    }
}
