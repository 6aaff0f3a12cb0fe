//! Writing the log: one durable transaction for everything that is queued, on the log thread or on the caller's.
//!
//! Must never answer a write before the transaction that holds it is durable, and must never write again after a failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use redb::Durability;

use super::{COMMITTED, Done, ENTRIES, LogError, MARKS, PAIR, PURGED, Shared, VOTE};

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

/// Works until the queue is closed and empty.
pub(super) fn run(shared: &Shared, queue: &Receiver<Op>) {
    let mut batch = Batch::default();
    while let Ok(first) = queue.recv() {
        batch.fill(first, queue);
        let written = write(shared, &batch.ops);
        shared.queued.fetch_sub(batch.ops.len(), Ordering::Release);
        batch.finish(&written);
    }
}

/// Writes `ops` in one transaction, durable after the return. The first failure is told to whoever asked to be told, and ends all
/// writing: what is on the disk is unknown then.
pub(super) fn write(shared: &Shared, ops: &[Op]) -> Result<(), LogError> {
    let mut on_failure = shared.on_failure.lock().unwrap_or_else(PoisonError::into_inner);
    if on_failure.is_none() {
        return Err(LogError::Closed);
    }
    // A panic inside the storage engine must still answer the waiting writes and stop the process in an orderly way.
    let written = catch_unwind(AssertUnwindSafe(|| commit(shared, ops).map_err(|e| e.to_string())));
    let written = written
        .unwrap_or_else(|_| Err("the storage engine stopped in the middle of a write".to_owned()));
    written.map_err(|reason| {
        let failure = LogError::Failed { action: "written", reason };
        if let Some(tell) = on_failure.take() {
            tell(failure.clone());
        }
        failure
    })
}

/// The writes of one transaction.
#[derive(Default)]
struct Batch {
    ops: Vec<Op>,
    bytes: usize,
}

impl Batch {
    /// Takes everything that is queued, up to a bound that keeps one transaction small.
    fn fill(&mut self, first: Op, queue: &Receiver<Op>) {
        self.take(first);
        while self.ops.len() < BATCH_OPS && self.bytes < BATCH_BYTES {
            let Ok(op) = queue.try_recv() else { break };
            self.take(op);
        }
    }

    fn take(&mut self, op: Op) {
        self.bytes += op.entries().iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        self.ops.push(op);
    }

    fn finish(&mut self, result: &Result<(), LogError>) {
        self.bytes = 0;
        for op in self.ops.drain(..) {
            op.finish(result.clone());
        }
    }
}

fn commit(shared: &Shared, batch: &[Op]) -> Result<(), redb::Error> {
    // Taken before the write and lost if it fails: the position is only a hint, and a failed log is not written again.
    let committed = {
        let mut committed = shared.committed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_flush = batch.iter().any(|op| matches!(op, Op::Flush { .. }));
        if is_flush { committed.take() } else { committed.take_due() }
    };
    let database = shared.database();
    let mut transaction = database.begin_write()?;
    if !batch.iter().any(Op::must_be_durable) {
        transaction.set_durability(Durability::None)?;
    }
    {
        let mut log = transaction.open_table(ENTRIES)?;
        // Opening a table for writing costs: most transactions are entries only.
        let is_marked =
            committed.is_some() || batch.iter().any(|op| !matches!(op, Op::Append { .. }));
        let mut marks = is_marked.then(|| transaction.open_table(MARKS)).transpose()?;
        let mut mark = |name, bytes: &[u8]| match &mut marks {
            Some(marks) => marks.insert(name, bytes).map(drop),
            None => Ok(()),
        };
        for op in batch {
            match op {
                Op::Append { entries, .. } => {
                    for (index, bytes) in entries {
                        log.insert(index, bytes.as_slice())?;
                    }
                }
                Op::Vote { vote, .. } => {
                    mark(VOTE, vote)?;
                }
                Op::Pair { pair, .. } => {
                    mark(PAIR, pair)?;
                }
                Op::Truncate { from, .. } => log.retain_in(*from.., |_, _| false)?,
                Op::Purge { upto, mark: position, .. } => {
                    log.retain_in(..=*upto, |_, _| false)?;
                    mark(PURGED, position)?;
                }
                Op::Flush { .. } => {}
            }
        }
        if let Some(committed) = committed {
            mark(COMMITTED, &committed)?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Queued writes in one transaction at most.
const BATCH_OPS: usize = 1024;
/// Bytes of entries in one transaction, give or take one write.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
