//! API tokens and the pseudo-devices they record into.

use super::{Applying, device, refused};
use crate::domain::audit;
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::UserId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{TokenSecrets, Tokens, Users};
use crate::store::transaction::{Read, Write};

/// At most this many tokens that are not revoked, a person.
const MOST_TOKENS_A_PERSON: usize = 100;
/// So many that are revoked are still shown; then the one that was revoked first goes.
const MOST_REVOKED_A_PERSON: usize = 100;

pub(super) fn apply(at: &mut Applying<'_>, command: &TokenCommand) -> Result<Outcome, StoreError> {
    match command {
        TokenCommand::Create { token, device: name } => {
            let Some(user) = at.writer.get::<Users>(&token.user)? else {
                return refused(Refusal::UnknownUser);
            };
            if user.disabled.is_some() {
                return refused(Refusal::UserDisabled);
            }
            let mut theirs = read::tokens(at.writer.as_reader())?;
            theirs.retain(|token| token.user == user.id);
            let (mut over, live): (Vec<_>, Vec<_>) =
                theirs.into_iter().partition(|token| token.revoked.is_some());
            if live.len() >= MOST_TOKENS_A_PERSON {
                return refused(Refusal::TooMany);
            }
            over.sort_by_key(|token| (token.revoked, token.id));
            for old in over.iter().rev().skip(MOST_REVOKED_A_PERSON - 1) {
                delete(at, old)?;
            }
            let devices = read::devices_of(at.writer.as_reader(), user.id)?;
            let same = devices
                .into_iter()
                .find(|d| d.kind == DeviceKind::Token && d.name == *name && d.revoked.is_none());
            let device = match same {
                Some(device) => device,
                None => {
                    let fresh = Device {
                        id: token.device,
                        name: name.clone(),
                        person: user.id,
                        kind: DeviceKind::Token,
                        enrolled: at.at,
                        last_contact: None,
                        revoked: None,
                    };
                    device::put(at, &fresh)?;
                    fresh
                }
            };
            let token = Token { device: device.id, ..token.clone() };
            put(at, &token)?;
            at.writer.put::<TokenSecrets>(&token.secret_hash, &token.id)?;
            at.audit(
                "token.create",
                &format!(
                    "{} for {} as {}",
                    audit::token(token.id),
                    audit::person(user.id),
                    audit::computer(device.id)
                ),
            )?;
            Ok(Outcome::Device { device: device.id, person: user.id })
        }
        TokenCommand::Revoke { token } => {
            let Some(token) = at.writer.get::<Tokens>(token)? else {
                return refused(Refusal::UnknownToken);
            };
            if token.revoked.is_some() {
                return Ok(Outcome::Already);
            }
            revoke(at, &token)?;
            Ok(Outcome::Done)
        }
    }
}

/// Revokes every token of a person.
pub(super) fn revoke_all(at: &mut Applying<'_>, user: UserId) -> Result<(), StoreError> {
    let tokens = read::tokens(at.writer.as_reader())?;
    for token in tokens.iter().filter(|t| t.user == user && t.revoked.is_none()) {
        revoke(at, token)?;
    }
    Ok(())
}

/// Leaves no trace of any token of a person, revoked or not; says how many there were.
pub(super) fn delete_all(at: &mut Applying<'_>, user: UserId) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for token in read::tokens(at.writer.as_reader())?.iter().filter(|t| t.user == user) {
        delete(at, token)?;
        deleted += 1;
    }
    Ok(deleted)
}

fn delete(at: &mut Applying<'_>, token: &Token) -> Result<(), StoreError> {
    at.writer.delete::<Tokens>(&token.id)?;
    at.writer.delete::<TokenSecrets>(&token.secret_hash)?;
    at.changed(Noun::Token, token.id.bytes(), Audience::Person(token.user));
    Ok(())
}

/// Revokes a person's tokens that read or manage: whoever knew the old password may have made them. Those that only record stay, so
/// that nothing goes unrecorded.
pub(super) fn revoke_powerful(at: &mut Applying<'_>, user: UserId) -> Result<(), StoreError> {
    let tokens = read::tokens(at.writer.as_reader())?;
    let is_powerful = |token: &Token| token.scopes.iter().any(|scope| *scope != Scope::Record);
    for token in tokens.iter().filter(|t| t.user == user && t.revoked.is_none()) {
        if is_powerful(token) {
            revoke(at, token)?;
        }
    }
    Ok(())
}

fn revoke(at: &mut Applying<'_>, token: &Token) -> Result<(), StoreError> {
    put(at, &Token { revoked: Some(at.at), ..token.clone() })?;
    at.audit("token.revoke", &audit::token(token.id))
}

fn put(at: &mut Applying<'_>, token: &Token) -> Result<(), StoreError> {
    at.writer.put::<Tokens>(&token.id, token)?;
    at.changed(Noun::Token, token.id.bytes(), Audience::Person(token.user));
    Ok(())
}
