//! Every answer that any test here gets of `/api/v1` is held against the description of the API: its status, its media type, its shape.
//!
//! Stricter than the description itself: an answer may grow fields for those who read it, but each must be described.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value};

use super::Reply;
use crate::api::input::JSON;
use crate::api::openapi;
use crate::wire::problem::PROBLEM_JSON;

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(openapi::describe()).unwrap());

/// Fails the test when this answer to a request of `uri` is not described.
pub(super) fn check(method: &Method, uri: &str, reply: &Reply) {
    if let Err(why) = fault(&DESCRIPTION, method, uri, reply) {
        let text = String::from_utf8_lossy(&reply.bytes);
        panic!(
            "{method} {uri} answered {} beside its description: {why}\n{text:.2000}",
            reply.status
        );
    }
}

/// The row of the table that answers this, as the description spells its path.
pub(super) fn path_of(method: &Method, uri: &str) -> Option<String> {
    found(&DESCRIPTION, method, uri).map(|(path, _)| path.clone())
}

fn fault(api: &Value, method: &Method, uri: &str, reply: &Reply) -> Result<(), String> {
    if !uri.starts_with("/api/v1/") {
        return Ok(());
    }
    let status = reply.status.as_u16();
    let problem = Value::from("#/components/schemas/Problem");
    let problem = Value::Object(Map::from_iter([("$ref".to_owned(), problem)]));
    let Some((_, operation)) = found(api, method, uri) else {
        // Nothing is there: the description says so by leaving it out.
        return match status {
            400..500 => fits(api, &problem, &parsed(reply)?, "$"),
            _ => Err("it has no such route".to_owned()),
        };
    };
    let responses = &operation["responses"];
    let told = match responses.get(status.to_string()) {
        Some(told) => told,
        // What was not done is described once for every status; what was done has its own.
        None if status >= 400 => &responses["default"],
        None => return Err("the status is not listed".to_owned()),
    };
    let media_type = reply.headers.get("content-type").map(|text| text.to_str().unwrap_or("?"));
    let media_type = media_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    let (media_type, content) = match (media_type, told["content"].as_object()) {
        (None, None) if reply.bytes.is_empty() => return Ok(()),
        (Some(media_type), Some(content)) => (media_type, content),
        (media_type, _) => return Err(format!("{media_type:?} is not listed")),
    };
    let Some(told) = content.get(media_type) else {
        return Err(format!("{media_type} is not listed"));
    };
    if matches!(media_type, JSON | PROBLEM_JSON) {
        let schema = told.get("schema").ok_or("JSON without a shape")?;
        fits(api, schema, &parsed(reply)?, "$")?;
    }
    Ok(())
}

fn parsed(reply: &Reply) -> Result<Value, String> {
    serde_json::from_slice(&reply.bytes).map_err(|error| format!("no JSON: {error}"))
}

/// The operation at this address: of several, the one that says most of it in words.
fn found<'a>(api: &'a Value, method: &Method, uri: &str) -> Option<(&'a String, &'a Value)> {
    let path: Vec<&str> = uri.split(['?', '#']).next().unwrap_or_default().split('/').collect();
    let method = method.as_str().to_lowercase();
    let takes = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        let same = |(told, part): (&&str, &&str)| {
            told.starts_with('{') && !part.is_empty() || told == part
        };
        parts.len() == path.len() && parts.iter().zip(&path).all(same)
    };
    let at = api["paths"].as_object()?.iter().filter(|(template, _)| takes(template));
    let (path, methods) = at.min_by_key(|(template, _)| template.matches('{').count())?;
    methods.get(&method).map(|operation| (path, operation))
}

/// Why `value` is not of this shape.
fn fits(api: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(all) = schema["allOf"].as_array() {
        // The parts of one record: each describes fields of its own.
        let mut whole = Map::new();
        for part in all {
            let part = resolved(api, part)?;
            fields_of(api, part, &mut whole)?;
            required(part, value, at)?;
        }
        return of_fields(api, &whole, None, value, at);
    }
    if let Some(ways) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let mut whys = ways.iter().map(|way| fits(api, way, value, at));
        let count = whys.clone().filter(Result::is_ok).count();
        return match count {
            1 => Ok(()),
            0 => whys.next_back().unwrap_or_else(|| Err(format!("{at} has no shape"))),
            _ => Err(format!("{at} is of {count} shapes at once")),
        };
    }
    let schema = resolved(api, schema)?;
    if schema.get("allOf").or_else(|| schema.get("oneOf")).is_some() {
        return fits(api, schema, value, at);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = |kind: &&str| match *kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if !kinds.iter().any(is) {
        return Err(format!("{at} is {value:.60}, not {kinds:?}"));
    }
    match value {
        Value::String(text) => formatted(schema, text, at),
        Value::Number(number) => match (schema["minimum"].as_i64(), number.as_i64()) {
            (Some(least), Some(number)) if number < least => Err(format!("{at} is below {least}")),
            _ => Ok(()),
        },
        Value::Array(items) => items.iter().enumerate().try_for_each(|(place, item)| {
            fits(api, &schema["items"], item, &format!("{at}[{place}]"))
        }),
        Value::Object(_) => {
            required(schema, value, at)?;
            let mut fields = Map::new();
            fields_of(api, schema, &mut fields)?;
            of_fields(api, &fields, schema.get("additionalProperties"), value, at)
        }
        _ => Ok(()),
    }
}

