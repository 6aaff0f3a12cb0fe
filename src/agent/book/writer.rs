//! The one thread that changes the book: whatever is queued goes into one durable transaction, and is answered after it.
//!
//! A failure of the store ends the thread and, through [`super::ActivityBook::failed`], the program: nothing is answered that may not
//! be on disk, and the next start finds the last whole transaction.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::in_force::InForce;
use crate::agent::hours::Hours;
use crate::agent::pause::Pause;
use crate::agent::redaction::Sheets;
use crate::clock;
use crate::domain::batch::ACTIVITY_STREAM;
use crate::domain::time::Timestamp;
use crate::store::outbox::{self, Coalescer};
use crate::store::{State, StoreError, Writer, fresh_copy};

/// At most this many changes share a transaction.
const MOST_TOGETHER: usize = 1_024;

/// Answers whoever asked, once the transaction is on disk.
pub(super) type Finish = Box<dyn FnOnce() + Send>;
/// A change to make within a transaction.
pub(super) type Job = Box<dyn FnOnce(&mut Desk<'_>) -> Result<Finish, StoreError> + Send>;

/// What the thread is asked for.
pub(super) enum Work {
    /// A change.
    Job(Job),
    /// Queue what was held back; costs nothing when nothing is.
    Release { all: bool, now: Timestamp, reply: oneshot::Sender<()> },
    /// Write the file anew, as long as what is in use of it; was it done?
    Renew { reply: oneshot::Sender<bool> },
}

/// What a change works with.
pub(in crate::agent) struct Desk<'a> {
    /// The transaction.
    pub(in crate::agent) writer: &'a mut dyn Writer,
    /// What is held back from the outbox.
    pub(in crate::agent) open: &'a mut Coalescer,
    /// What is recorded now is recorded under this.
    pub(in crate::agent) policy: InForce,
    /// Whether the person lets titles out.
    pub(in crate::agent) share_titles: bool,
    /// Nothing is recorded any more.
    pub(in crate::agent) erased: bool,
    /// The latest pause.
    pub(in crate::agent) pause: Option<Pause>,
    /// When something may be stored.
    pub(in crate::agent) hours: &'a Hours,
    /// What may be stored.
    pub(in crate::agent) sheets: &'a Sheets,
    /// What is queued up to here was queued under other rules, perhaps.
    pub(in crate::agent) unheeded: &'a mut u64,
}

/// The rules, and what has not been held against them since they changed.
pub(super) struct Held {
    pub(super) sheets: Sheets,
    /// Everything that waits up to here.
    pub(super) unheeded: u64,
}

/// Starts the thread; it ends when the last handle is gone.
pub(super) fn start(
    state: State,
    mut open: Coalescer,
    shared: Arc<Shared>,
    mut held: Held,
    mut queue: mpsc::Receiver<Work>,
) -> io::Result<()> {
    let run = move || {
        while let Some(first) = queue.blocking_recv() {
            let mut group = vec![first];
            while group.len() < MOST_TOGETHER
                && let Ok(next) = queue.try_recv()
            {
                group.push(next);
            }
            if let Err(sentence) = commit(&state, &mut open, &shared, &mut held, group) {
                tracing::error!(error = %sentence, "the agent's book failed");
                shared.failed.send_replace(Some(sentence));
                return;
            }
        }
    };
    std::thread::Builder::new().name("book".to_owned()).spawn(run).map(drop)
}

fn commit(
    state: &State,
    open: &mut Coalescer,
    shared: &Shared,
    held: &mut Held,
    group: Vec<Work>,
) -> Result<(), String> {
    let nothing_held = !open.holds();
    let (mut jobs, mut renewals) = (Vec::new(), Vec::new());
    for work in group {
        match work {
            Work::Job(job) => jobs.push(job),
            Work::Renew { reply } => renewals.push(reply),
            Work::Release { reply, .. } if nothing_held => answer(reply, ()),
            Work::Release { all, now, reply } => jobs.push(Box::new(move |desk: &mut Desk<'_>| {
                desk.open.release_due(desk.writer, all, now)?;
                let finish: Finish = Box::new(move || answer(reply, ()));
                Ok(finish)
            })),
        }
    }
    if !jobs.is_empty() {
        write(state, open, shared, held, jobs)?;
    }
    if !renewals.is_empty() {
        let done = renew(state)?;
        renewals.into_iter().for_each(|reply| answer(reply, done));
    }
    Ok(())
}

/// All of `jobs` in one transaction, answered once it is on disk.
fn write(
    state: &State,
    open: &mut Coalescer,
    shared: &Shared,
    held: &mut Held,
    jobs: Vec<Job>,
) -> Result<(), String> {
    let pause = Pause::read(&shared.folder).map_err(|error| error.to_string())?;
    // What does not read admits nothing; the start and the status say why.
    let hours = Hours::read(&shared.folder).unwrap_or_else(|_| Hours::never());
    let changed = held.sheets.look_again().map_err(|error| error.to_string())?;
    let Held { sheets, unheeded } = held;
    let sheets = &*sheets;
    let (policy, share_titles) = (shared.policy(), shared.share_titles);
    let erased = shared.erased.load(Ordering::Relaxed);
    let done = state.write_durably(|writer| {
        let before = outbox::stream(writer.as_reader(), ACTIVITY_STREAM)?.last_seq;
        if changed {
            // What is held back waits with the rest.
            open.release_due(writer, true, clock::now())?;
            *unheeded = outbox::stream(writer.as_reader(), ACTIVITY_STREAM)?.last_seq;
        }
        let mut finishes = Vec::with_capacity(jobs.len());
        for job in jobs {
            let mut desk = Desk {
                writer: &mut *writer,
                open: &mut *open,
                policy,
                share_titles,
                erased,
                pause,
                hours: &hours,
                sheets,
                unheeded: &mut *unheeded,
            };
            finishes.push(job(&mut desk)?);
        }
        let after = outbox::stream(writer.as_reader(), ACTIVITY_STREAM)?.last_seq;
        Ok((finishes, before != after))
    });
    let (finishes, queued) = done.map_err(|error| error.to_string())?;
    for finish in finishes {
        finish();
    }
    if queued {
        shared.queued.send_modify(|count| *count = count.wrapping_add(1));
    }
    Ok(())
}

/// Puts a dense copy in the file's place. Nobody else writes: whatever was answered is in both, so that a crash leaves the one or the other.
fn renew(state: &State) -> Result<bool, String> {
    match fresh_copy(state) {
        Ok(fresh) => state.adopt(&fresh).map(|()| true).map_err(|error| error.to_string()),
        Err(error) => {
            tracing::warn!(%error, "the book's file could not be written anew; it stays as long as it is");
            Ok(false)
        }
    }
}

/// Whoever asked may have gone away meanwhile; what was done stays done.
fn answer<T>(reply: oneshot::Sender<T>, value: T) {
    if reply.send(value).is_err() {
        tracing::debug!("nobody waits for this answer any more");
    }
}
