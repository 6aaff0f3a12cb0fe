//! Recorded activity as stories make it: event number N lies at a place of its own in yesterday, `LASTS_MS` long, `APART_MS` after N-1,
//! so that nothing merges, nothing overlaps, and a report's totals count events.

use super::Http;
use super::http::Failure;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// As many fit into a day: enough for 1 000 rounds of kill -9.
const MOST_EVENTS: u64 = 86_400_000 / APART_MS;
const APART_MS: u64 = 20;
pub const LASTS_MS: u64 = 10;
const APPS: u64 = 8;

/// Yesterday in UTC, as `2026-01-31`: the day before the one on which the first story asked, also past midnight.
#[expect(
    clippy::disallowed_methods,
    reason = "real clients record on the machine's clock; a story stays beside it"
)]
pub fn yesterday() -> String {
    static YESTERDAY: OnceLock<jiff::civil::Date> = OnceLock::new();
    let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    YESTERDAY.get_or_init(|| today().yesterday().unwrap()).to_string()
}

pub fn event(number: u64) -> Value {
    assert!(number < MOST_EVENTS, "a day is full");
    let at =
        midnight() + jiff::SignedDuration::from_millis(i64::try_from(number * APART_MS).unwrap());
    json!({"timestamp": at.to_string(), "duration": 0.01, "data": {"app": app(number), "number": number}})
}

/// The number of the event that began at this time (milliseconds since 1970).
pub fn number_at(ms: i64) -> u64 {
    u64::try_from(ms - midnight().as_millisecond()).unwrap() / APART_MS
}

fn midnight() -> jiff::Timestamp {
    format!("{}T00:00:00Z", yesterday()).parse().unwrap()
}

fn app(number: u64) -> String {
    format!("app-{}", number % APPS)
}

pub fn bucket_path(bucket: &str) -> String {
    format!("/api/0/buckets/{bucket}")
}

/// Creates a window bucket, whether or not it exists.
#[track_caller]
pub fn create_bucket(http: &Http, bucket: &str) {
    let reply = http.post(
        &bucket_path(bucket),
        &json!({"client": "story", "type": "currentwindow", "hostname": "h"}),
    );
    assert!([200, 304].contains(&reply.status), "{reply:?}");
}

/// Sends event `number` as a heartbeat that can merge with nothing. `Ok` is an acknowledgement.
pub fn send(http: &Http, bucket: &str, number: u64) -> Result<(), Failure> {
    let path = format!("{}/heartbeat?pulsetime=0", bucket_path(bucket));
    let reply =
        http.send("POST", &path, super::http::JSON, event(number).to_string().into_bytes())?;
    assert_eq!(
        reply.status, 200,
        "a heartbeat is acknowledged or the connection waits, never refused: {reply:?}"
    );
    Ok(())
}

/// The same for an agent that may have ended meanwhile.
pub fn try_send(http: &Http, bucket: &str, number: u64) -> Result<(), Failure> {
    let path = format!("{}/heartbeat?pulsetime=0", bucket_path(bucket));
    http.send("POST", &path, super::http::JSON, event(number).to_string().into_bytes()).map(drop)
}

/// A window that has been open for the last minute, as a watcher would send it now.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "the page shows today's totals")]
pub fn send_now(http: &Http, bucket: &str, app: &str) {
    let begin = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(60);
    let event =
        json!({"timestamp": begin.to_string(), "duration": 60, "data": {"app": app, "title": "t"}});
    http.post(&format!("{}/heartbeat?pulsetime=5", bucket_path(bucket)), &event).expect(200);
}

/// The numbers in a bucket, each with how often it is there.
#[track_caller]
pub fn numbers(http: &Http, bucket: &str) -> BTreeMap<u64, usize> {
    let mut seen = BTreeMap::new();
    let events = http.get(&format!("{}/events?limit=-1", bucket_path(bucket))).expect(200).json();
    for event in events.as_array().unwrap() {
        let number =
            event["data"]["number"].as_u64().unwrap_or_else(|| panic!("no number in {event}"));
        assert_eq!(event["duration"].as_f64(), Some(0.01), "{event}");
        *seen.entry(number).or_default() += 1;
    }
    seen
}

/// Nothing acknowledged is missing, nothing is there twice.
pub fn check(acknowledged: &BTreeSet<u64>, found: &BTreeMap<u64, usize>) -> Result<(), String> {
    let lost: Vec<_> = acknowledged.iter().filter(|n| !found.contains_key(n)).collect();
    let twice: Vec<_> = found.iter().filter(|(_, count)| **count > 1).collect();
    if lost.is_empty() && twice.is_empty() {
        Ok(())
    } else {
        Err(format!("lost {lost:?}, twice {twice:?}"))
    }
}

/// Milliseconds for each app that these numbers stand for.
pub fn milliseconds(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<String, u64> {
    let mut totals = BTreeMap::new();
    for number in numbers {
        *totals.entry(app(number)).or_default() += LASTS_MS;
    }
    totals
}

#[test]
fn the_check_sees_a_loss_and_a_double() {
    let acknowledged = BTreeSet::from([1, 2]);
    assert!(check(&acknowledged, &BTreeMap::from([(1, 1), (2, 1), (3, 1)])).is_ok());
    assert!(check(&acknowledged, &BTreeMap::from([(1, 1)])).is_err());
    assert!(check(&acknowledged, &BTreeMap::from([(1, 2), (2, 1)])).is_err());
}
