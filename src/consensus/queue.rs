//! The bounded queue in front of the log: how many commands, and how many bytes of them, may wait at once.
//!
//! Must never let a caller who goes away free his place before his command is done: the place belongs to the answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::error::CommitError;
use crate::domain::outcome::Outcome;

/// Places for commands under way.
#[derive(Clone)]
pub(super) struct Queue {
    commands: Arc<Semaphore>,
    kibibytes: Arc<Semaphore>,
    wait: Duration,
}

/// One command's place, free again when this is dropped.
pub(super) struct Place {
    _command: OwnedSemaphorePermit,
    _kibibytes: OwnedSemaphorePermit,
}

impl Queue {
    pub(super) fn new() -> Queue {
        Queue::waiting(QUEUE_WAIT)
    }

    fn waiting(wait: Duration) -> Queue {
        Queue {
            commands: Arc::new(Semaphore::new(QUEUE_COMMANDS as usize)),
            kibibytes: Arc::new(Semaphore::new(QUEUE_KIBIBYTES)),
            wait,
        }
    }

    /// Waits for a place, at most [`QUEUE_WAIT`].
    pub(super) async fn enter(&self, bytes: usize) -> Result<Place, CommitError> {
        let kibibytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        // The usual case needs no timer. Nobody is overtaken: free places go to those who wait first.
        if let Ok(command) = Arc::clone(&self.commands).try_acquire_owned()
            && let Ok(kibibytes) = Arc::clone(&self.kibibytes).try_acquire_many_owned(kibibytes)
        {
            return Ok(Place { _command: command, _kibibytes: kibibytes });
        }
        match tokio::time::timeout(self.wait, self.acquire(kibibytes)).await {
            Ok(place) => place.ok_or_else(CommitError::closed),
            Err(_) => Err(CommitError::Busy),
        }
    }

    /// None once the queue is closed.
    async fn acquire(&self, kibibytes: u32) -> Option<Place> {
        let command = Arc::clone(&self.commands).acquire_owned().await.ok()?;
        let kibibytes = Arc::clone(&self.kibibytes).acquire_many_owned(kibibytes).await.ok()?;
        Some(Place { _command: command, _kibibytes: kibibytes })
    }

    /// Commands under way now.
    pub(super) fn depth(&self) -> usize {
        (QUEUE_COMMANDS as usize).saturating_sub(self.commands.available_permits())
    }

    /// Does it refuse whoever comes?
    pub(super) fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }

    /// Lets those who are in finish, for a bounded time, and refuses whoever comes from now on.
    pub(super) async fn close(&self) {
        // Whoever comes meanwhile queues up behind this and is refused with the closing.
        let all = self.commands.acquire_many(QUEUE_COMMANDS);
        drop(tokio::time::timeout(self.wait, all).await);
        self.commands.close();
        self.kibibytes.close();
    }
}

/// A command that has a place and waits to be logged.
pub(super) struct Waiting {
    pub(super) command: Vec<u8>,
    pub(super) answer: oneshot::Sender<Result<Outcome, CommitError>>,
    place: Place,
}

impl Waiting {
    pub(super) fn new(
        command: Vec<u8>,
        place: Place,
    ) -> (Waiting, oneshot::Receiver<Result<Outcome, CommitError>>) {
        let (answer, answered) = oneshot::channel();
        (Waiting { command, answer, place }, answered)
    }

    /// Says what became of it, and frees the place.
    pub(super) fn finish(self, result: Result<Outcome, CommitError>) {
        drop(self.place);
        // Nobody listens any more when the caller gave up; the command stands all the same.
        drop(self.answer.send(result));
    }
}

/// Longest encoded command, in bytes: what a record may hold at most.
pub(super) const COMMAND_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Commands under way at once.
pub(super) const QUEUE_COMMANDS: u32 = 4096;
/// Their encoded bytes at once, in KiB; four of the largest fit.
const QUEUE_KIBIBYTES: usize = 32 * 1024;
/// How long a command waits for a place before it is refused as [`CommitError::Busy`].
const QUEUE_WAIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_refuses_after_a_bounded_wait_and_recovers() {
        let queue = Queue::waiting(Duration::from_millis(10));
        let mut places = Vec::new();
        for _ in 0..QUEUE_COMMANDS {
            places.push(queue.enter(1).await.unwrap());
        }
        assert_eq!(queue.depth(), QUEUE_COMMANDS as usize);
        assert!(matches!(queue.enter(1).await, Err(CommitError::Busy)));
        places.pop();
        queue.enter(1).await.unwrap();
    }

    #[tokio::test]
    async fn large_commands_are_bounded_by_their_bytes() {
        let queue = Queue::waiting(Duration::from_millis(10));
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(queue.enter(COMMAND_BYTES_MAX).await.unwrap());
        }
        assert!(matches!(queue.enter(1).await, Err(CommitError::Busy)));
    }

    #[tokio::test]
    async fn the_place_outlives_a_caller_who_gave_up() {
        let queue = Queue::new();
        let (waiting, answer) = Waiting::new(vec![1], queue.enter(1).await.unwrap());
        drop(answer);
        assert_eq!(queue.depth(), 1);
        waiting.finish(Ok(Outcome::Done));
        assert_eq!(queue.depth(), 0);
    }

    #[tokio::test]
    async fn closing_waits_for_those_who_are_in() {
        let queue = Queue::new();
        let place = queue.enter(1).await.unwrap();
        let closing = queue.clone();
        let mut closing = tokio::spawn(async move { closing.close().await });
        let early = tokio::time::timeout(Duration::from_millis(10), &mut closing).await;
        assert!(early.is_err(), "closed while a command was under way");
        drop(place);
        closing.await.unwrap();
    }

    #[tokio::test]
    async fn a_closed_queue_refuses_at_once() {
        let queue = Queue::new();
        queue.close().await;
        assert!(matches!(queue.enter(1).await, Err(CommitError::Stopped(_))));
    }
}
