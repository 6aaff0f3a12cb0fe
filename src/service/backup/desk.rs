//! Backups as the running server offers them.

use super::{Backups, Head, Listed};
use crate::consensus::Door;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;

/// The backups of the office behind a door. Cheap to clone.
#[derive(Clone)]
pub struct BackupDesk {
    door: Door,
    backups: Backups,
}

impl BackupDesk {
    /// Of the office behind `door`.
    pub const fn new(door: Door, backups: Backups) -> Self {
        Self { door, backups }
    }

    /// What is in the office's own folder of backups, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub async fn list(&self) -> Result<Vec<Listed>, ServiceError> {
        let folder = self.backups.folder();
        let listed = tokio::task::spawn_blocking(move || Backups::list(&folder)).await;
        listed.map_err(failed)?.map_err(failed)
    }

    /// Writes down who was erased where a restore looks for it.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub async fn note_erasures(&self) -> Result<(), ServiceError> {
        self.backups.note_erasures(&self.door, &[]).await.map_err(failed)
    }
}

impl Listed {
    /// May it hold what was gone at `end`, or is not gone yet? One that does not say when it was made may hold anything.
    pub fn may_hold(&self, end: Option<Timestamp>) -> bool {
        let made = self.head.as_ref().ok().and_then(Head::created);
        made.zip(end).is_none_or(|(made, end)| made <= end)
    }
}

fn failed(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Failed(error.to_string())
}
