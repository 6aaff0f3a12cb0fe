//! Events and heartbeats, as the sheet says.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Knock;

async fn filled() -> Knock {
    let knock = Knock::with_bucket().await;
    let events = r#"[
        {"timestamp":"2026-01-01T12:00:00Z","duration":60,"data":{"n":1}},
        {"timestamp":"2026-01-01T12:01:00Z","duration":60,"data":{"n":2}},
        {"timestamp":"2026-01-01T12:02:00Z","duration":60,"data":{"n":3}}]"#;
    let reply = knock.post("/buckets/b/events", events).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, "null"));
    knock
}

async fn numbers(knock: &Knock, query: &str) -> Vec<u64> {
    let events = knock.get(&format!("/buckets/b/events{query}")).await.json();
    events.as_array().unwrap().iter().map(|e| e["data"]["n"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn newest_first_and_no_more_than_asked() {
    let knock = filled().await;
    assert_eq!(numbers(&knock, "").await, [3, 2, 1]);
    assert_eq!(numbers(&knock, "?limit=-1").await, [3, 2, 1]);
    assert_eq!(numbers(&knock, "?limit=2").await, [3, 2]);
    assert_eq!(numbers(&knock, "?limit=0").await, [0_u64; 0]);
    assert_eq!(numbers(&knock, "?start=2026-01-02").await, [0_u64; 0]);
    assert_eq!(numbers(&knock, "?end=2026-01-01T12:00:30Z").await, [1]);
    for path in [
        "/buckets/no/events",
        "/buckets/no/events?limit=0",
        "/buckets/no/events/count",
        "/buckets/no/events/1",
    ] {
        assert_eq!(knock.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn clipped_to_the_window() {
    let knock = filled().await;
    let window = "?start=2026-01-01T12:00:30Z&end=2026-01-01T12:02:30%2B00:00";
    let events = knock.get(&format!("/buckets/b/events{window}")).await.json();
    let spans: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["timestamp"].clone(), e["duration"].clone()))
        .collect();
    // The end of a window is the next millisecond, as aw-server takes it.
    assert_eq!(
        spans,
        [
            (json!("2026-01-01T12:02:00+00:00"), serde_json::from_str::<Value>("30.001").unwrap()),
            (json!("2026-01-01T12:01:00+00:00"), serde_json::from_str("60.0").unwrap()),
            (json!("2026-01-01T12:00:30+00:00"), serde_json::from_str("30.0").unwrap()),
        ]
    );
    assert_eq!(knock.get(&format!("/buckets/b/events/count{window}")).await.text, "3");
    assert_eq!(knock.count().await, 3);
}

#[tokio::test]
async fn one_event_is_shown_replaced_and_deleted() {
    let knock = filled().await;
    let one = knock.get("/buckets/b/events/2").await.text;
    assert_eq!(
        one,
        r#"{"id":2,"timestamp":"2026-01-01T12:01:00+00:00","duration":60.0,"data":{"n":2}}"#
    );
    let replacement = r#"{"id":2,"timestamp":"2026-01-01T11:00:00Z","duration":5,"data":{"n":9}}"#;
    assert_eq!(knock.post("/buckets/b/events", replacement).await.text, "null");
    assert_eq!(numbers(&knock, "").await, [3, 1, 9]);
    for id in ["0", "18446744073709551615", "\"2\""] {
        let no_number = format!(r#"{{"id":{id},"timestamp":"2026-01-01T11:00:00Z"}}"#);
        let reply = knock.post("/buckets/b/events", no_number).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{id}");
    }
    assert_eq!(knock.count().await, 3);
    let never_given = r#"{"id":99,"timestamp":"2026-01-01T11:00:01Z","data":{"n":4}}"#;
    assert_eq!(knock.post("/buckets/b/events", never_given).await.text, "null");
    assert_eq!(knock.get("/buckets/b/events/4").await.json()["data"]["n"], 4);

    assert_eq!(knock.ask("DELETE", "/buckets/b/events/2", "{}").await.text, r#"{"success":1}"#);
    assert_eq!(knock.ask("DELETE", "/buckets/b/events/2", "{}").await.text, r#"{"success":0}"#);
    let gone = knock.get("/buckets/b/events/2").await;
    assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NOT_FOUND, "null"));
    assert_eq!(
        knock.ask("DELETE", "/buckets/no/events/2", "{}").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn long_lists_come_page_by_page_and_whole() {
    let knock = Knock::with_bucket().await;
    // 2 500 events, many beginning at the same moment: a page may end in the middle of them.
    let event = |n: u64| {
        format!(r#"{{"timestamp":"2026-01-01T00:{:02}:00Z","data":{{"n":{n}}}}}"#, n / 700)
    };
    let events: Vec<_> = (0..2_500).map(event).collect();
    assert_eq!(
        knock.post("/buckets/b/events", format!("[{}]", events.join(","))).await.text,
        "null"
    );
    let all = numbers(&knock, "").await;
    assert_eq!(all.len(), 2_500);
    let mut sorted = all.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..2_500).collect::<Vec<_>>());
    assert_eq!(numbers(&knock, "?limit=1000").await, all[..1_000]);
    assert_eq!(numbers(&knock, "?limit=2001").await, all[..2_001]);
    assert_eq!(knock.count().await, 2_500);
    let export = knock.get("/export").await.json();
    assert_eq!(export["buckets"]["b"]["events"].as_array().unwrap().len(), 2_500);
}

#[tokio::test]
async fn heartbeats_merge_up_to_the_pulsetime_and_not_beyond() {
    let knock = Knock::with_bucket().await;
    let first = knock.beat("10:00:00", "5", r#"{"app":"x"}"#).await;
    let merged = knock.beat("10:00:05.000", "5.0", r#"{"app":"x"}"#).await;
    assert_eq!((&merged["id"], merged["duration"].as_f64()), (&first["id"], Some(5.0)));
    let next = knock.beat("10:00:10.001", "5.0", r#"{"app":"x"}"#).await;
    assert_ne!(next["id"], first["id"]);
    assert_eq!(next["timestamp"], "2026-01-01T10:00:10.001000+00:00");
    assert_eq!(knock.count().await, 2);
}

#[tokio::test]
async fn other_data_or_an_older_time_is_an_event_of_its_own() {
    let knock = Knock::with_bucket().await;
    let last = knock.beat("10:00:00", "60", r#"{"app":"x","title":"t"}"#).await;
    let older = knock.beat("09:59:59", "60", r#"{"app":"x","title":"t"}"#).await;
    assert_ne!(older["id"], last["id"]);
    // The same data in another order of keys, after an older one: the newest grows, and only that row (aw-server-rust#554).
    let grown = knock.beat("10:00:30", "60", r#"{"title":"t","app":"x"}"#).await;
    assert_eq!((&grown["id"], grown["duration"].as_f64()), (&last["id"], Some(30.0)));
    let kept = knock.get(&format!("/buckets/b/events/{}", older["id"])).await.json();
    assert_eq!(kept, older);
    let other = knock.beat("10:00:31", "60", r#"{"app":"y"}"#).await;
    assert_ne!(other["id"], last["id"]);
    assert_eq!(knock.count().await, 3);
}

#[tokio::test]
async fn a_heartbeats_number_means_nothing() {
    let knock = Knock::with_bucket().await;
    let body = r#"{"id":18446744073709551615,"timestamp":"2026-01-01T10:00:00Z","data":{}}"#;
    let event = knock.post("/buckets/b/heartbeat?pulsetime=1", body).await.json();
    assert_eq!(event["id"], 1);
}

#[tokio::test]
async fn an_export_reads_back() {
    let knock = filled().await;
    let one = knock.get("/buckets/b/export").await;
    assert_eq!(one.headers["content-disposition"], "attachment; filename=aw-bucket-export_b.json");
    let all = knock.get("/export").await;
    assert_eq!(all.headers["content-disposition"], "attachment; filename=aw-buckets-export.json");
    assert_eq!(one.json(), all.json());
    assert_eq!(
        all.json()["buckets"]["b"]["events"][0],
        serde_json::from_str::<Value>(
            r#"{"timestamp":"2026-01-01T12:02:00+00:00","duration":60.0,"data":{"n":3}}"#
        )
        .unwrap()
    );
    assert_eq!(Knock::new().get("/export").await.text, r#"{"buckets":{}}"#);

    let other = Knock::new();
    let imported = other.post("/import", all.text.clone()).await;
    assert_eq!((imported.status, imported.text.as_str()), (StatusCode::OK, "null"));
    assert_eq!(other.get("/export").await.text, all.text);
}
