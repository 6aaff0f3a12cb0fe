//! The audit log read back, page by page, for the administrator.

use super::Principal;
use super::error::ServiceError;
use crate::consensus::Door;
use crate::domain::audit::AuditEntry;
use crate::domain::right::Right;
use crate::store::read;

/// At most this many entries a page.
pub const MOST_ENTRIES: usize = 1_000;

/// The audit log. Cheap to clone.
#[derive(Clone)]
pub struct AuditLog {
    door: Door,
}

impl AuditLog {
    /// The log behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }

    /// Up to `most` entries after number `after`, oldest first; for administrators.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn page(
        &self,
        principal: &Principal,
        after: u64,
        most: usize,
    ) -> Result<Vec<AuditEntry>, ServiceError> {
        principal.must_have(Right::ReadAudit)?;
        let most = most.min(MOST_ENTRIES);
        Ok(self.door.read(move |reader| read::audit(reader, after, most)).await?)
    }
}
