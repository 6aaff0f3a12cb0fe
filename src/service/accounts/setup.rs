//! The one-time set-up: whoever holds the secret of the set-up link becomes the first administrator.

use std::net::IpAddr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Accounts, Origin, SignedIn, secret};
use crate::domain::command::{Actor, Command};
use crate::domain::office::{Office, OfficeCommand};
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};
use crate::domain::outcome::Refusal;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{Label, ShortText};
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::{Role, UserCommand};
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::service::secrets::RecoveryCode;
use crate::store::read;

/// No set-up secret is longer than this, in bytes.
const LONGEST_SECRET: usize = 256;

/// What the set-up page sends.
#[derive(Debug)]
pub struct NewOffice {
    /// The secret of the set-up link.
    pub secret: Zeroizing<String>,
    /// The office's name, as people read it.
    pub office: String,
    /// What the first administrator will sign in with.
    pub name: String,
    /// Their password.
    pub password: Zeroizing<String>,
    /// Where their days begin and end, an IANA name.
    pub time_zone: String,
    /// What others than the person may see of recorded activity; the strictest when empty.
    pub policy: Option<ActivityPolicy>,
    /// What the office's mail is written in; the usual language when empty.
    pub language: Option<String>,
}

/// The office is set up.
#[derive(Debug)]
pub struct SetUp {
    /// The first administrator, signed in.
    pub signed_in: SignedIn,
    /// The code that opens the office key; shown once.
    pub recovery_code: String,
}

impl Accounts {
    /// Is there a set-up link that can still be used?
    ///
    /// # Errors
    /// [`ServiceError`] when that cannot be found out now.
    pub async fn setup_is_open(&self, now: Timestamp) -> Result<bool, ServiceError> {
        let found = self.door.read(|r| Ok((read::office(r)?, read::has_users(r)?))).await?;
        Ok(matches!(found, (Some(office), false) if is_open(&office, now)))
    }

    /// Makes the first administrator and signs them in.
    ///
    /// # Errors
    /// [`Refusal::SetupClosed`] when the secret is wrong, used or expired; [`ServiceError::TooManyTries`]; bad input.
    pub async fn set_up(
        &self,
        new: NewOffice,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<SetUp, ServiceError> {
        let address = origin.address;
        self.limits().admit("", address, now)?;
        let secret_hash = self.check_secret(&new.secret, address, now).await?;
        let office = Label::new(new.office)?;
        let language = new.language.map(language).transpose()?;
        let role = Role::Administrator;
        let user = self.new_user(&new.name, new.password, role, &new.time_zone, now).await?;
        let code = RecoveryCode::generate();
        let command = Command::User(UserCommand::First {
            secret_hash,
            user: user.clone(),
            office,
            wrapped_key: self.office_key.wrap(&code),
        });
        Change { now, actor: Actor::Anyone, command }.commit(&self.door).await?;
        self.limits().succeeded(user.name.as_str(), address, now);
        if let Some(policy) = new.policy.filter(|policy| *policy != ActivityPolicy::default()) {
            let reason = ShortText::cut("chosen at set-up");
            let command = Command::Office(OfficeCommand::SetPolicy { policy, reason });
            Change { now, actor: Actor::User(user.id), command }.commit(&self.door).await?;
        }
        let zone = Label::new(new.time_zone)?;
        let chosen = [(OfficeSetting::TimeZone, Some(zone)), (OfficeSetting::Language, language)];
        for (setting, value) in chosen {
            let Some(value) = value.map(SettingValue::Text).map(Some) else { continue };
            let set = GuardedChange::Setting(OfficeSettingCommand::Set { setting, value });
            let command = Command::of_version(Told::Setting(setting), None, set);
            Change { now, actor: Actor::User(user.id), command }.commit(&self.door).await?;
        }
        let signed_in = self.open_session(user, origin, now).await?;
        Ok(SetUp { signed_in, recovery_code: code.to_text() })
    }

    /// Whether this is the secret of a set-up link that can still be used.
    ///
    /// # Errors
    /// [`Refusal::SetupClosed`] when it is wrong, used or expired; [`ServiceError::TooManyTries`].
    pub async fn look_at_setup(
        &self,
        secret: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.limits().admit("", address, now)?;
        self.check_secret(secret, address, now).await.map(drop)
    }

    /// Checked before the password is hashed: that work is only for those who hold the link.
    async fn check_secret(
        &self,
        text: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<[u8; 32], ServiceError> {
        let hash = secret::link_hash(text.get(..LONGEST_SECRET).unwrap_or(text));
        let office = self.door.read(read::office).await?.filter(|office| is_open(office, now));
        let setup = office.and_then(|office| office.setup);
        if setup.is_some_and(|setup| bool::from(setup.secret_hash.ct_eq(&hash))) {
            return Ok(hash);
        }
        self.limits().failed("", address, now);
        Err(ServiceError::Refused(Refusal::SetupClosed))
    }
}

fn language(text: String) -> Result<Label, ServiceError> {
    let value = Label::new(text)?;
    match OfficeSetting::Language.fault(&SettingValue::Text(value.clone())) {
        None => Ok(value),
        Some(fault) => Err(ServiceError::bad_input("bad_setting", fault, "Choose en or de.")),
    }
}

fn is_open(office: &Office, now: Timestamp) -> bool {
    office.setup.as_ref().is_some_and(|setup| now < setup.expires)
}
