//! The office's settings: every change is audited with what was and what is.

use super::{Applying, office, refused, told};
use crate::domain::office::Office;
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::text::Label;
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{OfficeSettings, Secrets};
use crate::store::transaction::Write;

pub(super) fn apply(
    at: &mut Applying<'_>,
    of: Option<Office>,
    command: &OfficeSettingCommand,
) -> Result<Outcome, StoreError> {
    let OfficeSettingCommand::Set { setting, value } = command;
    let Some(of) = of else { return refused(Refusal::NotFounded) };
    if value.as_ref().is_some_and(|value| setting.fault(value).is_some()) {
        return refused(Refusal::BadSetting);
    }
    let before = read::office_settings(at.writer.as_reader())?.set(*setting).cloned();
    if before == *value {
        return Ok(Outcome::Already);
    }
    if *setting == OfficeSetting::OrganisationName {
        let name = match value {
            Some(SettingValue::Text(name)) => Some(name.clone()),
            _ => None,
        };
        office::put(at, &Office { name, ..of })?;
    } else {
        let Ok(key) = Label::new(setting.key()) else { return refused(Refusal::BadSetting) };
        match value {
            Some(value) => at.writer.put::<OfficeSettings>(&key, value)?,
            None => {
                at.writer.delete::<OfficeSettings>(&key)?;
            }
        }
    }
    if let Some(secret) = setting.guards()
        && at.writer.delete::<Secrets>(&secret)?
    {
        at.audit("secret.forget", secret.as_str())?;
    }
    let word = |value: Option<&SettingValue>| {
        value.map_or_else(|| "(default)".to_owned(), |value| format!("{value}"))
    };
    let words = format!("{}: {} -> {}", setting.key(), word(before.as_ref()), word(value.as_ref()));
    at.audit("setting.set", &words)?;
    let audience =
        if setting.is_for_everyone() { Audience::Everyone } else { Audience::Administrators };
    // Back at its default it is still there.
    told::tell(at, Told::Setting(*setting), true, Audience::Everyone)?;
    at.changed(Noun::OfficeSetting, setting.key().as_bytes(), audience);
    Ok(Outcome::Done)
}
