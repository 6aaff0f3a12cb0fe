//! A plain HTTP client for stories: one request, one reply, all as values. It must never retry: a story wants to see the failure.

use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

pub struct Http {
    base: String,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

/// What a request without a reply tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listened: a client would lose what it sent.
    Refused(String),
    /// The connection broke or timed out after it was made.
    Broken(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Http {
    /// A client of `base` such as `http://127.0.0.1:5600`.
    pub fn new(base: &str) -> Self {
        Self::build(base, |c| c)
    }

    /// A client that trusts this CA file and no other.
    pub fn with_ca(base: &str, ca: &Path) -> Self {
        let pem = std::fs::read(ca).unwrap_or_else(|e| panic!("{}: {e}", ca.display()));
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
        Self::build(base, |c| c.tls_certs_only(certificates))
    }

    /// A client that asks for the office by its own name, as agents do, and may show a certificate and key (PEM).
    pub fn to_office(address: SocketAddr, ca: &Path, identity: Option<&str>) -> Self {
        let pem = std::fs::read(ca).unwrap_or_else(|e| panic!("{}: {e}", ca.display()));
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
        Self::build(&format!("https://{OFFICE}:{}", address.port()), |client| {
            let client = client.tls_certs_only(certificates).resolve(OFFICE, address);
            match identity {
                Some(pem) => client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()),
                None => client,
            }
        })
    }

    fn build(
        base: &str,
        adjust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let plain = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        Self {
            base: base.trim_end_matches('/').into(),
            client: adjust(plain).build().unwrap(),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            headers: Vec::new(),
        }
    }

    /// `host:port` of a plain base.
    pub fn address(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// Adds a header to every request from now on.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// One request with a raw body; `type_` is the content type, empty for none.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        type_: &str,
        body: Vec<u8>,
    ) -> Result<Reply, Failure> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !type_.is_empty() {
            request = request.header("content-type", type_).body(body);
        }
        self.runtime.block_on(async {
            let reply = request.send().await.map_err(failure)?;
            let status = reply.status().as_u16();
            let header = |(n, v): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned())
            };
            let headers = reply.headers().iter().map(header).collect();
            let text = String::from_utf8_lossy(&reply.bytes().await.map_err(failure)?).into_owned();
            Ok(Reply { status, headers, text })
        })
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", Vec::new()).unwrap_or_else(|e| panic!("GET {path}: {e}"))
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, JSON, body.to_string().into_bytes())
            .unwrap_or_else(|e| panic!("POST {path}: {e}"))
    }
}

/// A reply that goes on: read piece by piece, as a page reads events.
pub struct Stream<'a> {
    http: &'a Http,
    reply: reqwest::Response,
    text: String,
}

impl Http {
    /// Opens a stream that must begin well.
    #[track_caller]
    pub fn open(&self, path: &str) -> Stream<'_> {
        let mut request = self.client.get(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let reply = self.runtime.block_on(async { request.send().await });
        let reply = reply.unwrap_or_else(|e| panic!("GET {path}: {e}"));
        assert_eq!(reply.status().as_u16(), 200, "GET {path}");
        Stream { http: self, reply, text: String::new() }
    }
}

impl Stream<'_> {
    /// Reads until `wanted` has come; everything that came so far.
    #[track_caller]
    pub fn until(&mut self, wanted: &str) -> &str {
        while !self.text.contains(wanted) {
            assert!(self.more(), "the stream ended without {wanted}: {}", self.text);
        }
        &self.text
    }

    /// Reads to the end; everything that came.
    #[track_caller]
    pub fn rest(mut self) -> String {
        while self.more() {}
        self.text
    }

    #[track_caller]
    fn more(&mut self) -> bool {
        let piece = self.http.runtime.block_on(self.reply.chunk());
        let piece = piece.unwrap_or_else(|e| panic!("the stream broke: {e} after {}", self.text));
        self.text.push_str(&String::from_utf8_lossy(piece.as_deref().unwrap_or_default()));
        piece.is_some()
    }
}

/// The name every server of an office answers to inside the office.
const OFFICE: &str = "office.timebook";
pub const JSON: &str = "application/json";

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("no JSON ({e}) in {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A 4xx problem with a stable code and a sentence (RFC 9457).
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert!((400..500).contains(&self.status), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert!(problem["code"].as_str().is_some_and(|c| !c.is_empty()), "{self:?}");
        super::command::assert_sentence(
            problem["detail"].as_str().or(problem["title"].as_str()).unwrap_or_default(),
            "problem",
        );
        problem
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let mut text = error.to_string();
    let mut refused = false;
    let mut inner = std::error::Error::source(&error);
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        refused |= cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::ConnectionRefused);
        inner = cause.source();
    }
    if refused { Failure::Refused(text) } else { Failure::Broken(text) }
}
