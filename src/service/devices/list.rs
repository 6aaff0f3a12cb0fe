//! The list of computers, and turning one away.

use super::{Devices, Introduction};
use crate::domain::command::Command;
use crate::domain::device::{Device, DeviceCommand, Pausing, Program};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Refusal;
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// A computer there is.
#[derive(Clone, Debug)]
pub struct KnownDevice {
    /// As it is kept.
    pub device: Device,
    /// Whose.
    pub person: User,
    /// Of its last change.
    pub version: u64,
    /// What its agent said it is.
    pub program: Option<Program>,
    /// How many records its agent last said wait there; unknown until it is heard again after a start of this server.
    pub waiting: Option<u64>,
    /// Whether recording is paused there, as far as it was heard since.
    pub pausing: Pausing,
}

impl Devices {
    /// Computers of everyone one reaches, with whose they are; oldest first, revoked ones too.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self, principal: &Principal) -> Result<Vec<KnownDevice>, ServiceError> {
        let (principal, heard) = (principal.clone(), self.clone());
        let found = self.door.read(move |reader| {
            let (reach, all) = (principal.reach(reader)?, principal.may(Right::ManageComputers));
            let mut list = Vec::new();
            for device in read::devices(reader)? {
                if (all || reach.sees(device.person))
                    && let Some(person) = read::user(reader, device.person)?
                {
                    let version = read::told::version(reader, &Told::Device(device.id))?;
                    let program = read::program(reader, device.id)?;
                    let Introduction { waiting, pausing, .. } = heard.introduced(device.id);
                    let pausing = pausing.unwrap_or(Pausing::Not);
                    list.push(KnownDevice { device, person, version, program, waiting, pausing });
                }
            }
            Ok(list)
        });
        Ok(found.await?)
    }

    /// Refuses a computer from now on, if it is of the version looked at: one's own, or anybody's for administrators. What it recorded
    /// stays.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn revoke(
        &self,
        principal: &Principal,
        (id, expect): (DeviceId, Option<u64>),
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let list = self.list(principal).await?;
        let Some(known) = list.iter().find(|known| known.device.id == id) else {
            return Err(ServiceError::Refused(Refusal::UnknownDevice));
        };
        principal.must_be_or_have(&known.person, Right::ManageComputers)?;
        let revoke = GuardedChange::Device(DeviceCommand::Revoke { device: id });
        let command = Command::of_version(Told::Device(id), expect, revoke);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}
