//! Redaction rules, and what they would make of something.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::redaction::{OfficeRules, Rules};
use crate::wire::activitywatch::{Redacted, fitting, redact};
use crate::wire::json::event_data;

/// The office's rules, which hold on each of its computers before anything is stored there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedactionRules {
    /// The sheet, one rule a line.
    pub rules: String,
    /// When it was last changed; none before the first time.
    #[schema(format = DateTime)]
    pub changed: Option<String>,
}

impl RedactionRules {
    /// As they stand; without any, nothing is changed by the office.
    pub fn of(rules: Option<&OfficeRules>) -> Self {
        rules.map_or_else(Self::default, |rules| Self {
            rules: rules.sheet.to_string(),
            changed: Some(rfc3339(rules.changed)),
        })
    }
}

/// A mark by which a sheet of rules is known again without being sent; empty for an empty sheet.
pub fn sheet_mark(sheet: &str) -> String {
    const BYTES: usize = 16;
    if sheet.is_empty() {
        return String::new();
    }
    data_encoding::HEXLOWER.encode(&blake3::hash(sheet.as_bytes()).as_bytes()[..BYTES])
}

/// Other rules for the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRedactionRules {
    /// The sheet, one rule a line: `drop app = NAME`, `mask title ~ EXPRESSION`, `cut url ~ EXPRESSION`.
    pub rules: String,
}

/// Something to hold rules over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactionTest {
    /// The sheet to try; without one, the rules that hold.
    #[serde(default)]
    pub rules: Option<String>,
    /// An application.
    #[serde(default)]
    pub app: Option<String>,
    /// A window's or page's title.
    #[serde(default)]
    pub title: Option<String>,
    /// A page's address.
    #[serde(default)]
    pub url: Option<String>,
}

/// What the rules make of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedactionTested {
    /// `kept`, `changed` or `dropped`.
    pub outcome: String,
    /// The application as it would be stored.
    pub app: Option<String>,
    /// The title as it would be stored.
    pub title: Option<String>,
    /// The address as it would be stored.
    pub url: Option<String>,
    /// The rules that fit, as they are written.
    pub because: Vec<String>,
}

impl RedactionTest {
    /// Holds `sheets` over it; nothing when it is too large for an event.
    pub fn under<'a>(
        &self,
        sheets: impl IntoIterator<Item = &'a Rules> + Clone,
    ) -> Option<RedactionTested> {
        let mut json = serde_json::Map::new();
        for (key, text) in [("app", &self.app), ("title", &self.title), ("url", &self.url)] {
            if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
                json.insert(key.to_owned(), text.clone().into());
            }
        }
        let data = event_data(&json.into()).ok()?;
        let because = fitting(sheets.clone(), "", &data).iter().map(ToString::to_string).collect();
        let (outcome, data) = match redact(sheets, "", &data) {
            Redacted::Kept => ("kept", Some(data)),
            Redacted::Changed(data) => ("changed", Some(data)),
            Redacted::Dropped => ("dropped", None),
        };
        let (app, title, url) =
            data.map_or((None, None, None), |data| (data.app, data.title, data.url));
        Some(RedactionTested { outcome: outcome.to_owned(), app, title, url, because })
    }
}
