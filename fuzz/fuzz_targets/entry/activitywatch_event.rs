//! Any bytes as what a watcher sends: refused with a sentence, or read into an event that is printed and read back as the same one.

use super::domain::activity::{EventId, LONGEST_EVENT_MS, NewEvent};
use super::domain::policy::ActivityPolicy;
use super::wire::activitywatch::{
    WithId, bucket_change, clipped, event_json, instant, new_bucket, new_events, pulsetime,
    unnumbered, window_end,
};
use super::wire::json;

pub(super) fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        parameters(text);
    }
    let Ok(value) = json::parse(data) else { return };
    for refused in [new_bucket(&value).err(), bucket_change(&value).err()].into_iter().flatten() {
        assert!(refused.to_string().ends_with(['.', ')']));
    }
    if let Ok(event) = unnumbered(&value) {
        assert_eq!(event.id, None);
    }
    match new_events(&value) {
        Ok(events) => events.into_iter().for_each(there_and_back),
        Err(refused) => assert!(refused.to_string().ends_with(['.', ')'])),
    }
}

fn parameters(text: &str) {
    if let (Ok(from), Ok(to)) = (instant("start", text), window_end("end", text)) {
        assert!(from <= to);
    }
    if let Ok(ms) = pulsetime(text) {
        assert!(ms <= LONGEST_EVENT_MS);
    }
}

fn there_and_back(new: NewEvent) {
    assert!(new.duration_ms <= LONGEST_EVENT_MS);
    let event = new.clone().numbered(new.id.unwrap_or(EventId(1)), ActivityPolicy::HoursOnly);
    let mut text = String::new();
    event_json(&mut text, &event, WithId::Yes);
    let value = json::parse(text.as_bytes()).expect("what we print is JSON");
    let again = new_events(&value).expect("what we print is an event");
    assert_eq!(again, [NewEvent { id: Some(event.id), ..new }]);
    let part = clipped(event.clone(), Some(event.start.plus_ms(1)), Some(event.end().minus_ms(1)));
    assert!(part.duration_ms <= event.duration_ms);
}
