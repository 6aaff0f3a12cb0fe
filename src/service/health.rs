//! Whether this server can be used now, and the few figures that tell how it is doing.

use std::time::Duration;

use super::error::ServiceError;
use crate::consensus::Door;
use crate::store::read;

/// How the server is doing. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    door: Door,
}

/// Figures of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Commands on their way.
    pub queued: usize,
    /// Median time of recent commits.
    pub commit_p50: Duration,
    /// 99th percentile of the same.
    pub commit_p99: Duration,
    /// Devices that are not revoked.
    pub devices: usize,
}

impl Health {
    /// The health of what stands behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }

    /// Recovered, and able to accept changes?
    pub fn is_ready(&self) -> bool {
        self.door.status().leader.is_some()
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
            commit_p50: status.commit_p50,
            commit_p99: status.commit_p99,
            devices: devices.iter().filter(|device| device.revoked.is_none()).count(),
        })
    }
}
