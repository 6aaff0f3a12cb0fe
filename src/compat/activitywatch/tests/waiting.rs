//! A book that cannot be reached: heartbeats wait for it, the rest is told.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;

use super::Knock;

#[tokio::test]
async fn a_heartbeat_waits_and_is_taken_once() {
    let knock = Knock::with_bucket().await;
    let before = knock.book.changes.load(Ordering::SeqCst);
    knock.book.fail(4);
    let event = knock.beat("10:00:00", "5", "{}").await;
    assert_eq!(event["id"], 1);
    assert_eq!(knock.book.changes.load(Ordering::SeqCst) - before, 5);
    assert_eq!(knock.count().await, 1);
}

#[tokio::test]
async fn a_heartbeat_without_room_waits_for_room() {
    let knock = Knock::with(|limits| limits.heartbeats = 1);
    let about = r#"{"client":"c","type":"t","hostname":"h"}"#;
    assert_eq!(knock.post("/buckets/b", about).await.text, "{}");
    knock.book.fail(2);
    let (one, two, three) = tokio::join!(
        knock.beat("10:00:00", "5", "{}"),
        knock.beat("10:00:01", "5", "{}"),
        knock.beat("10:00:02", "5", "{}"),
    );
    assert_eq!((&one["id"], &two["id"], &three["id"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(knock.count().await, 1);
}

#[tokio::test]
async fn everything_else_is_told_to_try_again() {
    let knock = Knock::with_bucket().await;
    for path in ["/buckets/", "/buckets/b", "/buckets/b/events/count", "/settings"] {
        knock.book.fail(1);
        let reply = knock.get(path).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(reply.headers["retry-after"], "1");
        assert!(reply.message().ends_with('.'));
    }
}

#[tokio::test]
async fn an_import_and_a_list_wait_a_while() {
    let knock = Knock::with_bucket().await;
    knock.book.fail(2);
    let export = r#"{"buckets":{"b":{"type":"t","client":"c","hostname":"h","events":[{"timestamp":"2026-01-01"}]}}}"#;
    assert_eq!(knock.post("/import", export).await.status, StatusCode::OK);
    knock.book.fail(2);
    assert_eq!(knock.get("/buckets/b/events").await.json().as_array().unwrap().len(), 1);
}
