//! What should not be sent gets a 4xx with a sentence, and nothing changes.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::Knock;

#[tokio::test]
async fn bad_bodies_change_nothing() {
    let knock = Knock::with_bucket().await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let time = r#""timestamp":"2026-01-01T00:00:00Z""#;
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"\"x\"".to_vec(),
        b"{\"timestamp\":\"\xff\"}".to_vec(),
        deep.clone().into(),
        format!(r#"{{{time},"data":{{"a":{deep}}}}}"#).into(),
        format!(r#"{{{time},"data":{{"a":{}1{}}}}}"#, "[".repeat(32), "]".repeat(32)).into(),
        format!(r#"{{{time},"data":{{"a":"{}"}}}}"#, "x".repeat(64 * 1024)).into(),
        format!(r#"{{{time},"data":[]}}"#).into(),
        format!(r#"{{{time},"more":1}}"#).into(),
        format!(r#"{{{time},"duration":-1}}"#).into(),
        format!(r#"{{{time},"duration":NaN}}"#).into(),
        format!(r#"{{{time},"duration":1e999}}"#).into(),
        br#"{"timestamp":"1969-12-31T23:59:59Z"}"#.to_vec(),
        br#"{"timestamp":"2200-01-02T00:00:00Z"}"#.to_vec(),
        br#"{"timestamp":1767225600}"#.to_vec(),
        br#"{"duration":1,"data":{}}"#.to_vec(),
        format!(r#"{{{time}}} {{}}"#).into(),
    ];
    for body in bodies {
        for path in ["/buckets/b/events", "/buckets/b/heartbeat?pulsetime=1"] {
            let reply = knock.post(path, body.clone()).await;
            assert_eq!(
                reply.status,
                StatusCode::BAD_REQUEST,
                "{path} {}",
                String::from_utf8_lossy(&body)
            );
            assert!(reply.message().ends_with('.'), "{}", reply.text);
        }
        assert!(knock.post("/buckets/new", body.clone()).await.status.is_client_error());
        assert!(knock.post("/import", body).await.status.is_client_error());
    }
    // One bad event among good ones: none is taken.
    let list = format!(r#"[{{{time}}},{{{time},"duration":"x"}}]"#);
    assert_eq!(knock.post("/buckets/b/events", list).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(knock.count().await, 0);
    assert_eq!(knock.get("/buckets/new").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bad_parameters_and_addresses() {
    let knock = Knock::with_bucket().await;
    for query in [
        "limit=x",
        "limit=1.5",
        "start=noon",
        "end=",
        "start=1969-01-01",
        "start=2026-01-01T00:00:00+00:00",
    ] {
        let reply = knock.get(&format!("/buckets/b/events?{query}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(!reply.message().is_empty());
    }
    let beat = r#"{"timestamp":"2026-01-01","data":{}}"#;
    let missing = knock.post("/buckets/b/heartbeat", beat).await;
    assert_eq!(
        (missing.status, missing.message().as_str()),
        (StatusCode::BAD_REQUEST, "Missing required parameter pulsetime")
    );
    for pulsetime in ["", "soon", "-1", "NaN", "inf"] {
        let reply = knock.post(&format!("/buckets/b/heartbeat?pulsetime={pulsetime}"), beat).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{pulsetime}");
    }
    let about = r#"{"client":"c","type":"t","hostname":"h"}"#;
    for name in ["%ff", "a%0ab", &"n".repeat(257)] {
        let reply = knock.post(&format!("/buckets/{name}"), about).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(!reply.message().is_empty());
    }
    assert_eq!(knock.get("/buckets/b/events?limit=%ff").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn too_large_or_of_another_type() {
    let knock = Knock::with_bucket().await;
    let large = format!("[{}]", " ".repeat(1024 * 1024));
    let reply = knock.post("/buckets/b/events", large).await;
    assert_eq!((reply.status, reply.message().is_empty()), (StatusCode::PAYLOAD_TOO_LARGE, false));
    for type_ in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = Request::post("/api/0/buckets/b/events").header("content-type", type_);
        let reply = knock.send(request.body(Body::from("[]")).unwrap()).await;
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{type_}");
    }
    let request = Request::post("/api/0/buckets/b/events")
        .header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(knock.send(request.body(Body::from("[]")).unwrap()).await.status, StatusCode::OK);
}
