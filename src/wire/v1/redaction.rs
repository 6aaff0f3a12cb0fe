//! Redaction rules, and what they would make of something.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::redaction::{OfficeRules, Rules};
use crate::wire::activitywatch::{Browser, Redacted, fitting, redact};
use crate::wire::json::event_data;

/// The office's rules, which hold on each of its computers before anything is stored there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedactionRules {
    /// Of its last change; 0 before the first.
    #[serde(default)]
    pub version: u64,
    /// The sheet, one rule a line.
    pub rules: String,
    /// When it was last changed; none before the first time.
    #[schema(format = DateTime)]
    pub changed: Option<String>,
}

impl RedactionRules {
    /// As they stand; without any, nothing is changed by the office.
    pub fn of(rules: Option<&OfficeRules>, version: u64) -> Self {
        let none = Self { version, ..Self::default() };
        rules.map_or(none, |rules| Self {
            version,
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
    /// Holds `sheets` over it; nothing when it is too large for an event. A page is seen by its browser's own watcher, too, which names no
    /// application: what is told is whatever of the two is hidden less.
    pub fn under<'a>(
        &self,
        sheets: impl IntoIterator<Item = &'a Rules> + Clone,
    ) -> Option<RedactionTested> {
        let text = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
        let (app, title, url) = (text(&self.app), text(&self.title), text(&self.url));
        let mut tested = tested(sheets.clone(), "", [&app, &title, &url])?;
        if let (Some(app), Some(_)) = (&app, &url) {
            let mut watchers: Vec<String> = Browser::called(app).map(|one| one.bucket()).collect();
            if watchers.is_empty() {
                // A browser that nobody knows here: its watcher is known by nothing, either.
                watchers.push(Browser::UNKNOWN.bucket());
            }
            for watcher in watchers {
                let seen = self::tested(sheets.clone(), &watcher, [&None, &title, &url])?;
                if hides(&seen) < hides(&tested) {
                    tested = seen;
                }
            }
        }
        Some(tested)
    }
}

fn tested<'a>(
    sheets: impl IntoIterator<Item = &'a Rules> + Clone,
    bucket: &str,
    texts: [&Option<String>; 3],
) -> Option<RedactionTested> {
    let mut json = serde_json::Map::new();
    for (key, text) in ["app", "title", "url"].into_iter().zip(texts) {
        if let Some(text) = text {
            json.insert(key.to_owned(), text.clone().into());
        }
    }
    let data = event_data(&json.into()).ok()?;
    let because = fitting(sheets.clone(), bucket, &data).iter().map(ToString::to_string).collect();
    let (outcome, data) = match redact(sheets, bucket, &data) {
        Redacted::Kept => ("kept", Some(data)),
        Redacted::Changed(data) => ("changed", Some(data)),
        Redacted::Dropped => ("dropped", None),
    };
    let (app, title, url) =
        data.map_or((None, None, None), |data| (data.app, data.title, data.url));
    Some(RedactionTested { outcome: outcome.to_owned(), app, title, url, because })
}

fn hides(tested: &RedactionTested) -> u8 {
    match tested.outcome.as_str() {
        "kept" => 0,
        "changed" => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(rules: &str, app: &str, url: Option<&str>) -> String {
        let rules = Rules::parse(rules).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let test = RedactionTest {
            app: text(app),
            title: text("t"),
            url: url.and_then(text),
            rules: None,
        };
        test.under([&rules]).unwrap().outcome
    }

    #[test]
    fn a_page_is_also_what_its_browsers_watcher_sees() {
        let page = Some("https://bank");
        assert_eq!(outcome("drop app = Google-chrome", "Google-chrome", page), "dropped");
        assert_eq!(outcome("mask app = firefox-esr", "firefox-esr", page), "changed");
        let odd = "drop app = Oddbrowser";
        assert_eq!(
            (outcome(odd, "Oddbrowser", None), outcome(odd, "Oddbrowser", page)),
            ("dropped".to_owned(), "kept".to_owned())
        );
        assert_eq!(outcome("drop url ~ bank", "Oddbrowser", page), "dropped");
    }
}
