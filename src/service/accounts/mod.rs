//! Accounts: who there is, and how they prove it: passwords, sessions, API tokens, and the one-time set-up.
//!
//! Must never keep a secret in the clear, nor tell by answer or by timing whether a name exists.

mod erasures;
mod known;
mod links;
mod password;
mod secret;
mod sessions;
mod setup;
mod standing;
mod step_up;
mod teams;
mod tokens;
mod totp;
mod users;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use erasures::Mention;
pub use links::{LinkMade, LinkWish, NamedLink};
pub use sessions::{OpenSession, Origin, SignInProof, SignedIn};
pub use setup::{NewOffice, SetUp};
pub use step_up::Proof;
pub use teams::{KnownTeam, NamedTeam};
pub use tokens::{NewToken, OwnedToken, TokenMade};
#[cfg(test)]
pub(crate) use totp::code_at;
pub use totp::{Enrolment, TotpState};
pub use users::{Added, KnownUser, NewPassword, NewUser};

use super::error::ServiceError;
use super::secrets::OfficeKey;
use crate::consensus::Door;
use crate::domain::id::SessionId;
use crate::domain::text::ZoneName;
use crate::domain::time::Timestamp;
use crate::service::Limits;
use known::KnownTokens;
use password::Passwords;

/// Accounts of one office. Share it behind an `Arc`: the sign-in limits live in it.
pub struct Accounts {
    door: Door,
    office_key: Arc<OfficeKey>,
    passwords: Passwords,
    limits: Mutex<Limits>,
    known: KnownTokens,
    /// Sessions that were proven again while the server is out of service, and when.
    proven: Mutex<BTreeMap<SessionId, Timestamp>>,
}

impl Accounts {
    /// The accounts behind `door`; `office_key` is wrapped under the recovery code when the first person is added.
    ///
    /// # Errors
    /// [`ServiceError::Failed`] when this computer cannot hash a password.
    pub fn new(door: Door, office_key: Arc<OfficeKey>) -> Result<Self, ServiceError> {
        let (passwords, limits) = (Passwords::new()?, Mutex::new(Limits::default()));
        let known = KnownTokens::new(&door);
        let proven = Mutex::default();
        Ok(Self { door, office_key, passwords, limits, known, proven })
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The zone, if there is one of this name.
fn known_zone(name: &str) -> Result<ZoneName, ServiceError> {
    let zone = ZoneName::new(name)?;
    match jiff::tz::TimeZone::get(zone.as_str()) {
        Ok(_) => Ok(zone),
        Err(_) => Err(ServiceError::bad_input(
            "unknown_time_zone",
            format!("There is no time zone of the name {zone}."),
            "Use a name such as Europe/Berlin.",
        )),
    }
}
