//! The office record.

use super::{Applying, refused, told};
use crate::domain::office::{NEWEST_LEVEL, Office, OfficeCommand};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::policy::{LOOSER_AHEAD_MS, PolicyChange};
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Offices, PolicyChanges, PolicyPasts};
use crate::store::transaction::{KeyRange, Order, Read, Write};

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
            let present = at.policy;
            // Before anything is recorded, the office chooses freely.
            let begins = read::devices(at.writer.as_reader())?.is_empty();
            if *policy > present && !begins {
                return refused(Refusal::LooserPolicy);
            }
            let words = format!("{} -> {}: {reason}", present.name(), policy.name());
            if begins {
                clear_past(at)?;
            } else {
                let reason = reason.clone();
                let set =
                    PolicyChange { policy: *policy, reason, announced: at.at, takes_effect: at.at };
                remember_past(at, &office)?;
                at.writer.put::<PolicyPasts>(&at.at, &set)?;
            }
            // What was announced is answered by what is set now.
            at.writer.delete::<PolicyChanges>(&())?;
            put(at, &Office { policy: *policy, ..office })?;
            at.audit("office.set_policy", &words)?;
        }
        (Some(office), OfficeCommand::AnnouncePolicy { policy, reason }) => {
            let (policy, present) = (*policy, at.policy);
            if policy <= present {
                return refused(Refusal::NotLooser);
            }
            let (announced, takes_effect) = (at.at, at.at.plus_ms(LOOSER_AHEAD_MS));
            let words = format!("{} -> {}: {reason}", present.name(), policy.name());
            let change = PolicyChange { policy, reason: reason.clone(), announced, takes_effect };
            remember_past(at, &office)?;
            at.writer.put::<PolicyChanges>(&(), &change)?;
            // An older announcement may have come into effect meanwhile: what counts now stays.
            put(at, &Office { policy: present, ..office })?;
            at.audit("office.announce_policy", &words)?;
        }
        (Some(office), OfficeCommand::WithdrawPolicy) => {
            let change = read::policy_change(at.writer.as_reader())?;
            let Some(change) = change.filter(|change| at.at < change.takes_effect) else {
                return refused(Refusal::NothingAnnounced);
            };
            at.writer.delete::<PolicyChanges>(&())?;
            tell(at, &office)?;
            at.audit("office.withdraw_policy", change.policy.name())?;
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

/// Writes down what counted so far, before it is replaced: the policy of old, and one that came into effect by itself.
fn remember_past(at: &mut Applying<'_>, office: &Office) -> Result<(), StoreError> {
    let (reader, begin) = (at.writer.as_reader(), Timestamp::EARLIEST);
    let came = read::policy_change(reader)?.filter(|change| change.takes_effect <= at.at);
    if reader.first::<PolicyPasts>(KeyRange::all(), Order::Rising)?.is_none() {
        let reason = ShortText::cut("");
        let first =
            PolicyChange { policy: office.policy, reason, announced: begin, takes_effect: begin };
        at.writer.put::<PolicyPasts>(&begin, &first)?;
    }
    match came {
        Some(came) => at.writer.put::<PolicyPasts>(&came.takes_effect, &came),
        None => Ok(()),
    }
}

fn clear_past(at: &mut Applying<'_>) -> Result<(), StoreError> {
    for (from, _) in at.writer.rows::<PolicyPasts>(KeyRange::all(), Order::Rising, usize::MAX)? {
        at.writer.delete::<PolicyPasts>(&from)?;
    }
    Ok(())
}

/// Writes the office's row, and tells of it.
pub(super) fn put(at: &mut Applying<'_>, office: &Office) -> Result<(), StoreError> {
    at.writer.put::<Offices>(&(), office)?;
    tell(at, office)
}

fn tell(at: &mut Applying<'_>, office: &Office) -> Result<(), StoreError> {
    told::tell(at, Told::Office, true, Audience::Everyone)?;
    at.changed(Noun::Office, office.id.bytes(), Audience::Everyone);
    Ok(())
}
