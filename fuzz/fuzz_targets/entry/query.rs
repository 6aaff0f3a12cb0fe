//! Any text as a query: refused with a sentence, or answered twice with the same JSON, one value for the one period.

use std::cell::Cell;

use super::compat::activitywatch::query::{Ask, Fault, MOST_SOURCE_BYTES, Period, Source, answer};
use super::domain::activity::{Event, EventId};
use super::domain::policy::ActivityPolicy;
use super::wire::{activitywatch::new_event, json};

pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(body) = serde_json::from_str(text) {
        // A request as it comes from outside; whether it is one, it must not break.
        let _refused = Ask::new(&body, text);
    }
    let body = serde_json::json!({"query": [text], "timeperiods": ["2026-01-01/2026-01-02"]});
    let Ok(ask) = Ask::new(&body, "fuzz") else {
        assert!(text.len() > MOST_SOURCE_BYTES);
        return;
    };
    let (one, two) = (ask_once(&ask), ask_once(&ask));
    assert_eq!(one, two, "a query answers once so and once otherwise");
    match one {
        Ok(answer) => {
            let values: serde_json::Value =
                serde_json::from_str(&answer).expect("the answer is JSON");
            assert_eq!(values.as_array().map(Vec::len), Some(1));
        }
        Err(fault) => assert!(!fault.message.is_empty()),
    }
}

fn ask_once(ask: &Ask) -> Result<String, Fault> {
    let looks = Cell::new(0);
    answer(ask, &Two, &|| {
        looks.set(looks.get() + 1);
        looks.get() > 20
    })
}

/// Two buckets with some events each.
struct Two;

const EVENTS: &str = r#"[
    {"id":4,"timestamp":"2026-01-01T10:00:30Z","duration":20,"data":{"app":"b","title":"(2) x","url":"https://www.a.example/b;c?d#e"}},
    {"id":3,"timestamp":"2026-01-01T10:00:12Z","duration":5,"data":{"app":"a","title":"x"}},
    {"id":2,"timestamp":"2026-01-01T10:00:05Z","duration":5,"data":{"status":"not-afk","n":[1,{"k":1.5}]}},
    {"id":1,"timestamp":"2026-01-01T10:00:00Z","duration":0,"data":{}}]"#;

impl Source for Two {
    fn buckets(&self) -> Result<Vec<(String, String)>, Fault> {
        Ok([("a", "h"), ("ab", "i")].map(|(name, host)| (name.into(), host.into())).to_vec())
    }

    fn events(
        &self,
        bucket: &str,
        _: &Period,
        page: &mut dyn FnMut(Vec<Event>) -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        if bucket != "a" && bucket != "ab" {
            return Ok(false);
        }
        let events = json::parse(EVENTS.as_bytes()).expect("the text above");
        let events = events.as_array().expect("a list").iter().map(|event| {
            let event = new_event(event).expect("an event");
            let id = event.id.unwrap_or(EventId(1));
            event.numbered(id, ActivityPolicy::HoursOnly)
        });
        page(events.collect()).map(|()| true)
    }

    fn count(&self, bucket: &str, _: &Period) -> Result<Option<u64>, Fault> {
        Ok((bucket == "a").then_some(4))
    }
}
