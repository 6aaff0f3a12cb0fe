//! Free JSON from outside made canonical: one text for one meaning, bounded in size and depth.
//!
//! Keys are sorted, nothing stands between tokens, numbers stay as they were sent (`1` and `1.0` are two texts), of two equal keys
//! the last one counts.

use std::borrow::Cow;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::domain::activity::EventData;
use crate::domain::text::CanonicalJson;

/// Free data may be nested this deep; a watcher's data is one level deep.
pub const DEEPEST: usize = 32;
/// What is parsed out of an event's data is cut to this many characters; the whole stays in its JSON.
pub const LONGEST_PARSED_OUT: usize = 1024;
const _: () =
    assert!(LONGEST_PARSED_OUT * 4 <= EventData::MOST_TEXT_BYTES, "a character has 4 bytes");

/// JSON that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadJson {
    /// Not UTF-8.
    #[error("This is not UTF-8 text. Send JSON encoded as UTF-8.")]
    NotUtf8,
    /// Not JSON; with what the parser found where.
    #[error("This is not JSON: {0}.")]
    NotJson(String),
    /// Nested deeper than [`DEEPEST`].
    #[error("This JSON is nested too deeply. Send at most {DEEPEST} levels.")]
    TooDeep,
    /// More than [`CanonicalJson`] holds.
    #[error("This JSON is too large. Send at most 64 KiB for one value.")]
    TooLarge,
    /// Free data that is no object.
    #[error("`data` must be a JSON object.")]
    NotAnObject,
}

/// Parses a whole body. How large it may be is the caller's limit.
///
/// # Errors
/// [`BadJson`].
pub fn parse(bytes: &[u8]) -> Result<Value, BadJson> {
    let text = std::str::from_utf8(bytes).map_err(|_| BadJson::NotUtf8)?;
    serde_json::from_str(&whole_characters(text)).map_err(|error| not_json(&error))
}

/// What the parser's error means. Its own recursion limit of 128 levels keeps the stack safe before [`DEEPEST`] is looked at.
pub(super) fn not_json(error: &serde_json::Error) -> BadJson {
    let text = error.to_string();
    if text.starts_with("recursion limit exceeded") {
        BadJson::TooDeep
    } else {
        BadJson::NotJson(text)
    }
}

/// The canonical text of `value`.
///
/// # Errors
/// [`BadJson`] when it is too deep or too large.
pub fn canonical(value: &Value) -> Result<CanonicalJson, BadJson> {
    if is_deeper_than(value, DEEPEST) {
        return Err(BadJson::TooDeep);
    }
    // Maps are sorted by key, so printing is enough.
    CanonicalJson::new(value.to_string()).map_err(|_| BadJson::TooLarge)
}

/// An event's data: its canonical text, and parsed out of it what reports need.
///
/// # Errors
/// [`BadJson`] when it is no object, too deep or too large.
pub fn event_data(value: &Value) -> Result<EventData, BadJson> {
    let Value::Object(fields) = value else { return Err(BadJson::NotAnObject) };
    let afk = match fields.get("status").and_then(Value::as_str) {
        Some("afk") => Some(true),
        Some("not-afk") => Some(false),
        _ => None,
    };
    let (app, title, url) = (text(fields, "app"), text(fields, "title"), text(fields, "url"));
    Ok(EventData { json: canonical(value)?, app, title, url, afk })
}

/// Is this what [`canonical`] makes of some value?
pub fn is_canonical(json: &CanonicalJson) -> bool {
    parse(json.as_str().as_bytes()).and_then(|value| canonical(&value)).as_ref() == Ok(json)
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    let text = fields.get(key)?.as_str()?;
    Some(text.chars().take(LONGEST_PARSED_OUT).collect())
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|v| is_deeper_than(v, levels - 1)),
        Value::Object(map) => levels == 0 || map.values().any(|v| is_deeper_than(v, levels - 1)),
        _ => false,
    }
}

