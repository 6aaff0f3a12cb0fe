//! A load of heartbeats over HTTP/1.1, as watchers send them: one request at a time on each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::spread::Spread;

/// What a load measured.
pub(crate) type Load = Spread;

/// Where heartbeats go.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Over TLS with this configuration, or plain.
    pub(crate) tls: Option<Arc<rustls::ClientConfig>>,
    /// The Authorization header.
    pub(crate) authorization: Option<String>,
    /// Who it calls: only the office's own name is asked who calls.
    pub(crate) name: &'static str,
}

/// Every measurement has buckets of its own: heartbeats older than a bucket's newest event would be another kind of work.
static MEASUREMENT: AtomicUsize = AtomicUsize::new(0);

/// Heartbeats for `run` on `connections` connections, each with its own bucket.
pub(crate) async fn heartbeats(target: &Target, connections: usize, run: Duration) -> Load {
    let first = MEASUREMENT.fetch_add(1, Ordering::Relaxed) * 1_000;
    let started = Instant::now();
    let mut tasks = Vec::new();
    for number in first..first + connections {
        let target = target.clone();
        tasks.push(tokio::spawn(async move {
            let mut sender = target.connect().await;
            target.create_bucket(&mut sender, number).await;
            let mut durations = Vec::new();
            while started.elapsed() < run {
                let begun = Instant::now();
                target.heartbeat(&mut sender, number, durations.len()).await;
                durations.push(begun.elapsed());
            }
            durations
        }));
    }
    gather(tasks, started).await
}

/// Requests for `run` that commit nothing, on `connections` connections: what HTTPS alone costs here.
pub(crate) async fn round_trips(target: &Target, connections: usize, run: Duration) -> Load {
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let target = target.clone();
        tasks.push(tokio::spawn(async move {
            let mut sender = target.connect().await;
            let mut durations = Vec::new();
            while started.elapsed() < run {
                let begun = Instant::now();
                let status = target.send(&mut sender, Request::get("/healthz"), String::new());
                assert_eq!(status.await, 200, "a round trip");
                durations.push(begun.elapsed());
            }
            durations
        }));
    }
    gather(tasks, started).await
}

/// New connections for `run`, each with one heartbeat, `at_once` at a time.
pub(crate) async fn connections(target: &Target, at_once: usize, run: Duration) -> Load {
    let first = MEASUREMENT.fetch_add(1, Ordering::Relaxed) * 1_000;
    let started = Instant::now();
    let mut tasks = Vec::new();
    for number in first..first + at_once {
        let target = target.clone();
        tasks.push(tokio::spawn(async move {
            let mut durations = Vec::new();
            let mut sender = target.connect().await;
            target.create_bucket(&mut sender, number).await;
            while started.elapsed() < run {
                let begun = Instant::now();
                let mut sender = target.connect().await;
                target.heartbeat(&mut sender, number, durations.len()).await;
                durations.push(begun.elapsed());
            }
            durations
        }));
    }
    gather(tasks, started).await
}

async fn gather(tasks: Vec<tokio::task::JoinHandle<Vec<Duration>>>, started: Instant) -> Load {
    let mut durations = Vec::new();
    for task in tasks {
        durations.extend(task.await.expect("a connection ends"));
    }
    Spread::new(durations, started.elapsed())
}

impl Target {
    /// A new connection.
    pub(crate) async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        match &self.tls {
            Some(config) => {
                // No resumption: a full handshake each time, as a stock client does.
                let name = ServerName::try_from(self.name).expect("a name");
                let stream = TlsConnector::from(Arc::clone(config))
                    .connect(name, stream)
                    .await
                    .expect("TLS");
                self.shake(TokioIo::new(stream)).await
            }
            None => self.shake(TokioIo::new(stream)).await,
        }
    }

    async fn shake<I>(&self, stream: I) -> SendRequest<Full<Bytes>>
    where
        I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(stream).await.expect("HTTP");
        tokio::spawn(connection);
        sender
    }

    async fn create_bucket(&self, sender: &mut SendRequest<Full<Bytes>>, number: usize) {
        let body = r#"{"client":"load","type":"currentwindow","hostname":"load"}"#;
        let status =
            self.post(sender, &format!("/api/0/buckets/load-{number}"), body.to_owned()).await;
        assert!(status == 200 || status == 304, "a bucket: {status}");
    }

    async fn heartbeat(&self, sender: &mut SendRequest<Full<Bytes>>, number: usize, beat: usize) {
        let seconds = beat % 60;
        let minutes = beat / 60 % 60;
        let hours = beat / 3_600 % 24;
        let title = beat / 10;
        let body = format!(
            r#"{{"timestamp":"2026-01-01T{hours:02}:{minutes:02}:{seconds:02}.000000+00:00","duration":0,"data":{{"app":"editor","title":"document {title}"}}}}"#
        );
        let status = self
            .post(sender, &format!("/api/0/buckets/load-{number}/heartbeat?pulsetime=5"), body)
            .await;
        assert_eq!(status, 200, "a heartbeat");
    }

    async fn post(&self, sender: &mut SendRequest<Full<Bytes>>, path: &str, body: String) -> u16 {
        self.send(sender, Request::post(path).header("content-type", "application/json"), body)
            .await
    }

    /// Sends one request and reads its answer; with the status of that.
    pub(crate) async fn send(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        request: http::request::Builder,
        body: impl Into<Bytes>,
    ) -> u16 {
        let mut request = request.header("host", "localhost");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let request = request.body(Full::new(body.into())).expect("a request");
        sender.ready().await.expect("a ready connection");
        let response = sender.send_request(request).await.expect("a response");
        let status = response.status().as_u16();
        response.into_body().collect().await.expect("a body");
        status
    }
}
