//! Signing in and out, and finding out who a cookie belongs to.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{Accounts, secret};
use crate::clock;
use crate::domain::audit::{self, AuditNote};
use crate::domain::command::{Actor, Command};
use crate::domain::id::{SessionId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::right::{Right, Rights};
use crate::domain::session::{SESSION_TOUCH_MS, Session, SessionAbout, SessionCommand};
use crate::domain::text::{ShortText, UserName};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Credential, Principal};
use crate::store::read;

/// Where a session is opened from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The network address.
    pub address: IpAddr,
    /// What the browser or program calls itself.
    pub agent: ShortText,
}

/// What somebody signs in with.
#[derive(Debug)]
pub struct SignInProof {
    /// The password.
    pub password: Zeroizing<String>,
    /// A code from the app, or a one-time code.
    pub code: Option<Zeroizing<String>>,
}

/// A session, whose it is, and what is known of it.
#[derive(Debug)]
pub struct OpenSession {
    /// The session.
    pub session: Session,
    /// Whose.
    pub user: User,
    /// Where it is, when that was written down.
    pub about: Option<SessionAbout>,
}

/// Somebody signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// What they may do.
    pub rights: Rights,
    /// What their cookie must hold; shown once.
    pub secret: String,
}

impl Accounts {
    /// Opens a session for whoever knows this name's password and, where codes from an app are asked for, gives one.
    ///
    /// # Errors
    /// [`ServiceError::WrongPassword`], whether or not the name exists; [`ServiceError::CodeRequired`]; [`ServiceError::TooManyTries`].
    pub async fn sign_in(
        &self,
        name: &str,
        proof: SignInProof,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<SignedIn, ServiceError> {
        let (address, named) = (origin.address, UserName::new(name).ok());
        // What cannot be a name counts for the address alone: nobody fills the memory with it.
        let name = named.as_ref().map_or("", UserName::as_str);
        self.limits().admit(name, address, now)?;
        let user = match named.clone() {
            Some(name) => self.door.read(move |r| read::user_by_name(r, &name)).await?,
            None => None,
        };
        let known = user.clone().filter(|user| user.disabled.is_none());
        let hash = known.as_ref().map(|user| user.password.clone());
        let admit = || self.limits().admit(name, address, now);
        if !self.passwords.check(proof.password, hash, admit).await? {
            self.refused(user.as_ref(), name, address, now).await?;
            return Err(ServiceError::WrongPassword);
        }
        let user = known.ok_or(ServiceError::WrongPassword)?;
        if let Some(app) = self.app(user.id).await? {
            let code = proof.code.ok_or(ServiceError::CodeRequired)?;
            self.must_give_code(&user, &app, &code, address, now).await?;
        }
        self.limits().succeeded(name, address, now);
        match self.open_session(user, origin, now).await {
            // It was right when this sign-in began, and is not any more.
            Err(ServiceError::Refused(Refusal::PasswordChanged)) => {
                Err(ServiceError::WrongPassword)
            }
            opened => opened,
        }
    }

    /// Who a session cookie belongs to; `None` when the session has ended.
    ///
    /// # Errors
    /// [`ServiceError`] when that cannot be found out now.
    pub async fn by_cookie(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<Principal>, ServiceError> {
        let Some(hash) = secret::session_hash(text) else { return Ok(None) };
        let found = self.door.read(move |reader| {
            let Some(session) = read::session_by_secret(reader, &hash)? else { return Ok(None) };
            let Some(user) = read::user(reader, session.user)? else { return Ok(None) };
            let rights = read::people::rights(reader, &user)?;
            let life = read::office_settings(reader)?.session_life();
            Ok(Some((session.is_live(now, life), session, user, rights)))
        });
        let Some((is_live, session, user, rights)) = found.await? else { return Ok(None) };
        if !is_live || user.disabled.is_some() {
            return Ok(None);
        }
        if now.ms_since(session.seen) >= SESSION_TOUCH_MS && !self.door.rests() {
            self.touch(&session, now).await;
        }
        Ok(Some(Principal::person(user, rights, Credential::Session(session.id))))
    }

    /// Ends the session the principal came with, if it came with one.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn sign_out(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        if let Some(session) = principal.session() {
            let command = Command::Session(SessionCommand::Close { session });
            Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        }
        Ok(())
    }

