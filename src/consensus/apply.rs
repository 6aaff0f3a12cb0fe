//! The applier: applies committed entries, answers them, checkpoints.
//!
//! The only writer of `timebook.redb`, one at a time under its lock. Must never answer an entry before its transaction is
//! committed, and must stop for good at the first failure: the engine's position and the state's would part otherwise.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openraft::EntryPayload;

use super::alarm::Alarm;
use super::alone::Alone;
use super::feed::Feed;
use super::gate::Gate;
use super::machine::Committed;
use super::position::Place;
use super::snapshot;
use super::status::Progress;
use super::types::{self, Entry, Snapshot};
use crate::codec;
use crate::domain::command::Envelope;
use crate::domain::outcome::{Changed, Noun, Outcome};
use crate::store::{State, apply, read};

/// Shared by the engine's thread and the state thread.
#[derive(Clone)]
pub(super) struct Applier(Arc<Mutex<Inner>>);

/// What an applier works with.
pub(super) struct Parts {
    pub(super) state: State,
    pub(super) place: Place,
    pub(super) feed: Feed,
    pub(super) gate: Gate,
    pub(super) progress: Progress,
    pub(super) alarm: Alarm,
    pub(super) alone: Alone,
}

struct Inner {
    parts: Parts,
    dirty: Option<Dirty>,
    /// How long an applied change may wait for its checkpoint: longer when checkpoints take long.
    patience: Duration,
    failed: bool,
}

/// What is applied and not yet on disk.
struct Dirty {
    since: Instant,
    bytes: usize,
}

/// When the next checkpoint is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Everything is on disk.
    Never,
    /// After this time.
    In(Duration),
    /// Now.
    Now,
}

impl Applier {
    pub(super) fn new(parts: Parts) -> Applier {
        let inner = Inner { parts, dirty: None, patience: CHECKPOINT_EVERY, failed: false };
        Applier(Arc::new(Mutex::new(inner)))
    }

    /// Takes note of where the state stands, for those who ask without a lock.
    pub(super) fn begin(&self) -> io::Result<()> {
        self.work(|inner| inner.note_all())
    }

    /// One transaction for the whole batch; then everyone is answered. Blocks. With when to checkpoint, where that became sooner.
    pub(super) fn apply(&self, batch: Vec<Committed>) -> io::Result<Option<Due>> {
        self.work(|inner| inner.apply(batch))
    }

    pub(super) fn place(&self) -> io::Result<Place> {
        self.work(|inner| Ok(inner.parts.place.clone()))
    }

    pub(super) fn due(&self) -> Due {
        self.lock().due()
    }

    /// Everything applied is on disk after the return. Blocks.
    pub(super) fn checkpoint(&self) -> io::Result<()> {
        self.work(Inner::checkpoint)
    }

    /// Checkpoints, then says what a snapshot would hold.
    pub(super) fn take(&self) -> io::Result<Snapshot> {
        self.work(|inner| {
            inner.checkpoint()?;
            snapshot::take(&inner.parts.state)
        })
    }

    /// Puts another server's state in place of this one.
    pub(super) fn install(&self, copy: snapshot::StateCopy) -> io::Result<()> {
        self.work(|inner| inner.install(copy))
    }

    /// Puts `fresh` in the state's place, if `follow` can bring it to the very same place while nothing else is applied; could it? What
    /// goes wrong before the exchange harms nobody.
    pub(super) fn exchange(
        &self,
        fresh: &State,
        follow: impl FnOnce(&Place) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let mut inner = self.lock();
        inner.must_go_on()?;
        if !follow(&inner.parts.place)? {
            return Ok(false);
        }
        Self::guarded(&mut inner, |inner| {
            inner.parts.state.adopt(fresh).map_err(types::io)?;
            inner.dirty = None;
            inner.parts.progress.saved();
            Ok(true)
        })
    }

    /// Does one piece of work under the lock. The first failure raises the alarm, in our own words, and is the last work done: a
    /// panic must end the process in an orderly way instead of leaving a server that answers nothing.
    fn work<T>(&self, work: impl FnOnce(&mut Inner) -> io::Result<T>) -> io::Result<T> {
        let mut inner = self.lock();
        inner.must_go_on()?;
        Self::guarded(&mut inner, work)
    }

