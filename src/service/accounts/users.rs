//! People: adding, listing, new passwords, and no more sign-in.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{Accounts, known_zone};
use crate::clock;
use crate::domain::command::Command;
use crate::domain::id::UserId;
use crate::domain::outcome::Refusal;
use crate::domain::right::{Right, Rights};
use crate::domain::text::{Label, UserName};
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::{Role, User, UserCommand};
use crate::service::error::ServiceError;
use crate::service::secrets::RecoveryCode;
use crate::service::{Change, Principal};
use crate::store::read;

/// One more person.
#[derive(Debug)]
pub struct NewUser {
    /// What they will sign in with.
    pub name: String,
    /// Their first password.
    pub password: Zeroizing<String>,
    /// What they may do.
    pub role: Role,
    /// Where their days begin and end, an IANA name.
    pub time_zone: String,
}

/// A new password.
#[derive(Debug)]
pub struct NewPassword {
    /// It.
    pub password: Zeroizing<String>,
    /// The one it replaces.
    pub present: Option<Zeroizing<String>>,
}

/// A person there is.
#[derive(Debug)]
pub struct KnownUser {
    /// Who.
    pub user: User,
    /// What they may do.
    pub rights: Rights,
    /// Of the account's last change.
    pub version: u64,
    /// Where they are written to, for themselves and for whoever manages people.
    pub mail: Option<String>,
}

/// Somebody was added.
#[derive(Debug)]
pub struct Added {
    /// Who.
    pub user: User,
    /// With the very first person: the code that opens the office key; shown once.
    pub recovery_code: Option<String>,
}

impl Accounts {
    /// Adds a person. The first of all must be an administrator, added at the server's own terminal.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn add_user(
        &self,
        principal: &Principal,
        new: NewUser,
        now: Timestamp,
    ) -> Result<Added, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        principal.must_cover(Rights::of_role(new.role))?;
        let first = !self.door.read(read::has_users).await?;
        if first && new.role != Role::Administrator {
            return Err(ServiceError::bad_input(
                "first_is_administrator",
                "The first person must be an administrator.",
                "Add one with --role admin first.",
            ));
        }
        let role = new.role;
        let user = self.new_user(&new.name, new.password, role, &new.time_zone, now).await?;
        let code = first.then(RecoveryCode::generate);
        let wrapped_key = code.as_ref().map(|code| self.office_key.wrap(code));
        let command = Command::User(UserCommand::Add { user: user.clone(), wrapped_key });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(Added { user, recovery_code: code.map(|code| code.to_text()) })
    }

    /// Everyone one reaches, with what they may do and of which version that is, and everyone for whoever manages people. Oldest
    /// account first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn users(&self, principal: &Principal) -> Result<Vec<KnownUser>, ServiceError> {
        let principal = principal.clone();
        let found = self.door.read(move |reader| {
            let (reach, all) = (principal.reach(reader)?, principal.may(Right::ManagePeople));
            let mut list = Vec::new();
            for user in read::users(reader)? {
                if all || reach.sees(user.id) {
                    let rights = read::people::rights(reader, &user)?;
                    let version = read::told::version(reader, &Told::User(user.id))?;
                    let own = principal.user().is_some_and(|own| own.id == user.id);
                    let mail = match all || own {
                        true => read::people::mail(reader, user.id)?.map(|mail| mail.to_string()),
                        false => None,
                    };
                    list.push(KnownUser { user, rights, version, mail });
                }
            }
            Ok(list)
        });
        Ok(found.await?)
    }

    /// Another mail address for the person of this name, or none, if the account is of the version looked at: their own, or for whoever
    /// manages people. The one it was before, if there was one.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_mail(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        address: Option<Label>,
        now: Timestamp,
    ) -> Result<Option<Label>, ServiceError> {
        let user = self.named(principal, name).await?;
        self.must_be_or_stand_above(principal, &user).await?;
        let id = user.id;
        let before = self.door.read(move |reader| read::people::mail(reader, id)).await?;
        let change = GuardedChange::User(UserCommand::SetMail { user: id, address });
        let command = Command::of_version(Told::User(id), expect, change);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(before)
    }

    /// Where the person's days begin from now on, if the account is of the version looked at: their own, or for whoever manages people.
    /// Weeks that were submitted keep the days they had.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_zone(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        zone: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let user = self.named(principal, name).await?;
        self.must_be_or_stand_above(principal, &user).await?;
        let (user, zone) = (user.id, known_zone(zone)?);
        let change = GuardedChange::User(UserCommand::SetZone { user, zone });
        let command = Command::of_version(Told::User(user), expect, change);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// Where the person of this name is written to, for whoever manages people.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn mail_of(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<Label>, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let user = self.named(principal, name).await?.id;
        Ok(self.door.read(move |reader| read::people::mail(reader, user)).await?)
    }

    /// A new password for oneself, which takes the present one and ends one's other sessions; or, at the server's own terminal, for
    /// anybody, which ends all of that person's. An administrator elsewhere makes a link instead, and never learns the password.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_password(
        &self,
        principal: &Principal,
        name: &str,
        new: NewPassword,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let user = self.named(principal, name).await?;
        let own = principal.user().is_some_and(|asker| asker.id == user.id);
        if !own && !matches!(principal, Principal::Local(_)) {
            return Err(ServiceError::Forbidden(
                "A password is set only by its owner, through a one-time link, or at the server's own terminal.",
            ));
        }
        if own {
            let present = new.present.ok_or_else(|| {
                ServiceError::bad_input(
                    "no_current_password",
                    "A new password takes the present one, too.",
                    "Send it as `current`.",
                )
            })?;
            self.must_know_password(&user, present, address, now).await?;
        }
        let (user, password) = (user.id, self.passwords.hash(new.password).await?);
        let keep = principal.session();
        let command = Command::User(if own {
            UserCommand::ChangePassword { user, password, keep }
        } else {
            UserCommand::SetPassword { user, password }
        });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// The person of this name. Whoever may not list people learns nothing about who there is.
    pub(super) async fn named(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<User, ServiceError> {
        let own = principal.user().is_some_and(|user| user.name.as_str() == name);
        if !own && !principal.may(Right::SeeTeamReports) {
            principal.must_have(Right::ManagePeople)?;
        }
        let unknown = ServiceError::Refused(Refusal::UnknownUser);
        let Ok(name) = UserName::new(name) else { return Err(unknown) };
        let user = self.door.read(move |reader| read::user_by_name(reader, &name)).await?;
        user.ok_or(unknown)
    }

    pub(super) async fn new_user(
        &self,
        name: &str,
        password: Zeroizing<String>,
        role: Role,
        zone: &str,
        now: Timestamp,
    ) -> Result<User, ServiceError> {
        let (name, zone) = (UserName::new(name)?, known_zone(zone)?);
        let password = self.passwords.hash(password).await?;
        let id = UserId(clock::ascending_id());
        Ok(User { id, name, role, zone, password, created: now, disabled: None })
    }
}
