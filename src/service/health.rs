//! Whether this server can be used now, and the few figures that tell how it is doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::ServiceError;
use crate::consensus::{BOUNDS as COMMIT_BOUNDS, Door};
use crate::store::read;

pub use crate::consensus::CommitTimes;

/// How the server is doing. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    door: Door,
    answers: Arc<AtomicU64>,
}

/// Figures of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Commands on their way.
    pub queued: usize,
    /// How long commits took since the start.
    pub commits: CommitTimes,
    /// Devices that are not revoked.
    pub devices: usize,
}

impl Health {
    /// The health of what stands behind `door`.
    pub fn new(door: Door) -> Self {
        Self { door, answers: Arc::default() }
    }

    /// Takes note of an answered request.
    pub fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests answered since the start.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Recovered, and able to accept changes?
    pub fn is_ready(&self) -> bool {
        self.door.status().leader.is_some()
    }

    /// The bounds that commits are counted within, in seconds.
    pub fn commit_bounds() -> impl Iterator<Item = f64> {
        COMMIT_BOUNDS.into_iter().map(|bound| bound.as_secs_f64())
    }

    /// The figures now.
    ///
    /// # Errors
    /// [`ServiceError`] when nothing can be read.
    pub async fn figures(&self) -> Result<Figures, ServiceError> {
        let devices = self.door.read(read::devices).await?;
        let status = self.door.status();
        Ok(Figures {
            queued: status.queued,
            commits: status.commits,
            devices: devices.iter().filter(|device| device.revoked.is_none()).count(),
        })
    }
}