fn required(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut missing = names.filter(|name| value.get(name).is_none());
    missing.next().map_or(Ok(()), |name| Err(format!("{at}.{name} is missing")))
}

fn fields_of(api: &Value, schema: &Value, fields: &mut Map<String, Value>) -> Result<(), String> {
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fields_of(api, resolved(api, part)?, fields)?;
    }
    if let Some(own) = schema["properties"].as_object() {
        fields.extend(own.clone());
    }
    Ok(())
}

fn of_fields(
    api: &Value,
    fields: &Map<String, Value>,
    others: Option<&Value>,
    value: &Value,
    at: &str,
) -> Result<(), String> {
    for (name, value) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (fields.get(name), others) {
            (Some(schema), _) => fits(api, schema, value, &at)?,
            (None, Some(schema)) if schema.is_object() => fits(api, schema, value, &at)?,
            // An object without any field described may be anything.
            (None, _) if fields.is_empty() => {}
            (None, _) => return Err(format!("{at} is not described")),
        }
    }
    Ok(())
}

fn formatted(schema: &Value, text: &str, at: &str) -> Result<(), String> {
    let is_good = match schema["format"].as_str() {
        Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
        Some("date") => text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10,
        _ => true,
    };
    let among = schema["enum"].as_array().is_none_or(|words| words.iter().any(|word| word == text));
    if is_good && among { Ok(()) } else { Err(format!("{at} is {text:?}: {schema}")) }
}

fn resolved<'a>(api: &'a Value, schema: &'a Value) -> Result<&'a Value, String> {
    let Some(name) = schema["$ref"].as_str() else { return Ok(schema) };
    let found = name.strip_prefix('#').and_then(|place| api.pointer(place));
    found.ok_or_else(|| format!("{name} is not described"))
}

#[test]
fn what_is_not_described_is_seen() {
    use axum::http::{HeaderMap, StatusCode};
    let answer = |status: u16, media_type: &'static str, text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", media_type.parse().unwrap());
        Reply { status: StatusCode::from_u16(status).unwrap(), headers, bytes: text.into() }
    };
    let good = r#"{"items": [{"id": "a", "name": "Tea", "archived": false, "version": 1,
        "created": "2026-11-22T10:00:00Z", "modified": "2026-11-22T10:00:00Z"}]}"#;
    let json = "application/json";
    let why = |uri: &str, reply: &Reply| {
        fault(&DESCRIPTION, &Method::GET, uri, reply).err().unwrap_or_default()
    };
    let tags = "/api/v1/tags?limit=1";
    for (change, told) in [
        (("", ""), ""),
        (("\"archived\": false, ", ""), "$.items[0].archived is missing"),
        (("\"archived\"", "\"more\": 1, \"archived\""), "$.items[0].more is not described"),
        (("\"version\": 1", "\"version\": \"1\""), "$.items[0].version is \"1\", not"),
        (("\"version\": 1", "\"version\": 1.5"), "$.items[0].version is 1.5, not"),
        (("10:00:00Z\", \"m", "ten\", \"m"), "$.items[0].created is"),
        (("{\"items\": [", "{\"next\": 7, \"items\": ["), "$.next is 7, not"),
    ] {
        let said = why(tags, &answer(200, json, &good.replacen(change.0, change.1, 1)));
        assert!(said.contains(told) && said.is_empty() == told.is_empty(), "{told}: {said}");
    }
    assert_eq!(why(tags, &answer(202, json, good)), "the status is not listed");
    assert_eq!(why(tags, &answer(200, "text/html", good)), "text/html is not listed");
    assert_eq!(why(tags, &answer(404, json, good)), "application/json is not listed");
    assert!(why(tags, &answer(404, "application/problem+json", "{}")).contains("is missing"));
    assert_eq!(why("/api/v1/nothing", &answer(200, json, "{}")), "it has no such route");
    let path = |uri: &str| path_of(&Method::GET, uri).unwrap();
    assert_eq!(path("/api/v1/lock/held?person=cy"), "/api/v1/lock/held");
    assert_eq!(path("/api/v1/timesheets/cy/2026-11-02"), "/api/v1/timesheets/{person}/{day}");
}
