//! The one-time set-up: whoever holds the secret of the set-up link becomes the first administrator.
//!
//! The recovery code is in the answer and nowhere else. So it is made from the office key and the link's secret, neither of which
//! would do alone: the same request finds it again, also after a restart, and nothing of it has to be stored.

use std::net::IpAddr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Accounts, Origin, SignedIn, secret};
use crate::domain::command::{Actor, Command};
use crate::domain::office::{Office, OfficeCommand};
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};
use crate::domain::outcome::Refusal;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{Label, ShortText, UserName};
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::domain::told::{GuardedChange, Told};
use crate::domain::user::{Role, User, UserCommand};
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::service::secrets::{OfficeKey, RecoveryCode};
use crate::store::read;

/// A set-up can be sent again for this long after it was done: for as long as its page may still wait for the answer.
const REPEAT_LIFE_MS: u64 = 10 * MINUTE_MS;
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

    /// Makes the first administrator and signs them in. Sent again within ten minutes, with the same link, name and password, it
    /// gives the same recovery code again: the first answer may have been lost on its way.
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
        let code = RecoveryCode::of_setup(&self.office_key, &new.secret);
        let is_named = |user: &User| UserName::new(&*new.name).is_ok_and(|name| user.name == name);
        let found = self.first_of_setup(&code, now).await?.filter(is_named);
        let user = match found {
            Some(user) => self.same_again(user, new.password.clone(), address, now).await?,
            None => self.found(&new, &code, address, now).await?,
        };
        self.limits().succeeded(user.name.as_str(), address, now);
        let signed_in = self.open_session(user, origin, now).await?;
        Ok(SetUp { signed_in, recovery_code: code.to_text() })
    }

    /// The office gets its name, its first administrator and what was chosen for it.
    async fn found(
        &self,
        new: &NewOffice,
        code: &RecoveryCode,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<User, ServiceError> {
        let secret_hash = self.check_secret(&new.secret, address, now).await?;
        let office = Label::new(new.office.as_str())?;
        let language = new.language.clone().map(language).transpose()?;
        let role = Role::Administrator;
        let user =
            self.new_user(&new.name, new.password.clone(), role, &new.time_zone, now).await?;
        let wrapped_key = self.office_key.wrap(code);
        let command = Command::User(UserCommand::First {
            secret_hash,
            user: user.clone(),
            office,
            wrapped_key,
        });
        Change { now, actor: Actor::Anyone, command }.commit(&self.door).await?;
        if let Some(policy) = new.policy.filter(|policy| *policy != ActivityPolicy::default()) {
            let reason = ShortText::cut("chosen at set-up");
            let command = Command::Office(OfficeCommand::SetPolicy { policy, reason });
            Change { now, actor: Actor::User(user.id), command }.commit(&self.door).await?;
        }
        let zone = Label::new(new.time_zone.as_str())?;
        let chosen = [(OfficeSetting::TimeZone, Some(zone)), (OfficeSetting::Language, language)];
        for (setting, value) in chosen {
            let Some(value) = value.map(SettingValue::Text).map(Some) else { continue };
            let set = GuardedChange::Setting(OfficeSettingCommand::Set { setting, value });
            let command = Command::of_version(Told::Setting(setting), None, set);
            Change { now, actor: Actor::User(user.id), command }.commit(&self.door).await?;
        }
        Ok(user)
    }

    /// The first administrator, if a set-up that gave out `code` made them a short while ago. Only who holds the link has that code.
    async fn first_of_setup(
        &self,
        code: &RecoveryCode,
        now: Timestamp,
    ) -> Result<Option<User>, ServiceError> {
        let found = self.door.read(|r| {
            let first = read::users(r)?.into_iter().min_by_key(|user| user.created);
            Ok((read::office(r)?, first))
        });
        let (Some(office), Some(user)) = found.await? else { return Ok(None) };
        let wrapped = office.wrapped_key.unwrap_or_default();
        let is_recent = now.ms_since(user.created) < REPEAT_LIFE_MS;
        let is_its = is_recent && OfficeKey::unwrap_with(&wrapped, code).is_ok();
        Ok(is_its.then_some(user))
    }

    /// The administrator who was made already, when the password is theirs and still enough to sign in.
    async fn same_again(
        &self,
        user: User,
        password: Zeroizing<String>,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<User, ServiceError> {
        let name = user.name.as_str();
        let admit = || self.limits().admit(name, address, now);
        let is_theirs = self.passwords.check(password, Some(user.password.clone()), admit).await?;
        if is_theirs && user.disabled.is_none() && self.app(user.id).await?.is_none() {
            return Ok(user);
        }
        self.limits().failed(name, address, now);
        Err(ServiceError::Refused(Refusal::SetupClosed))
    }

    /// Whether this is the secret of a set-up link that can still be used, or of one whose set-up can be sent again.
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
        // A page that is loaded anew before the code reached it still has its way to it.
        let code = RecoveryCode::of_setup(&self.office_key, secret);
        match self.first_of_setup(&code, now).await? {
            Some(_) => Ok(()),
            None => self.check_secret(secret, address, now).await.map(drop),
        }
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
