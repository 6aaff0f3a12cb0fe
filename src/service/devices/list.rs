//! The list of computers, and turning one away.

use super::Devices;
use crate::domain::command::Command;
use crate::domain::device::{Device, DeviceCommand};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Refusal;
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

impl Devices {
    /// Computers of everyone one reaches, with whose they are; oldest first, revoked ones too.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self, principal: &Principal) -> Result<Vec<(Device, User)>, ServiceError> {
        let principal = principal.clone();
        let found = self.door.read(move |reader| {
            let (reach, all) = (principal.reach(reader)?, principal.may(Right::ManageComputers));
            let mut list = Vec::new();
            for device in read::devices(reader)? {
                if (all || reach.sees(device.person))
                    && let Some(person) = read::user(reader, device.person)?
                {
                    list.push((device, person));
                }
            }
            Ok(list)
        });
        Ok(found.await?)
    }

    /// Refuses a computer from now on: one's own, or anybody's for administrators. What it recorded stays.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn revoke(
        &self,
        principal: &Principal,
        id: DeviceId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let list = self.list(principal).await?;
        let Some((_, person)) = list.iter().find(|(device, _)| device.id == id) else {
            return Err(ServiceError::Refused(Refusal::UnknownDevice));
        };
        principal.must_be_or_have(person, Right::ManageComputers)?;
        let command = Command::Device(DeviceCommand::Revoke { device: id });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}
