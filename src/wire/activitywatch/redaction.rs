//! An event as the rules leave it, before anything of it is stored. Pure; the same on a person's computer and on the server.

use serde_json::{Map, Value};

use super::browser::Browser;
use crate::domain::activity::EventData;
use crate::domain::redaction::{Action, Field, MASK, Rule, Rules};
use crate::domain::text::CanonicalJson;
use crate::wire::json::event_data;

/// What the rules make of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redacted {
    /// It stays as it is.
    Kept,
    /// It is stored so.
    Changed(EventData),
    /// Nothing of it is stored.
    Dropped,
}

/// Holds the sheets over an event for the bucket `bucket`. Dropping goes before masking, masking before cutting, whichever rule stands
/// first.
pub fn redact<'a>(
    sheets: impl IntoIterator<Item = &'a Rules>,
    bucket: &str,
    data: &EventData,
) -> Redacted {
    let fitting = fitting(sheets, bucket, data);
    match fitting.iter().map(|rule| rule.action).max() {
        None => Redacted::Kept,
        Some(Action::Drop) => Redacted::Dropped,
        Some(Action::Mask) => Redacted::Changed(masked(data)),
        Some(Action::Cut) => Redacted::Changed(cut(data, &fitting)),
    }
}

/// The rules that fit the event, sheet by sheet from top to bottom.
pub fn fitting<'a>(
    sheets: impl IntoIterator<Item = &'a Rules>,
    bucket: &str,
    data: &EventData,
) -> Vec<&'a Rule> {
    let mut whole = None;
    let mut fitting = Vec::new();
    // A web watcher's events name no application.
    let browser = Browser::of_bucket(bucket);
    for rule in sheets.into_iter().flat_map(Rules::iter) {
        let fits = |text: &Option<String>| text.as_deref().is_some_and(|text| rule.fits(text));
        let fits = match rule.field {
            Field::App => {
                fits(&data.app)
                    || browser.is_some_and(|browser| browser.names(|name| rule.fits(name)))
            }
            Field::Title => fits(&data.title) || finds_in(&mut whole, data, "title", rule),
            Field::Url => fits(&data.url) || finds_in(&mut whole, data, "url", rule),
            Field::Any => any(parsed(&mut whole, data), &mut |text| rule.fits(text)),
        };
        if fits {
            fitting.push(rule);
        }
    }
    fitting
}

/// What is parsed out of an event is cut at some length; the rule looks at the whole.
fn finds_in(whole: &mut Option<Value>, data: &EventData, key: &str, rule: &Rule) -> bool {
    let short = |text: &Option<String>| {
        text.as_deref().is_none_or(|text| text.len() < crate::wire::json::LONGEST_PARSED_OUT)
    };
    let is_whole = match rule.field {
        Field::Url => short(&data.url),
        _ => short(&data.title),
    };
    !is_whole
        && parsed(whole, data).get(key).and_then(Value::as_str).is_some_and(|text| rule.fits(text))
}

fn parsed<'v>(whole: &'v mut Option<Value>, data: &EventData) -> &'v Value {
    // Canonical JSON reads; should it not, there is nothing in it to find.
    whole.get_or_insert_with(|| serde_json::from_str(data.json.as_str()).unwrap_or_default())
}

/// Does any text in `value` satisfy `test`?
fn any(value: &Value, test: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::String(text) => test(text),
        Value::Array(items) => items.iter().any(|item| any(item, test)),
        Value::Object(map) => map.values().any(|item| any(item, test)),
        _ => false,
    }
}

/// Only application and presence stay; where a title and an address were, it is seen that there was one.
fn masked(data: &EventData) -> EventData {
    let mut json = Map::new();
    let mut set = |key: &str, text: Option<&str>| {
        if let Some(text) = text {
            json.insert(key.to_owned(), Value::String(text.to_owned()));
        }
    };
    set("app", data.app.as_deref());
    set("status", data.afk.map(|afk| if afk { "afk" } else { "not-afk" }));
    set("title", data.title.as_ref().map(|_| MASK));
    set("url", data.url.as_ref().map(|_| MASK));
    rebuilt(Value::Object(json))
}

