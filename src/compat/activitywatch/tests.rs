//! The door over the real store: what the sheet of ActivityWatch's interface says, asked request by request.

mod book;
mod buckets;
mod events;
mod hostile;
mod imports;
mod queries;
mod waiting;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{Limits, RecordsInto, for_browsers, router};
use crate::domain::id::DeviceId;
use book::TestBook;

/// A door to knock at.
struct Knock {
    router: Router,
    book: TestBook,
    _folder: tempfile::TempDir,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }
}

impl Knock {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let book = TestBook::new(folder.path());
        let mut limits = Limits::new(folder.path().to_path_buf());
        change(&mut limits);
        let device = RecordsInto(DeviceId::from_bytes([7; 16]));
        let inside = router(book.clone(), limits).layer(axum::Extension(device));
        Self { router: for_browsers(inside), book, _folder: folder }
    }

    /// With one bucket `b`.
    async fn with_bucket() -> Self {
        let knock = Self::new();
        let about = r#"{"client":"c","type":"currentwindow","hostname":"h"}"#;
        assert_eq!(knock.post("/buckets/b", about).await.text, "{}");
        knock
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    async fn ask(&self, method: &str, path: &str, body: impl Into<Body>) -> Reply {
        let request = Request::builder().method(method).uri(format!("/api/0{path}"));
        let request = request.header("content-type", "application/json").body(body.into());
        self.send(request.unwrap()).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "").await
    }

    async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.ask("POST", path, body).await
    }

    async fn beat(&self, time: &str, pulsetime: &str, data: &str) -> Value {
        let body = format!(r#"{{"timestamp":"2026-01-01T{time}Z","duration":0,"data":{data}}}"#);
        let reply = self.post(&format!("/buckets/b/heartbeat?pulsetime={pulsetime}"), body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply.json()
    }

    async fn count(&self) -> u64 {
        self.get("/buckets/b/events/count").await.text.parse().unwrap()
    }
}
