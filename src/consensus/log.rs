//! The replicated log as the engine sees it, over `store::log`.
//!
//! Must never call the database on an async thread (a lone server's engine thread excepted, see `alone`), and never tell the
//! engine that something is durable before it is.

use std::io;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use openraft::storage::{IOFlushed, RaftLogStorage};
use openraft::{LogState, OptionalSend, RaftLogReader};
use tokio::sync::oneshot;

use super::alone::Alone;
use super::tail::{Tail, next};
use super::types::{self, Entry, LogId, Types, Vote};
use crate::codec::consensus::{Count, Pair, Position};
use crate::store::log::{Done, LogError, LogFile};

/// The log; clones are the same log.
#[derive(Clone)]
pub(super) struct Log {
    file: LogFile,
    tail: Arc<Mutex<Tail>>,
    alone: Alone,
}

impl Log {
    /// Reads the marks and bounds of an open log file. Blocks.
    pub(super) fn load(file: LogFile, alone: Alone) -> io::Result<Log> {
        let marks = file.marks().map_err(types::io)?;
        let sizes = file.sizes().map_err(types::io)?;
        if let Some(at) = sizes.windows(2).find(|pair| pair[0].0 + 1 != pair[1].0) {
            return Err(types::io(format!("log.redb lacks the change after {}", at[0].0)));
        }
        let mark = |bytes: Option<Vec<u8>>| -> io::Result<Option<LogId>> {
            let position = bytes.map(|bytes| Position::from_bytes(&bytes));
            Ok(position.transpose().map_err(types::io)?.map(types::log_id))
        };
        let purged = mark(marks.purged)?;
        let last = match sizes.last() {
            Some((index, _)) => {
                let found = file.read(*index..index + 1).map_err(types::io)?;
                let (_, bytes) =
                    found.first().ok_or_else(|| types::io("log.redb lost its last entry"))?;
                Some(types::entry(bytes).map_err(types::io)?.log_id)
            }
            None => purged,
        };
        let mut tail = Tail::opened(purged, last, &sizes);
        tail.vote = marks.vote.as_deref().map(types::vote).transpose().map_err(types::io)?;
        tail.committed = mark(marks.committed)?;
        Ok(Log { file, tail: Arc::new(Mutex::new(tail)), alone })
    }

    /// The last position removed from the front, and the last one there is.
    pub(super) fn bounds(&self) -> (Option<LogId>, Option<LogId>) {
        let tail = self.tail();
        (tail.purged, tail.last)
    }

    /// Position of the entry at `index`, if the log still has it. Blocks.
    pub(super) fn position_at(&self, index: u64) -> io::Result<Option<LogId>> {
        let entries = self.read_blocking(index..index + 1)?;
        Ok(entries.first().map(|entry| entry.log_id))
    }

    /// The mark that ties this log to its state file. Blocks.
    pub(super) fn pair(&self) -> io::Result<Option<Pair>> {
        let bytes = self.file.marks().map_err(types::io)?.pair;
        bytes.map(|bytes| Pair::from_bytes(&bytes)).transpose().map_err(types::io)
    }

    /// Writes that mark, once and for good. Blocks.
    pub(super) fn set_pair(&self, pair: Pair) -> io::Result<()> {
        let (tell, told) = mpsc::channel();
        // The receiver waits below, so it is there.
        self.file.put_pair(pair.to_bytes(), Box::new(move |result| drop(tell.send(result))));
        told.recv().map_err(types::io)?.map_err(types::io)
    }

    /// Up to which index the front should be purged to keep the log within its bounds.
    pub(super) fn excess(&self) -> Option<u64> {
        self.tail().excess(self.alone.is_so())
    }

    /// What stands in it up to `index` shall go as soon as the state has it.
    pub(super) fn forget(&self, index: u64) {
        self.tail().forget(index);
    }

    /// What was said when the file was written anew last; 0 when it never was. Blocks.
    pub(super) fn cleared(&self) -> io::Result<u64> {
        let bytes = self.file.marks().map_err(types::io)?.cleared;
        let count = bytes.map(|bytes| Count::from_bytes(&bytes)).transpose().map_err(types::io)?;
        Ok(count.map_or(0, |count| count.0))
    }

    /// Writes the file anew, without what was removed from it, and remembers `cleared` in the same step. Blocks.
    pub(super) fn renew(&self, cleared: u64) -> io::Result<()> {
        self.file.renew(&Count(cleared).to_bytes()).map_err(types::io)
    }

    /// Waits until everything that is queued is on disk.
    pub(super) async fn flush(&self) -> io::Result<()> {
        written(|done| self.file.flush(done)).await
    }