    fn guarded<T>(
        inner: &mut Inner,
        work: impl FnOnce(&mut Inner) -> io::Result<T>,
    ) -> io::Result<T> {
        let done = catch_unwind(AssertUnwindSafe(|| work(inner)));
        let done = done.unwrap_or_else(|_| {
            Err(types::io("applying a change broke off; start Timebook again"))
        });
        if let Err(error) = &done {
            inner.failed = true;
            inner.parts.alarm.raise(error.to_string());
        }
        done
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What entries came to.
pub(super) struct Written {
    /// How far the state is with them.
    pub(super) place: Place,
    /// Of each entry, the outcome of each of its commands.
    outcomes: Vec<Vec<Outcome>>,
    changes: Vec<Changed>,
}

/// Applies entries to the state, which is at `place`, in one transaction.
pub(super) fn write<'a>(
    state: &State,
    mut place: Place,
    entries: impl Iterator<Item = &'a Entry> + Clone,
) -> io::Result<Written> {
    let commands = entries.clone().map(commands).collect::<io::Result<Vec<_>>>()?;
    let (mut outcomes, mut changes) = (Vec::with_capacity(commands.len()), Vec::new());
    let written = state.write(|writer| {
        for (entry, commands) in entries.zip(&commands) {
            place.advance(writer, entry)?;
            let mut of_entry = Vec::with_capacity(commands.len());
            for command in commands {
                let applied = apply::apply(writer, place.next_command(), command)?;
                changes.extend(applied.changes);
                of_entry.push(applied.outcome);
            }
            outcomes.push(of_entry);
        }
        place.write(writer)
    });
    written.map_err(types::io)?;
    Ok(Written { place, outcomes, changes })
}

impl Inner {
    fn must_go_on(&self) -> io::Result<()> {
        match self.failed {
            true => Err(types::io("the state takes no more changes after a failure")),
            false => Ok(()),
        }
    }

    fn apply(&mut self, batch: Vec<Committed>) -> io::Result<Option<Due>> {
        let bytes = batch.iter().map(|(entry, _)| weight(entry)).sum::<usize>();
        let was_due = self.note_unsaved(bytes);
        let entries = batch.iter().map(|(entry, _)| entry);
        let Written { place, outcomes, changes } =
            write(&self.parts.state, self.parts.place.clone(), entries)?;
        self.parts.place = place;
        self.note_place();
        if changes.iter().any(|change| change.noun == Noun::Office) {
            self.note_level()?;
        }
        // Told first, so that whoever has the outcome finds the change in the feed.
        for change in changes {
            self.parts.feed.publish(change);
        }
        for ((_, responder), outcomes) in batch.into_iter().zip(outcomes) {
            if let Some(responder) = responder {
                responder.send(outcomes);
            }
        }
        let due = self.due();
        Ok((was_due == Due::Never || due == Due::Now).then_some(due))
    }

    /// Something is about to be applied; with when the next checkpoint was due before.
    fn note_unsaved(&mut self, bytes: usize) -> Due {
        let before = self.due();
        if self.dirty.is_none() {
            self.parts.progress.unsaved();
        }
        let dirty = self.dirty.get_or_insert_with(|| Dirty { since: Instant::now(), bytes: 0 });
        dirty.bytes += bytes;
        before
    }

    fn due(&self) -> Due {
        match &self.dirty {
            None => Due::Never,
            Some(dirty) if dirty.bytes >= CHECKPOINT_BYTES => Due::Now,
            Some(dirty) => match self.patience.checked_sub(dirty.since.elapsed()) {
                Some(left) if !left.is_zero() => Due::In(left),
                _ => Due::Now,
            },
        }
    }

    fn checkpoint(&mut self) -> io::Result<()> {
        if self.dirty.take().is_some() {
            let started = Instant::now();
            self.parts.state.checkpoint().map_err(types::io)?;
            self.patience = patience_after(started.elapsed());
        }
        self.parts.progress.saved();
        Ok(())
    }

    fn install(&mut self, copy: snapshot::StateCopy) -> io::Result<()> {
        let _closed = self.parts.gate.close();
        let state = &self.parts.state;
        snapshot::install(state, copy, self.parts.place.pair)?;
        self.parts.place = state.read().and_then(|scope| Place::read(&scope)).map_err(types::io)?;
        self.dirty = None;
        self.parts.progress.saved();
        self.note_all()
    }

    fn note_all(&self) -> io::Result<()> {
        self.note_place();
        self.note_level()
    }

    fn note_place(&self) {
        let place = &self.parts.place;
        self.parts.progress.applied(place.applied.map(|applied| applied.index));
        self.parts.alone.note(&place.membership);
    }

    fn note_level(&self) -> io::Result<()> {
        let scope = self.parts.state.read();
        let office = scope.and_then(|scope| read::office(&scope)).map_err(types::io)?;
        self.parts.progress.level_is(office.map(|office| office.level));
        Ok(())
    }
}

/// Nothing is applied while a checkpoint runs. Under heavy load they are made so much rarer that fewer than one command
/// in a hundred meets one; the price is a longer replay after a crash.
fn patience_after(took: Duration) -> Duration {
    (took * CHECKPOINT_SHARE).clamp(CHECKPOINT_EVERY, CHECKPOINT_EVERY_MAX)
}

/// The commands an entry carries; none for the engine's own entries. A command of a newer version is an error, never
/// skipped: the state would silently part from the others'.
pub(super) fn commands(entry: &Entry) -> io::Result<Vec<Envelope>> {
    let EntryPayload::Normal(logged) = &entry.payload else { return Ok(Vec::new()) };
    let index = entry.log_id.index;
    let decoded = logged.0.iter().map(|command| codec::decode(command));
    let unknown = |error| types::io(format!("change {index} cannot be applied: {error}"));
    decoded.collect::<Result<_, _>>().map_err(unknown)
}

/// Bytes of the commands an entry carries.
pub(super) fn weight(entry: &Entry) -> usize {
    match &entry.payload {
        EntryPayload::Normal(logged) => logged.bytes(),
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
