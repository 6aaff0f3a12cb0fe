//! The quarantine.

use super::{Applying, erasure, refused};
use crate::domain::audit;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::quarantine::{MOST_QUARANTINED, MOST_QUARANTINED_A_DEVICE, QuarantineCommand};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Quarantine;
use crate::store::transaction::Write;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &QuarantineCommand,
) -> Result<Outcome, StoreError> {
    match command {
        QuarantineCommand::Add(entry) => {
            if let Some(device) = read::device(at.writer.as_reader(), entry.device)?
                && erasure::is_under_way(at, device.person)?
            {
                return refused(Refusal::BeingErased);
            }
            // Oldest first: ids rise with time.
            let kept = read::quarantined(at.writer.as_reader())?;
            if kept.iter().any(|known| known.hash == entry.hash && known.device == entry.device) {
                return Ok(Outcome::Already);
            }
            let of_device: Vec<_> =
                kept.iter().filter(|known| known.device == entry.device).collect();
            let oldest = if of_device.len() >= MOST_QUARANTINED_A_DEVICE {
                of_device.first().copied()
            } else if kept.len() >= MOST_QUARANTINED {
                kept.first()
            } else {
                None
            };
            if let Some(oldest) = oldest {
                at.writer.delete::<Quarantine>(&oldest.id)?;
            }
            at.writer.put::<Quarantine>(&entry.id, entry)?;
            at.audit(
                "quarantine.add",
                &format!("{} from {}", entry.why.name(), audit::computer(entry.device)),
            )?;
            at.changed(Noun::Quarantine, entry.id.bytes(), Audience::Administrators);
        }
        QuarantineCommand::Delete { entry } => {
            if !at.writer.delete::<Quarantine>(entry)? {
                return refused(Refusal::UnknownQuarantined);
            }
            at.audit("quarantine.delete", &entry.to_string())?;
            at.changed(Noun::Quarantine, entry.bytes(), Audience::Administrators);
        }
    }
    Ok(Outcome::Done)
}
