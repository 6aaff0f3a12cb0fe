//! The same year in the reference server, if `TIMEBOOK_AW_SERVER` names its executable: over its own door, plain HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use http::Request;
use serde_json::{Value, json};
use timebook::domain::report::{PRESENCE, WINDOW};
use timebook::wire::v1::rfc3339;

use crate::client::Target;
use crate::peer::Peer;
use crate::table::row;
use crate::{DAYS, at, ms, year};

/// A bucket of each watcher.
const BUCKETS: [(&str, &str); 3] = [("w", WINDOW), ("a", PRESENCE), ("p", "web.tab.current")];
/// Its own client sends no longer lists.
const EVENTS_A_REQUEST: usize = 1_000;

/// Records the year of `windows` a day and asks what is asked here: a day, and the year by application.
pub(crate) fn measure(folder: &Path, windows: u64) {
    let home = folder.join("aw");
    let Some(peer) = Peer::start(&home) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let target = peer.target();
        let began = Instant::now();
        let events = record(&target, windows).await;
        let rate = format!("{:.0} a second", events as f64 / began.elapsed().as_secs_f64());
        row(&format!("aw-server: {events} events recorded"), &rate, "in lists of 1 000");
        let bytes = format!("{:.0} bytes an event", size(&home) as f64 / events as f64);
        row("aw-server: its file", &bytes, "");
        let mut days = Vec::new();
        for _ in 0..5 {
            let began = Instant::now();
            for (bucket, _) in BUCKETS {
                let range = format!("start={}&end={}", rfc3339(at(200)), rfc3339(at(201)));
                get(&target, &format!("/api/0/buckets/{bucket}/events?limit=-1&{range}")).await;
            }
            days.push(began.elapsed());
        }
        days.sort();
        let median = ms(days[days.len() / 2]);
        row("aw-server: a day, every event of it", &format!("{median:.1} ms"), "over HTTP");
        let year = by_application(&target).await;
        row("aw-server: a year by application", &format!("{:.0} ms", ms(year)), "over HTTP");
    });
}

async fn record(target: &Target, windows: u64) -> u64 {
    for (bucket, kind) in BUCKETS {
        let about = json!({ "client": "bench", "type": kind, "hostname": "pc" });
        post(target, &format!("/api/0/buckets/{bucket}"), &about).await;
    }
    let (mut person, mut events) = (year::Person::new(1, 1), 0);
    for n in 0..DAYS {
        let day = person.day(windows);
        for ((bucket, _), recorded) in BUCKETS.iter().zip([day.windows, day.presence, day.pages]) {
            for some in recorded.chunks(EVENTS_A_REQUEST) {
                let list: Value = some
                    .iter()
                    .map(|one| {
                        let data: Value = serde_json::from_str(one.data.json.as_str()).unwrap();
                        let start = rfc3339(at(n).plus_ms(one.after_ms));
                        let seconds = one.duration_ms as f64 / 1e3;
                        json!({ "timestamp": start, "duration": seconds, "data": data })
                    })
                    .collect();
                post(target, &format!("/api/0/buckets/{bucket}/events"), &list).await;
                events += some.len() as u64;
            }
        }
    }
    events
}

async fn by_application(target: &Target) -> Duration {
    let query = json!({
        "timeperiods": [format!("{}/{}", rfc3339(at(0)), rfc3339(at(DAYS)))],
        "query": [r#"RETURN = merge_events_by_keys(query_bucket("w"), ["app"]);"#],
    });
    let began = Instant::now();
    post(target, "/api/0/query/", &query).await;
    began.elapsed()
}

async fn post(target: &Target, path: &str, body: &Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let status = target.send(&mut target.connect().await, request, body.to_string()).await;
    assert!(matches!(status, 200 | 304), "{path}: {status}");
}

async fn get(target: &Target, path: &str) {
    let status = target.send(&mut target.connect().await, Request::get(path), String::new()).await;
    assert_eq!(status, 200, "{path}");
}

/// The files in a folder and below.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => size(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}
