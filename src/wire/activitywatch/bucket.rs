//! Buckets, and who answers.

use serde_json::{Map, Value, json};

use super::BadShape;
use super::time::{instant, instant_json};
use crate::domain::activity::{Bucket, BucketAbout, Event};
use crate::domain::id::DeviceId;
use crate::domain::text::{CanonicalJson, ShortText};
use crate::domain::time::Timestamp;
use crate::wire::json;

/// A bucket as `POST buckets/{id}` describes it. Fields nobody knows are left aside, as aw-server leaves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBucket {
    /// What it is.
    pub about: BucketAbout,
    /// When it was first made elsewhere.
    pub created: Option<Timestamp>,
}

/// What `PUT buckets/{id}` changes; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketChange {
    /// `type`.
    pub kind: Option<ShortText>,
    /// `client`.
    pub client: Option<ShortText>,
    /// `hostname`.
    pub hostname: Option<ShortText>,
    /// `data`.
    pub data: Option<CanonicalJson>,
}

impl BucketChange {
    /// `about` with the change.
    pub fn applied_to(self, about: BucketAbout) -> BucketAbout {
        BucketAbout {
            kind: self.kind.unwrap_or(about.kind),
            client: self.client.unwrap_or(about.client),
            hostname: self.hostname.unwrap_or(about.hostname),
            data: self.data.unwrap_or(about.data),
        }
    }
}

/// A bucket to make.
///
/// # Errors
/// [`BadShape`]; also when events come with it, which have their own addresses.
pub fn new_bucket(value: &Value) -> Result<NewBucket, BadShape> {
    let fields = object(value)?;
    if matches!(fields.get("events"), Some(Value::Array(events)) if !events.is_empty()) {
        return Err(BadShape::wrong("events", "sent to /events or /import, not with a new bucket"));
    }
    let about = BucketAbout {
        kind: text(fields, "type")?.ok_or(BadShape::Missing("type"))?,
        client: text(fields, "client")?.ok_or(BadShape::Missing("client"))?,
        hostname: text(fields, "hostname")?.ok_or(BadShape::Missing("hostname"))?,
        data: data(fields)?.unwrap_or_else(CanonicalJson::empty),
    };
    Ok(NewBucket { about, created: created(fields)? })
}

/// A change to a bucket.
///
/// # Errors
/// [`BadShape`].
pub fn bucket_change(value: &Value) -> Result<BucketChange, BadShape> {
    let fields = object(value)?;
    Ok(BucketChange {
        kind: text(fields, "type")?,
        client: text(fields, "client")?,
        hostname: text(fields, "hostname")?,
        data: data(fields)?,
    })
}

/// The bucket as JSON without its closing brace, so that more fields can follow. `newest` adds `last_updated`.
pub fn bucket_json(bucket: &Bucket, newest: Option<&Event>) -> String {
    let about = &bucket.about;
    let mut text = format!(
        "{{\"id\":{},\"created\":\"{}\",\"name\":null,\"type\":{},\"client\":{},\"hostname\":{},\"data\":{}",
        json!(bucket.name.as_str()),
        instant_json(bucket.created),
        json!(about.kind.as_str()),
        json!(about.client.as_str()),
        json!(about.hostname.as_str()),
        about.data
    );
    if let Some(newest) = newest {
        text.push_str(&format!(",\"last_updated\":\"{}\"", instant_json(newest.end())));
    }
    text
}

/// Who answers. Watchers show `version`; `testing` would let buckets go without `force`.
pub fn info_json(hostname: &str, device: DeviceId, version: &str) -> String {
    json!({ "hostname": hostname, "version": version, "testing": false, "device_id": device.to_string() }).to_string()
}

pub(super) fn object(value: &Value) -> Result<&Map<String, Value>, BadShape> {
    value.as_object().ok_or(BadShape::wrong("bucket", "a JSON object"))
}

pub(super) fn text(
    fields: &Map<String, Value>,
    field: &'static str,
) -> Result<Option<ShortText>, BadShape> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => match ShortText::new(text.as_str()) {
            Ok(text) => Ok(Some(text)),
            Err(text) => Err(BadShape::Text { field, text }),
        },
        Some(_) => Err(BadShape::wrong(field, "a text")),
    }
}

pub(super) fn data(fields: &Map<String, Value>) -> Result<Option<CanonicalJson>, BadShape> {
    match fields.get("data") {
        None | Some(Value::Null) => Ok(None),
        Some(data @ Value::Object(_)) => Ok(Some(json::canonical(data)?)),
        Some(_) => Err(json::BadJson::NotAnObject.into()),
    }
}

pub(super) fn created(fields: &Map<String, Value>) -> Result<Option<Timestamp>, BadShape> {
    match fields.get("created") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => instant("created", text).map(Some),
        Some(_) => Err(BadShape::wrong("created", "a text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{BucketNumber, EventId};
    use crate::domain::text::BucketName;

    fn read(json: &str) -> Result<NewBucket, BadShape> {
        new_bucket(&json::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn a_bucket_there_and_back() {
        let new = read(r#"{"client":"c","type":"t","hostname":"h\"","data":{"z":1,"a":2},"created":"2020-01-01T00:00:00Z","more":1}"#).unwrap();
        let bucket = Bucket {
            number: BucketNumber(1),
            device: DeviceId::from_bytes([0; 16]),
            name: BucketName::new("b ä").unwrap(),
            about: new.about,
            created: new.created.unwrap(),
            last_event: EventId(0),
            longest_hot_ms: 0,
            base: EventId(0),
        };
        assert_eq!(
            bucket_json(&bucket, None),
            r#"{"id":"b ä","created":"2020-01-01T00:00:00+00:00","name":null,"type":"t","client":"c","hostname":"h\"","data":{"a":2,"z":1}"#
        );
    }

    #[test]
    fn wrong_buckets_are_refused() {
        for bad in [
            "[]",
            r#"{"client":"c","type":"t"}"#,
            r#"{"client":1,"type":"t","hostname":"h"}"#,
            r#"{"client":"c\u0000","type":"t","hostname":"h"}"#,
            r#"{"client":"c","type":"t","hostname":"h","data":[]}"#,
            r#"{"client":"c","type":"t","hostname":"h","created":"never"}"#,
            r#"{"client":"c","type":"t","hostname":"h","events":[{}]}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_change_keeps_the_rest() {
        let about = read(r#"{"client":"c","type":"t","hostname":"h"}"#).unwrap().about;
        let change = bucket_change(&json!({"client": "c2"})).unwrap();
        let changed = change.applied_to(about);
        assert_eq!((changed.client.as_str(), changed.kind.as_str()), ("c2", "t"));
    }
}
