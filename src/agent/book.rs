//! The agent's own activity book, `agent.redb`: everything recorded on this computer, in full, and the outbox beside it.
//!
//! Every change is made by one thread ([`writer`]) in one durable transaction together with its operation in the outbox: what was
//! answered is on disk and will be sent. The local book keeps whole events; the outbox gets what the office may have.
//! Must never send anything.

mod admission;
mod at_rest;
mod change;
mod fed;
mod history;
mod in_force;
mod kept;
mod outgoing;
mod read;
#[cfg(test)]
mod tests;
mod tidy;
mod writer;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot, watch};

use super::AgentError;
use super::erase::Erased;
use super::folder::Folder;
use super::identity::Identity;
use super::redaction::{self, Sheets};
use super::track::{self, Wishes};
use crate::domain::activity::{Bucket, Event};
use crate::domain::batch::{ACTIVITY_STREAM, Operation};
use crate::domain::id::DeviceId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;
use crate::store::outbox::{self, Coalescer};
use crate::store::tables::{self, TableName};
use crate::store::{
    KeyRange, Order, Reader, State, StoreError, Writer, activity, discard_leftover,
};

use fed::Fed;
use in_force::InForce;
pub(super) use outgoing::Outgoing;
pub(super) use writer::Desk;
use writer::{Finish, Work};

/// Whose the events in the local book are: this computer's, whatever the office calls it. Enrolling again changes nothing here.
pub const HERE: DeviceId = DeviceId::from_bytes([0; 16]);
/// At most this many buckets; the server keeps no more a device.
const MOST_BUCKETS: usize = 1_000;
/// Changes that wait for the disk; more wait at the door.
const QUEUE: usize = 4_096;
const FILE: &str = "agent.redb";

/// The agent's book. Cheap to clone.
#[derive(Clone)]
pub struct ActivityBook {
    state: State,
    work: mpsc::Sender<Work>,
    shared: Arc<Shared>,
}

/// What the handle and its thread share.
struct Shared {
    folder: Folder,
    hostname: String,
    /// What the office calls this computer.
    device: DeviceId,
    share_titles: bool,
    /// Made what was sent.
    public_key: [u8; 32],
    policy: RwLock<InForce>,
    /// Who records through the door.
    fed: Fed,
    /// Nothing is recorded any more.
    erased: AtomicBool,
    /// Who wishes for a fresh copy of the office's book.
    wishes: Wishes,
    /// Grows with every transaction that queued something.
    queued: watch::Sender<u64>,
    /// The sentence of the failure that ended the thread.
    failed: watch::Sender<Option<String>>,
}

