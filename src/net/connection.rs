//! One connection from its first byte to its last: HTTP over whatever bytes it is given, until it ends, idles out, or
//! the server drains.
//!
//! Runs in a task of its own, so that a panic in a handler takes down one connection and nothing else.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tower::Service;
use tower_http::timeout::TimeoutBody;

use super::activity::{Activity, Owed, Tracked};
use super::patience::Patience;
use super::{Limits, Peer};

/// What the server wants of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Serve.
    Run,
    /// Finish the running requests, take no new ones.
    Drain,
    /// End now.
    Abort,
}

/// Tells a request that is answered for long that the server wants its connections to end. Every request carries one.
#[derive(Clone, Debug)]
pub struct Draining {
    connections: watch::Receiver<Stage>,
    /// Also what is behind the doors may want it, while connections stay.
    behind: Option<watch::Receiver<bool>>,
}

impl Draining {
    /// The same, and also as soon as `behind` says so or is gone.
    #[must_use]
    pub fn or(self, behind: watch::Receiver<bool>) -> Self {
        Self { behind: Some(behind), ..self }
    }

    /// Waits until then.
    pub async fn begun(&mut self) {
        // A server that is gone altogether drains, too.
        let connections = self.connections.wait_for(|stage| *stage != Stage::Run);
        match &mut self.behind {
            Some(behind) => tokio::select! {
                _ = connections => {}
                _ = behind.wait_for(|drains| *drains) => {}
            },
            None => drop(connections.await),
        }
    }
}

/// HTTP version of a connection, agreed in the TLS handshake (plain doors speak HTTP/1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// Serves requests on `io` to the end.
pub(super) async fn serve_connection<S>(
    io: S,
    version: Version,
    peer: Peer,
    router: Router,
    limits: Arc<Limits>,
    stage: watch::Receiver<Stage>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Activity::new();
    let head = (version == Version::Http1).then_some(limits.head);
    let io = TokioIo::new(Patience::new(io, Arc::clone(&activity), head, limits.stall));
    let stall = limits.stall;
    let requests = Arc::clone(&activity);
    let draining = Draining { connections: stage.clone(), behind: None };
    let service = service_fn(move |request: Request<Incoming>| {
        let running = requests.begin();
        // Reading on would invite the body of a caller who asks first.
        let asks_first = request.headers().contains_key(EXPECT);
        let (parts, inner) = request.into_parts();
        let (body, rest) = Owed::new(inner);
        let mut request = Request::from_parts(parts, Body::new(TimeoutBody::new(stall, body)));
        request.extensions_mut().insert(peer.clone());
        request.extensions_mut().insert(draining.clone());
        // A Router is always ready; a clone is a handful of reference counts.
        let answer = router.clone().call(request);
        let requests = Arc::clone(&requests);
        async move {
            let mut response = answer.await?;
            rest.read(asks_first, &requests).await;
            // The rest of a body nobody reads stands between this answer and the next request: the caller must not wait for one here.
            if version == Version::Http1 && requests.is_owed() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|inner| Tracked::new(inner, running)))
        }
    });
    match version {
        Version::Http1 => {
            // hyper's own head clock (off unless set) would also cut idle connections; `patience` has one that does not.
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(None);
            http.max_headers(limits.headers)
                .max_header_size(limits.head_bytes)
                .max_buf_size(limits.head_bytes.max(SMALLEST_BUFFER));
            drive(http.serve_connection(io, service), &activity, &limits, stage).await;
        }
        Version::Http2 => {
            let mut http = http2::Builder::new(TokioExecutor::new());
            http.timer(TokioTimer::new())
                .max_concurrent_streams(limits.streams)
                .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
                .keep_alive_interval(KEEP_ALIVE)
                .keep_alive_timeout(KEEP_ALIVE);
            drive(http.serve_connection(io, service), &activity, &limits, stage).await;
        }
    }
}

/// Runs the connection until it ends by itself, idles out, or the server wants it gone.
async fn drive<C>(
    connection: C,
    activity: &Activity,
    limits: &Limits,
    mut stage: watch::Receiver<Stage>,
) where
    C: GracefulConnection<Error = hyper::Error>,
{
    let mut connection = std::pin::pin!(connection);
    let mut cut_off: Option<Instant> = None;
    let mut drains_since: Option<Instant> = None;
    loop {
        let idle_since = activity.idle_since();
        let idle_end = match drains_since {
            Some(drains_since) => {
                idle_since.unwrap_or_else(Instant::now).max(drains_since) + limits.farewell
            }
            None => idle_since.unwrap_or_else(Instant::now) + limits.idle,
        };
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                }
                return;
            }
            () = sleep_until(cut_off.unwrap_or(idle_end)) => {
                if cut_off.is_some() {
                    return;
                }
                // Looked at again: a request may have come and gone meanwhile.
                let rests = |at_least| activity.idle_since().is_some_and(|since| since.elapsed() >= at_least);
                if drains_since.is_some() && rests(limits.farewell) {
                    return;
                }
                if drains_since.is_none() && rests(limits.idle) {
                    connection.as_mut().graceful_shutdown();
                    cut_off = Some(Instant::now() + limits.stall);
                }
            }
            changed = stage.changed() => {
                if changed.is_err() || *stage.borrow_and_update() == Stage::Abort {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                // HTTP/2 asks the other side whether all was received; one that asks for nothing and does not answer is gone.
                drains_since = Some(Instant::now());
            }
        }
    }
}

/// How often a silent HTTP/2 peer is asked whether it is still there, and how long it may take to answer.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// hyper refuses a smaller read buffer.
const SMALLEST_BUFFER: usize = 8 * 1024;