/// `text` with every escaped half character (`\ud83d` without its other half) replaced by U+FFFD.
///
/// Python sends such halves when a window title was cut in the middle of an emoji. Refusing them would lose the recorded time.
fn whole_characters(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let (taken, replacement) = match unit(escape) {
            Some(0xD800..=0xDBFF)
                if matches!(escape.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) =>
            {
                (12, None)
            }
            Some(0xD800..=0xDFFF) => (6, Some("\\ufffd")),
            Some(_) => (6, None),
            None => (1 + escape.chars().nth(1).map_or(0, char::len_utf8), None),
        };
        let (escape, after) = escape.split_at(taken);
        whole.push_str(replacement.unwrap_or(escape));
        rest = after;
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

/// The UTF-16 unit of an escape `\uXXXX` at the beginning of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical_text(json: &str) -> String {
        canonical(&parse(json.as_bytes()).unwrap()).unwrap().to_string()
    }

    #[test]
    fn one_text_for_one_meaning() {
        assert_eq!(
            canonical_text(
                r#" { "b" : [1, 2.50, 1e400, 123456789012345678901234567890], "a" : "\u00e4\n" , "b2":null} "#
            ),
            r#"{"a":"ä\n","b":[1,2.50,1e+400,123456789012345678901234567890],"b2":null}"#
        );
        assert_eq!(canonical_text(r#"{"a":1,"b":0,"a":2}"#), r#"{"a":2,"b":0}"#);
        let again = canonical_text(r#"{"z":{"y":1,"x":[{}]}}"#);
        assert_eq!(canonical_text(&again), again);
        assert!(is_canonical(&CanonicalJson::new(again).unwrap()));
        for other in
            [r#"{"b":1,"a":2}"#, r#"{"a": 1}"#, "{\"a\":", r#"{"a":1,"a":1}"#, r#"{"a":"\u0041"}"#]
        {
            assert!(!is_canonical(&CanonicalJson::new(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn deep_json_is_refused_without_recursion() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(parse(deep.as_bytes()), Err(BadJson::TooDeep));
        let levels =
            |n: usize| parse(format!("{}{}", "[".repeat(n), "]".repeat(n)).as_bytes()).unwrap();
        assert!(canonical(&levels(DEEPEST)).is_ok());
        assert_eq!(canonical(&levels(DEEPEST + 1)), Err(BadJson::TooDeep));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        assert_eq!(parse(b"\"\xff\""), Err(BadJson::NotUtf8));
        for bad in ["", "{", "NaN", "[1,]", "{} {}", "\"\\x\""] {
            assert!(matches!(parse(bad.as_bytes()), Err(BadJson::NotJson(_))), "{bad}");
        }
        let large = Value::String("x".repeat(64 * 1024));
        assert_eq!(canonical(&large), Err(BadJson::TooLarge));
    }

    #[test]
    fn half_characters_are_mended() {
        assert_eq!(canonical_text(r#""a\ud83d""#), "\"a\u{fffd}\"");
        assert_eq!(canonical_text(r#""\ude00\ud83d\ude00\u0041""#), "\"\u{fffd}😀A\"");
        assert_eq!(canonical_text(r#""\\ud83d""#), r#""\\ud83d""#);
        assert!(parse(br#""\ud8"#).is_err());
    }

    #[test]
    fn reports_get_what_they_need() {
        let read = |json: &str| event_data(&parse(json.as_bytes()).unwrap());
        let window = read(r#"{"title":"t","app":"a","url":7,"status":"afk"}"#).unwrap();
        assert_eq!(
            (window.app.as_deref(), window.title.as_deref(), window.url, window.afk),
            (Some("a"), Some("t"), None, Some(true))
        );
        assert_eq!(read(r#"{"status":"not-afk"}"#).unwrap().afk, Some(false));
        assert_eq!(read(r#"{"status":"hung-up"}"#).unwrap().afk, None);
        assert_eq!(read("[]"), Err(BadJson::NotAnObject));
        let long = format!(r#"{{"app":"{}"}}"#, "ä".repeat(2_000));
        assert_eq!(
            read(&long).unwrap().app.map(|app| app.chars().count()),
            Some(LONGEST_PARSED_OUT)
        );
    }
}
