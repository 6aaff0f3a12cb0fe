//! What the log store knows without asking the file: its bounds, its newest entries, how much it holds.
//!
//! No I/O. Must never forget an entry that is not yet durable: until then this is the only place it can be read from.

use std::collections::VecDeque;
use std::ops::Range;

use openraft::EntryPayload;

use super::types::{Entry, LogId, Vote};

/// The bounds and the newest entries of the log.
#[derive(Default)]
pub(super) struct Tail {
    pub(super) vote: Option<Vote>,
    pub(super) committed: Option<LogId>,
    pub(super) purged: Option<LogId>,
    pub(super) last: Option<LogId>,
    /// Index of the first entry there is; the one after `last` when there is none.
    start: u64,
    /// The newest entries, without holes, ending at `last`.
    recent: VecDeque<Entry>,
    recent_bytes: usize,
    /// Every entry below this index is durable.
    durable_next: u64,
    segments: VecDeque<Segment>,
    /// Up to here nothing is to be kept, whatever the bounds allow.
    forgotten: Option<u64>,
}

/// A run of entries that is purged as one.
struct Segment {
    first: u64,
    entries: u64,
    bytes: usize,
}

impl Tail {
    /// The tail of a log that was just opened: nothing in memory, everything durable.
    pub(super) fn opened(
        purged: Option<LogId>,
        last: Option<LogId>,
        sizes: &[(u64, usize)],
    ) -> Tail {
        let start = sizes.first().map_or(next(last), |(index, _)| *index);
        let mut tail = Tail { purged, last, start, durable_next: next(last), ..Tail::default() };
        for (index, bytes) in sizes {
            tail.count(*index, *bytes);
        }
        tail
    }

    /// Adds an entry whose stored form is `bytes` long.
    pub(super) fn push(&mut self, entry: Entry, bytes: usize) {
        if self.start == next(self.last) {
            self.start = entry.log_id.index;
        }
        self.last = Some(entry.log_id);
        self.count(entry.log_id.index, bytes);
        self.recent_bytes += weight(&entry);
        self.recent.push_back(entry);
    }

    /// Everything below `next` is durable now: old entries may leave the memory.
    pub(super) fn durable(&mut self, next: u64) {
        self.durable_next = self.durable_next.max(next);
        while self.recent.len() > RECENT_ENTRIES || self.recent_bytes > RECENT_BYTES {
            let leaves = self.recent.front().is_some_and(|e| e.log_id.index < self.durable_next);
            if !leaves {
                break;
            }
            match self.recent.pop_front() {
                Some(entry) => self.recent_bytes -= weight(&entry),
                None => break,
            }
        }
    }

    /// Drops every entry after `last`.
    pub(super) fn truncate(&mut self, last: Option<LogId>) {
        let from = next(last);
        if from >= next(self.last) {
            return;
        }
        while self.recent.back().is_some_and(|entry| entry.log_id.index >= from) {
            self.recent_bytes -= self.recent.pop_back().as_ref().map_or(0, weight);
        }
        self.last = last.max(self.purged);
        self.start = self.start.min(next(self.last));
        self.durable_next = self.durable_next.min(from);
        while let Some(segment) = self.segments.back_mut() {
            if segment.first >= from {
                self.segments.pop_back();
                continue;
            }
            // The bytes of the dropped entries stay counted: too much only purges a little earlier.
            segment.entries = segment.entries.min(from - segment.first);
            break;
        }
    }

    /// Drops every entry up to and including `upto`.
    pub(super) fn purge(&mut self, upto: LogId) {
        self.purged = self.purged.max(Some(upto));
        self.last = self.last.max(Some(upto));
        self.start = self.start.max(upto.index + 1);
        self.durable_next = self.durable_next.max(next(self.purged));
        while self.recent.front().is_some_and(|entry| entry.log_id.index <= upto.index) {
            self.recent_bytes -= self.recent.pop_front().as_ref().map_or(0, weight);
        }
        while self.segments.front().is_some_and(|s| s.first + s.entries <= upto.index + 1) {
            self.segments.pop_front();
        }
    }

