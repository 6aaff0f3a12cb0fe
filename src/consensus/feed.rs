//! The feed of changes: what became different, told after each apply.
//!
//! Must never hold up the writer: a listener that is too slow loses the oldest changes and is told how many.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::clock;
use crate::domain::outcome::{Audience, Changed, Noun};

/// What became different, as it is told; made by [`Door::feed`](super::Door::feed).
#[derive(Clone)]
pub struct Feed {
    to: broadcast::Sender<Changed>,
    /// Which feed this is: another one, after a start, counts from nothing again.
    id: u64,
    past: Arc<Mutex<Past>>,
}

/// What was told lately.
#[derive(Default)]
struct Past {
    /// How many changes were told in all.
    told: u64,
    /// The newest of them, the oldest first.
    kept: VecDeque<Changed>,
}

/// A place in a feed. What is read after it was taken has every change that was told before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    feed: u64,
    told: u64,
}

impl Feed {
    pub(super) fn new() -> Feed {
        let id = u64::from_be_bytes(clock::random_bytes());
        Feed { to: broadcast::Sender::new(FEED_KEEPS), id, past: Arc::default() }
    }

    /// Tells of something that this server knows until it ends, and that stands in no log.
    pub fn tell(&self, noun: Noun, id: &[u8], audience: Audience) {
        let server_seq = self.past().kept.back().map_or(0, |newest| newest.server_seq);
        self.publish(Changed { server_seq, noun, id: id.to_vec(), audience });
    }

    pub(super) fn publish(&self, change: Changed) {
        let mut past = self.past();
        past.told += 1;
        if past.kept.len() == FEED_KEEPS {
            past.kept.pop_front();
        }
        past.kept.push_back(change.clone());
        // Nobody listening is the normal case.
        drop(self.to.send(change));
    }

    pub(super) fn listen(&self) -> Changes {
        // Nothing is told between the mark and the listening.
        let past = self.past();
        let mark = Mark { feed: self.id, told: past.told };
        Changes { from: self.to.subscribe(), mark }
    }

    /// The place where it is now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { feed: self.id, told: self.past().told }
    }

    /// What was told between two marks; none when that is not known any more, or one of them is another feed's: then anything may have
    /// changed.
    #[must_use]
    pub fn between(&self, from: Mark, to: Mark) -> Option<Vec<Changed>> {
        if from.feed != self.id || to.feed != self.id {
            return None;
        }
        let past = self.past();
        let wanted = usize::try_from(to.told.checked_sub(from.told)?).ok()?;
        let newer = usize::try_from(past.told.checked_sub(to.told)?).ok()?;
        let end = past.kept.len().checked_sub(newer)?;
        let start = end.checked_sub(wanted)?;
        Some(past.kept.range(start..end).cloned().collect())
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mark {
    /// As [`Display`](fmt::Display) wrote it; none for any other text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (feed, told) = text.split_once('-')?;
        Some(Self { feed: u64::from_str_radix(feed, 16).ok()?, told: told.parse().ok()? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:x}-{}", self.feed, self.told)
    }
}

/// A listener's end; made by [`Door::changes`](super::Door::changes).
pub struct Changes {
    from: broadcast::Receiver<Changed>,
    mark: Mark,
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something changed.
    Changed(Changed),
    /// So many changes were lost because this listener was too slow: read the state anew.
    Missed(u64),
}

impl Changes {
    /// Where the listening began.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }

    /// The next news; none once the door is closed.
    pub async fn next(&mut self) -> Option<News> {
        match self.from.recv().await {
            Ok(change) => Some(News::Changed(change)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(News::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// The next news that is here already; none when there is none yet, or the door is closed. Never waits: a command whose
    /// outcome is known has its news here.
    pub fn next_here(&mut self) -> Option<News> {
        match self.from.try_recv() {
            Ok(change) => Some(News::Changed(change)),
            Err(broadcast::error::TryRecvError::Lagged(missed)) => Some(News::Missed(missed)),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => {
                None
            }
        }
    }
}

/// Changes kept for slow listeners, and for those who come back.
const FEED_KEEPS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn change(server_seq: u64) -> Changed {
        Changed { server_seq, noun: Noun::Tag, id: Vec::new(), audience: Audience::Everyone }
    }

    #[test]
    fn what_was_told_between_two_marks_is_known_as_long_as_all_of_it_is_kept() {
        let feed = Feed::new();
        let start = feed.mark();
        feed.publish(change(7));
        let after_one = feed.mark();
        feed.publish(change(8));
        let listening = feed.listen();
        feed.publish(change(9));
        let seqs = |from, to| {
            let found = feed.between(from, to)?;
            Some(found.iter().map(|change| change.server_seq).collect::<Vec<_>>())
        };
        assert_eq!(seqs(start, listening.mark()), Some(vec![7, 8]));
        assert_eq!(seqs(after_one, listening.mark()), Some(vec![8]));
        assert_eq!(seqs(listening.mark(), listening.mark()), Some(Vec::new()));
        assert_eq!(seqs(listening.mark(), start), None, "backwards");
        assert_eq!(seqs(Feed::new().mark(), start), None, "of another feed");
        for seq in 10..10 + FEED_KEEPS as u64 - 2 {
            feed.publish(change(seq));
        }
        assert_eq!(seqs(start, feed.mark()), None, "one of them is gone");
        assert_eq!(seqs(after_one, feed.mark()).map(|all| all.len()), Some(FEED_KEEPS));
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Feed::new().mark();
        assert_eq!(Mark::read(&mark.to_string()), Some(mark));
        for other in ["", "-", "1", "x-1", "1-x", "1--1", "123456789abcdef01-0"] {
            assert_eq!(Mark::read(other), None, "{other}");
        }
    }
}
