//! The door of a server that is out of service: everything can be read, nothing can be written.
//!
//! Must never open the log, nor change a byte of the state, but for a restore that was cut off after it was decided: while it is open, both files may be copied as they stand.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::door::STATE_FILE;
use super::error::{OpenError, ReadError};
use super::feed::Feed;
use super::gate::{READ_WAIT, READS};
use super::position::Place;
use super::restoring;
use crate::store::{OpenError as StoreOpenError, ReadScope, Reader, RestingState, StoreError};

/// The state, open for reading.
pub(super) struct Resting {
    /// Gone once the door is closed.
    state: Mutex<Option<RestingState>>,
    reads: Semaphore,
    /// Nothing happens here; whoever listens waits.
    pub(super) feed: Feed,
    /// The term of the last change.
    pub(super) term: u64,
}

impl Resting {
    pub(super) async fn open(dir: PathBuf) -> Result<Self, OpenError> {
        let opened = tokio::task::spawn_blocking(move || {
            let path = dir.join(STATE_FILE);
            // A restore that was decided is finished, whoever opens next.
            restoring::finish(&dir).map_err(|error| StoreOpenError::refused(&path, error))?;
            let state = RestingState::open(&path)?;
            let place = state.read().and_then(|scope| Place::read(&scope));
            let place = place.map_err(|error| StoreOpenError::damaged(&path, error))?;
            Ok::<_, StoreOpenError>((
                state,
                place.applied.map_or(0, |applied| applied.leader_id.term),
            ))
        });
        let opened = opened.await.map_err(|error| OpenError::Recovery(error.to_string()))?;
        let (state, term) = opened?;
        let (state, reads) = (Mutex::new(Some(state)), Semaphore::new(READS as usize));
        Ok(Self { state, reads, feed: Feed::new(), term })
    }

    /// As [`super::Door::read`].
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    {
        self.with_scope(move |scope| Ok(read(&scope)?)).await
    }

    /// As [`super::Door::back_up`]: nobody writes, so that nothing grows meanwhile.
    pub(super) async fn back_up<T: Send + 'static>(
        &self,
        work: impl FnOnce(ReadScope) -> T + Send + 'static,
    ) -> Result<T, ReadError> {
        self.with_scope(move |scope| Ok(work(scope))).await
    }

    async fn with_scope<T: Send + 'static>(
        &self,
        work: impl FnOnce(ReadScope) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let turn = tokio::time::timeout(READ_WAIT, self.reads.acquire()).await;
        let turn = turn.map_err(|_| ReadError::Busy)?;
        let _turn = turn.map_err(|_| ReadError::closed())?;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let state = state.ok_or_else(ReadError::closed)?;
        let done = tokio::task::spawn_blocking(move || work(state.read()?));
        done.await.map_err(|_| ReadError::Stopped("the read broke off".to_owned()))?
    }

    /// Lets go of the file once the reads under way have ended.
    pub(super) async fn close(&self) {
        drop(tokio::time::timeout(READ_WAIT, self.reads.acquire_many(READS)).await);
        self.reads.close();
        drop(self.state.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
