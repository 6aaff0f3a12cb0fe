//! What two answers mean, compared. It must never hide a difference that `ALLOWED` does not name.

use super::script::Step;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A difference that is meant, in these requests (`"*"` for all), with its reason.
pub struct Allowed {
    pub names: &'static [&'static str],
    pub part: Part,
    pub reason: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Status and body: the request is answered in another way altogether.
    Whole,
    /// The status may be ours as given; the body is not compared.
    Status(u16),
    /// The body, with the same status.
    Body,
    /// A field of any object in the body.
    Field(&'static str),
}

/// One text for each difference that is not allowed, and for each allowed one that is no longer there.
pub fn compare(theirs: &[Step], ours: &[Step], allowed: &[Allowed]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let (mut their_ids, mut our_ids) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    for (a, b) in theirs.iter().zip(ours) {
        let (mut x, mut y) = (body(&a.text, &mut their_ids), body(&b.text, &mut our_ids));
        let mut status = a.status == b.status;
        for (index, rule) in allowed
            .iter()
            .enumerate()
            .filter(|(_, r)| r.names.iter().any(|n| *n == "*" || *n == a.name))
        {
            let before = (status, x == y);
            match rule.part {
                Part::Whole => (status, y) = (true, x.clone()),
                Part::Status(code) if b.status == code => (status, y) = (true, x.clone()),
                Part::Body if status => y = x.clone(),
                Part::Field(field) => (x, y) = (without(x, field), without(y, field)),
                _ => {}
            }
            if before != (status, x == y) || before == (false, true) {
                used.insert(index);
            }
        }
        if !status || x != y {
            faults.push(format!(
                "[{}] {}\n  theirs {} {}\n  ours   {} {}",
                a.name,
                a.told,
                a.status,
                a.text.trim(),
                b.status,
                b.text.trim()
            ));
        }
    }
    let unused = allowed.iter().enumerate().filter(|(i, _)| !used.contains(i));
    faults.extend(unused.map(|(_, r)| {
        format!(
            "{:?} {:?} is allowed ({}) but does not differ: remove it",
            r.names, r.part, r.reason
        )
    }));
    faults
}

fn body(text: &str, ids: &mut Vec<String>) -> Value {
    serde_json::from_str(text)
        .map_or_else(|_| Value::from(text.trim()), |value| meaning("", value, ids))
}

fn meaning(key: &str, value: Value, ids: &mut Vec<String>) -> Value {
    match value {
        Value::Object(map) if key == "data" => Value::Object(map),
        Value::Object(map) => map
            .into_iter()
            .map(|(k, v)| (k.clone(), meaning(&k, v, ids)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.into_iter().map(|v| meaning(key, v, ids)).collect(),
        Value::Number(id) if key == "id" => order(id.to_string(), ids),
        Value::Number(n) => json!(format!("{:.6}", n.as_f64().unwrap_or(f64::NAN))),
        Value::String(text) => instant(key, &text).unwrap_or(Value::String(text)),
        other => other,
    }
}

/// Ids belong to each server: what counts is which answers show the same one.
fn order(id: String, ids: &mut Vec<String>) -> Value {
    let at = ids.iter().position(|i| *i == id).unwrap_or_else(|| {
        ids.push(id);
        ids.len() - 1
    });
    json!(format!("id {at}"))
}

/// A time as milliseconds, because both sides keep no more; a bucket made in this run was made "now".
#[expect(clippy::disallowed_methods, reason = "the reference runs on the machine's clock")]
fn instant(key: &str, text: &str) -> Option<Value> {
    let time: jiff::Timestamp = text.parse().ok()?;
    if key == "created" && jiff::Timestamp::now().duration_since(time).as_hours() == 0 {
        return Some(json!("now"));
    }
    Some(json!(format!("{} ms", time.as_millisecond())))
}

fn without(value: Value, field: &str) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(k, _)| k != field)
            .map(|(k, v)| (k, without(v, field)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.into_iter().map(|v| without(v, field)).collect(),
        other => other,
    }
}
