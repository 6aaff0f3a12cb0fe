//! The door itself: commit, read, listen, look, close.
//!
//! Must never offer another way to the data than these.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use openraft::RaftMetrics;
use openraft::async_runtime::WatchReceiver;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;

use super::alarm::Alarm;
use super::engine::EngineThread;
use super::error::{CommitError, Fatal, OpenError, ReadError};
use super::feed::{Changes, Feed};
use super::gate::{Gate, READ_WAIT, READS};
use super::log::Log;
use super::machine::Machine;
use super::opening::{self, NODE};
use super::queue::{COMMAND_BYTES_MAX, Queue, Waiting};
use super::resting::Resting;
use super::shrink::{self, Shrunk};
use super::status::{Progress, Status};
use super::types::{Raft, Types};
use crate::codec;
use crate::domain::command::Envelope;
use crate::domain::outcome::Outcome;
use crate::store::storage::Storage;
use crate::store::{ReadScope, Reader, Room, State, StoreError};

/// Where the data is and how this server is reached.
#[derive(Debug, Clone, Default)]
pub struct DoorOptions {
    /// The folder of `log.redb` and `timebook.redb`; it must exist.
    pub dir: PathBuf,
    /// What the files are kept on; ordinary files unless a test says otherwise.
    pub storage: Storage,
    /// This server's address for other servers (`host:port`), used on the first start only; empty on a single server.
    pub address: String,
}

/// The one door to the data. Cheap to clone; all clones are the same door.
#[derive(Clone)]
pub struct Door {
    side: Side,
}

/// Whether the server behind the door is in service.
#[derive(Clone)]
enum Side {
    /// It is.
    Working(Arc<Inner>),
    /// It is not: everything can be read, nothing can be written.
    Resting(Arc<Resting>),
}

/// What the clones share.
pub(super) struct Inner {
    pub(super) raft: Raft,
    pub(super) machine: Machine,
    pub(super) log: Log,
    /// Gone once the door is closed.
    pub(super) state: Mutex<Option<State>>,
    pub(super) state_thread: Mutex<Option<JoinHandle<()>>>,
    pub(super) queue: Queue,
    pub(super) commands: UnboundedSender<Waiting>,
    pub(super) reads: Semaphore,
    pub(super) gate: Gate,
    pub(super) feed: Feed,
    pub(super) progress: Progress,
    pub(super) alarm: Alarm,
    pub(super) engine: EngineThread,
    /// Held while the state file is shrunk.
    pub(super) shrinking: tokio::sync::Mutex<()>,
}

impl Door {
    /// Opens both files, makes a cluster of one voter on the very first start, and replays what the log has beyond the
    /// state. When this returns, everything ever acknowledged can be read.
    ///
    /// # Errors
    /// A sentence for the person at the terminal; nothing was changed unless it says so.
    pub async fn open(options: DoorOptions) -> Result<Door, OpenError> {
        Ok(Door { side: Side::Working(Arc::new(opening::open(options).await?)) })
    }

    /// Opens the state of a server that is out of service, for reading only: no file is changed, the log is not opened, and both may be
    /// copied as they stand. Files that were not closed in order are first opened and closed as for service.
    ///
    /// # Errors
    /// As [`Door::open`].
    pub async fn rest(options: DoorOptions) -> Result<Door, OpenError> {
        let resting = match Resting::open(options.dir.clone()).await {
            Ok(resting) => resting,
            Err(first) => {
                tracing::info!(%first, "the files were not closed in order; closing them anew");
                let door = Self::open(options.clone()).await?;
                door.close().await.map_err(|fatal| OpenError::Recovery(fatal.sentence))?;
                Resting::open(options.dir).await?
            }
        };
        Ok(Door { side: Side::Resting(Arc::new(resting)) })
    }

    /// Is the server out of service, so that nothing can be written?
    #[must_use]
    pub const fn rests(&self) -> bool {
        matches!(self.side, Side::Resting(_))
    }

    /// Commits a command: on return it is on disk (on a majority's disks in a cluster) and applied. Giving up waiting
    /// does not take the command back.
    ///
    /// # Errors
    /// The command was not applied, or ([`CommitError::Unavailable`], [`CommitError::Stopped`]) it is not known whether
    /// it was: trying again with the same request id is always safe.
    pub async fn commit(&self, envelope: Envelope) -> Result<Outcome, CommitError> {
        let entered = Instant::now();
        let Side::Working(inner) = &self.side else { return Err(CommitError::resting()) };
        let (needs, have) = (envelope.command.level(), inner.progress.level());
        if needs > have {
            return Err(CommitError::Level { needs, have });
        }
        let most = COMMAND_BYTES_MAX;
        // Checked before it is logged: what does not read again when applied would stop the server on every start.
        let command = codec::encode_checked(&envelope)
            .map_err(|large| CommitError::TooLarge { bytes: large.bytes, most })?;
        if command.len() > most {
            return Err(CommitError::TooLarge { bytes: command.len(), most });
        }
        let place = inner.queue.enter(command.len()).await?;
        let (waiting, answer) = Waiting::new(command, place);
        inner.commands.send(waiting).map_err(|_| inner.alarm.stopped())?;
        let outcome = answer.await.map_err(|_| inner.alarm.stopped())??;
        inner.progress.committed(entered.elapsed());
        Ok(outcome)
    }

