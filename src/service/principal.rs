//! Who is asking, as far as it was proven. What they may do is decided with it, here and in each capability.

use super::error::ServiceError;
use crate::domain::command::Actor;
use crate::domain::id::{DeviceId, SessionId};
use crate::domain::policy::Reach;
use crate::domain::right::{Right, Rights};
use crate::domain::text::ShortText;
use crate::domain::token::{Scope, Token};
use crate::domain::user::{Role, User};
use crate::store::{Reader, StoreError, read};

/// What a person proved themselves with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A signed-in browser or terminal.
    Session(SessionId),
    /// An API token; it may do what its scopes say.
    Token(Token),
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Nobody known.
    Nobody,
    /// A person.
    Person {
        /// Who.
        user: Box<User>,
        /// What they may do.
        rights: Rights,
        /// How they proved it.
        by: Box<Credential>,
    },
    /// Somebody at the server's own terminal, by operating-system user: whoever owns the data directory runs the office.
    Local(ShortText),
    /// A computer with a certificate of this office.
    Device(DeviceId),
}

impl Principal {
    /// The same as the state has them now, with the rights they have now; `None` when they may do nothing any more: the account is
    /// disabled, the token revoked. That a session ended is no loss of rights: see [`Principal::is_open`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn renewed(&self, reader: &dyn Reader) -> Result<Option<Self>, StoreError> {
        let Self::Person { user, by, .. } = self else { return Ok(Some(self.clone())) };
        let Some(user) = read::user(reader, user.id)?.filter(|user| user.disabled.is_none()) else {
            return Ok(None);
        };
        let by = match &**by {
            Credential::Session(session) => Credential::Session(*session),
            Credential::Token(token) => {
                let token = read::token_by_secret(reader, &token.secret_hash)?;
                match token.filter(|token| token.revoked.is_none()) {
                    Some(token) => Credential::Token(token),
                    None => return Ok(None),
                }
            }
        };
        let rights = read::people::rights(reader, &user)?;
        Ok(Some(Self::person(user, rights, by)))
    }

    /// Is the session they came with still there, if they came with one?
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) fn is_open(&self, reader: &dyn Reader) -> Result<bool, StoreError> {
        Ok(match self.session() {
            Some(session) => read::session(reader, session)?.is_some(),
            None => true,
        })
    }

    /// As the audit log names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Nobody => Actor::Anyone,
            Self::Person { user, .. } => Actor::User(user.id),
            Self::Local(name) => Actor::Local(name.clone()),
            Self::Device(device) => Actor::Device(*device),
        }
    }

    /// The person, if it is one.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Person { user, .. } => Some(user),
            _ => None,
        }
    }

    /// The token they came with, if they did.
    pub fn token(&self) -> Option<&Token> {
        match self {
            Self::Person { by, .. } => match &**by {
                Credential::Token(token) => Some(token),
                Credential::Session(_) => None,
            },
            _ => None,
        }
    }

    /// The session they came with, if they did.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Person { by, .. } => match **by {
                Credential::Session(session) => Some(session),
                Credential::Token(_) => None,
            },
            _ => None,
        }
    }

    /// A person, proven like this.
    pub(super) fn person(user: User, rights: Rights, by: Credential) -> Self {
        Self::Person { user: Box::new(user), rights, by: Box::new(by) }
    }

    /// Is it somebody who may use `/api/v1` as a person does?
    pub const fn is_signed_in(&self) -> bool {
        matches!(self, Self::Person { .. } | Self::Local(_))
    }

    /// Does their role reach `role`?
    pub fn reaches(&self, role: Role) -> bool {
        match self {
            Self::Person { user, .. } => user.role >= role,
            Self::Local(_) => true,
            Self::Nobody | Self::Device(_) => false,
        }
    }

    /// What they may do.
    pub fn rights(&self) -> Rights {
        match self {
            Self::Person { rights, .. } => *rights,
            Self::Local(_) => Right::ALL.into_iter().collect(),
            Self::Nobody | Self::Device(_) => Rights::NONE,
        }
    }

    /// May they do this?
    pub fn may(&self, right: Right) -> bool {
        self.rights().has(right)
    }

    /// Whom they reach, by right and by the teams they lead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn reach(&self, reader: &dyn Reader) -> Result<Reach, StoreError> {
        let own = self.user().map(|user| user.id);
        Ok(Reach::new(own, self.rights(), &read::people::teams(reader)?))
    }

    /// May they use `scope`? Only a token can have too few.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.token().is_none_or(|token| {
            token.scopes.contains(&scope)
                || (scope == Scope::Read && token.scopes.contains(&Scope::Manage))
        })
    }

    /// Goes on only with this right.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn must_have(&self, right: Right) -> Result<(), ServiceError> {
        if self.may(right) {
            return Ok(());
        }
        Err(ServiceError::Forbidden("You do not have the right to do this."))
    }

    /// Goes on only when they have all of `rights` themselves: nobody gives away, or acts upon, more than they have.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn must_cover(&self, rights: Rights) -> Result<(), ServiceError> {
        if self.rights().covers(rights) {
            return Ok(());
        }
        Err(ServiceError::Forbidden("This takes rights that you do not have yourself."))
    }

    /// Goes on only for the person themselves and with this right.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub fn must_be_or_have(&self, person: &User, right: Right) -> Result<(), ServiceError> {
        if self.user().is_some_and(|user| user.id == person.id) {
            return Ok(());
        }
        self.must_have(right)
    }
}
