//! What people may do: roles and grants, and who is in or out; each change, if the account is of the version looked at. Nobody gives what they do not have, nor acts upon who may do more.

use std::collections::BTreeSet;

use super::Accounts;
use crate::domain::command::Command;
use crate::domain::id::UserId;
use crate::domain::right::{Right, Rights};
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::{Grants, Role, User, UserCommand};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

impl Accounts {
    /// Another role for the person of this name.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_role(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        role: Role,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_cover(Rights::of_role(role))?;
        let user = self.beneath(principal, name).await?.id;
        self.change_user(principal, (user, expect), UserCommand::SetRole { user, role }, now).await
    }

    /// Another name to sign in with for the person of this name. Sessions and tokens stay, and so does what failed of late.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn rename(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        new: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let new = UserName::new(new)?;
        let user = self.beneath(principal, name).await?;
        let (id, old) = (user.id, user.name);
        let rename = UserCommand::Rename { user: id, name: new.clone() };
        self.change_user(principal, (id, expect), rename, now).await?;
        self.limits().renamed(old.as_str(), new.as_str());
        Ok(())
    }

    /// What the person of this name may do beyond their role, all of it.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set_grants(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        rights: BTreeSet<Right>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_cover(rights.iter().copied().collect())?;
        let user = self.beneath(principal, name).await?.id;
        let grants = Grants { rights };
        self.change_user(principal, (user, expect), UserCommand::SetGrants { user, grants }, now)
            .await
    }

    /// No more sign-in for this person; what was recorded stays.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn disable(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let user = self.beneath(principal, name).await?.id;
        self.change_user(principal, (user, expect), UserCommand::Disable { user }, now).await
    }

    /// The person of this name may sign in again, and their computers deliver what they kept.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn enable(
        &self,
        principal: &Principal,
        (name, expect): (&str, Option<u64>),
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let user = self.beneath(principal, name).await?.id;
        self.change_user(principal, (user, expect), UserCommand::Enable { user }, now).await
    }

    /// The person of this name, if the asker manages people and this one may do nothing that they may not: else a right to manage
    /// people would be every right.
    pub(super) async fn beneath(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<User, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let user = self.named(principal, name).await?;
        self.must_stand_above(principal, &user).await?;
        Ok(user)
    }

    /// Goes on only for the person themselves, or for somebody who manages people and may do all that this one may.
    pub(super) async fn must_be_or_stand_above(
        &self,
        principal: &Principal,
        user: &User,
    ) -> Result<(), ServiceError> {
        principal.must_be_or_have(user, Right::ManagePeople)?;
        if principal.user().is_some_and(|own| own.id == user.id) {
            return Ok(());
        }
        self.must_stand_above(principal, user).await
    }

    async fn must_stand_above(
        &self,
        principal: &Principal,
        user: &User,
    ) -> Result<(), ServiceError> {
        let whose = user.clone();
        let rights = self.door.read(move |reader| read::people::rights(reader, &whose)).await?;
        principal.must_cover(rights)
    }

    async fn change_user(
        &self,
        principal: &Principal,
        (user, expect): (UserId, Option<u64>),
        command: UserCommand,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let change = GuardedChange::User(command);
        let command = Command::of_version(Told::User(user), expect, change);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }
}
