//! What a computer says of itself when it asks where it stands: its program, which is kept, and how much waits there, which is known until
//! the server ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Devices;
use crate::domain::command::{Actor, Command};
use crate::domain::device::{DeviceCommand, Program};
use crate::domain::id::DeviceId;
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;

/// What was last said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introduction {
    /// What runs there.
    pub program: Option<Program>,
    /// How many records wait there to be sent.
    pub waiting: Option<u64>,
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
        let mut all = self.introductions.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(device, Introduction { program, waiting });
        Ok(())
    }

    /// What the computer last said since this server began; nothing when it has not been heard.
    pub(super) fn introduced(&self, device: DeviceId) -> Introduction {
        let all = self.introductions.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&device).cloned().unwrap_or_default()
    }
}
