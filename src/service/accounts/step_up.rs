//! Proving again who one is, before something dangerous: a cookie that was stolen, or a browser left open, is not enough.
//!
//! A session is proven by signing in or by giving the password again, for [`PROOF_LIFE_MS`]. A token that may manage can be made only
//! under such a proof, and then carries it; the server's own terminal needs none.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::Accounts;
use super::totp::{App, wrong_code};
use crate::domain::command::Command;
use crate::domain::id::SessionId;
use crate::domain::outcome::Refusal;
use crate::domain::session::{PROOF_LIFE_MS, SessionCommand};
use crate::domain::time::Timestamp;
use crate::domain::token::Scope;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

/// What somebody proves themselves with again.
#[derive(Debug)]
pub enum Proof {
    /// Their password.
    Password(Zeroizing<String>),
    /// A code from their app, or a one-time code.
    Code(Zeroizing<String>),
}

impl Accounts {
    /// Goes on only for somebody who has just shown who they are.
    ///
    /// # Errors
    /// [`ServiceError::StepUpRequired`].
    pub async fn must_be_proven(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let proven = match principal {
            Principal::Local(_) => true,
            Principal::Person { .. } => match principal.session() {
                Some(id) if self.is_proven_here(id, now) => true,
                Some(id) => {
                    let about = self.door.read(move |reader| read::session_about(reader, id));
                    about.await?.is_some_and(|about| about.is_proven(now))
                }
                None => principal.has_scope(Scope::Manage),
            },
            Principal::Nobody | Principal::Device(_) => false,
        };
        if proven { Ok(()) } else { Err(ServiceError::StepUpRequired) }
    }

    /// Proves the principal's session again; says until when that is good.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] when the proof is wrong; [`ServiceError::TooManyTries`].
    pub async fn prove(
        &self,
        principal: &Principal,
        proof: Proof,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Timestamp, ServiceError> {
        let (Some(user), Some(session)) = (principal.user(), principal.session()) else {
            return Err(ServiceError::bad_input(
                "no_session",
                "Only a session that was signed in can be proven again.",
                "Sign in, then try again.",
            ));
        };
        match proof {
            Proof::Password(password) => {
                self.must_know_password(user, password, address, now).await?;
            }
            // That it was used could not be kept.
            Proof::Code(_) if self.door.rests() => {
                return Err(ServiceError::bad_input(
                    "code_while_stopped",
                    "A code is not taken while the server is out of service.",
                    "Give your password instead.",
                ));
            }
            Proof::Code(code) => {
                let app = self.app(user.id).await?;
                let app = app.ok_or(ServiceError::Refused(Refusal::NoTotp))?;
                self.must_give_code(user, &app, &code, address, now).await?;
            }
        }
        if self.door.rests() {
            self.proven_here().insert(session, now);
            return Ok(now.plus_ms(PROOF_LIFE_MS));
        }
        let command = Command::Session(SessionCommand::Prove { session });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(now.plus_ms(PROOF_LIFE_MS))
    }

    /// Was the session proven while the server is out of service, lately enough? What was proven so counts for as long as that only.
    fn is_proven_here(&self, session: SessionId, now: Timestamp) -> bool {
        self.proven_here().get(&session).is_some_and(|at| now.ms_since(*at) < PROOF_LIFE_MS)
    }

    fn proven_here(&self) -> MutexGuard<'_, BTreeMap<SessionId, Timestamp>> {
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on only when this is a code that counts now; wrong ones count as failed sign-ins. It never counts again.
    pub(super) async fn must_give_code(
        &self,
        user: &User,
        app: &App,
        code: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let name = user.name.as_str();
        self.limits().admit(name, address, now)?;
        let good = match app.takes(code, now) {
            Some(taken) => self.take_code(app.user(), taken, now).await?,
            None => false,
        };
        if good {
            return Ok(());
        }
        self.refused(Some(user), name, address, now).await?;
        Err(wrong_code())
    }

    /// Goes on only when this is the person's password; wrong ones count as failed sign-ins.
    pub(super) async fn must_know_password(
        &self,
        user: &User,
        password: Zeroizing<String>,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let name = user.name.as_str();
        self.limits().admit(name, address, now)?;
        let admit = || self.limits().admit(name, address, now);
        if self.passwords.check(password, Some(user.password.clone()), admit).await? {
            return Ok(());
        }
        self.refused(Some(user), name, address, now).await?;
        Err(ServiceError::bad_input(
            "wrong_current_password",
            "This is not your present password.",
            "Check it and try again; after five tries there is a short wait.",
        ))
    }
}
