//! API tokens: made once, shown once, kept as hashes.

use super::{Accounts, secret};
use crate::clock;
use crate::domain::command::Command;
use crate::domain::id::{DeviceId, TokenId};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::right::Right;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Credential, Principal};
use crate::store::read;

/// One more token.
#[derive(Debug)]
pub struct NewToken {
    /// Whose, by sign-in name; the asker's own when empty.
    pub user: Option<String>,
    /// The name of the pseudo-device that what it records belongs to.
    pub device: String,
    /// What a person calls it; the device's name when empty.
    pub label: Option<String>,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
}

/// A token was made.
#[derive(Debug)]
pub struct TokenMade {
    /// For lists and revocation.
    pub id: TokenId,
    /// The token itself; shown once.
    pub secret: String,
    /// The pseudo-device it records into.
    pub device: DeviceId,
    /// Its name.
    pub device_name: Label,
}

/// A token, whose it is, and the name of the device it records into.
#[derive(Debug)]
pub struct OwnedToken {
    /// The token.
    pub token: Token,
    /// Whose.
    pub user: User,
    /// The pseudo-device's name.
    pub device: Label,
}

impl Accounts {
    /// Makes a token for oneself; for somebody else only the server's own terminal may. A token reads back what it recorded, so that
    /// whoever had one of somebody else's would read what the office policy keeps from them.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn create_token(
        &self,
        principal: &Principal,
        new: NewToken,
        now: Timestamp,
    ) -> Result<TokenMade, ServiceError> {
        let user = match (&new.user, principal.user()) {
            (Some(name), _) => self.named(principal, name).await?,
            (None, Some(own)) => own.clone(),
            (None, None) => return Err(no_person()),
        };
        let mut scopes = new.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        may_make(principal, &user, &scopes)?;
        // It outlives the session it is made in, and one that may manage passes where a session must be proven.
        if scopes != [Scope::Record] {
            self.must_be_proven(principal, now).await?;
        }
        let device = Label::new(new.device)?;
        let label = new.label.map_or_else(|| Ok(device.clone()), Label::new)?;
        let (secret, secret_hash) = secret::new_token();
        let token = Token {
            id: TokenId(clock::ascending_id()),
            secret_hash,
            user: user.id,
            device: DeviceId(clock::ascending_id()),
            label,
            scopes,
            created: now,
            revoked: None,
        };
        let id = token.id;
        let device_name = device.clone();
        let command = Command::Token(TokenCommand::Create { token, device });
        match (Change { now, actor: principal.actor(), command }).commit(&self.door).await? {
            Outcome::Device { device, .. } => Ok(TokenMade { id, secret, device, device_name }),
            other => Err(ServiceError::Failed(format!("A token was answered with {other:?}."))),
        }
    }

    /// Everyone's tokens for administrators, one's own for others; oldest first, revoked ones too.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn tokens(&self, principal: &Principal) -> Result<Vec<OwnedToken>, ServiceError> {
        let all = principal.may(Right::ManagePeople);
        let own = principal.user().map(|user| user.id);
        let found = self.door.read(move |reader| {
            let mut list = Vec::new();
            for token in read::tokens(reader)? {
                if (all || Some(token.user) == own)
                    && let Some(user) = read::user(reader, token.user)?
                    && let Some(device) = read::device(reader, token.device)?
                {
                    list.push(OwnedToken { token, user, device: device.name });
                }
            }
            Ok(list)
        });
        Ok(found.await?)
    }

    /// Refused from now on: one's own, or anybody's for administrators.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn revoke_token(
        &self,
        principal: &Principal,
        id: TokenId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let theirs = self.tokens(principal).await?.into_iter().find(|owned| owned.token.id == id);
        let owner = theirs.ok_or(ServiceError::Refused(Refusal::UnknownToken))?.user;
        self.must_be_or_stand_above(principal, &owner).await?;
        let command = Command::Token(TokenCommand::Revoke { token: id });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    /// Who a token belongs to; `None` when it is none, is revoked, or its person is disabled.
    ///
    /// # Errors
    /// [`ServiceError`] when that cannot be found out now.
    pub async fn by_token(&self, text: &str) -> Result<Option<Principal>, ServiceError> {
        let Some(hash) = secret::token_hash(text) else { return Ok(None) };
        let began = match self.known.find(&hash) {
            Ok(principal) => return Ok(Some(principal)),
            Err(began) => began,
        };
        let found = self.door.read(move |reader| {
            let Some(token) = read::token_by_secret(reader, &hash)? else { return Ok(None) };
            let Some(user) = read::user(reader, token.user)? else { return Ok(None) };
            let rights = read::people::rights(reader, &user)?;
            Ok(Some((token, user, rights)))
        });
        let Some((token, user, rights)) = found.await? else { return Ok(None) };
        if token.revoked.is_some() || user.disabled.is_some() {
            return Ok(None);
        }
        let principal = Principal::person(user, rights, Credential::Token(token));
        self.known.keep(&began, hash, &principal);
        Ok(Some(principal))
    }
}

fn may_make(principal: &Principal, user: &User, scopes: &[Scope]) -> Result<(), ServiceError> {
    if scopes.is_empty() {
        return Err(ServiceError::bad_input(
            "no_scope",
            "A token needs at least one scope.",
            "Choose among record, read and manage.",
        ));
    }
    let own = principal.user().is_some_and(|asker| asker.id == user.id);
    if own || matches!(principal, Principal::Local(_)) {
        return Ok(());
    }
    Err(ServiceError::Forbidden(
        "Only that person makes a token of theirs: it reads back what it recorded. To record what they do on a computer, invite it.",
    ))
}

fn no_person() -> ServiceError {
    ServiceError::bad_input(
        "no_user",
        "A token belongs to a person, and none was named.",
        "Name the person with --user NAME.",
    )
}
