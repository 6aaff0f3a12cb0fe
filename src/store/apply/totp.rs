//! Codes from an app as a second proof.

use super::{Applying, erasure, refused};
use crate::domain::audit;
use crate::domain::id::UserId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::totp::{RECOVERY_CODES, Totp, TotpCommand, seed_name};
use crate::domain::user::User;
use crate::store::error::StoreError;
use crate::store::tables::{Secrets, Totps, Users};
use crate::store::transaction::{Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &TotpCommand) -> Result<Outcome, StoreError> {
    let id = whose(command);
    let Some(user) = at.writer.get::<Users>(&id)? else { return refused(Refusal::UnknownUser) };
    let known = at.writer.get::<Totps>(&id)?;
    match (command, known) {
        (TotpCommand::Begin { .. }, Some(totp)) if totp.confirmed.is_some() => {
            refused(Refusal::TotpThere)
        }
        (TotpCommand::Begin { seed, .. }, _) => {
            if seed.name != seed_name(id) {
                return refused(Refusal::NoTotp);
            }
            if erasure::is_under_way(at, id)? {
                return refused(Refusal::BeingErased);
            }
            at.writer.put::<Secrets>(&seed.name, seed)?;
            let fresh = Totp { confirmed: None, last_step: 0, recovery: Vec::new() };
            put(at, &user, &fresh, "totp.begin")
        }
        (_, None) => refused(Refusal::NoTotp),
        (TotpCommand::Confirm { step, recovery, .. }, Some(totp)) => {
            if totp.confirmed.is_some() {
                return refused(Refusal::TotpThere);
            }
            if recovery.len() > RECOVERY_CODES {
                return refused(Refusal::TooMany);
            }
            let recovery = recovery.clone();
            let confirmed = Totp { confirmed: Some(at.at), last_step: *step, recovery };
            put(at, &user, &confirmed, "totp.enroll")
        }
        (TotpCommand::Use { step, .. }, Some(totp)) => {
            if totp.confirmed.is_none() {
                return refused(Refusal::NoTotp);
            }
            if *step <= totp.last_step {
                return refused(Refusal::CodeUsed);
            }
            at.writer.put::<Totps>(&id, &Totp { last_step: *step, ..totp })?;
            Ok(Outcome::Done)
        }
        (TotpCommand::UseRecovery { hash, .. }, Some(totp)) => {
            let mut left = totp.recovery.clone();
            left.retain(|known| known != hash);
            if totp.confirmed.is_none() || left.len() == totp.recovery.len() {
                return refused(Refusal::CodeUsed);
            }
            put(at, &user, &Totp { recovery: left, ..totp }, "totp.use_recovery")
        }
        (TotpCommand::Remove { .. }, Some(_)) => {
            remove(at, id)?;
            at.changed(Noun::User, id.bytes(), Audience::Person(id));
            at.audit("totp.remove", &audit::person(id))?;
            Ok(Outcome::Done)
        }
    }
}

/// Forgets a person's app and its seed.
pub(super) fn remove(at: &mut Applying<'_>, user: UserId) -> Result<(), StoreError> {
    at.writer.delete::<Totps>(&user)?;
    at.writer.delete::<Secrets>(&seed_name(user))?;
    Ok(())
}

fn put(
    at: &mut Applying<'_>,
    user: &User,
    totp: &Totp,
    action: &str,
) -> Result<Outcome, StoreError> {
    at.writer.put::<Totps>(&user.id, totp)?;
    at.changed(Noun::User, user.id.bytes(), Audience::Person(user.id));
    at.audit(action, &audit::person(user.id))?;
    Ok(Outcome::Done)
}

const fn whose(command: &TotpCommand) -> UserId {
    match command {
        TotpCommand::Begin { user, .. }
        | TotpCommand::Confirm { user, .. }
        | TotpCommand::Use { user, .. }
        | TotpCommand::UseRecovery { user, .. }
        | TotpCommand::Remove { user } => *user,
    }
}
