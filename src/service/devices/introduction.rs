//! What a computer says of itself when it asks where it stands: its program, which is kept, and how much waits there and whether recording is
//! paused, which is known until the server ends: of who paused when nothing is written down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Devices;
use crate::domain::command::{Actor, Command};
use crate::domain::device::{DeviceCommand, Pausing, Program};
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Audience, Noun};
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::store::read;

/// What was last said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introduction {
    /// What runs there.
    pub program: Option<Program>,
    /// How many records wait there to be sent.
    pub waiting: Option<u64>,
    /// Whether recording is paused there.
    pub pausing: Option<Pausing>,
}

/// What every computer last said, one row for each that may deliver.
pub(super) type Introductions = Arc<Mutex<HashMap<DeviceId, Introduction>>>;

impl Devices {
    /// Takes in what the computer says of itself. It must be known already that it is one that may deliver.
    ///
    /// # Errors
    /// [`ServiceError`]. What was said by then is not lost: the next time says it again.
    pub async fn introduce(
        &self,
        device: DeviceId,
        said: Introduction,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let before = self.introduced(device);
        if let Some(program) =
            said.program.clone().filter(|said| before.program.as_ref() != Some(said))
        {
            let introduce = DeviceCommand::Introduce { device, program };
            let (actor, command) = (Actor::Device(device), Command::Device(introduce));
            Change { now, actor, command }.commit(&self.door).await?;
        }
        let program = said.program.or(before.program);
        let waiting = said.waiting.or(before.waiting);
        let pausing = said.pausing.or(before.pausing);
        self.remember(device, Introduction { program, waiting, pausing });
        if pausing.unwrap_or(Pausing::Not) != before.pausing.unwrap_or(Pausing::Not) {
            let person = self.door.read(move |r| Ok(read::device(r, device)?.map(|it| it.person)));
            if let Some(person) = person.await? {
                self.door.feed().tell(Noun::Device, &device.bytes(), Audience::Person(person));
            }
        }
        Ok(())
    }

    fn remember(&self, device: DeviceId, said: Introduction) {
        let mut all = self.introductions.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(device, said);
    }

    /// What the computer last said since this server began; nothing when it has not been heard.
    pub(super) fn introduced(&self, device: DeviceId) -> Introduction {
        let all = self.introductions.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&device).cloned().unwrap_or_default()
    }
}