impl Shared {
    fn policy(&self) -> InForce {
        *self.policy.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The book's thread has ended; the program is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl ActivityBook {
    /// Opens the book in `folder`, or makes it, and starts its thread. An enrolment since the last time starts the outbox afresh.
    ///
    /// # Errors
    /// [`AgentError::Open`], [`AgentError::Store`], [`AgentError::System`].
    pub(super) fn open(
        folder: &Folder,
        identity: &Identity,
        (policy, share_titles): (ActivityPolicy, bool),
        now: Timestamp,
    ) -> Result<Self, AgentError> {
        let path = folder.path(FILE);
        discard_leftover(&path).map_err(AgentError::System)?;
        let state = State::open(&path)?;
        let shared = Arc::new(Shared {
            folder: folder.clone(),
            hostname: gethostname::gethostname().to_string_lossy().into_owned(),
            device: identity.device,
            share_titles,
            public_key: identity.key.verifying_key().to_bytes(),
            policy: RwLock::new(InForce::read(folder, policy, now)?),
            fed: Fed::default(),
            // An order that came and is not carried out to its end.
            erased: AtomicBool::new(Erased::read(folder)?.is_some()),
            wishes: Wishes::new(),
            queued: watch::Sender::new(0),
            failed: watch::Sender::new(None),
        });
        let mut open = Coalescer::new(ACTIVITY_STREAM);
        state.write_durably(|writer| {
            let stands = outbox::stream(writer.as_reader(), ACTIVITY_STREAM)?.device_epoch;
            if identity.device_epoch > stands {
                let whole = identity.send_whole_book;
                start_afresh(writer, &mut open, identity.device_epoch, whole, share_titles, now)
            } else {
                recover(writer, &mut open, share_titles, now)
            }
        })?;
        let (work, queue) = mpsc::channel(QUEUE);
        let sheets = Sheets::read(folder)?;
        // Which rules held when that was queued is not known any more.
        let unheeded = outbox::stream(&state.read()?, ACTIVITY_STREAM)?.last_seq;
        let rules = writer::Held { sheets, unheeded };
        writer::start(state.clone(), open, Arc::clone(&shared), rules, queue)
            .map_err(AgentError::System)?;
        Ok(Self { state, work, shared })
    }

    /// New activity is recorded under `policy` from now on.
    pub(super) fn set_policy(&self, policy: ActivityPolicy, now: Timestamp) {
        let in_force = InForce { policy, since: now };
        *self.shared.policy.write().unwrap_or_else(PoisonError::into_inner) = in_force;
    }

    /// The policy new activity is recorded under.
    pub(super) fn policy(&self) -> ActivityPolicy {
        self.shared.policy().policy
    }

    /// Who wishes for a fresh copy of the office's book.
    pub(super) fn wishes(&self) -> &Wishes {
        &self.shared.wishes
    }

    /// Changes whenever something was queued for the server.
    pub(super) fn queued(&self) -> watch::Receiver<u64> {
        self.shared.queued.subscribe()
    }

    /// Ready with a sentence when the book's thread has failed.
    pub(super) async fn failed(&self) -> String {
        let mut failed = self.shared.failed.subscribe();
        let sentence = failed.wait_for(Option::is_some).await.map(|sentence| sentence.clone());
        sentence.ok().flatten().unwrap_or_else(|| "the book has ended".to_owned())
    }

    /// Runs `job` in the next transaction; on disk when this returns.
    ///
    /// # Errors
    /// [`Closed`]: nothing of the transaction happened.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Closed> {
        let (reply, answer) = oneshot::channel();
        let job = move |desk: &mut Desk<'_>| {
            let value = job(desk)?;
            // Whoever asked may have gone away meanwhile; what was done stays done.
            let finish: Finish = Box::new(move || drop(reply.send(value)));
            Ok(finish)
        };
        self.work.send(Work::Job(Box::new(job))).await.map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }

    /// Queues what was held back for long enough; everything with `all`, before an orderly end.
    ///
    /// # Errors
    /// [`Closed`].
    pub(super) async fn release(&self, all: bool, now: Timestamp) -> Result<(), Closed> {
        let (reply, answer) = oneshot::channel();
        self.work.send(Work::Release { all, now, reply }).await.map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }

    /// Empties the book, and records nothing any more. In small transactions: whoever writes meanwhile is not held up.
    ///
    /// # Errors
    /// [`Closed`].
    pub(super) async fn erase(&self) -> Result<(), Closed> {
        self.shared.erased.store(true, Ordering::Relaxed);
        for table in tables::every() {
            while self.write(move |desk| clear(desk, table)).await? {}
        }
        Ok(())
    }

    /// Is everything here gone, or about to be?
    pub(super) fn is_erased(&self) -> bool {
        self.shared.erased.load(Ordering::Relaxed)
    }

    /// Starts the outbox afresh above `epoch`, in one transaction; `whole` sends everything again and makes the server's book equal.
    /// Otherwise the server has events that are not from this book, under numbers this book may give again or has given: they stay
    /// as they are.
    ///
    /// # Errors
    /// [`Closed`].
    pub(super) async fn send_afresh(
        &self,
        epoch: u32,
        whole: bool,
        now: Timestamp,
    ) -> Result<(), Closed> {
        self.write(move |desk| {
            let share = desk.share_titles;
            if !whole {
                part_numbers(desk.writer, now)?;
            }
            start_afresh(desk.writer, desk.open, epoch.saturating_add(1), whole, share, now)?;
            // What was recorded under other rules is among it.
            *desk.unheeded = outbox::stream(desk.writer.as_reader(), ACTIVITY_STREAM)?.last_seq;
            Ok(())
        })
        .await
    }
}