    /// The part of `range` the log holds: what must come from the file, and the entries that are in memory.
    pub(super) fn read(&self, range: Range<u64>) -> (Range<u64>, Vec<Entry>) {
        let start = range.start.max(self.start);
        let end = range.end.min(next(self.last));
        let in_memory = self.recent.front().map_or(end, |entry| entry.log_id.index);
        let from = start.max(in_memory);
        let entries = if from < end {
            let skip = usize::try_from(from - in_memory).unwrap_or(usize::MAX);
            let take = usize::try_from(end - from).unwrap_or(usize::MAX);
            self.recent.iter().skip(skip).take(take).cloned().collect()
        } else {
            Vec::new()
        };
        (start..end.min(in_memory).max(start), entries)
    }

    /// What stands in the log up to `index` shall go as soon as the state has it.
    pub(super) fn forget(&mut self, index: u64) {
        self.forgotten = self.forgotten.max(Some(index));
    }

    /// How far the front should be purged so that the log stays within its bounds; at most one segment at a time, to
    /// keep each purge short.
    /// A server that is alone keeps less: nobody catches up from it, and at a start every page of it is read.
    pub(super) fn excess(&self, alone: bool) -> Option<u64> {
        let front = self.segments.front()?;
        let last = front.first + front.entries - 1;
        if let Some(index) = self.forgotten.filter(|index| self.start <= *index) {
            return Some(last.min(index));
        }
        let entries: u64 = self.segments.iter().map(|segment| segment.entries).sum();
        let bytes: usize = self.segments.iter().map(|segment| segment.bytes).sum();
        let (most_entries, most_bytes) =
            if alone { (KEEP_ENTRIES_ALONE, KEEP_BYTES_ALONE) } else { (KEEP_ENTRIES, KEEP_BYTES) };
        let over = entries - front.entries >= most_entries || bytes - front.bytes >= most_bytes;
        over.then_some(last)
    }

    fn count(&mut self, index: u64, bytes: usize) {
        match self.segments.back_mut() {
            Some(segment) if segment.entries < SEGMENT_ENTRIES && segment.bytes < SEGMENT_BYTES => {
                segment.entries += 1;
                segment.bytes += bytes;
            }
            _ => self.segments.push_back(Segment { first: index, entries: 1, bytes }),
        }
    }
}

/// The index after `id`; 0 at the very start.
pub(super) fn next(id: Option<LogId>) -> u64 {
    id.map_or(0, |id| id.index + 1)
}

/// Roughly what an entry costs in memory.
fn weight(entry: &Entry) -> usize {
    let body = match &entry.payload {
        EntryPayload::Normal(logged) => logged.bytes(),
        EntryPayload::Blank | EntryPayload::Membership(_) => 0,
    };
    size_of::<Entry>() + body
}

/// Entries kept in memory once they are durable: the engine reads them back to apply them, a moment later.
const RECENT_ENTRIES: usize = 4096;
/// And their bytes.
const RECENT_BYTES: usize = 2 * 1024 * 1024;
/// Entries kept on file behind the newest; a server that was away catches up from them.
const KEEP_ENTRIES: u64 = 100_000;
/// And their bytes: the file stays within about twice this.
const KEEP_BYTES: usize = 64 * 1024 * 1024;
/// The same where no other server can have been away: some seconds of the busiest office, so that there is a checkpoint behind them anyway.
const KEEP_ENTRIES_ALONE: u64 = 16_384;
/// And their bytes.
const KEEP_BYTES_ALONE: usize = 4 * 1024 * 1024;
/// One purge removes this many entries: few, because appending waits for it ...
const SEGMENT_ENTRIES: u64 = 512;
/// ... or bytes, whichever is reached first.
const SEGMENT_BYTES: usize = 1024 * 1024;

#[cfg(test)]
mod tests;
