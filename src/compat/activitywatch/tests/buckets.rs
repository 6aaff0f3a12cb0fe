//! Info, buckets, settings, and the addresses there are.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use super::Knock;

#[tokio::test]
async fn info_says_who_answers() {
    let info = Knock::new().get("/info").await;
    assert_eq!(info.headers["content-type"], "application/json");
    let info = info.json();
    assert_eq!(info["hostname"], "desk");
    assert_eq!(info["testing"], false);
    assert_eq!(info["device_id"], "07070707-0707-0707-0707-070707070707");
    assert!(info["version"].as_str().unwrap().starts_with('v'));
}

#[tokio::test]
async fn a_bucket_is_made_once_shown_changed_and_deleted() {
    let knock = Knock::with_bucket().await;
    let about = r#"{"client":"c","type":"t","hostname":"other"}"#;
    let again = knock.post("/buckets/b", about).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));

    let bucket = knock.get("/buckets/b").await.json();
    assert_eq!(
        bucket,
        json!({"id":"b","created":"1970-01-01T00:00:00+00:00","name":null,"type":"currentwindow","client":"c","hostname":"h","data":{}})
    );
    knock.beat("10:00:00", "5", "{}").await;
    knock.beat("10:00:02", "5", "{}").await;
    let listed = knock.get("/buckets/").await.json();
    assert_eq!(listed["b"]["last_updated"], "2026-01-01T10:00:02+00:00");

    assert_eq!(knock.ask("PUT", "/buckets/b", r#"{"client":"c2"}"#).await.text, "{}");
    assert_eq!(knock.get("/buckets/b").await.json()["client"], "c2");
    assert_eq!(knock.ask("PUT", "/buckets/no", "{}").await.status, StatusCode::NOT_FOUND);

    assert_eq!(knock.ask("DELETE", "/buckets/b", "{}").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(knock.ask("DELETE", "/buckets/b?force=1", "{}").await.text, "{}");
    let gone = knock.ask("DELETE", "/buckets/b?force=1", "{}").await;
    assert_eq!(
        (gone.status, gone.message()),
        (StatusCode::NOT_FOUND, "There's no bucket named b".to_owned())
    );
    assert_eq!(knock.get("/buckets/").await.text, "{}");
}

#[tokio::test]
async fn local_stands_for_this_computer() {
    let knock = Knock::new();
    let about = r#"{"client":"c","type":"t","hostname":"!local","data":{"a":1}}"#;
    assert_eq!(knock.post("/buckets/x%20y%2Fz", about).await.text, "{}");
    let bucket = knock.get("/buckets/x%20y%2Fz").await.json();
    assert_eq!(bucket["id"], "x y/z");
    assert_eq!(bucket["hostname"], "desk");
    assert_eq!(
        bucket["data"],
        json!({"a": 1, "device_id": "07070707-0707-0707-0707-070707070707"})
    );
}

#[tokio::test]
async fn settings_are_kept_word_for_word() {
    let knock = Knock::new();
    assert_eq!(knock.get("/settings").await.text, "{}");
    assert_eq!(knock.get("/settings/theme").await.text, "null");
    let echoed = knock.post("/settings/theme", r#"{ "b": [false], "a": 1.50 }"#).await;
    assert_eq!(
        (echoed.status, echoed.text.as_str()),
        (StatusCode::OK, r#"{"a":1.50,"b":[false]}"#)
    );
    assert_eq!(knock.post("/settings/on", "false").await.text, "false");
    assert_eq!(knock.get("/settings").await.text, r#"{"on":false,"theme":{"a":1.50,"b":[false]}}"#);
    assert_eq!(knock.post("/settings/on", "null").await.text, "null");
    assert_eq!(knock.ask("DELETE", "/settings/theme", "").await.text, "null");
    assert_eq!(knock.get("/settings").await.text, "{}");
    let long = format!("/settings/{}", "k".repeat(128));
    assert_eq!(knock.post(&long, "1").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn slashes_at_the_end_do_not_matter_and_other_addresses_are_told() {
    let knock = Knock::with_bucket().await;
    for path in [
        "/info/",
        "/buckets",
        "/buckets/",
        "/buckets/b/",
        "/buckets/b/events/",
        "/settings/",
        "/export/",
    ] {
        assert_eq!(knock.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/nothing", "/buckets/b/events/x", "/buckets/b/events/99999999999999999999"] {
        let reply = knock.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(reply.message().ends_with('.'), "{path}");
    }
    let reply = knock.post("/info", "{}").await;
    assert_eq!((reply.status, reply.message().is_empty()), (StatusCode::METHOD_NOT_ALLOWED, false));
}

#[tokio::test]
async fn browsers_are_answered_by_origin() {
    let knock = Knock::with_bucket().await;
    let ask = |method: &str, origin: &str, preflight: bool| {
        let mut request = Request::builder().method(method).uri("/api/0/buckets/n");
        request = request.header("origin", origin).header("content-type", "application/json");
        if preflight {
            request = request.header("access-control-request-method", "POST");
        }
        knock.send(request.body(Body::from(r#"{"client":"c","type":"t","hostname":"h"}"#)).unwrap())
    };
    let watcher = "moz-extension://3f1e";
    let asked = ask("OPTIONS", watcher, true).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(asked.headers["access-control-allow-origin"], watcher);
    assert!(
        asked.headers["access-control-allow-headers"].to_str().unwrap().contains("authorization")
    );
    let foreign = ask("OPTIONS", "https://example.org", true).await;
    assert!(!foreign.headers.contains_key("access-control-allow-origin"));

    assert_eq!(ask("POST", "https://example.org", false).await.status, StatusCode::FORBIDDEN);
    assert_eq!(knock.get("/buckets/n").await.status, StatusCode::NOT_FOUND);
    let made = ask("POST", watcher, false).await;
    assert_eq!(made.status, StatusCode::OK);
    assert_eq!(made.headers["access-control-allow-origin"], watcher);
}

#[tokio::test]
async fn without_a_device_nothing_is_answered_but_browsers_questions() {
    let folder = tempfile::tempdir().unwrap();
    let book = super::TestBook::new(folder.path());
    let inside = super::router(book.clone(), super::Limits::new(folder.path().to_path_buf()));
    let knock = Knock { router: super::for_browsers(inside), book, _folder: folder };
    for path in ["/info", "/buckets/", "/buckets/b", "/buckets/b/events", "/export", "/settings"] {
        assert_eq!(knock.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