fn cut(data: &EventData, rules: &[&Rule]) -> EventData {
    let mut value: Value = serde_json::from_str(data.json.as_str()).unwrap_or_default();
    for rule in rules {
        let key = match rule.field {
            Field::App => "app",
            Field::Title => "title",
            Field::Url => "url",
            Field::Any => {
                each(&mut value, &mut |text| *text = rule.cut(text));
                continue;
            }
        };
        if let Some(Value::String(text)) = value.get_mut(key) {
            *text = rule.cut(text);
        }
    }
    rebuilt(value)
}

fn each(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// A text may grow by what stands in for it; one that no longer fits is worth less than what it hid.
fn rebuilt(value: Value) -> EventData {
    event_data(&value).unwrap_or_else(|_| EventData {
        json: CanonicalJson::empty(),
        app: None,
        title: None,
        url: None,
        afk: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: &str) -> EventData {
        event_data(&serde_json::from_str(json).unwrap()).unwrap()
    }

    fn after(sheet: &str, bucket: &str, json: &str) -> Option<String> {
        let rules = Rules::parse(sheet).unwrap();
        match redact([&rules], bucket, &data(json)) {
            Redacted::Kept => Some(data(json).json.to_string()),
            Redacted::Changed(data) => Some(data.json.to_string()),
            Redacted::Dropped => None,
        }
    }

    const WINDOW: &str = r#"{"app":"Mail","more":["Salary"],"title":"Salary of Ada"}"#;

    #[test]
    fn dropped_masked_and_cut() {
        assert_eq!(after("drop app = mail", "w", WINDOW), None);
        let masked = r#"{"app":"Mail","title":"***"}"#;
        assert_eq!(after("mask title ~ salary", "w", WINDOW).as_deref(), Some(masked));
        let cut = r#"{"app":"Mail","more":["Salary"],"title":"*** of Ada"}"#;
        assert_eq!(after("cut title ~ salary", "w", WINDOW).as_deref(), Some(cut));
        let cut = r#"{"app":"Mail","more":["***"],"title":"*** of Ada"}"#;
        assert_eq!(after("cut any ~ salary", "w", WINDOW).as_deref(), Some(cut));
        assert_eq!(after("drop url ~ x", "w", WINDOW).as_deref(), Some(WINDOW));
    }

    #[test]
    fn what_hides_more_goes_first_whatever_stands_first() {
        let sheet = "cut title ~ ada\nmask title ~ salary\n";
        assert!(after(sheet, "w", WINDOW).unwrap().contains("\"***\""));
        assert_eq!(after(&format!("{sheet}drop any ~ ada"), "w", WINDOW), None);
    }

    #[test]
    fn a_private_browser_is_private_in_its_own_watcher_too() {
        let page = r#"{"audible":false,"title":"Bank","url":"https://bank"}"#;
        let bucket = "aw-watcher-web-firefox_desk";
        assert_eq!(after("drop app = Firefox", bucket, page), None);
        assert!(after("drop app = Firefox", "aw-watcher-web-chrome", page).is_some());
        let masked = r#"{"title":"***","url":"***"}"#;
        assert_eq!(after("mask url ~ bank", bucket, page).as_deref(), Some(masked));
    }

    #[test]
    fn a_browser_is_private_under_the_name_its_window_has() {
        let page = r#"{"title":"Bank","url":"https://bank"}"#;
        for (rule, browser) in [
            ("drop app = Google-chrome", "chrome"),
            ("drop app = Google Chrome", "chrome"),
            ("drop app = Chromium", "chrome"),
            ("drop app = chrome.exe", "chrome"),
            ("drop app = firefox-esr", "firefox"),
            ("drop app = Navigator", "firefox"),
            ("drop app = Microsoft-edge", "edge"),
            ("drop app = msedge.exe", "edge"),
            ("drop app = Brave-browser", "brave"),
            ("drop app ~ ^brave-", "brave"),
            ("drop app = dillo", "dillo"),
        ] {
            for bucket in
                [format!("aw-watcher-web-{browser}"), format!("aw-watcher-web-{browser}_desk")]
            {
                assert_eq!(after(rule, &bucket, page), None, "{rule} {bucket}");
            }
        }
        assert!(after("drop app = Google-chrome", "aw-watcher-web-firefox_desk", page).is_some());
        assert!(after("drop app = chrome", "aw-watcher-window_chrome", page).is_some());
    }

    #[test]
    fn nothing_hides_behind_the_length_of_a_title() {
        let long = format!(r#"{{"title":"{} secret"}}"#, "x".repeat(5_000));
        assert_eq!(after("drop title ~ secret", "w", &long), None);
    }
}
