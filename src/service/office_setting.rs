//! The office's settings, read and changed.

use serde_json::Value;

use super::error::ServiceError;
use super::{Change, Principal};
use crate::consensus::Door;
use crate::domain::command::Command;
use crate::domain::mail::password_name;
use crate::domain::office_setting::{
    OfficeSetting, OfficeSettingCommand, OfficeSettings, SettingValue, Shape,
};
use crate::domain::retention::Kind;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::store::{StoreError, read};

/// The office's settings. Cheap to clone.
#[derive(Clone)]
pub struct Settings {
    door: Door,
}

impl Settings {
    /// The settings behind `door`.
    pub const fn new(door: Door) -> Self {
        Self { door }
    }

    /// Those the principal may read, each with its version, and what they are set to.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(
        &self,
        principal: &Principal,
    ) -> Result<(Vec<(OfficeSetting, u64)>, OfficeSettings), ServiceError> {
        let principal = principal.clone();
        let found = self.door.read(move |reader| {
            let seen = OfficeSetting::ALL.into_iter().filter(|one| may_read(&principal, *one));
            let version = |one| Ok((one, read::told::version(reader, &Told::Setting(one))?));
            let seen: Result<Vec<_>, StoreError> = seen.map(version).collect();
            Ok((seen?, read::office_settings(reader)?))
        });
        Ok(found.await?)
    }

    /// The setting of this key with its version, and all of them.
    ///
    /// # Errors
    /// An unknown key; one that is not for the principal.
    pub async fn show(
        &self,
        principal: &Principal,
        key: &str,
    ) -> Result<((OfficeSetting, u64), OfficeSettings), ServiceError> {
        let setting = known(key)?;
        if !may_read(principal, setting) {
            principal.must_have(setting.set_with())?;
        }
        let found = self.door.read(move |reader| {
            let version = read::told::version(reader, &Told::Setting(setting))?;
            Ok(((setting, version), read::office_settings(reader)?))
        });
        Ok(found.await?)
    }

    /// Sets it, if it is of the version looked at, or with `None` goes back to the default; what else came of that, as a sentence.
    ///
    /// # Errors
    /// An unknown key, a value that breaks the setting's rule; nothing changed.
    pub async fn set(
        &self,
        principal: &Principal,
        (key, expect): (&str, Option<u64>),
        value: Option<&Value>,
        now: Timestamp,
    ) -> Result<Option<&'static str>, ServiceError> {
        let setting = known(key)?;
        principal.must_have(setting.set_with())?;
        let value = value.map(|value| checked(setting, value)).transpose()?;
        self.must_not_shorten(setting, value.as_ref()).await?;
        let had_secret = self.has_guarded(setting).await?;
        let change = GuardedChange::Setting(OfficeSettingCommand::Set { setting, value });
        let command = Command::of_version(Told::Setting(setting), expect, change);
        Change { now, actor: principal.actor(), command }.commit(&self.door).await?;
        let is_forgotten = had_secret && !self.has_guarded(setting).await?;
        let is_mail = setting.guards() == Some(password_name());
        let told = if is_mail { PASSWORD_FORGOTTEN } else { S3_SECRET_FORGOTTEN };
        Ok(is_forgotten.then_some(told))
    }

    /// What would remove data is set by whoever has seen what.
    async fn must_not_shorten(
        &self,
        setting: OfficeSetting,
        value: Option<&SettingValue>,
    ) -> Result<(), ServiceError> {
        let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.setting() == Some(setting)) else {
            return Ok(());
        };
        let now = self.door.read(read::office_settings).await?.number(setting);
        let usual = setting.default();
        match value.or(usual.as_ref()) {
            Some(SettingValue::Number(next)) if *next < now => Err(ServiceError::bad_input(
                "needs_preview",
                format!("A shorter `{}` removes data: {}", setting.key(), kind.about()),
                "Look at what would go and confirm it: `timebook retention set`, or /api/v1/retention.",
            )),
            _ => Ok(()),
        }
    }

    /// Is there the secret that is for what the setting says only?
    async fn has_guarded(&self, setting: OfficeSetting) -> Result<bool, ServiceError> {
        let Some(name) = setting.guards() else { return Ok(false) };
        Ok(self.door.read(move |reader| read::secret(reader, &name)).await?.is_some())
    }
}

/// The password is only for the mail server it was given for.
const PASSWORD_FORGOTTEN: &str = "The mail password was forgotten, because mail goes another way now: give it again with `timebook mail password`.";
/// The secret key is only for the bucket it was given for.
const S3_SECRET_FORGOTTEN: &str = "The bucket's secret key was forgotten, because copies go another way now: give it again with `timebook backup s3-secret`.";

fn may_read(principal: &Principal, setting: OfficeSetting) -> bool {
    setting.is_for_everyone() || principal.may(setting.set_with())
}

fn known(key: &str) -> Result<OfficeSetting, ServiceError> {
    OfficeSetting::from_key(key).ok_or_else(|| {
        ServiceError::bad_input(
            "unknown_setting",
            format!("There is no setting `{}`.", cut(key)),
            "The list of settings has all there are.",
        )
    })
}

/// A key as an error shows it: not longer than any there is.
fn cut(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn checked(setting: OfficeSetting, value: &Value) -> Result<SettingValue, ServiceError> {
    let bad = |sentence: String| {
        let next = "The list of settings says what each may be.";
        ServiceError::bad_input("bad_setting", sentence, next)
    };
    let value = match value {
        Value::String(text) => {
            let label = Label::new(text.as_str());
            label.map(SettingValue::Text).map_err(|_| {
                let rule = "has 1 to 100 characters and no control characters";
                bad(format!("`{}` {rule}.", setting.key()))
            })?
        }
        Value::Number(number) => {
            let whole = number.as_u64().ok_or_else(|| {
                bad(format!("`{}` takes no such number: only whole ones from 0.", setting.key()))
            })?;
            SettingValue::Number(whole)
        }
        _ => return Err(bad(format!("`{}` is a text or a whole number.", setting.key()))),
    };
    if let Some(fault) = setting.fault(&value) {
        return Err(bad(fault));
    }
    if let (Shape::Zone, SettingValue::Text(zone)) = (setting.shape(), &value)
        && jiff::tz::TimeZone::get(zone.as_str()).is_err()
    {
        return Err(bad(format!("`{}`: there is no time zone {zone}.", setting.key())));
    }
    Ok(value)
}