/// Removes some rows of the table; are there more?
fn clear(desk: &mut Desk<'_>, table: TableName) -> Result<bool, StoreError> {
    const ROWS: usize = 1_000;
    *desk.open = Coalescer::new(ACTIVITY_STREAM);
    let mut keys = Vec::new();
    desk.writer.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, _| {
        keys.push(key.to_vec());
        Ok(if keys.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    for key in &keys {
        desk.writer.delete_bytes(table, key)?;
    }
    Ok(keys.len() == ROWS)
}

/// Says of every bucket that it was made now. The server then keeps what it has of it under the numbers it has, and gives what comes
/// from here numbers of its own: of an event that is in both books it may have a part twice, but none is overwritten.
fn part_numbers(writer: &mut dyn Writer, now: Timestamp) -> Result<(), StoreError> {
    for bucket in activity::buckets(writer.as_reader(), HERE)? {
        let created = now.max(bucket.created.plus_ms(1));
        activity::put_bucket(writer, &Bucket { created, ..bucket })?;
    }
    Ok(())
}

/// Starts the stream again under `epoch`. Every bucket is there before what waits. With `whole`, the server first forgets its copy of
/// each bucket and then gets every event: this book has all it ever had of them.
fn start_afresh(
    writer: &mut dyn Writer,
    open: &mut Coalescer,
    epoch: u32,
    whole: bool,
    share_titles: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    open.release_due(writer, true, now)?;
    let buckets = activity::buckets(writer.as_reader(), HERE)?;
    let mut first = Vec::new();
    for bucket in &buckets {
        if whole {
            first.push(Operation::DeleteBucket { name: bucket.name.clone() });
        }
        first.push(redaction::for_office(put_bucket(bucket), share_titles));
    }
    outbox::restart(writer, ACTIVITY_STREAM, epoch, first, now)?;
    track::offer_again(writer, now)?;
    *open = Coalescer::new(ACTIVITY_STREAM);
    if whole {
        for bucket in &buckets {
            queue_older(writer, bucket, share_titles, now)?;
        }
        recover(writer, open, share_titles, now)?;
    }
    Ok(())
}

/// Queues every event of the bucket but the newest, oldest first.
fn queue_older(
    writer: &mut dyn Writer,
    bucket: &Bucket,
    share_titles: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    const CHUNK: usize = 1_000;
    let newest = activity::newest(writer.as_reader(), bucket.number)?.map(|event| event.id);
    let mut after = None;
    loop {
        let events = activity::events_after(writer.as_reader(), bucket.number, after, CHUNK)?;
        let Some(last) = events.last() else { return Ok(()) };
        after = Some((last.start, last.id));
        for event in events.into_iter().filter(|event| Some(event.id) != newest) {
            let put = put_event(&bucket.name, event, share_titles);
            outbox::append(writer, ACTIVITY_STREAM, put, now)?;
        }
    }
}

/// Queues the newest event of every bucket: its last growth may have been held back when the program ended.
fn recover(
    writer: &mut dyn Writer,
    open: &mut Coalescer,
    share_titles: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut newest: Vec<(BucketName, Event)> = Vec::new();
    for bucket in activity::buckets(writer.as_reader(), HERE)? {
        if let Some(event) = activity::newest(writer.as_reader(), bucket.number)? {
            newest.push((bucket.name, redaction::event_for_office(event, share_titles)));
        }
    }
    open.recover(writer, newest, now)
}

fn put_bucket(bucket: &Bucket) -> Operation {
    Operation::PutBucket {
        name: bucket.name.clone(),
        about: bucket.about.clone(),
        created: bucket.created,
    }
}

fn put_event(bucket: &BucketName, event: Event, share_titles: bool) -> Operation {
    let event = redaction::event_for_office(event, share_titles);
    Operation::PutEvent { bucket: bucket.clone(), event }
}

/// Collects up to `most` of what a scan shows.
fn take_up_to<T>(most: usize, into: &mut Vec<T>, value: T) -> ControlFlow<()> {
    into.push(value);
    if into.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// A look at one moment of the book, on a thread that may block.
async fn look<T: Send + 'static>(
    state: State,
    look: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let looked = tokio::task::spawn_blocking(move || look(&state.read()?)).await;
    looked.unwrap_or_else(|error| Err(StoreError::Engine(error.to_string())))
}
