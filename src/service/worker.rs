//! The office's background duties: each by name, at its pace, and only on the server that leads.
//!
//! A duty that fails is told of and comes again; it must never end the server, and must find by itself where it stopped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::Principal;
use super::error::ServiceError;
use crate::consensus::Door;
use crate::domain::right::Right;
use crate::domain::time::Timestamp;

/// The duties of one server. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    door: Door,
    now: fn() -> Timestamp,
    board: Arc<Mutex<BTreeMap<&'static str, Standing>>>,
    tasks: Arc<Mutex<Vec<AbortHandle>>>,
}

/// How a duty is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name, a stable word.
    pub name: &'static str,
    /// How often it comes.
    pub every: Duration,
    /// When it last came; `None` while it waits for its first turn, or another server does it.
    pub last: Option<Timestamp>,
    /// What it did then, or why it could not, in one sentence.
    pub said: String,
    /// Could it?
    pub went_well: bool,
}

/// A server that does not lead may lead soon.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Worker {
    /// Nobody has a duty yet.
    pub fn new(door: Door, now: fn() -> Timestamp) -> Self {
        Self { door, now, board: Arc::default(), tasks: Arc::default() }
    }

    /// Does `work` now and then every so often, until the door is closed. It says what it did; nothing when there was nothing to do.
    pub fn begin<F, W>(&self, name: &'static str, every: Duration, work: F)
    where
        F: Fn() -> W + Send + 'static,
        W: Future<Output = Result<String, ServiceError>> + Send + 'static,
    {
        let standing = Standing { name, every, last: None, said: String::new(), went_well: true };
        self.board().insert(name, standing);
        let worker = self.clone();
        let duty = tokio::spawn(async move {
            while !worker.door.is_closed() {
                if worker.door.leads() {
                    let done = work().await;
                    // What the end of the server broke off is no failure.
                    if done.is_ok() || !worker.door.is_closed() {
                        worker.note(name, done);
                    }
                    tokio::time::sleep(every).await;
                } else {
                    tokio::time::sleep(every.min(LOOK_AGAIN)).await;
                }
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(duty.abort_handle());
    }

    /// Ends every duty, wherever it is: each finds by itself where it stopped.
    pub fn end(&self) {
        for duty in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            duty.abort();
        }
    }

    /// How the duties are doing, by name; for whoever manages the server.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn standings(&self, principal: &Principal) -> Result<Vec<Standing>, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        Ok(self.board().values().cloned().collect())
    }

    fn note(&self, name: &'static str, done: Result<String, ServiceError>) {
        let (said, went_well) = match done {
            Ok(said) => {
                if !said.is_empty() {
                    tracing::info!(duty = name, "{said}");
                }
                (said, true)
            }
            Err(error) => {
                tracing::warn!(%error, duty = name, "a background duty could not be done; it comes again");
                (error.sentence(), false)
            }
        };
        if let Some(standing) = self.board().get_mut(name) {
            let last = Some((self.now)());
            *standing = Standing { last, said, went_well, ..standing.clone() };
        }
    }

    fn board(&self) -> MutexGuard<'_, BTreeMap<&'static str, Standing>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
