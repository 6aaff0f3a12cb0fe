//! Proving again who one is, before something dangerous: a cookie that was stolen, or a browser left open, is not enough.
//!
//! A session is proven by signing in or by giving the password again, for [`PROOF_LIFE_MS`]. A token that may manage can be made only
//! under such a proof, and then carries it; the server's own terminal needs none.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::Accounts;
use crate::domain::command::Command;
use crate::domain::session::{PROOF_LIFE_MS, SessionCommand};
use crate::domain::time::Timestamp;
use crate::domain::token::Scope;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Change, Principal};
use crate::store::read;

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
    /// [`ServiceError::BadInput`] when the password is wrong; [`ServiceError::TooManyTries`].
    pub async fn prove(
        &self,
        principal: &Principal,
        password: Zeroizing<String>,
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
        self.must_know_password(user, password, address, now).await?;
        let command = Command::Session(SessionCommand::Prove { session });
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        Ok(now.plus_ms(PROOF_LIFE_MS))
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
