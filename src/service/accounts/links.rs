//! One-time links: an administrator makes one, its holder sets a password that nobody else learns.

use std::net::IpAddr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Accounts, secret};
use crate::clock;
use crate::domain::command::{Actor, Command};
use crate::domain::id::LinkId;
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::Refusal;
use crate::domain::right::{Right, Rights};
use crate::domain::text::{Label, UserName};
use crate::domain::time::Timestamp;
use crate::domain::user::Role;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// What a link is wanted for.
#[derive(Debug)]
pub enum LinkWish {
    /// A new password for the person of this name.
    Reset {
        /// Whose.
        name: String,
    },
    /// An account.
    Join {
        /// What they will sign in with.
        name: String,
        /// What they may do.
        role: Role,
    },
}

/// A link was made.
#[derive(Debug)]
pub struct LinkMade {
    /// The link, without its secret.
    pub link: Link,
    /// The secret; shown once, in the link's fragment.
    pub secret: String,
}

/// A link, and the name it is for.
#[derive(Debug)]
pub struct NamedLink {
    /// The link.
    pub link: Link,
    /// The sign-in name it is for.
    pub name: UserName,
}

impl Accounts {
    /// Makes a link; an older one for the same person ends. Whoever joins by one that is sent by mail is written to there.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn make_link(
        &self,
        principal: &Principal,
        (wish, mail): (LinkWish, Option<Label>),
        now: Timestamp,
    ) -> Result<LinkMade, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let purpose = match wish {
            LinkWish::Reset { name } => {
                LinkPurpose::Reset { user: self.beneath(principal, &name).await?.id }
            }
            LinkWish::Join { name, role } => {
                principal.must_cover(Rights::of_role(role))?;
                if !self.door.read(read::has_users).await? {
                    return Err(ServiceError::bad_input(
                        "first_is_administrator",
                        "The first person is not invited.",
                        "Use the set-up link, or run: timebook user add --role admin.",
                    ));
                }
                LinkPurpose::Join { name: UserName::new(name)?, role }
            }
        };
        let (secret, secret_hash) = secret::new_link();
        let (id, expires) = (LinkId(clock::ascending_id()), now.plus_ms(purpose.life_ms()));
        let link = Link { id, secret_hash, purpose, created: now, expires };
        let command = match mail {
            Some(mail) => LinkCommand::MakeFor { link: link.clone(), mail },
            None => LinkCommand::Make(link.clone()),
        };
        let command = Command::Link(command);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(LinkMade { link, secret })
    }

    /// Links that can still be used, oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn links(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<Vec<NamedLink>, ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let found = self.door.read(move |reader| {
            let mut open = Vec::new();
            for link in read::links(reader)?.into_iter().filter(|link| now < link.expires) {
                if let Some(name) = read::link_name(reader, &link)? {
                    open.push(NamedLink { link, name });
                }
            }
            Ok(open)
        });
        Ok(found.await?)
    }

    /// Takes a link back before it is used.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn withdraw_link(
        &self,
        principal: &Principal,
        link: LinkId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManagePeople)?;
        let found = self.door.read(move |reader| {
            let link = read::links(reader)?.into_iter().find(|known| known.id == link);
            Ok(match link.map(|link| link.purpose) {
                Some(LinkPurpose::Reset { user }) => match read::user(reader, user)? {
                    Some(user) => Some(read::people::rights(reader, &user)?),
                    None => None,
                },
                Some(LinkPurpose::Join { role, .. }) => Some(Rights::of_role(role)),
                None => None,
            })
        });
        if let Some(rights) = found.await? {
            principal.must_cover(rights)?;
        }
        let command = Command::Link(LinkCommand::Withdraw { link });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// What the link of this secret is for.
    ///
    /// # Errors
    /// [`Refusal::LinkClosed`]; [`ServiceError::TooManyTries`].
    pub async fn look_at_link(
        &self,
        text: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<NamedLink, ServiceError> {
        self.limits().admit("", address, now)?;
        let hash = secret::link_hash(text);
        let found = self.door.read(move |reader| {
            let Some(link) = read::link_by_secret(reader, &hash)? else { return Ok(None) };
            Ok(read::link_name(reader, &link)?.map(|name| NamedLink { link, name }))
        });
        let fits = |named: &NamedLink| {
            now < named.link.expires && bool::from(named.link.secret_hash.ct_eq(&hash))
        };
        if let Some(named) = found.await?.filter(fits) {
            return Ok(named);
        }
        self.limits().failed("", address, now);
        Err(ServiceError::Refused(Refusal::LinkClosed))
    }

    /// Uses the link of this secret: `password` is the person's from now on. With a link to join, their days begin and end in
    /// `time_zone`.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn use_link(
        &self,
        text: &str,
        password: Zeroizing<String>,
        time_zone: Option<&str>,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<UserName, ServiceError> {
        let NamedLink { link, name } = self.look_at_link(text, address, now).await?;
        let secret_hash = link.secret_hash;
        let command = match link.purpose {
            LinkPurpose::Reset { .. } => {
                LinkCommand::Reset { secret_hash, password: self.passwords.hash(password).await? }
            }
            LinkPurpose::Join { role, .. } => {
                let settings = self.door.read(read::office_settings).await?;
                let zone = match time_zone {
                    Some(zone) => zone.to_owned(),
                    None => settings.text(OfficeSetting::TimeZone).unwrap_or_default(),
                };
                let user = self.new_user(name.as_str(), password, role, &zone, now).await?;
                LinkCommand::Join { secret_hash, user }
            }
        };
        let command = Command::Link(command);
        Change { now, actor: Actor::Anyone, command }.commit(&self.door).await?;
        Ok(name)
    }
}
