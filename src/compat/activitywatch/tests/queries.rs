//! Queries through the door, over the real store.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Knock;

/// More events than a page of the book, one a second.
const EVENTS: u32 = 2_500;

async fn filled() -> Knock {
    let knock = Knock::with_bucket().await;
    let event = |n: u32| {
        let at = format!("2026-01-01T{:02}:{:02}:{:02}Z", n / 3_600, n / 60 % 60, n % 60);
        json!({"timestamp": at, "duration": 1, "data": {"app": format!("app-{}", n % 5)}})
    };
    let events: Vec<Value> = (0..EVENTS).map(event).collect();
    let reply = knock.post("/buckets/b/events", json!(events).to_string()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    knock
}

fn body(query: &str, periods: &[&str]) -> String {
    json!({"query": [query], "timeperiods": periods}).to_string()
}

#[tokio::test]
async fn one_answer_for_each_period_over_all_pages() {
    let knock = filled().await;
    let query = r#"e = query_bucket(find_bucket("b")); e = merge_events_by_keys(e, ["app"]);
        RETURN = {"apps": sort_by_duration(e), "s": sum_durations(e), "n": query_bucket_eventcount("b")};"#;
    let periods = ["2026-01-01/2026-01-02", "2026-01-01T00:00:00Z/2026-01-01T00:00:10Z"];
    for path in ["/query/", "/query", "/query/?name=x&cache=1"] {
        let reply = knock.post(path, body(query, &periods)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let told = reply.json();
        assert_eq!(told[0]["apps"].as_array().unwrap().len(), 5);
        assert_eq!((&told[0]["s"], &told[0]["n"]), (&json!(2500.0), &json!(2_500)));
        // The last one only touches: an event ends where it began.
        assert_eq!(told[1]["n"], json!(11));
    }
    assert_eq!(knock.post("/query/", body("", &[])).await.text, "[]");
}

#[tokio::test]
async fn what_is_no_query_is_refused_with_a_sentence() {
    let knock = filled().await;
    for (query, type_) in [
        ("RETURN = (", "QueryParseException"),
        ("RETURN = x;", "QueryInterpretException"),
        ("RETURN = query_bucket(\"no\");", "QueryFunctionException"),
    ] {
        let reply = knock.post("/query/", body(query, &["2026-01-01/2026-01-02"])).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}: {}", reply.text);
        assert_eq!(reply.json()["type"], type_);
        assert!(!reply.message().is_empty());
    }
    for bad in ["{}", "[]", "x", r#"{"query":"RETURN = 1;","timeperiods":[]}"#] {
        assert_eq!(knock.post("/query/", bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(knock.get("/query/").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_book_that_is_away_is_told_as_such() {
    let knock = filled().await;
    let query = body("RETURN = sum_durations(query_bucket(\"b\"));", &["2026-01-01/2026-01-02"]);
    knock.book.fail(1);
    let reply = knock.post("/query/", query.clone()).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
    assert_eq!(knock.post("/query/", query).await.json(), json!([2500.0]));
}

/// Clients that ask for much and do not read hold no more than the room for it, and nobody waits for them.
#[tokio::test]
async fn long_answers_nobody_reads_leave_the_door_open() {
    let knock = Knock::with(|limits| limits.answer_bytes = 700 * 1024);
    let about = r#"{"client":"c","type":"currentwindow","hostname":"h"}"#;
    assert_eq!(knock.post("/buckets/b", about).await.text, "{}");
    let long = "x".repeat(1_000);
    let event = |n: u32| json!({"timestamp": format!("2026-01-01T00:{:02}:{:02}Z", n / 60, n % 60), "duration": 1, "data": {"app": "a", "title": long}});
    let events: Vec<Value> = (0..500).map(event).collect();
    let reply = knock.post("/buckets/b/events", json!(events).to_string()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let query = |what: &str| body(&format!("RETURN = {what};"), &["2026-01-01/2026-01-02"]);
    let whole = || {
        let request = Request::builder().method("POST").uri("/api/0/query/");
        let request = request.header("content-type", "application/json");
        request.body(Body::from(query("query_bucket(\"b\")"))).unwrap()
    };
    let unread = knock.router.clone().oneshot(whole()).await.unwrap();
    assert_eq!(unread.status(), StatusCode::OK);
    let refused = knock.send(whole()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{:.100}", refused.text);
    let short = knock.post("/query/", query("query_bucket_eventcount(\"b\")")).await;
    assert_eq!(short.json(), json!([500]), "a short answer needs no room");
    drop(unread);
    let read = knock.send(whole()).await;
    assert_eq!(read.json()[0].as_array().unwrap().len(), 500);
    assert_eq!(knock.send(whole()).await.status, StatusCode::OK, "read is as good as gone");
}