    /// Sessions that are open: one's own, or for whoever manages people those of `name` or, at the server's terminal, everybody's.
    /// Oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn sessions(
        &self,
        principal: &Principal,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, ServiceError> {
        let whose = match name {
            Some(name) => Some(self.named(principal, name).await?),
            None => principal.user().cloned(),
        };
        match &whose {
            Some(user) => self.must_be_or_stand_above(principal, user).await?,
            None => principal.must_have(Right::ManagePeople)?,
        }
        self.open_sessions(whose.map(|user| user.id), now).await
    }

    /// Everybody's open sessions, for whoever sees how the server is doing. Oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn everyones_sessions(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, ServiceError> {
        principal.must_have(Right::ViewServer)?;
        self.open_sessions(None, now).await
    }

    async fn open_sessions(
        &self,
        whose: Option<UserId>,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, ServiceError> {
        let found = self.door.read(move |reader| {
            let mut open = Vec::new();
            let life = read::office_settings(reader)?.session_life();
            for session in read::sessions(reader)? {
                if session.is_live(now, life)
                    && whose.is_none_or(|user| user == session.user)
                    && let Some(user) = read::user(reader, session.user)?
                {
                    let about = read::session_about(reader, session.id)?;
                    open.push(OpenSession { session, user, about });
                }
            }
            Ok(open)
        });
        Ok(found.await?)
    }

    /// Ends a session: one's own, or anybody's for whoever manages people.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn end_session(
        &self,
        principal: &Principal,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(session) = read::session(reader, session)? else { return Ok(None) };
            read::user(reader, session.user)
        });
        let own = principal.user().map(|user| user.id);
        let theirs = |user: &User| own == Some(user.id) || principal.may(Right::ManagePeople);
        let owner = found.await?.filter(theirs);
        let owner = owner.ok_or(ServiceError::Refused(Refusal::UnknownSession))?;
        self.must_be_or_stand_above(principal, &owner).await?;
        let command = Command::Session(SessionCommand::Close { session });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(())
    }

    pub(super) async fn open_session(
        &self,
        user: User,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<SignedIn, ServiceError> {
        let (secret, secret_hash) = secret::new_session();
        let id = SessionId(clock::ascending_id());
        let session = Session { id, secret_hash, user: user.id, opened: now, seen: now };
        let (address, agent) = (ShortText::cut(&origin.address.to_string()), origin.agent.clone());
        let about = SessionAbout { address, agent, proven: now };
        let password = user.password.clone();
        let command = Command::Session(SessionCommand::SignIn { session, about, password });
        Change { now, actor: Actor::User(user.id), command }.commit(&self.door).await?;
        let whose = user.clone();
        let rights = self.door.read(move |reader| read::people::rights(reader, &whose)).await?;
        Ok(SignedIn { user, rights, secret })
    }

    /// The session was used. That it was is worth a note, not a failed request.
    async fn touch(&self, session: &Session, now: Timestamp) {
        let command = Command::Session(SessionCommand::Touch { session: session.id });
        let change = Change { now, actor: Actor::User(session.user), command };
        if let Err(error) = change.commit(&self.door).await
            && !self.door.is_closed()
        {
            tracing::warn!(%error, "the last use of a session was not written down");
        }
    }

    /// Counts the failure, and writes it down once waiting begins. What was typed as a name may be somebody's password: only a name
    /// that exists is written.
    pub(super) async fn refused(
        &self,
        user: Option<&User>,
        name: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        if !self.limits().failed(name, address, now) {
            return Ok(());
        }
        if self.door.rests() {
            tracing::warn!("somebody gave a wrong password again and again from {address}");
            return Ok(());
        }
        let whom = user.map_or_else(|| "an unknown name".to_owned(), |user| audit::person(user.id));
        let note = AuditNote {
            action: ShortText::cut("session.refused"),
            subject: ShortText::cut(&format!("{whom}, again and again from {address}")),
        };
        let change = Change { now, actor: Actor::Anyone, command: Command::Audit(note) };
        change.commit(&self.door).await?;
        Ok(())
    }
}
