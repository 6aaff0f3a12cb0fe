//! Values as JSON.

use std::fmt::Write;

use serde_json::Value as Json;

use super::fault::{Fault, MOST_ANSWER_BYTES, Meter};
use super::value::{Span, Value, seconds_text};
use crate::domain::time::Timestamp;
use crate::wire::activitywatch::instant_json;

/// Appends what the value is in JSON.
pub(super) fn json(out: &mut String, value: &Value, meter: &Meter<'_>) -> Result<(), Fault> {
    meter.step(1)?;
    if out.len() > MOST_ANSWER_BYTES {
        return Err(Fault::bound("has too long an answer"));
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => {
            let _infallible = write!(out, "{number}");
        }
        Value::Text(text) => push_text(out, text),
        Value::List(list) => {
            out.push('[');
            for (place, item) in list.inner.iter().enumerate() {
                separate(out, place);
                json(out, item, meter)?;
            }
            out.push(']');
        }
        Value::Dict(dict) => object(out, dict, meter)?,
        Value::Event(event) => {
            let Span { id, start, duration, data } = &event.inner;
            // Starts are whole milliseconds, and every one lies in the bounds of a timestamp: they were stored, or cut from such.
            let start = Timestamp::new(start.div_euclid(1_000)).unwrap_or(Timestamp::EARLIEST);
            let id = id.map_or_else(|| "null".to_owned(), |id| id.to_string());
            let (start, duration) = (instant_json(start), seconds_text(*duration));
            let _infallible = write!(
                out,
                "{{\"id\":{id},\"timestamp\":\"{start}\",\"duration\":{duration},\"data\":"
            );
            object(out, data, meter)?;
            out.push('}');
        }
    }
    Ok(())
}

/// Appends a text that is the same for the same value: numbers by what they are worth.
pub(super) fn key(out: &mut String, value: &Value, meter: &Meter<'_>) -> Result<(), Fault> {
    match value {
        Value::Number(number) => {
            let _infallible = write!(out, "{:?}", number.as_f64());
        }
        other => json(out, other, meter)?,
    }
    out.push(',');
    Ok(())
}

fn object(out: &mut String, dict: &super::value::Dict, meter: &Meter<'_>) -> Result<(), Fault> {
    out.push('{');
    for (place, (key, value)) in dict.inner.iter().enumerate() {
        separate(out, place);
        push_text(out, key);
        out.push(':');
        json(out, value, meter)?;
    }
    out.push('}');
    Ok(())
}

fn separate(out: &mut String, place: usize) {
    if place > 0 {
        out.push(',');
    }
}

fn push_text(out: &mut String, text: &str) {
    let _infallible = write!(out, "{}", Json::from(text));
}
