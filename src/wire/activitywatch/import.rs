//! An export read piece by piece, however large it is: memory holds one event and the buckets' own words.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use thiserror::Error;

use super::BadShape;
use super::bucket;
use super::event::unnumbered;
use crate::domain::activity::{BucketAbout, NewEvent};
use crate::domain::text::{BucketName, CanonicalJson};
use crate::domain::time::Timestamp;
use crate::wire::json;

/// One event, or one field of a bucket, may take this many bytes: its data alone may take 64 KiB before it is canonical.
pub const LARGEST_ITEM_BYTES: usize = 1024 * 1024;
/// At most this many buckets in one import, as many as a device may have.
pub const MOST_BUCKETS: usize = 1_000;

/// A bucket of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedBucket {
    /// Its id.
    pub name: BucketName,
    /// What it is.
    pub about: BucketAbout,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// An import that cannot be taken.
#[derive(Debug, Error)]
pub enum BadImport {
    /// It is not an export of ActivityWatch.
    #[error("This is not an export of ActivityWatch (line {line}, column {column}). {fault}")]
    Shape {
        /// What is wrong.
        fault: BadShape,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// One piece of it is too large to be real.
    #[error(
        "One event or field of this import is larger than 1 MiB. Leave it out and import the rest."
    )]
    ItemTooLarge,
    /// Too many buckets.
    #[error(
        "There are more than {MOST_BUCKETS} buckets in this import. Import them in several files."
    )]
    TooManyBuckets,
    /// The receiver wanted no more.
    #[error("The import was stopped.")]
    Stopped,
    /// The bytes could not be read.
    #[error("The upload could not be read back: {0}. Try again.")]
    Unreadable(io::Error),
}

/// Reads an export to its end and shows every event to `receive`, with the place of its bucket in the returned list. Numbers of
/// events are dropped, as aw-server drops them.
///
/// The buckets' own words may stand after their events; so whoever needs them first reads twice.
///
/// # Errors
/// [`BadImport`]; what was shown before is not taken back, so check first with a `receive` that keeps nothing.
pub fn read_import(
    bytes: impl Read,
    mut receive: impl FnMut(usize, NewEvent) -> ControlFlow<()>,
) -> Result<Vec<ImportedBucket>, BadImport> {
    let left = Cell::new(LARGEST_ITEM_BYTES);
    let reader = Rationed { inner: BufReader::with_capacity(64 * 1024, bytes), left: &left };
    let mut import =
        Import { left: &left, receive: &mut receive, buckets: Vec::new(), fault: None };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let read = Seed(&mut import, Export).deserialize(&mut json).and_then(|()| json.end());
    let Err(error) = read else { return Ok(import.buckets) };
    Err(match import.fault {
        Some(Fault::Stopped) => BadImport::Stopped,
        Some(Fault::TooManyBuckets) => BadImport::TooManyBuckets,
        Some(Fault::Shape(fault)) => {
            BadImport::Shape { fault, line: error.line(), column: error.column() }
        }
        None if left.get() == 0 => BadImport::ItemTooLarge,
        None if error.is_io() => BadImport::Unreadable(error.into()),
        None => BadImport::Shape {
            fault: json::not_json(&error).into(),
            line: error.line(),
            column: error.column(),
        },
    })
}

/// Events of the bucket at `place`, as many as are wanted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Of which bucket.
    pub place: usize,
    /// The events.
    pub events: Vec<NewEvent>,
}

/// Reads an export as [`read_import`] does, and hands out its events in portions of at most so many, until `give` wants no more.
///
/// # Errors
/// [`BadImport`]; [`BadImport::Stopped`] when `give` did.
pub fn read_portions(
    bytes: impl Read,
    most: usize,
    mut give: impl FnMut(Portion) -> ControlFlow<()>,
) -> Result<(), BadImport> {
    let mut portion = Portion { place: 0, events: Vec::new() };
    read_import(bytes, |place, event| {
        if place != portion.place || portion.events.len() == most {
            let full = std::mem::replace(&mut portion, Portion { place, events: Vec::new() });
            give(full)?;
        }
        portion.events.push(event);
        ControlFlow::Continue(())
    })?;
    match give(portion) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(BadImport::Stopped),
    }
}

