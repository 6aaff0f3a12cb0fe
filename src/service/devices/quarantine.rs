//! What was set aside, and the administrator's decision about it.

use super::Devices;
use super::batches::{open, suspicion, unexpected};
use crate::codec::batch::SignedBatch;
use crate::domain::command::Command;
use crate::domain::id::QuarantineId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

impl Devices {
    /// What was set aside, oldest first; for administrators.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn quarantined(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Quarantined>, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        Ok(self.door.read(read::quarantined).await?)
    }

    /// Tries the batch again as if it came now; when it can be applied, it leaves the quarantine.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] with the reason it still cannot be applied; then it stays where it is.
    pub async fn accept_quarantined(
        &self,
        principal: &Principal,
        id: QuarantineId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let entry = self.door.read(move |reader| read::quarantined_entry(reader, id)).await?;
        let entry = entry.ok_or(ServiceError::Refused(Refusal::UnknownQuarantined))?;
        let claimed = SignedBatch::parse(&entry.bytes)
            .map_err(|_| still_suspect(Suspicion::Unreadable))?
            .device;
        let (office, device) = self.office_and_device(claimed, now).await?;
        let (_, opened) = open(entry.bytes, device, &office).await?;
        let (batch, hash) = opened.map_err(|doubt| still_suspect(doubt.why))?;
        match self.accept(batch, hash, principal.actor(), now).await? {
            Outcome::Applied(_) => self.delete_quarantined(principal, id, now).await,
            Outcome::Gap(_) => Err(ServiceError::bad_input(
                "gap",
                "Batches that come before this one have not arrived yet.",
                "Let the computer deliver those first, then accept this one.",
            )),
            other => Err(suspicion(&other).map_or_else(|| unexpected(&other), still_suspect)),
        }
    }

    /// Throws an entry away.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete_quarantined(
        &self,
        principal: &Principal,
        id: QuarantineId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let command = Command::Quarantine(QuarantineCommand::Delete { entry: id });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}

fn still_suspect(why: Suspicion) -> ServiceError {
    ServiceError::bad_input(
        why.name(),
        format!("The batch still cannot be applied. {}", why.sentence()),
        "Delete it, or mend the cause and try again.",
    )
}
