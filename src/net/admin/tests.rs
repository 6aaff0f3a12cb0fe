//! The admin socket end to end: file mode, who is at the other end, stale files, nobody there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use axum::routing::post;
use axum::{Extension, Router};
use http::{HeaderMap, Method, StatusCode};

use super::*;
use crate::net::Limits;
use crate::net::peer::{Door, Peer};
use crate::net::serve::{Entrance, Listener, Traffic, serve};

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("timebook-admin-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn a_command_reaches_the_server_as_its_own_user() {
    let folder = folder("reach");
    let path = folder.join("admin.sock");
    let listener = AdminListener::bind(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(AdminListener::bind(&path), Err(AdminError::AlreadyServed)));
    let router = Router::new().route(
        "/echo",
        post(async |Extension(peer): Extension<Peer>, body: String| {
            assert_eq!((peer.door, peer.secure), (Door::Admin, true));
            assert!(peer.os_user.unwrap().is_own);
            body
        }),
    );
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let entrance = Entrance { listener: Listener::Admin(listener), router };
    let server = tokio::spawn(serve(
        vec![entrance],
        Limits::default(),
        Arc::new(Traffic::default()),
        async {
            stopped.await.unwrap();
        },
    ));
    let answer = admin_request(
        &path,
        Method::POST,
        "/echo",
        Some(body_of("{\"a\":1}".into())),
        &HeaderMap::new(),
    )
    .await
    .unwrap();
    assert_eq!(answer, (StatusCode::OK, "{\"a\":1}".into()));
    assert_eq!(
        admin_request(&path, Method::GET, "/nothing", None, &HeaderMap::new()).await.unwrap().0,
        StatusCode::NOT_FOUND
    );
    stop.send(()).unwrap();
    server.await.unwrap();
    assert!(!path.exists(), "the file goes with the server");
    assert!(matches!(
        admin_request(&path, Method::GET, "/", None, &HeaderMap::new()).await,
        Err(AdminError::NotRunning(_))
    ));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_file_of_a_dead_server_is_replaced() {
    let folder = folder("stale");
    let path = folder.join("admin.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(matches!(
        admin_request(&path, Method::GET, "/", None, &HeaderMap::new()).await,
        Err(AdminError::NotRunning(_))
    ));
    let listener = AdminListener::bind(&path).unwrap();
    drop(listener);
    assert!(matches!(
        AdminListener::bind(&folder.join("x".repeat(120))),
        Err(AdminError::PathTooLong(_))
    ));
    std::fs::remove_dir_all(folder).unwrap();
}
