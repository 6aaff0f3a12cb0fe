//! Accounts: the first administrator, everyone after, passwords, and the end of an account.

mod rename;

use super::{Applying, erasure, link, office, refused, session, token, told};
use crate::domain::audit;
use crate::domain::id::UserId;
use crate::domain::office::Office;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::told::Told;
use crate::domain::user::{Contact, Role, User, UserCommand};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Contacts, GrantsOf, UserNames, Users};
use crate::store::transaction::{Read, Write};

/// No office of the size this serves has more accounts.
const MOST_USERS: usize = 10_000;

pub(super) fn apply(at: &mut Applying<'_>, command: &UserCommand) -> Result<Outcome, StoreError> {
    match command {
        UserCommand::First { secret_hash, user, office: name, wrapped_key } => {
            let Some(office) = read::office(at.writer.as_reader())? else {
                return refused(Refusal::NotFounded);
            };
            let open = office
                .setup
                .as_ref()
                .is_some_and(|s| s.secret_hash == *secret_hash && at.at < s.expires);
            if !open || read::has_users(at.writer.as_reader())? {
                return refused(Refusal::SetupClosed);
            }
            let (name, wrapped_key) = (Some(name.clone()), Some(wrapped_key.clone()));
            office::put(at, &Office { name, wrapped_key, setup: None, ..office })?;
            let first = User { role: Role::Administrator, ..user.clone() };
            add(at, &first)?;
            let name = Told::Setting(OfficeSetting::OrganisationName);
            told::tell(at, name, true, Audience::Everyone)?;
        }
        UserCommand::Add { user, wrapped_key } => {
            if let Some(refusal) = cannot_add(at, user)? {
                return refused(refusal);
            }
            let reader = at.writer.as_reader();
            let first = !read::has_users(reader)?;
            if let Some(office) = read::office(reader)?.filter(|_| first) {
                let wrapped_key = wrapped_key.clone().or_else(|| office.wrapped_key.clone());
                office::put(at, &Office { wrapped_key, setup: None, ..office })?;
            }
            add(at, user)?;
        }
        UserCommand::SetPassword { user, password } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            session::close_all(at, user.id)?;
            token::revoke_powerful(at, user.id)?;
            link::end_all(at, user.id)?;
            put(at, &User { password: password.clone(), ..user.clone() })?;
            at.audit("user.set_password", &audit::person(user.id))?;
        }
        UserCommand::ChangePassword { user, password, keep } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            session::close_all_but(at, user.id, *keep)?;
            link::end_all(at, user.id)?;
            put(at, &User { password: password.clone(), ..user.clone() })?;
            at.audit("user.change_password", &audit::person(user.id))?;
        }
        UserCommand::SetRole { user, role } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if user.role == *role {
                return Ok(Outcome::Already);
            }
            if is_last_administrator(at, user.id)? {
                return refused(Refusal::LastAdministrator);
            }
            put(at, &User { role: *role, ..user.clone() })?;
            link::end_with_standing(at, user.id)?;
            let words =
                format!("{}: {} -> {}", audit::person(user.id), user.role.name(), role.name());
            at.audit("user.set_role", &words)?;
        }
        UserCommand::SetGrants { user, grants } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if erasure::is_under_way(at, user.id)? {
                return refused(Refusal::BeingErased);
            }
            at.writer.put::<GrantsOf>(&user.id, grants)?;
            told::tell(at, Told::User(user.id), true, Audience::Person(user.id))?;
            link::end_with_standing(at, user.id)?;
            at.changed(Noun::User, user.id.bytes(), Audience::Person(user.id));
            let names: Vec<&str> = grants.rights.iter().map(|right| right.name()).collect();
            at.audit(
                "user.set_grants",
                &format!("{}: {}", audit::person(user.id), names.join(" ")),
            )?;
        }
        UserCommand::SetZone { user, zone } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if erasure::is_under_way(at, user.id)? {
                return refused(Refusal::BeingErased);
            }
            if user.zone == *zone {
                return Ok(Outcome::Already);
            }
            put(at, &User { zone: zone.clone(), ..user.clone() })?;
            let words = format!("{}: {} -> {zone}", audit::person(user.id), user.zone);
            at.audit("user.set_zone", &words)?;
        }
        UserCommand::Rename { user, name } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            return rename::apply(at, &user, name);
        }
        UserCommand::SetMail { user, address } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if erasure::is_under_way(at, user.id)? {
                return refused(Refusal::BeingErased);
            }
            let before = at.writer.get::<Contacts>(&user.id)?.map(|contact| contact.mail);
            if before == *address {
                return Ok(Outcome::Already);
            }
            match address.clone() {
                Some(mail) => at.writer.put::<Contacts>(&user.id, &Contact { mail })?,
                None => {
                    at.writer.delete::<Contacts>(&user.id)?;
                }
            }
            put(at, &user)?;
            at.audit("user.set_mail", &audit::person(user.id))?;
        }
        UserCommand::Enable { user } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if user.disabled.is_none() {
                return Ok(Outcome::Already);
            }
            if erasure::is_under_way(at, user.id)? {
                return refused(Refusal::BeingErased);
            }
            put(at, &User { disabled: None, ..user.clone() })?;
            at.audit("user.enable", &audit::person(user.id))?;
        }
        UserCommand::Disable { user } => {
            let Some(user) = at.writer.get::<Users>(user)? else {
                return refused(Refusal::UnknownUser);
            };
            if user.disabled.is_some() {
                return Ok(Outcome::Already);
            }
            if is_last_administrator(at, user.id)? {
                return refused(Refusal::LastAdministrator);
            }
            session::close_all(at, user.id)?;
            token::revoke_all(at, user.id)?;
            link::end_with_standing(at, user.id)?;
            put(at, &User { disabled: Some(at.at), ..user.clone() })?;
            at.audit("user.disable", &audit::person(user.id))?;
        }
    }
    Ok(Outcome::Done)
}

/// Why this person cannot be added.
pub(super) fn cannot_add(at: &Applying<'_>, user: &User) -> Result<Option<Refusal>, StoreError> {
    if at.writer.get::<UserNames>(&user.name)?.is_some() {
        return Ok(Some(Refusal::NameTaken));
    }
    let full = read::users(at.writer.as_reader())?.len() >= MOST_USERS;
    Ok(full.then_some(Refusal::TooMany))
}

pub(super) fn add(at: &mut Applying<'_>, user: &User) -> Result<(), StoreError> {
    put(at, user)?;
    at.audit("user.add", &format!("{} ({})", audit::person(user.id), user.role.name()))
}

pub(super) fn put(at: &mut Applying<'_>, user: &User) -> Result<(), StoreError> {
    at.writer.put::<Users>(&user.id, user)?;
    at.writer.put::<UserNames>(&user.name, &user.id)?;
    told::tell(at, Told::User(user.id), true, Audience::Person(user.id))?;
    at.changed(Noun::User, user.id.bytes(), Audience::Person(user.id));
    Ok(())
}

fn is_last_administrator(at: &Applying<'_>, user: UserId) -> Result<bool, StoreError> {
    let mut administrators = read::users(at.writer.as_reader())?;
    administrators.retain(|user| user.role == Role::Administrator && user.disabled.is_none());
    Ok(administrators.len() == 1 && administrators[0].id == user)
}