    /// Runs `read` on a snapshot of the newest applied state, on a thread that may block. Keep it short: pages the
    /// snapshot pins cannot be reused while it runs.
    ///
    /// # Errors
    /// What `read` returned, or why it could not run.
    pub async fn read<T, F>(&self, read: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    {
        let inner = match &self.side {
            Side::Working(inner) => Arc::clone(inner),
            Side::Resting(resting) => return resting.read(read).await,
        };
        let turn = tokio::time::timeout(READ_WAIT, inner.reads.acquire()).await;
        let turn = turn.map_err(|_| ReadError::Busy)?;
        let _turn = turn.map_err(|_| ReadError::closed())?;
        let inner = Arc::clone(&inner);
        let read = tokio::task::spawn_blocking(move || {
            let _passed = inner.gate.pass().ok_or(ReadError::Installing)?;
            let state = inner.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let scope = state.ok_or_else(ReadError::closed)?.read()?;
            Ok(read(&scope)?)
        });
        read.await.map_err(|_| ReadError::Stopped("the read broke off".to_owned()))?
    }

    /// Listens to changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.feed().listen()
    }

    /// What became different lately, and where in it things are.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        match &self.side {
            Side::Working(inner) => &inner.feed,
            Side::Resting(resting) => &resting.feed,
        }
    }

    /// How the door is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let Side::Working(inner) = &self.side else { return Status::default() };
        Status {
            applied: inner.progress.applied_index(),
            last: inner.log.bounds().1.map(|last| last.index),
            queued: inner.queue.depth(),
            commits: inner.progress.commit_times(),
            checkpoint_age: inner.progress.unsaved_for(),
            leader: inner.raft.metrics().borrow_watched().current_leader,
        }
    }

    /// Is this the server that leads?
    #[must_use]
    pub fn leads(&self) -> bool {
        self.status().leader == Some(NODE)
    }

    /// How long the state file is, and how much of that is in use. Reads the whole file, and holds up nobody.
    ///
    /// # Errors
    /// As [`Door::read`].
    pub async fn room(&self) -> Result<Room, ReadError> {
        self.with_state(|state, _| Ok(state.room()?)).await
    }

    /// Gives back to the disk what the state file does not need any more, while everybody works (`shrink.rs` says how, and how long who
    /// waits); nothing when there is too much going on. Needs as much free disk as the state in use.
    ///
    /// # Errors
    /// As [`Door::read`]; the file stays as it was.
    pub async fn shrink(&self) -> Result<Option<Shrunk>, ReadError> {
        let _one_at_a_time = self.working()?.shrinking.lock().await;
        let shrink = |state: State, inner: &Inner| {
            shrink::shrink(&state, &inner.log, &inner.machine.applier())
                .map_err(|error| ReadError::Store(StoreError::Engine(error.to_string())))
        };
        self.with_state(shrink).await
    }

    /// Runs `work` on a snapshot of the newest applied state, on a thread that may block, for as long as a copy of everything takes. What
    /// it pins grows the file meanwhile: copy at full speed, and let go of it as soon as it is copied.
    ///
    /// # Errors
    /// As [`Door::read`].
    pub async fn back_up<T: Send + 'static>(
        &self,
        work: impl FnOnce(ReadScope) -> T + Send + 'static,
    ) -> Result<T, ReadError> {
        if let Side::Resting(resting) = &self.side {
            return resting.back_up(work).await;
        }
        self.with_state(|state, inner| {
            let _passed = inner.gate.pass().ok_or(ReadError::Installing)?;
            Ok(work(state.read()?))
        })
        .await
    }

    /// The term this server is in: whatever is put in the state's place begins above it.
    #[must_use]
    pub fn term(&self) -> u64 {
        match &self.side {
            Side::Working(inner) => inner.raft.metrics().borrow_watched().current_term,
            Side::Resting(resting) => resting.term,
        }
    }

    /// Like a read, with the state itself.
    async fn with_state<T: Send + 'static>(
        &self,
        work: impl FnOnce(State, &Inner) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let inner = self.working()?;
        let turn = tokio::time::timeout(READ_WAIT, inner.reads.acquire()).await;
        let turn = turn.map_err(|_| ReadError::Busy)?;
        let _turn = turn.map_err(|_| ReadError::closed())?;
        let inner = Arc::clone(inner);
        let done = tokio::task::spawn_blocking(move || {
            let state = inner.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
            work(state.ok_or_else(ReadError::closed)?, &inner)
        });
        done.await.map_err(|_| ReadError::Stopped("the work broke off".to_owned()))?
    }

    /// Was it closed in an orderly way? Then what cannot be done any more is nobody's fault, and done after the next start.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match &self.side {
            Side::Working(inner) => inner.queue.is_closed(),
            Side::Resting(_) => true,
        }
    }

    /// Lets go of every command that is applied by now, and waits until none of them is on disk any more; did that come to pass within
    /// `patience`? The log otherwise keeps the latest, for servers that were away. What a person was erased from must not wait for others
    /// to push it out.
    pub async fn forget_log(&self, patience: Duration) -> bool {
        let Side::Working(inner) = &self.side else { return false };
        let Some(applied) = inner.progress.applied_index() else { return true };
        inner.log.forget(applied);
        let is_gone = move |now: &RaftMetrics<Types>| {
            now.running_state.is_err() || now.purged.is_some_and(|at| at.index >= applied)
        };
        let wait = inner.raft.wait(Some(patience));
        match wait.metrics(is_gone, "forgetting the log").await {
            Ok(now) => now.running_state.is_ok() && inner.log.flush().await.is_ok(),
            Err(_) => false,
        }
    }

    /// Writes both files anew, so that no byte is left in them of what is not in the state any more, and remembers `upto` in the same step
    /// in which that is done; was it possible within about `patience`? What was done of it until a crash is done again.
    ///
    /// # Errors
    /// As [`Door::read`]; nothing is remembered then.
    pub async fn clear_out(&self, upto: u64, patience: Duration) -> Result<bool, ReadError> {
        if self.shrink().await?.is_none() || !self.forget_log(patience).await {
            return Ok(false);
        }
        self.on_log(move |log| log.renew(upto)).await?;
        Ok(true)
    }

    /// What [`Door::clear_out`] was told when it was last done here; 0 when it never was.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn cleared(&self) -> Result<u64, ReadError> {
        self.on_log(Log::cleared).await
    }

    async fn on_log<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Log) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let log = self.working()?.log.clone();
        let done = tokio::task::spawn_blocking(move || work(&log)).await;
        let done = done.map_err(|_| ReadError::Stopped("the work broke off".to_owned()))?;
        done.map_err(|error| ReadError::Store(StoreError::Engine(error.to_string())))
    }

    /// Waits until the door cannot go on: a write failed or the engine stopped. The process must say why and exit; the
    /// next start recovers everything acknowledged.
    pub async fn fatal(&self) -> Fatal {
        match &self.side {
            Side::Working(inner) => inner.alarm.wait().await,
            Side::Resting(_) => std::future::pending().await,
        }
    }

    /// Refuses new commands, finishes those under way, makes both files complete and closes them. Other clones get
    /// [`CommitError::Stopped`] and [`ReadError::Stopped`] from then on.
    ///
    /// # Errors
    /// The last checkpoint failed; the log still has everything acknowledged.
    pub async fn close(self) -> Result<(), Fatal> {
        let inner = match self.side {
            Side::Working(inner) => inner,
            Side::Resting(resting) => {
                resting.close().await;
                return Ok(());
            }
        };
        inner.queue.close().await;
        drop(inner.raft.shutdown().await);
        let checkpointed = inner.machine.close().await;
        // Reads under way are short: after them nothing holds the state file but the door itself. One that is not does not
        // keep the process from ending.
        drop(tokio::time::timeout(READ_WAIT, inner.reads.acquire_many(READS)).await);
        inner.reads.close();
        let for_thread = Arc::clone(&inner);
        let closed = tokio::task::spawn_blocking(move || {
            for_thread.engine.stop();
            for_thread.close_files();
        });
        let closed = closed.await;
        match (inner.alarm.reason(), checkpointed, closed) {
            (Some(fatal), ..) => Err(fatal),
            (None, Err(error), _) => Err(Fatal { sentence: error.to_string() }),
            (None, Ok(()), Err(_)) => {
                Err(Fatal { sentence: "closing the log broke off".to_owned() })
            }
            (None, Ok(()), Ok(())) => Ok(()),
        }
    }

    /// The parts, for tests that watch the engine.
    #[cfg(test)]
    pub(super) fn inner_for_tests(&self) -> &Inner {
        self.working().expect("tests of the engine open it")
    }

    /// As while another server's copy of the data is put in place: reads are refused until what this gives is dropped.
    #[cfg(test)]
    pub(crate) fn shut_for_tests(&self) -> super::gate::Shut<'_> {
        self.inner_for_tests().gate.shut()
    }

    fn working(&self) -> Result<&Arc<Inner>, ReadError> {
        match &self.side {
            Side::Working(inner) => Ok(inner),
            Side::Resting(_) => Err(ReadError::closed()),
        }
    }
}

impl Inner {
    /// Closes both files, whoever still holds a clone of the door. Blocks.
    fn close_files(&self) {
        let thread = self.state_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic in it raised the alarm already.
        drop(thread.map(JoinHandle::join));
        drop(self.state.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.log.close();
    }
}

/// The replicated log, inside the data folder.
pub const LOG_FILE: &str = "log.redb";
/// The state, inside the data folder.
pub const STATE_FILE: &str = "timebook.redb";
