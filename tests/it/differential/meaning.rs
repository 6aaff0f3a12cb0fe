//! What two answers mean, compared. It must never hide a difference that `ALLOWED` does not name.

use super::script::Step;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

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
    /// A field of the bucket with this id, and of no other object.
    FieldOf(&'static str, &'static str),
}

/// One text for each difference that is not allowed, and for each allowed one that is no longer there.
pub fn compare(theirs: &[Step], ours: &[Step], allowed: &[Allowed]) -> Vec<String> {
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let (mut their_ids, mut our_ids) = (Ids::new(), Ids::new());
    let mut faults = Vec::new();
    for (a, b) in theirs.iter().zip(ours) {
        let bucket = a
            .told
            .split("/buckets/")
            .nth(1)
            .and_then(|rest| rest.split(['/', ' ', '?']).next())
            // An answer about no one bucket has ids of its own.
            .unwrap_or(&a.name);
        let x = (a.status, body(&a.text, their_ids.entry(bucket.into()).or_default()));
        let y = (b.status, body(&b.text, our_ids.entry(bucket.into()).or_default()));
        let names = |rule: &Allowed| rule.names.iter().any(|n| *n == "*" || *n == a.name);
        let rules: Vec<usize> = (0..allowed.len()).filter(|i| names(&allowed[*i])).collect();
        let equal_but_for = |left_out: Option<usize>| {
            let applied = rules.iter().filter(|i| Some(**i) != left_out).map(|i| allowed[*i].part);
            applied.fold((x.clone(), y.clone()), |(x, y), part| part.overlook(x, y))
        };
        let (seen, wanted) = equal_but_for(None);
        if seen != wanted {
            let (theirs, ours) = (a.text.trim(), b.text.trim());
            faults.push(format!(
                "[{}] {}\n  theirs {} {theirs}\n  ours   {} {ours}",
                a.name, a.told, a.status, b.status
            ));
            continue;
        }
        needed.extend(rules.iter().filter(|i| {
            let (x, y) = equal_but_for(Some(**i));
            x != y
        }));
    }
    let idle = allowed.iter().enumerate().filter(|(i, _)| !needed.contains(i));
    faults.extend(idle.map(|(_, r)| {
        format!(
            "{:?} {:?} is allowed ({}) but does not differ: remove it",
            r.names, r.part, r.reason
        )
    }));
    faults
}

type Answer = (u16, Value);

impl Part {
    /// Both answers with this part made equal, if it is of the allowed kind.
    fn overlook(self, theirs: Answer, ours: Answer) -> (Answer, Answer) {
        match self {
            Self::Whole => (theirs.clone(), theirs),
            Self::Status(code) if ours.0 == code => (theirs.clone(), theirs),
            Self::Body if ours.0 == theirs.0 => (theirs.clone(), theirs),
            Self::Status(_) | Self::Body => (theirs, ours),
            Self::Field(field) => {
                ((theirs.0, without(theirs.1, field, None)), (ours.0, without(ours.1, field, None)))
            }
            Self::FieldOf(id, field) => (
                (theirs.0, without(theirs.1, field, Some(id))),
                (ours.0, without(ours.1, field, Some(id))),
            ),
        }
    }
}

/// The ids seen so far, bucket by bucket: aw-server counts over all of them, we count in each.
type Ids = BTreeMap<String, Vec<String>>;

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

/// The value without `field`, in every object or only in the bucket called `id`.
fn without(value: Value, field: &str, id: Option<&str>) -> Value {
    match value {
        Value::Object(map) => {
            let here = id.is_none_or(|id| map.get("id").is_some_and(|i| i == id));
            let kept = map.into_iter().filter(|(k, _)| !(here && k == field));
            kept.map(|(k, v)| (k, without(v, field, id))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.into_iter().map(|v| without(v, field, id)).collect(),
        other => other,
    }
}
