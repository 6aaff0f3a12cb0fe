//! The log thread: one durable transaction for everything that is queued.
//!
//! Must never answer a write before the transaction that holds it is durable, and must never write again after a failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use redb::Durability;

use super::{COMMITTED, Done, ENTRIES, LogError, MARKS, OnFailure, PAIR, PURGED, Shared, VOTE};

/// One queued write.
pub(super) enum Op {
    Append { entries: Vec<(u64, Vec<u8>)>, done: Done },
    Vote { vote: Vec<u8>, done: Done },
    Pair { pair: Vec<u8>, done: Done },
    Truncate { from: u64, done: Done },
    Purge { upto: u64, mark: Vec<u8>, done: Done },
    Flush { done: Done },
}

impl Op {
    /// Tells whoever waits.
    pub(super) fn finish(self, result: Result<(), LogError>) {
        match self {
            Op::Append { done, .. }
            | Op::Vote { done, .. }
            | Op::Pair { done, .. }
            | Op::Truncate { done, .. }
            | Op::Purge { done, .. }
            | Op::Flush { done } => done(result),
        }
    }

    fn must_be_durable(&self) -> bool {
        !matches!(self, Op::Purge { .. })
    }

    fn entries(&self) -> &[(u64, Vec<u8>)] {
        match self {
            Op::Append { entries, .. } => entries,
            _ => &[],
        }
    }
}

/// Works until the queue is closed and empty, or until the first failure; then refuses what still comes.
pub(super) fn run(shared: &Shared, queue: &Receiver<Op>, on_failure: OnFailure) {
    let mut batch = Batch::default();
    let mut pace = Pace::default();
    let failure = loop {
        let Ok(first) = queue.recv() else { return };
        batch.fill(first, queue, pace);
        let started = Instant::now();
        // A panic inside the storage engine must still answer the waiting writes and stop the process in an orderly way.
        let written =
            catch_unwind(AssertUnwindSafe(|| write(shared, &batch.ops))).unwrap_or_else(|_| {
                Err("the storage engine stopped in the middle of a write".to_owned())
            });
        match written {
            Ok(()) => {
                pace = Pace {
                    entries: batch.entries,
                    patience: (started.elapsed() / PATIENCE_SHARE).min(PATIENCE_MAX),
                };
                batch.finish(&Ok(()));
            }
            Err(reason) => break LogError::Failed { action: "written", reason },
        }
    };
    on_failure(failure.clone());
    batch.finish(&Err(failure));
    while let Ok(op) = queue.recv() {
        op.finish(Err(LogError::Closed));
    }
}

/// What the last transaction was like, to judge whether waiting a moment makes the next one larger.
#[derive(Clone, Copy, Default)]
struct Pace {
    entries: usize,
    patience: Duration,
}

/// The writes of one transaction.
#[derive(Default)]
struct Batch {
    ops: Vec<Op>,
    entries: usize,
    bytes: usize,
}

impl Batch {
    /// Takes everything that is queued, up to a bound that keeps one transaction small. After a flush the waiting
    /// clients wake one by one and write again: a flush started for the first of them would make all others wait for a
    /// second one. So when the last transaction held several entries, a fraction of its time is spent waiting for as
    /// many again. A single writer never waits.
    fn fill(&mut self, first: Op, queue: &Receiver<Op>, pace: Pace) {
        self.take(first);
        let deadline = Instant::now() + pace.patience;
        while self.ops.len() < BATCH_OPS && self.bytes < BATCH_BYTES {
            let next = match queue.try_recv() {
                Ok(op) => Some(op),
                Err(_) if self.entries < pace.entries => {
                    queue.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
                }
                Err(_) => None,
            };
            let Some(op) = next else { break };
            self.take(op);
        }
    }

    fn take(&mut self, op: Op) {
        self.entries += op.entries().len();
        self.bytes += op.entries().iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        self.ops.push(op);
    }

    fn finish(&mut self, result: &Result<(), LogError>) {
        (self.entries, self.bytes) = (0, 0);
        for op in self.ops.drain(..) {
            op.finish(result.clone());
        }
    }
}

fn write(shared: &Shared, batch: &[Op]) -> Result<(), String> {
    // Taken before the write and lost if it fails: the position is only a hint, and a failed log is not written again.
    let committed = shared.committed.lock().unwrap_or_else(PoisonError::into_inner).take();
    commit(shared, batch, committed.as_deref()).map_err(|error| error.to_string())
}

fn commit(shared: &Shared, batch: &[Op], committed: Option<&[u8]>) -> Result<(), redb::Error> {
    let mut transaction = shared.database.begin_write()?;
    if !batch.iter().any(Op::must_be_durable) {
        transaction.set_durability(Durability::None)?;
    }
    {
        let mut log = transaction.open_table(ENTRIES)?;
        let mut marks = transaction.open_table(MARKS)?;
        for op in batch {
            match op {
                Op::Append { entries, .. } => {
                    for (index, bytes) in entries {
                        log.insert(index, bytes.as_slice())?;
                    }
                }
                Op::Vote { vote, .. } => {
                    marks.insert(VOTE, vote.as_slice())?;
                }
                Op::Pair { pair, .. } => {
                    marks.insert(PAIR, pair.as_slice())?;
                }
                Op::Truncate { from, .. } => log.retain_in(*from.., |_, _| false)?,
                Op::Purge { upto, mark, .. } => {
                    log.retain_in(..=*upto, |_, _| false)?;
                    marks.insert(PURGED, mark.as_slice())?;
                }
                Op::Flush { .. } => {}
            }
        }
        if let Some(committed) = committed {
            marks.insert(COMMITTED, committed)?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Waiting for more writes may take this share of the last transaction's time (one eighth) ...
const PATIENCE_SHARE: u32 = 8;
/// ... and never longer than this, whatever the disk.
const PATIENCE_MAX: Duration = Duration::from_millis(1);
/// Queued writes in one transaction at most.
const BATCH_OPS: usize = 1024;
/// Bytes of entries in one transaction, give or take one write.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
