//! Events: read strictly, printed as aw-server prints them.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::BadShape;
use super::time::{instant, instant_json};
use crate::domain::activity::{Event, EventId, LONGEST_EVENT_MS, NewEvent};
use crate::domain::time::Timestamp;
use crate::wire::json;

const ID_RULE: &str = "the number of an event, or null";
const DURATION_RULE: &str = "a number of seconds, from 0 to 366 days";
const PULSETIME_RULE: &str = "a number of seconds, from 0 to 999999999 days";
/// The longest time Python's timedelta holds, and with it aw-server.
const LARGEST_PULSETIME_S: f64 = 86_400.0 * 999_999_999.0;

/// One event. `id`, if any, is the number of the event it replaces.
///
/// # Errors
/// [`BadShape`]: unknown fields, wrong types and absurd times are refused.
pub fn new_event(value: &Value) -> Result<NewEvent, BadShape> {
    Ok(NewEvent { id: id(value.get("id"))?, ..unnumbered(value)? })
}

/// A heartbeat or an event of an import: an event whose `id` means nothing, whatever it is.
///
/// # Errors
/// As [`new_event`].
pub fn unnumbered(value: &Value) -> Result<NewEvent, BadShape> {
    let Value::Object(fields) = value else {
        return Err(BadShape::wrong("event", "a JSON object"));
    };
    let known = |key: &str| matches!(key, "id" | "timestamp" | "duration" | "data");
    if let Some(unknown) = fields.keys().find(|key| !known(key)) {
        return Err(BadShape::Unknown(unknown.chars().take(64).collect()));
    }
    let start = match fields.get("timestamp") {
        None => return Err(BadShape::Missing("timestamp")),
        Some(Value::String(text)) => instant("timestamp", text)?,
        Some(_) => return Err(BadShape::wrong("timestamp", "a text")),
    };
    let data = match fields.get("data") {
        None | Some(Value::Null) => json::event_data(&Value::Object(Map::new()))?,
        Some(data) => json::event_data(data)?,
    };
    Ok(NewEvent { id: None, start, duration_ms: duration_ms(fields.get("duration"))?, data })
}

/// The events of `POST events`: a list, or a single one.
///
/// # Errors
/// As [`new_event`].
pub fn new_events(value: &Value) -> Result<Vec<NewEvent>, BadShape> {
    match value {
        Value::Array(events) => events.iter().map(new_event).collect(),
        Value::Object(_) => Ok(vec![new_event(value)?]),
        _ => Err(BadShape::wrong("event", "a JSON object or a list of them")),
    }
}

/// `pulsetime` of a heartbeat's address, in milliseconds; what is longer than any event counts as that long.
///
/// # Errors
/// [`BadShape::Wrong`] unless it is a number of seconds that aw-server would take, too.
pub fn pulsetime(text: &str) -> Result<u64, BadShape> {
    let seconds =
        text.trim().parse::<f64>().ok().filter(|s| (0.0..=LARGEST_PULSETIME_S).contains(s));
    let seconds = seconds.ok_or(BadShape::wrong("pulsetime", PULSETIME_RULE))?;
    // Rounded at the microsecond, as Python's timedelta is, then cut: starts are whole milliseconds, so a part of one reaches nothing.
    let ms = ((seconds * 1e6).round() / 1e3).floor();
    Ok(integer(ms.min(whole(LONGEST_EVENT_MS))))
}

/// Whether an event is printed with its number: exports are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithId {
    /// With its number.
    Yes,
    /// Without.
    No,
}

/// Appends the event as JSON.
pub fn event_json(json: &mut String, event: &Event, with_id: WithId) {
    json.push('{');
    if with_id == WithId::Yes {
        let _infallible = write!(json, "\"id\":{},", event.id.0);
    }
    let (start, duration) = (instant_json(event.start), seconds(event.duration_ms));
    let _infallible = write!(
        json,
        "\"timestamp\":\"{start}\",\"duration\":{duration},\"data\":{}}}",
        event.data.json
    );
}

/// The part of the event within `from ..= to`, where they are given.
pub fn clipped(mut event: Event, from: Option<Timestamp>, to: Option<Timestamp>) -> Event {
    let end = event.end();
    if let Some(from) = from.filter(|from| event.start < *from) {
        event.start = from;
    }
    event.duration_ms = to.map_or(end, |to| end.min(to)).ms_since(event.start);
    event
}

/// Seconds as Python prints a float: `1.0`, `0.25`, `1.001`.
fn seconds(ms: u64) -> String {
    let (whole, part) = (ms / 1_000, ms % 1_000);
    if part == 0 {
        return format!("{whole}.0");
    }
    format!("{whole}.{part:03}").trim_end_matches('0').to_owned()
}

