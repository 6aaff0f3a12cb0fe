//! Imports: repeated, cut, as a form, too large, two at once.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;

use super::Knock;

/// An export with one bucket `b` of so many events.
fn export(events: usize) -> String {
    let event = |n: usize| {
        let (minute, second) = (n / 60 % 60, n % 60);
        format!(
            r#"{{"id":{n},"timestamp":"2026-01-01T10:{minute:02}:{second:02}Z","duration":1.0,"data":{{"n":{n}}}}}"#
        )
    };
    let events = (0..events).map(event).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"buckets":{{"b":{{"id":"b","created":"2020-01-01T00:00:00+00:00","events":[{events}],"type":"t","client":"c","hostname":"h"}}}}}}"#
    )
}

#[tokio::test]
async fn repeated_it_adds_nothing() {
    let knock = Knock::new();
    for _ in 0..2 {
        let reply = knock.post("/import", export(2_500)).await;
        assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, "null"));
        assert_eq!(knock.count().await, 2_500);
    }
    assert_eq!(knock.get("/buckets/b").await.json()["created"], "2020-01-01T00:00:00+00:00");
    let more = export(2_600);
    assert_eq!(knock.post("/import", more).await.status, StatusCode::OK);
    assert_eq!(knock.count().await, 2_600);
}

#[tokio::test]
async fn it_tells_how_it_goes() {
    let knock = Knock::new();
    let told = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let reply = knock.post("/import?told=progress", export(2_500)).await;
    let lines = told(&reply.text);
    assert_eq!(lines[0]["inserted"], 1_000);
    let last = serde_json::json!({"inserted": 2_500, "known": 0, "left_out": 0});
    assert_eq!((lines.len(), lines.last()), (4, Some(&last)));
    let reply = knock.post("/import?told=progress", export(2_600)).await;
    let last = serde_json::json!({"inserted": 100, "known": 2_500, "left_out": 0});
    assert_eq!(told(&reply.text).last(), Some(&last));
    assert_eq!(knock.post("/import", export(1)).await.text, "null", "as aw-server otherwise");
}

#[tokio::test]
async fn cut_in_half_it_changes_nothing() {
    let knock = Knock::new();
    let whole = export(3_000);
    let half = whole[..whole.len() / 2].to_owned();
    let reply = knock.post("/import", half.clone()).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.message().starts_with("This is not an export"));
    let broken = stream::iter([Ok(Bytes::from(half)), Err(std::io::Error::other("gone"))]);
    let reply = knock.post("/import", Body::from_stream(broken)).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(knock.get("/buckets/b").await.status, StatusCode::NOT_FOUND);
    assert_eq!(knock.post("/import", whole).await.status, StatusCode::OK);
    assert_eq!(knock.count().await, 3_000);
}

#[tokio::test]
async fn a_bad_event_at_the_end_changes_nothing() {
    let knock = Knock::new();
    let bad = export(1_500).replace("\"n\":1499", "\"n\":1499},\"extra\":{");
    let reply = knock.post("/import", bad).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.text);
    assert!(reply.message().contains("`extra`"), "{}", reply.text);
    assert_eq!(knock.get("/buckets/").await.text, "{}");
}

#[tokio::test]
async fn as_the_one_file_of_a_form() {
    let knock = Knock::new();
    let send = |body: String| {
        let request = Request::post("/api/0/import");
        let request = request.header("content-type", "multipart/form-data; boundary=\"xYz\"");
        knock.send(request.body(Body::from(body)).unwrap())
    };
    let part = |name: &str, content: &str| {
        format!(
            "--xYz\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"e.json\"\r\nContent-Type: application/json\r\n\r\n{content}\r\n"
        )
    };
    for bad in [
        String::new(),
        "--xYz--\r\n".to_owned(),
        part("buckets", &export(1)),
        format!("{}{}--xYz--\r\n", part("a", &export(1)), part("b", &export(1))),
        format!("{}--xYz--\r\n", part("a", "")),
    ] {
        assert_eq!(send(bad.clone()).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let reply = send(format!("{}--xYz--\r\n", part("buckets", &export(1_200)))).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, "null"));
    assert_eq!(knock.count().await, 1_200);
}

#[tokio::test]
async fn larger_than_allowed_it_is_refused() {
    let knock = Knock::with(|limits| limits.import_bytes = 10_000);
    assert_eq!(knock.post("/import", export(10)).await.status, StatusCode::OK);
    let reply = knock.post("/import", export(1_000)).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(knock.count().await, 10);
}

#[tokio::test]
async fn one_at_a_time_for_a_device() {
    let knock = Knock::new();
    let (sender, receiver) = tokio::sync::oneshot::channel::<Bytes>();
    let body = stream::once(async { receiver.await.map_err(std::io::Error::other) });
    let first = knock.post("/import", Body::from_stream(body));
    let second = async {
        let reply = knock.post("/import", export(1)).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(!reply.message().is_empty());
        sender.send(Bytes::from(export(5))).unwrap();
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(knock.post("/import", export(6)).await.status, StatusCode::OK);
    assert_eq!(knock.count().await, 6);
}