    /// Writes everything that is queued or rides along, and closes the file. Blocks.
    pub(super) fn close(&self) {
        // The thread finishes its queue before it ends, so this is on disk when `close` returns; a failure raised the alarm.
        self.file.flush(Box::new(drop));
        self.file.close();
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(&self, range: Range<u64>) -> io::Result<Vec<Entry>> {
        let (on_file, in_memory) = self.tail().read(range);
        if on_file.is_empty() {
            return Ok(in_memory);
        }
        let log = self.clone();
        tokio::task::spawn_blocking(move || log.join(on_file, in_memory))
            .await
            .map_err(types::io)?
    }

    /// The entries of `range`; those that were removed from the front are missing. Blocks.
    pub(super) fn read_blocking(&self, range: Range<u64>) -> io::Result<Vec<Entry>> {
        let (on_file, in_memory) = self.tail().read(range);
        if on_file.is_empty() {
            return Ok(in_memory);
        }
        self.join(on_file, in_memory)
    }

    /// Reads the file's part and checks that both parts together have no hole.
    fn join(&self, on_file: Range<u64>, in_memory: Vec<Entry>) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let end = on_file.end;
        for (index, bytes) in self.file.read(on_file).map_err(types::io)? {
            let entry = types::entry(&bytes).map_err(types::io)?;
            let follows =
                entries.last().is_none_or(|before: &Entry| before.log_id.index + 1 == index);
            if entry.log_id.index != index || !follows {
                return Err(types::io(format!("log.redb has a hole before change {index}")));
            }
            entries.push(entry);
        }
        // What is missing at the start may have been purged meanwhile; what is missing at the end may not.
        let ends = entries.last().map_or(next(self.tail().purged), |last| last.log_id.index + 1);
        if ends < end {
            return Err(types::io(format!("log.redb lacks change {ends}")));
        }
        entries.extend(in_memory);
        Ok(entries)
    }
}

impl RaftLogReader<Types> for Log {
    async fn try_get_log_entries<R: RangeBounds<u64> + OptionalSend>(
        &mut self,
        range: R,
    ) -> Result<Vec<Entry>, io::Error> {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => u64::MAX,
        };
        self.read(start..end).await
    }

    async fn read_vote(&mut self) -> Result<Option<Vote>, io::Error> {
        Ok(self.tail().vote)
    }
}

impl RaftLogStorage<Types> for Log {
    type LogReader = Log;

    async fn get_log_state(&mut self) -> Result<LogState<Types>, io::Error> {
        let (last_purged_log_id, last_log_id) = self.bounds();
        Ok(LogState { last_purged_log_id, last_log_id })
    }

    async fn get_log_reader(&mut self) -> Log {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> Result<(), io::Error> {
        let bytes = types::vote_bytes(vote);
        written(|done| self.file.put_vote(bytes, done)).await?;
        self.tail().vote = Some(*vote);
        Ok(())
    }

    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<(), io::Error> {
        self.tail().committed = committed;
        if let Some(committed) = committed {
            self.file.note_committed(types::position(committed).to_bytes());
        }
        Ok(())
    }

    async fn read_committed(&mut self) -> Result<Option<LogId>, io::Error> {
        Ok(self.tail().committed)
    }

    async fn append<I>(&mut self, entries: I, flushed: IOFlushed<Types>) -> Result<(), io::Error>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let mut stored = Vec::new();
        let mut added = Vec::new();
        for entry in entries {
            stored.push((entry.log_id.index, types::entry_bytes(&entry).map_err(types::io)?));
            added.push(entry);
        }
        let end = {
            let mut tail = self.tail();
            for (entry, (_, bytes)) in added.into_iter().zip(&stored) {
                tail.push(entry, bytes.len());
            }
            next(tail.last)
        };
        let tail = Arc::clone(&self.tail);
        let done = move |result: Result<(), LogError>| {
            if result.is_ok() {
                tail.lock().unwrap_or_else(PoisonError::into_inner).durable(end);
            }
            flushed.io_completed(result.map_err(types::io));
        };
        if self.alone.is_so() {
            self.file.append_here(stored, Box::new(done));
        } else {
            self.file.append(stored, Box::new(done));
        }
        Ok(())
    }

    async fn truncate_after(&mut self, last: Option<LogId>) -> Result<(), io::Error> {
        self.tail().truncate(last);
        // Waiting keeps a reader from finding the dropped entries on file after this returned.
        written(|done| self.file.truncate(next(last), done)).await
    }

    async fn purge(&mut self, upto: LogId) -> Result<(), io::Error> {
        self.tail().purge(upto);
        // Not waited for: readers are bounded by the tail, and purging again after a crash is harmless.
        self.file.purge(upto.index, types::position(upto).to_bytes(), Box::new(drop));
        Ok(())
    }
}

/// Queues a write and waits until it is durable.
async fn written(queue: impl FnOnce(Done)) -> io::Result<()> {
    let (tell, told) = oneshot::channel();
    // The receiver is gone only when the engine was dropped in the middle of the wait.
    queue(Box::new(move |result| drop(tell.send(result))));
    told.await.map_err(|_| types::io(LogError::Closed))?.map_err(types::io)
}