struct Import<'a> {
    left: &'a Cell<usize>,
    receive: &'a mut dyn FnMut(usize, NewEvent) -> ControlFlow<()>,
    buckets: Vec<ImportedBucket>,
    /// serde carries errors as text only; what it was stands here.
    fault: Option<Fault>,
}

enum Fault {
    Shape(BadShape),
    Stopped,
    TooManyBuckets,
}

impl Import<'_> {
    fn fail<T, E: serde::de::Error>(&mut self, fault: Fault) -> Result<T, E> {
        self.fault = Some(fault);
        Err(E::custom("refused"))
    }

    /// A new item begins: it may be as large as any.
    fn next_item(&self) {
        self.left.set(LARGEST_ITEM_BYTES);
    }
}

/// What is expected next, and where it goes.
struct Seed<'a, 'b, W>(&'a mut Import<'b>, W);

/// `{"buckets": …}`; whatever stands beside it is left aside.
struct Export;
/// `{id: bucket, …}`.
struct Buckets;
/// One bucket under its id.
struct OneBucket(String);
/// The events of the bucket at this place.
struct Events(usize);

macro_rules! read_as {
    ($what:ty, $deserialize:ident) => {
        impl<'de> DeserializeSeed<'de> for Seed<'_, '_, $what> {
            type Value = ();
            fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
                from.$deserialize(self)
            }
        }
    };
}

read_as!(Export, deserialize_map);
read_as!(Buckets, deserialize_map);
read_as!(OneBucket, deserialize_map);
read_as!(Events, deserialize_option);

