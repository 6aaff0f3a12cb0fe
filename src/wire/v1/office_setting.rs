//! The office's settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::office_setting::{OfficeSetting, OfficeSettings, SettingValue, Shape};

/// One setting of the office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Setting {
    /// Its key, e.g. `mail.host`.
    pub key: String,
    /// Grows with each change; 0 before the first.
    pub version: u64,
    /// What holds: a text or a whole number; null for nothing.
    #[schema(value_type = Option<serde_json::Value>)]
    pub value: serde_json::Value,
    /// Was it set? Otherwise the default holds.
    pub is_set: bool,
    /// What holds until it is set.
    #[schema(value_type = Option<serde_json::Value>)]
    pub default: serde_json::Value,
    /// What it is for.
    pub about: String,
    /// `text`, `zone`, `host`, `mailbox`, `choice` or `number`.
    pub kind: String,
    /// What a choice is among.
    pub choices: Vec<String>,
    /// The least a number may be.
    pub least: Option<u64>,
    /// The most a number may be.
    pub most: Option<u64>,
    /// The right to set it.
    pub set_with: String,
    /// What else came of setting it; left out when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Setting {
    /// The setting as it is in `settings`.
    pub fn of((setting, version): (OfficeSetting, u64), settings: &OfficeSettings) -> Self {
        let (least, most) = match setting.shape() {
            Shape::Number(least, most) => (Some(least), Some(most)),
            _ => (None, None),
        };
        let choices: &[&str] = match setting.shape() {
            Shape::Choice(choices) => choices,
            _ => &[],
        };
        let kind = match setting.shape() {
            Shape::Name
            | Shape::Schedule
            | Shape::Folder
            | Shape::S3
            | Shape::Word
            | Shape::Recipient => "text",
            Shape::Zone => "zone",
            Shape::Host => "host",
            Shape::Mailbox => "mailbox",
            Shape::Choice(_) => "choice",
            Shape::Number(..) => "number",
        };
        Self {
            key: setting.key().to_owned(),
            version,
            value: json(settings.value(setting)),
            is_set: settings.set(setting).is_some(),
            default: json(setting.default()),
            about: setting.about().to_owned(),
            kind: kind.to_owned(),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            least,
            most,
            set_with: setting.set_with().name().to_owned(),
            note: None,
        }
    }
}

fn json(value: Option<SettingValue>) -> serde_json::Value {
    match value {
        None => serde_json::Value::Null,
        Some(SettingValue::Text(text)) => text.to_string().into(),
        Some(SettingValue::Number(number)) => number.into(),
    }
}

/// What a setting is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSetting {
    /// A text or a whole number.
    pub value: serde_json::Value,
}
