//! What of an operation may leave the computer. Must look at nothing but the operation and what was agreed.
//!
//! Unless the event was recorded under full detail, or the person chose to share titles, only the application and whether somebody
//! was there go out: the JSON is built anew from these two, so that nothing else can slip through.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::domain::activity::{BucketAbout, Event, EventData};
use crate::domain::batch::Operation;
use crate::domain::text::CanonicalJson;

/// The operation as the office may have it.
pub(in crate::agent) fn for_office(operation: Operation, share_titles: bool) -> Operation {
    match operation {
        Operation::PutEvent { bucket, event } => {
            Operation::PutEvent { bucket, event: event_for_office(event, share_titles) }
        }
        // What a watcher says of its bucket besides kind, name and computer is its own business.
        Operation::PutBucket { name, about, created } if !share_titles => {
            let about = BucketAbout { data: CanonicalJson::empty(), ..about };
            Operation::PutBucket { name, about, created }
        }
        other => other,
    }
}

/// The event as the office may have it.
pub(in crate::agent) fn event_for_office(event: Event, share_titles: bool) -> Event {
    if share_titles || event.policy.lets_titles_leave() {
        return event;
    }
    let data = Arc::new(bare(&event.data));
    Event { data, ..event }
}

/// Only `app` and `status`, in the canonical order of keys.
fn bare(data: &EventData) -> EventData {
    let mut json = Map::new();
    if let Some(app) = &data.app {
        json.insert("app".to_owned(), Value::String(app.clone()));
    }
    if let Some(afk) = data.afk {
        let status = if afk { "afk" } else { "not-afk" };
        json.insert("status".to_owned(), Value::String(status.to_owned()));
    }
    // An application's name that is too long once escaped anew is not worth a refusal: the event goes out bare.
    let json = CanonicalJson::new(Value::Object(json).to_string());
    let app = data.app.clone().filter(|_| json.is_ok());
    let json = json.unwrap_or_else(|_| CanonicalJson::empty());
    EventData { json, app, title: None, url: None, afk: data.afk }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{EventId, NewEvent};
    use crate::domain::policy::ActivityPolicy;
    use crate::domain::text::{BucketName, ShortText};
    use crate::domain::time::Timestamp;

    fn event(policy: ActivityPolicy) -> Operation {
        let json = r#"{"app":"Fire\"fox","secret":1,"status":"not-afk","title":"Salary","url":"https://x"}"#;
        let data = EventData {
            json: CanonicalJson::new(json).unwrap(),
            app: Some("Fire\"fox".into()),
            title: Some("Salary".into()),
            url: Some("https://x".into()),
            afk: Some(false),
        };
        let new = NewEvent { id: None, start: Timestamp::EARLIEST, duration_ms: 5, data };
        let bucket = BucketName::new("b").unwrap();
        Operation::PutEvent { bucket, event: new.numbered(EventId(1), policy) }
    }

    #[test]
    fn only_application_and_presence_leave() {
        use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
        for policy in [HoursOnly, CategoryTotals, AppTotals] {
            let Operation::PutEvent { event: out, .. } = for_office(event(policy), false) else {
                panic!("an event stays one")
            };
            assert_eq!(out.data.json.as_str(), r#"{"app":"Fire\"fox","status":"not-afk"}"#);
            assert_eq!((&out.data.title, &out.data.url), (&None, &None));
            assert_eq!(out.data.app.as_deref(), Some("Fire\"fox"));
        }
        assert_eq!(for_office(event(FullDetail), false), event(FullDetail));
        assert_eq!(for_office(event(HoursOnly), true), event(HoursOnly));
    }

    #[test]
    fn a_buckets_own_data_stays() {
        let text = |t| ShortText::new(t).unwrap();
        let about = |data| BucketAbout {
            kind: text("k"),
            client: text("c"),
            hostname: text("h"),
            data: CanonicalJson::new(data).unwrap(),
        };
        let put = |data| Operation::PutBucket {
            name: BucketName::new("b").unwrap(),
            about: about(data),
            created: Timestamp::EARLIEST,
        };
        assert_eq!(for_office(put(r#"{"a":1}"#), false), put("{}"));
        assert_eq!(for_office(put(r#"{"a":1}"#), true), put(r#"{"a":1}"#));
    }
}