impl<'de> Visitor<'de> for Seed<'_, '_, Export> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `buckets`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(import, _) = self;
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            import.next_item();
            if key == "buckets" {
                found = true;
                map.next_value_seed(Seed(import, Buckets))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { import.fail(Fault::Shape(BadShape::Missing("buckets"))) }
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_, Buckets> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of buckets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(import, _) = self;
        while let Some(key) = map.next_key::<String>()? {
            import.next_item();
            if import.buckets.len() == MOST_BUCKETS {
                return import.fail(Fault::TooManyBuckets);
            }
            map.next_value_seed(Seed(import, OneBucket(key)))?;
            import.next_item();
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_, OneBucket> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bucket")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(import, OneBucket(key)) = self;
        let place = import.buckets.len();
        let mut fields = Map::new();
        while let Some(field) = map.next_key::<String>()? {
            import.next_item();
            match field.as_str() {
                "events" => map.next_value_seed(Seed(import, Events(place)))?,
                "id" | "type" | "client" | "hostname" | "created" | "data" => {
                    fields.insert(field, map.next_value::<Value>()?);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match described(key, &fields) {
            Ok(bucket) => import.buckets.push(bucket),
            Err(fault) => return import.fail(Fault::Shape(fault)),
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_, Events> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self(import, Events(place)) = self;
        while let Some(event) = list.next_element::<Value>()? {
            import.next_item();
            let event = match unnumbered(&event) {
                Ok(event) => event,
                Err(fault) => return import.fail(Fault::Shape(fault)),
            };
            if (import.receive)(place, event).is_break() {
                return import.fail(Fault::Stopped);
            }
        }
        Ok(())
    }
}

fn described(key: String, fields: &Map<String, Value>) -> Result<ImportedBucket, BadShape> {
    let name = match fields.get("id") {
        None | Some(Value::Null) => key,
        Some(Value::String(id)) => id.clone(),
        Some(_) => return Err(BadShape::wrong("id", "a text")),
    };
    let name = BucketName::new(name).map_err(|text| BadShape::Text { field: "id", text })?;
    let about = BucketAbout {
        kind: bucket::text(fields, "type")?.ok_or(BadShape::Missing("type"))?,
        client: bucket::text(fields, "client")?.ok_or(BadShape::Missing("client"))?,
        hostname: bucket::text(fields, "hostname")?.ok_or(BadShape::Missing("hostname"))?,
        data: bucket::data(fields)?.unwrap_or_else(CanonicalJson::empty),
    };
    Ok(ImportedBucket { name, about, created: bucket::created(fields)? })
}

/// Hands out at most what is left of the ration: no single text or list can fill the memory.
struct Rationed<'a, R> {
    inner: R,
    left: &'a Cell<usize>,
}

impl<R: Read> Read for Rationed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.left.get());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an item is too large"));
        }
        let read = self.inner.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Events = Vec<(usize, NewEvent)>;

    fn read(json: &str) -> (Result<Vec<ImportedBucket>, BadImport>, Events) {
        let mut events = Vec::new();
        let result = read_import(json.as_bytes(), |place, event| {
            events.push((place, event));
            ControlFlow::Continue(())
        });
        (result, events)
    }

    fn refused(json: &str) -> String {
        read(json).0.unwrap_err().to_string()
    }

    #[test]
    fn buckets_and_events_in_any_order_of_fields() {
        let (buckets, events) = read(
            r#"{"v":[1],"buckets":{
                "a":{"events":[{"id":9,"timestamp":"2026-01-01","data":{"n":1}},{"timestamp":"2026-01-02","duration":2}],"type":"t","client":"c","hostname":"h","metadata":{"x":[]}},
                "b":{"id":"b2","created":"2020-01-01","type":"t","client":"c","hostname":"h","events":null}}}"#,
        );
        let buckets = buckets.unwrap();
        assert_eq!(buckets.iter().map(|b| b.name.as_str()).collect::<Vec<_>>(), ["a", "b2"]);
        assert!(buckets[1].created.is_some());
        assert_eq!(
            events.iter().map(|(place, e)| (*place, e.id, e.duration_ms)).collect::<Vec<_>>(),
            [(0, None, 0), (0, None, 2_000)]
        );
    }

    #[test]
    fn what_is_no_export_is_refused() {
        let bucket = |inside: &str| {
            refused(&format!(
                r#"{{"buckets":{{"a":{{"type":"t","client":"c","hostname":"h",{inside}}}}}}}"#
            ))
        };
        for sentence in [
            refused(""),
            refused("[]"),
            refused("{}"),
            refused(r#"{"buckets":[]}"#),
            refused(r#"{"buckets":{"a":1}}"#),
            refused(r#"{"buckets":{"a":{}}}"#),
            refused(r#"{"buckets":{}} x"#),
            refused(r#"{"buckets":{"a":{"type":"t"#),
            bucket(r#""events":{}"#),
            bucket(r#""events":[1]"#),
            bucket(r#""events":[{"timestamp":"never"}]"#),
            bucket(r#""id":7"#),
            bucket(r#""data":[]"#),
        ] {
            assert!(sentence.starts_with("This is not an export"), "{sentence}");
        }
        assert!(
            bucket(&format!(
                r#""events":[{{"timestamp":"2026-01-01","data":{{"a":{}1{}}}}}]"#,
                "[".repeat(10_000),
                "]".repeat(10_000)
            ))
            .contains("too deeply")
        );
        // What is left aside is left aside without recursion.
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let json = format!(
            r#"{{"buckets":{{"a":{{"type":"t","client":"c","hostname":"h","more":{deep}}}}}}}"#
        );
        assert!(read(&json).0.is_ok());
    }

    #[test]
    fn no_item_fills_the_memory() {
        let long = "x".repeat(LARGEST_ITEM_BYTES);
        for json in [
            format!(
                r#"{{"buckets":{{"a":{{"type":"t","client":"c","hostname":"h","events":[{{"timestamp":"2026-01-01","data":{{"a":"{long}"}}}}]}}}}}}"#
            ),
            format!(r#"{{"buckets":{{"{long}":{{}}}}}}"#),
            format!(r#"{{"x":"{long}"}}"#),
            format!(r#"{{"buckets":{{"a":{{"{long}":1}}}}}}"#),
        ] {
            assert!(matches!(read(&json).0, Err(BadImport::ItemTooLarge)), "{}", &json[..60]);
        }
    }

    #[test]
    fn too_many_buckets_are_refused_and_a_receiver_may_stop() {
        let many = (0..=MOST_BUCKETS)
            .map(|n| format!(r#""{n}":{{"type":"t","client":"c","hostname":"h"}}"#))
            .collect::<Vec<_>>()
            .join(",");
        assert!(matches!(
            read(&format!(r#"{{"buckets":{{{many}}}}}"#)).0,
            Err(BadImport::TooManyBuckets)
        ));
        let one = r#"{"buckets":{"a":{"type":"t","client":"c","hostname":"h","events":[{"timestamp":"2026-01-01"}]}}}"#;
        assert!(matches!(
            read_import(one.as_bytes(), |_, _| ControlFlow::Break(())),
            Err(BadImport::Stopped)
        ));
    }
}
