//! The log file (`log.redb`): entries by index and three marks (vote, committed, purged), all opaque bytes.
//!
//! The log thread drains its queue into one transaction and makes everything in it durable with one flush; only then are the
//! waiting callbacks told. A caller who has nothing queued may write on its own thread. Must never call back before that flush, never change the order of
//! the queue (a vote must not overtake the entries queued before it), and never retry after a failed write: what is on
//! the disk is unknown then, so the process has to stop and start again.

mod renewal;
mod writer;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, TableDefinition, TableError};
use thiserror::Error;

use super::copy::discard_leftover;
use super::error::OpenError;
use super::storage::Storage;
use writer::Op;

/// Told once how a write ended, on the thread that wrote: it must be quick and must not block.
pub type Done = Box<dyn FnOnce(Result<(), LogError>) + Send>;

/// Told at most once, on the thread that wrote, that no more writes are possible.
pub type OnFailure = Box<dyn FnOnce(LogError) + Send>;

/// Where the log lives and who is told when it fails.
pub struct LogOptions {
    /// The file, created when missing.
    pub path: PathBuf,
    /// Real files, or the test build's faulty ones.
    pub storage: Storage,
    /// Called when a write failed for good.
    pub on_failure: OnFailure,
}

/// Why the log could not be read or written.
#[derive(Debug, Clone, Error)]
pub enum LogError {
    /// Reading or writing failed; the handle takes no further writes.
    #[error(
        "the log file could not be {action}: {reason}. Check the disk, then start Timebook again; nothing acknowledged is lost"
    )]
    Failed {
        /// "read", "written" or "written anew".
        action: &'static str,
        /// What the storage said.
        reason: String,
    },
    /// The log was closed, or failed before.
    #[error("the log file is closed")]
    Closed,
}

/// The three marks kept beside the entries, as opaque bytes.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The vote this node gave last.
    pub vote: Option<Vec<u8>>,
    /// A position known to be committed (may lag: it rides along with the next write).
    pub committed: Option<Vec<u8>>,
    /// The last position removed from the front.
    pub purged: Option<Vec<u8>>,
    /// What ties the log to its state file.
    pub pair: Option<Vec<u8>>,
    /// What was gone for good when the file was written anew last.
    pub cleared: Option<Vec<u8>>,
}

/// The open log: cheap to clone; the file closes when the last clone is gone.
#[derive(Clone)]
pub struct LogFile {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Mutex<Option<Sender<Op>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Gone once the log is closed.
    shared: RwLock<Option<Arc<Shared>>>,
}

/// What readers and the log thread share.
struct Shared {
    path: PathBuf,
    storage: Storage,
    /// Another one once the file was written anew; whoever reads on reads the old one.
    database: RwLock<Arc<Database>>,
    /// A committed position waiting to ride along with a write.
    committed: Mutex<Committed>,
    /// Writes handed to the log thread and not yet done.
    queued: AtomicUsize,
    /// Gone after the first failure. Held while writing: one writer at a time.
    on_failure: Mutex<Option<OnFailure>>,
}

/// A table of its own to write costs each transaction a page or two, so that the mark is written now and then only.
struct Committed {
    mark: Option<Vec<u8>>,
    written: Instant,
}

impl Committed {
    /// The mark, if it is time to write it.
    fn take_due(&mut self) -> Option<Vec<u8>> {
        if self.written.elapsed() < COMMITTED_EVERY {
            return None;
        }
        self.take()
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        self.written = Instant::now();
        self.mark.take()
    }
}

impl LogFile {
    /// Opens or creates the file, checks every page of it, and starts the log thread. Blocks: the whole file is read,
    /// which is bounded by what the log keeps.
    pub fn open(options: LogOptions) -> Result<LogFile, OpenError> {
        discard_leftover(&options.path)
            .map_err(|error| OpenError::refused(&options.path, error))?;
        let database = options.storage.open_checked(&options.path, CACHE_BYTES)?;
        let shared = Arc::new(Shared {
            path: options.path.clone(),
            storage: options.storage,
            database: RwLock::new(Arc::new(database)),
            committed: Mutex::new(Committed { mark: None, written: Instant::now() }),
            queued: AtomicUsize::new(0),
            on_failure: Mutex::new(Some(options.on_failure)),
        });
        create_tables(&shared.database())
            .map_err(|error| OpenError::refused(&options.path, error))?;
        let (queue, ops) = mpsc::channel();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("timebook-log".to_owned())
            .spawn(move || writer::run(&for_thread, &ops))
            .map_err(|error| OpenError::refused(&options.path, error))?;
        Ok(LogFile {
            inner: Arc::new(Inner {
                queue: Mutex::new(Some(queue)),
                thread: Mutex::new(Some(thread)),
                shared: RwLock::new(Some(shared)),
            }),
        })
    }

    /// Queues entries (index, bytes), indexes ascending without holes; `done` is told when they are durable.
    pub fn append(&self, entries: Vec<(u64, Vec<u8>)>, done: Done) {
        self.send(Op::Append { entries, done });
    }

    /// The same, written on the caller's thread where nothing is queued before it: `done` is told before the return then. Blocks.
    pub fn append_here(&self, entries: Vec<(u64, Vec<u8>)>, done: Done) {
        match self.shared() {
            Ok(shared) if shared.queued.load(Ordering::Acquire) == 0 => {
                let op = Op::Append { entries, done };
                let written = writer::write(&shared, std::slice::from_ref(&op));
                op.finish(written);
            }
            _ => self.append(entries, done),
        }
    }

