//! The feed of changes: what became different, told after each apply.
//!
//! Must never hold up the writer: a listener that is too slow loses the oldest changes and is told how many.

use tokio::sync::broadcast;

use crate::domain::outcome::Changed;

/// The writer's end.
#[derive(Clone)]
pub(super) struct Feed {
    to: broadcast::Sender<Changed>,
}

impl Feed {
    pub(super) fn new() -> Feed {
        Feed { to: broadcast::Sender::new(FEED_KEEPS) }
    }

    pub(super) fn publish(&self, change: Changed) {
        // Nobody listening is the normal case.
        drop(self.to.send(change));
    }

    pub(super) fn listen(&self) -> Changes {
        Changes { from: self.to.subscribe() }
    }
}

/// A listener's end; made by [`Door::changes`](super::Door::changes).
pub struct Changes {
    from: broadcast::Receiver<Changed>,
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

/// Changes kept for slow listeners.
const FEED_KEEPS: usize = 1024;
