//! The alarm: raised once, by whoever first finds that the door cannot go on.
//!
//! Must never be lowered again: after a failed write nobody knows what the disk holds until the files are opened anew.

use std::sync::Arc;

use tokio::sync::watch;

use super::error::{CommitError, Fatal};

/// Shared by every thread and task of the door.
#[derive(Clone)]
pub(super) struct Alarm {
    raised: Arc<watch::Sender<Option<Fatal>>>,
}

impl Alarm {
    pub(super) fn new() -> Alarm {
        Alarm { raised: Arc::new(watch::Sender::new(None)) }
    }

    /// Raises the alarm; the first reason stays.
    pub(super) fn raise(&self, sentence: impl Into<String>) {
        let fatal = Fatal { sentence: sentence.into() };
        self.raised.send_if_modified(|raised| {
            let first = raised.is_none();
            if first {
                tracing::error!(reason = %fatal, "the data store stopped");
                *raised = Some(fatal);
            }
            first
        });
    }

    /// The reason, if it was raised.
    pub(super) fn reason(&self) -> Option<Fatal> {
        self.raised.borrow().clone()
    }

    /// Why a command was not committed, if not for a reason of its own.
    pub(super) fn stopped(&self) -> CommitError {
        self.reason().map_or_else(CommitError::closed, |fatal| CommitError::Stopped(fatal.sentence))
    }

    /// Waits until it is raised.
    pub(super) async fn wait(&self) -> Fatal {
        let mut raised = self.raised.subscribe();
        loop {
            if let Some(fatal) = raised.borrow_and_update().clone() {
                return fatal;
            }
            if raised.changed().await.is_err() {
                // Cannot happen while `self` holds the sender; never report a failure that is none.
                std::future::pending::<()>().await;
            }
        }
    }
}
