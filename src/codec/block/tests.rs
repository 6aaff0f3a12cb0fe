//! Blocks come back whole, and nothing else reads as one.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::domain::activity::{EventId, LONGEST_EVENT_MS};
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::Timestamp;

fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(0xb10c);
    ProptestConfig { cases: 64, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

fn event(id: u64, start_ms: i64, duration_ms: u64, data: EventData) -> Event {
    let start = Timestamp::new(start_ms).unwrap();
    Event {
        id: EventId(id),
        start,
        duration_ms,
        policy: ActivityPolicy::FullDetail,
        data: Arc::new(data),
    }
}

fn said(json: &str) -> EventData {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |key: &str| value.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let afk = text("status").map(|status| status == "afk");
    let json = CanonicalJson::new(value.to_string()).unwrap();
    EventData { json, app: text("app"), title: text("title"), url: text("url"), afk }
}

fn unpacked(events: &[Event]) -> Block {
    let (bytes, taken) = Block::pack(events, usize::MAX);
    assert_eq!(taken, events.len());
    Block::unpack(&bytes).unwrap()
}

fn data() -> impl Strategy<Value = EventData> {
    let word = prop_oneof![
        3 => "[a-c]{1,2}".prop_map(Some),
        1 => "\\PC{0,9}".prop_map(Some),
        1 => Just(Some("\"\\\u{1}\n{}".to_owned())),
        2 => Just(None),
    ];
    let parsed_out = (word.clone(), word.clone(), word, any::<Option<bool>>(), any::<bool>());
    parsed_out.prop_map(|(app, title, url, afk, in_json)| {
        let mut object = serde_json::Map::new();
        for (key, text) in [("app", &app), ("title", &title), ("url", &url)] {
            if let Some(text) = text.as_ref().filter(|_| in_json) {
                object.insert(key.to_owned(), text.clone().into());
            }
        }
        object.insert("tabCount".to_owned(), object.len().into());
        let json = CanonicalJson::new(serde_json::Value::Object(object).to_string()).unwrap();
        EventData { json, app, title, url, afk }
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let start = prop_oneof![
        8 => 1_700_000_000_000_i64..1_700_000_100_000,
        1 => Just(0_i64),
        1 => Just(Timestamp::LATEST.ms()),
    ];
    let duration = prop_oneof![4 => 0_u64..90_000, 1 => Just(LONGEST_EVENT_MS)];
    let id = prop_oneof![4 => 1_u64..500, 1 => any::<u64>()];
    let policy = prop_oneof![
        Just(ActivityPolicy::HoursOnly),
        Just(ActivityPolicy::CategoryTotals),
        Just(ActivityPolicy::AppTotals),
        Just(ActivityPolicy::FullDetail)
    ];
    let one =
        (id, start, duration, policy, data()).prop_map(|(id, start, duration, policy, data)| {
            Event { policy, ..event(id, start, duration, data) }
        });
    proptest::collection::vec(one, 1..60).prop_map(|mut events| {
        events.sort_by_key(|event| (event.start, event.id));
        events.dedup_by_key(|event| (event.start, event.id));
        events
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_goes_in_comes_out(events in events()) {
        let block = unpacked(&events);
        prop_assert_eq!(&block.events(), &events);
        let outline = Outline::unpack(&Block::pack(&events, usize::MAX).0).unwrap();
        prop_assert_eq!(outline.len(), events.len());
        // Events out of a block share what they say, and are packed the same.
        prop_assert_eq!(Block::pack(&block.events(), usize::MAX), Block::pack(&events, usize::MAX));
        for (at, event) in events.iter().enumerate() {
            prop_assert_eq!(block.place(at), (event.start, event.id));
            prop_assert_eq!(block.before((event.start, event.id)), at);
            prop_assert_eq!(block.duration_ms(at), event.duration_ms);
            prop_assert_eq!(block.app(at), event.data.app.as_deref());
            prop_assert_eq!(block.afk(at), event.data.afk);
            prop_assert_eq!(outline.place(at), (event.start, event.id));
            prop_assert_eq!(outline.duration_ms(at), event.duration_ms);
            prop_assert_eq!(outline.policy(at), event.policy);
            prop_assert_eq!(outline.app(at), event.data.app.as_deref());
            prop_assert_eq!(outline.afk(at), event.data.afk);
            let found = block.find(event.id).unwrap();
            prop_assert_eq!(block.place(found).1, event.id);
        }
        prop_assert_eq!(block.before((Timestamp::LATEST, EventId(u64::MAX))) >= events.len() - 1, true);
    }

    #[test]
    fn every_cut_and_slip_is_refused_or_reads(events in events(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (bytes, _) = Block::pack(&events, usize::MAX);
        let at = at.index(bytes.len());
        prop_assert!(Block::unpack(&bytes[..at]).is_err());
        prop_assert!(Block::unpack(&[&bytes[..], &[0]].concat()).is_err());
        let mut slipped = bytes;
        slipped[at] ^= 1 << bit;
        let outline = Outline::unpack(&slipped);
        if let Ok(block) = Block::unpack(&slipped) {
            prop_assert_eq!(outline.unwrap().len(), block.len());
            let events = block.events();
            prop_assert_eq!(unpacked(&events).events(), events);
        }
    }
}

#[test]
fn an_event_in_a_full_block_takes_few_bytes() {
    let titles: Vec<EventData> = (0..40)
        .map(|n| said(&format!(r#"{{"app":"Editor","title":"file {n} - project"}}"#)))
        .collect();
    let mut start = 1_767_225_600_000;
    let events: Vec<Event> = (0..MOST_EVENTS as u64)
        .map(|n| {
            let duration_ms = 1_000 + n * 7_919 % 60_000;
            let event = event(n + 1, start, duration_ms, titles[(n * n % 40) as usize].clone());
            start += i64::try_from(duration_ms).unwrap() + 1_000;
            event
        })
        .collect();
    let (bytes, taken) = Block::pack(&events, usize::MAX);
    assert_eq!(taken, MOST_EVENTS);
    assert!(bytes.len() < 5 * MOST_EVENTS, "{} bytes", bytes.len());
    assert_eq!(Block::unpack(&bytes).unwrap().events(), events);
    let (_, taken) = Block::pack(&events, 100);
    assert_eq!(taken, 100);
}

#[test]
fn long_texts_close_a_block_early_and_one_event_always_fits() {
    let long = |n: u64| {
        let text = format!("{n}{}", "x".repeat(30_000));
        let json = CanonicalJson::new(format!(r#"{{"a":"{}"}}"#, "y".repeat(65_000))).unwrap();
        let data =
            EventData { json, app: None, title: Some(text.clone()), url: Some(text), afk: None };
        event(n, 1_000, 0, data)
    };
    let events: Vec<Event> = (0..40).map(long).collect();
    let (bytes, taken) = Block::pack(&events, usize::MAX);
    assert!((10..20).contains(&taken), "{taken}");
    assert_eq!(Block::unpack(&bytes).unwrap().events(), events[..taken]);
    let json = CanonicalJson::new("{}").unwrap();
    let data = EventData { json, app: None, title: Some("t".to_owned()), url: None, afk: None };
    let small = event(7, 1_000, 0, data.clone());
    assert_eq!(Block::pack(std::slice::from_ref(&small), 9).1, 1);
    // More than any door lets in: what is written is cut, so that it can be read.
    let [app, title, url] = ["a", "ä", "u"].map(|letter| Some(letter.repeat(4 * 1024 * 1024)));
    let bomb = event(7, 1_000, 0, EventData { app, title, url, ..data });
    let after = event(8, 1_000, 0, said("{}"));
    let (bytes, taken) = Block::pack(&[bomb, after], 9);
    assert_eq!(taken, 2);
    let block = Block::unpack(&bytes).unwrap();
    let data = block.data(0);
    assert_eq!(data.title, Some("ä".repeat(LONGEST_TEXT / 2)));
    assert_eq!(data.app.as_ref().map(String::len), Some(LONGEST_TEXT));
}

/// Ten thousand of them would be half a gigabyte to whoever opens the block, out of a few kilobytes on disk.
#[test]
fn long_json_that_differs_by_a_word_closes_a_block_early() {
    let events: Vec<Event> = (0..200)
        .map(|n| {
            event(n, 1_000, 0, said(&format!(r#"{{"title":"{n}","x":"{}"}}"#, "x".repeat(60_000))))
        })
        .collect();
    let (bytes, taken) = Block::pack(&events, usize::MAX);
    assert_eq!(taken, MOST_JSON_WRITTEN / 60_023);
    assert!(bytes.len() < 4_096, "{} bytes", bytes.len());
    assert_eq!(Block::unpack(&bytes).unwrap().events(), events[..taken]);
}

/// What no writer makes is not opened either: a hundred and sixty times sixty kilobytes.
#[test]
fn what_says_too_much_together_is_refused() {
    let count = 160_u64;
    let mut numbers = Vec::new();
    bytes::put(&mut numbers, count);
    for _ in 0..count {
        bytes::put(&mut numbers, 0);
    }
    for _ in 0..count {
        bytes::put_signed(&mut numbers, 1);
    }
    numbers.extend(std::iter::repeat_n(0, usize::try_from(count).unwrap()));
    bytes::put(&mut numbers, 0);
    bytes::put(&mut numbers, count);
    numbers.extend(std::iter::repeat_n(0, usize::try_from(count).unwrap()));
    // One shape with a title in it.
    bytes::put(&mut numbers, 1);
    numbers.push(0b10_0010);
    let (before, after) = (r#"{"title":""#, format!(r#"","x":"{}"}}"#, "x".repeat(60_000)));
    bytes::put(&mut numbers, before.len() as u64);
    bytes::put(&mut numbers, after.len() as u64);
    bytes::put(&mut numbers, 0);
    bytes::put(&mut numbers, count);
    numbers.extend(std::iter::repeat_n(0, usize::try_from(count).unwrap()));
    numbers.extend(std::iter::repeat_n(1, usize::try_from(count).unwrap()));
    let block = |titles: &str| {
        let pack = |bytes: &[u8]| zstd::bulk::compress(bytes, 3).unwrap();
        let (numbers, text) = (pack(&numbers), pack(format!("{before}{after}{titles}").as_bytes()));
        let mut block = vec![VERSION];
        bytes::put(&mut block, numbers.len() as u64);
        [block, numbers, text].concat()
    };
    let block = block(&"t".repeat(usize::try_from(count).unwrap()));
    assert!(Outline::unpack(&block).is_ok());
    let refused = Block::unpack(&block).unwrap_err().to_string();
    assert!(refused.contains("say too much together"), "{refused}");
}

#[test]
fn other_versions_are_told_apart() {
    let (mut bytes, _) = Block::pack(&[event(1, 5, 5, said("{}"))], 1);
    bytes[0] = 2;
    assert!(matches!(Block::unpack(&bytes), Err(CodecError::Newer { version: 2, newest: 1, .. })));
    bytes[0] = 0;
    assert!(Block::unpack(&bytes).is_err());
    assert!(Block::unpack(&[]).is_err());
}
