//! Foreign clients' settings.

use super::{Applying, erasure, refused};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::setting::SettingCommand;
use crate::store::error::StoreError;
use crate::store::tables::{Devices, Settings};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// At most this many settings a device.
const MOST_SETTINGS_A_DEVICE: usize = 1_000;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &SettingCommand,
) -> Result<Outcome, StoreError> {
    let (SettingCommand::Put { device, .. } | SettingCommand::Delete { device, .. }) = command;
    let Some(owner) = at.writer.get::<Devices>(device)? else {
        return refused(Refusal::UnknownDevice);
    };
    match command {
        SettingCommand::Put { key, value, .. } => {
            if erasure::is_under_way(at, owner.person)? {
                return refused(Refusal::BeingErased);
            }
            let place = (*device, key.clone());
            if at.writer.get::<Settings>(&place)?.is_none() {
                let kept = at.writer.rows::<Settings>(
                    KeyRange::prefix(device),
                    Order::Rising,
                    MOST_SETTINGS_A_DEVICE,
                )?;
                if kept.len() >= MOST_SETTINGS_A_DEVICE {
                    return refused(Refusal::TooMany);
                }
            }
            at.writer.put::<Settings>(&place, value)?;
        }
        SettingCommand::Delete { key, .. } => {
            if !at.writer.delete::<Settings>(&(*device, key.clone()))? {
                return Ok(Outcome::Already);
            }
        }
    }
    at.changed(Noun::Setting, device.bytes(), Audience::Person(owner.person));
    Ok(Outcome::Done)
}
