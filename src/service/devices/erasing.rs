//! Computers whose person is erased: told by a signed order at their next contact, heard when their copy is gone.

use super::Devices;
use crate::codec::erasure;
use crate::domain::command::{Actor, Command};
use crate::domain::erasure::{EraseOrder, ErasureCommand};
use crate::domain::id::DeviceId;
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::store::read;

impl Devices {
    /// The signed order for this computer, if its person is erased.
    pub(super) async fn order_for(
        &self,
        device: DeviceId,
    ) -> Result<Option<Vec<u8>>, ServiceError> {
        let found = self.door.read(move |reader| {
            Ok((read::office(reader)?, read::erasure::of_device(reader, device)?))
        });
        let (Some(office), Some(found)) = found.await? else { return Ok(None) };
        let order = EraseOrder { office: office.id, device, asked: found.asked };
        Ok(Some(erasure::sign(&order, &self.receipt_key)))
    }

    /// The computer says that its copy is gone.
    ///
    /// # Errors
    /// [`crate::domain::outcome::Refusal::UnknownErasure`] when it was not told to.
    pub async fn confirm_erased(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let command = Command::Erasure(ErasureCommand::Confirm { device });
        Change { now, actor: Actor::Device(device), command }.commit(&self.door).await?;
        Ok(())
    }
}