fn duration_ms(value: Option<&Value>) -> Result<u64, BadShape> {
    let wrong = BadShape::wrong("duration", DURATION_RULE);
    let seconds = match value {
        None => return Ok(0),
        Some(Value::Number(number)) => number.as_f64(),
        Some(_) => None,
    };
    // To the nearest millisecond: 10.123 is a little less than that as a binary fraction.
    let ms = seconds.map(|seconds| (seconds * 1e3).round());
    match ms.filter(|ms| (0.0..=whole(LONGEST_EVENT_MS)).contains(ms)) {
        Some(ms) => Ok(integer(ms)),
        None => Err(wrong),
    }
}

fn id(value: Option<&Value>) -> Result<Option<EventId>, BadShape> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(id)) => match id.as_u64().map(EventId) {
            Some(id) if (EventId(1)..=EventId::LARGEST).contains(&id) => Ok(Some(id)),
            _ => Err(BadShape::wrong("id", ID_RULE)),
        },
        Some(_) => Err(BadShape::wrong("id", ID_RULE)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "366 days in milliseconds have 35 bits")]
const fn whole(ms: u64) -> f64 {
    ms as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers checked 0 ..= LONGEST_EVENT_MS"
)]
const fn integer(ms: f64) -> u64 {
    ms as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::ActivityPolicy;

    fn read(json: &str) -> Result<NewEvent, BadShape> {
        new_event(&json::parse(json.as_bytes()).unwrap())
    }

    fn print(json: &str) -> String {
        let mut text = String::new();
        event_json(
            &mut text,
            &read(json).unwrap().numbered(EventId(3), ActivityPolicy::HoursOnly),
            WithId::Yes,
        );
        text
    }

    #[test]
    fn comes_back_as_aw_server_prints_it() {
        assert_eq!(
            print(
                r#"{"id":null,"timestamp":"2026-01-01T00:01:00.123456Z","duration":1.5,"data":{"b":1,"a":"ä"}}"#
            ),
            r#"{"id":3,"timestamp":"2026-01-01T00:01:00.123000+00:00","duration":1.5,"data":{"a":"ä","b":1}}"#
        );
        for (sent, printed) in [
            ("0", "0.0"),
            ("10.123", "10.123"),
            ("1e3", "1000.0"),
            ("0.0004", "0.0"),
            ("31622400", "31622400.0"),
        ] {
            let text = print(&format!(r#"{{"timestamp":"2026-01-01","duration":{sent}}}"#));
            assert!(text.contains(&format!("\"duration\":{printed},\"data\":{{}}")), "{text}");
        }
    }

    #[test]
    fn wrong_shapes_are_refused() {
        for bad in [
            "[]",
            "1",
            "{}",
            r#"{"timestamp":5}"#,
            r#"{"timestamp":"2026-01-01","duration":null}"#,
            r#"{"timestamp":"2026-01-01","duration":"1"}"#,
            r#"{"timestamp":"2026-01-01","duration":-0.001}"#,
            r#"{"timestamp":"2026-01-01","duration":1e999}"#,
            r#"{"timestamp":"2026-01-01","duration":31622400.001}"#,
            r#"{"timestamp":"2026-01-01","duration":true}"#,
            r#"{"timestamp":"2026-01-01","data":[]}"#,
            r#"{"timestamp":"2026-01-01","data":"x"}"#,
            r#"{"timestamp":"2026-01-01","id":"7"}"#,
            r#"{"timestamp":"2026-01-01","id":-1}"#,
            r#"{"timestamp":"2026-01-01","id":0}"#,
            r#"{"timestamp":"2026-01-01","id":18446744073709551615}"#,
            r#"{"timestamp":"2026-01-01","id":1.5}"#,
            r#"{"timestamp":"2026-01-01","extra":1}"#,
        ] {
            let refused = read(bad).unwrap_err().to_string();
            assert!(refused.ends_with('.'), "{bad}: {refused}");
        }
    }

    #[test]
    fn pulsetimes() {
        assert_eq!(pulsetime("5"), Ok(5_000));
        assert_eq!(pulsetime("5.0009"), Ok(5_000));
        assert_eq!(pulsetime("4.35"), Ok(4_350));
        assert_eq!(pulsetime("1e12"), Ok(LONGEST_EVENT_MS));
        for bad in ["", "x", "-1", "nan", "inf", "1e15", "1e300", "1e999"] {
            assert!(pulsetime(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn clipped_to_a_window() {
        let at = |s: i64| Timestamp::new(s * 1_000);
        let event = || {
            read(r#"{"timestamp":"1970-01-01T00:00:10Z","duration":10}"#)
                .unwrap()
                .numbered(EventId(1), ActivityPolicy::HoursOnly)
        };
        let within = |from, to| {
            let event = clipped(event(), from, to);
            (event.start.ms() / 1_000, event.duration_ms / 1_000)
        };
        assert_eq!(within(None, None), (10, 10));
        assert_eq!(within(at(12), at(18)), (12, 6));
        assert_eq!(within(at(5), at(25)), (10, 10));
        assert_eq!(within(at(20), None), (20, 0));
        assert_eq!(within(None, at(10)), (10, 0));
    }
}