    /// Queues the vote; `done` is told when it is durable.
    pub fn put_vote(&self, vote: Vec<u8>, done: Done) {
        self.send(Op::Vote { vote, done });
    }

    /// Queues the mark that ties the log to its state file; `done` is told when it is durable.
    pub fn put_pair(&self, pair: Vec<u8>, done: Done) {
        self.send(Op::Pair { pair, done });
    }

    /// Queues the removal of every entry from `from` on; `done` is told when that is durable.
    pub fn truncate(&self, from: u64, done: Done) {
        self.send(Op::Truncate { from, done });
    }

    /// Queues the removal of every entry up to and including `upto`, and the mark that says so. Not durable by itself:
    /// it reaches the disk with the next durable write, and doing it again is harmless.
    pub fn purge(&self, upto: u64, mark: Vec<u8>, done: Done) {
        self.send(Op::Purge { upto, mark, done });
    }

    /// Remembers a committed position; it is written with a later write, within about a second of writing, and costs nothing now. It
    /// is a hint only: what the log holds beyond it is committed anew after a start.
    pub fn note_committed(&self, mark: Vec<u8>) {
        if let Ok(shared) = self.shared() {
            shared.committed.lock().unwrap_or_else(PoisonError::into_inner).mark = Some(mark);
        }
    }

    /// Queues a durable write of whatever rides along; `done` is told when the file is up to date.
    pub fn flush(&self, done: Done) {
        self.send(Op::Flush { done });
    }

    /// Reads the entries of `range` that are on file, in order. Blocks.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, LogError> {
        let mut found = Vec::new();
        self.shared()?.scan(range, |index, bytes| found.push((index, bytes.to_vec())))?;
        Ok(found)
    }

    /// Index and length of every entry on file, in order. Blocks and reads the whole table.
    pub fn sizes(&self) -> Result<Vec<(u64, usize)>, LogError> {
        let mut sizes = Vec::new();
        self.shared()?.scan(0..u64::MAX, |index, bytes| sizes.push((index, bytes.len())))?;
        Ok(sizes)
    }

    /// The marks as they are on file. Blocks.
    pub fn marks(&self) -> Result<Marks, LogError> {
        self.shared()?.marks().map_err(read_failed)
    }

    /// Writes what is queued, stops the log thread and closes the file once the reads under way are done. Later calls are
    /// refused. Blocks.
    pub fn close(&self) {
        // Dropping the sender lets the thread finish the queue and end.
        drop(self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.inner.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic was already reported through `on_failure` by the thread itself.
        drop(thread.map(JoinHandle::join));
        drop(self.inner.shared.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn shared(&self) -> Result<Arc<Shared>, LogError> {
        let shared = self.inner.shared.read().unwrap_or_else(PoisonError::into_inner);
        shared.clone().ok_or(LogError::Closed)
    }

    fn send(&self, op: Op) {
        let queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = match (queue.as_ref(), self.shared()) {
            (Some(queue), Ok(shared)) => {
                shared.queued.fetch_add(1, Ordering::AcqRel);
                queue.send(op).err().map(|error| error.0)
            }
            _ => Some(op),
        };
        if let Some(op) = refused {
            drop(queue);
            op.finish(Err(LogError::Closed));
        }
    }
}

impl Shared {
    fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn scan(&self, range: Range<u64>, mut visit: impl FnMut(u64, &[u8])) -> Result<(), LogError> {
        let mut scan = || -> Result<(), redb::Error> {
            let database = self.database();
            let entries = database.begin_read()?.open_table(ENTRIES)?;
            for entry in entries.range(range.clone())? {
                let (index, bytes) = entry?;
                visit(index.value(), bytes.value());
            }
            Ok(())
        };
        scan().map_err(read_failed)
    }

    fn marks(&self) -> Result<Marks, redb::Error> {
        let database = self.database();
        let marks = match database.begin_read()?.open_table(MARKS) {
            Ok(marks) => marks,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Marks::default()),
            Err(error) => return Err(error.into()),
        };
        let mark = |name: &str| -> Result<Option<Vec<u8>>, redb::Error> {
            Ok(marks.get(name)?.map(|bytes| bytes.value().to_vec()))
        };
        Ok(Marks {
            vote: mark(VOTE)?,
            committed: mark(COMMITTED)?,
            purged: mark(PURGED)?,
            pair: mark(PAIR)?,
            cleared: mark(CLEARED)?,
        })
    }
}

fn create_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(ENTRIES)?;
    transaction.open_table(MARKS)?;
    transaction.commit()?;
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "used as a `map_err` function")]
fn read_failed(error: redb::Error) -> LogError {
    LogError::Failed { action: "read", reason: error.to_string() }
}

/// Entries: index -> one framed entry (`codec::consensus`).
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("log-1");
/// Marks: `vote`, `committed`, `purged`, `pair`, `cleared` -> one framed record each (`codec::consensus`).
const MARKS: TableDefinition<&str, &[u8]> = TableDefinition::new("log-marks-1");
const VOTE: &str = "vote";
const COMMITTED: &str = "committed";
const PURGED: &str = "purged";
const PAIR: &str = "pair";
const CLEARED: &str = "cleared";

/// How often the committed position is written, while there is something to write.
const COMMITTED_EVERY: Duration = Duration::from_secs(1);
/// The log is written at one end and read back from memory: it needs almost no page cache.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests;
