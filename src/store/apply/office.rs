//! The office record.

use super::{Applying, refused};
use crate::domain::office::{NEWEST_LEVEL, Office, OfficeCommand};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Offices;
use crate::store::transaction::Write;

pub(super) fn apply(
    at: &mut Applying<'_>,
    office: Option<Office>,
    command: &OfficeCommand,
) -> Result<Outcome, StoreError> {
    match (office, command) {
        (None, OfficeCommand::Found(office)) => {
            put(at, office)?;
            at.audit("office.found", &office.id.to_string())?;
        }
        (Some(_), OfficeCommand::Found(_)) => return refused(Refusal::AlreadyFounded),
        (None, _) => return refused(Refusal::NotFounded),
        (Some(office), OfficeCommand::OpenSetup(setup)) => {
            if read::has_users(at.writer.as_reader())? {
                return refused(Refusal::SetupClosed);
            }
            put(at, &Office { setup: Some(setup.clone()), ..office })?;
            at.audit("office.open_setup", "")?;
        }
        (Some(office), OfficeCommand::SetPolicy { policy, reason }) => {
            let words = format!("{} -> {}: {reason}", office.policy.name(), policy.name());
            put(at, &Office { policy: *policy, ..office })?;
            at.audit("office.set_policy", &words)?;
        }
        (Some(office), OfficeCommand::RaiseLevel { level }) => {
            if *level < office.level || *level > NEWEST_LEVEL {
                return refused(Refusal::BadLevel);
            }
            put(at, &Office { level: *level, ..office })?;
            at.audit("office.raise_level", &level.to_string())?;
        }
    }
    Ok(Outcome::Done)
}

fn put(at: &mut Applying<'_>, office: &Office) -> Result<(), StoreError> {
    at.writer.put::<Offices>(&(), office)?;
    at.changed(Noun::Office, office.id.bytes(), Audience::Everyone);
    Ok(())
}
