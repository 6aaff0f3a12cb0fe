//! The HTTPS client of agents and servers: trusts one office CA, asks for one name, and bounds everything it reads.
//!
//! It may be given several addresses; whichever it reaches must prove to be the office's server. It never follows a
//! redirect, uses no proxy from the environment, and decides nothing about when to try again.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{ClientConfig, RootCertStore};

use super::{CertificateError, OFFICE_NAME, pem, tls};

/// How long connecting (TCP and TLS) to one address may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Most addresses a client is given.
pub const MAX_ADDRESSES: usize = 16;

/// What went wrong on the way to the server, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers: wait, or try another address.
    #[error(
        "The server cannot be reached ({0}). Check that it runs and that this computer is on the network."
    )]
    Unreachable(String),
    /// Connected, but no complete answer in time: try again later.
    #[error("The server did not answer in time. Try again in a moment.")]
    TimedOut,
    /// The connection or the answer broke off: try again.
    #[error("The connection to the server broke off ({0}). Try again in a moment.")]
    Broken(String),
    /// Whoever answers is not the office's server: do not go on.
    #[error(
        "The computer that answered is not this office's server ({0}). Ask the administrator for a new enrollment code."
    )]
    Untrusted(String),
    /// The server does not take our certificate: enroll again.
    #[error(
        "The server does not accept this computer's certificate ({0}). Enroll this computer again."
    )]
    Rejected(String),
    /// The answer is larger than the caller allowed.
    #[error("The server's answer is larger than {0} bytes.")]
    TooLarge(usize),
    /// The certificate material given to the client cannot be used.
    #[error(transparent)]
    Material(#[from] CertificateError),
    /// An address or a path cannot be used as given.
    #[error("{0} is not an address. Write it as NAME:PORT.")]
    BadAddress(String),
}

/// A client of one office's servers. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
}

/// One request. Build it with [`Ask::get`] or [`Ask::post`] and change what differs.
pub struct Ask<'a> {
    /// Method.
    pub method: Method,
    /// Path with an optional query, starting with `/`.
    pub path: &'a str,
    /// Extra headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// From now to the answer's last byte.
    pub timeout: Duration,
    /// Largest answer body, in bytes.
    pub max_answer: usize,
}

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status, whatever it is: only the caller knows which are errors.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl<'a> Ask<'a> {
    /// A GET with 30 seconds and 4 MiB.
    #[must_use]
    pub fn get(path: &'a str) -> Self {
        let (method, timeout) = (Method::GET, Duration::from_secs(30));
        Self {
            method,
            path,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout,
            max_answer: 4 * 1024 * 1024,
        }
    }

    /// A POST of `body` with 30 seconds and 4 MiB.
    #[must_use]
    pub fn post(path: &'a str, content_type: &'static str, body: Bytes) -> Self {
        let mut ask = Self { method: Method::POST, body, ..Self::get(path) };
        ask.headers
            .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
        ask
    }
}

impl Client {
    /// A client that trusts `ca_pem` alone, shows `identity` (certificate chain PEM, key PEM) when the server asks, and
    /// connects to the first of `addresses` (`name:port` or `ip:port`) that answers, always asking for [`OFFICE_NAME`].
    ///
    /// # Errors
    /// When the material or an address cannot be used. Nothing is connected yet.
    pub fn pinned(
        ca_pem: &str,
        identity: Option<(&str, &str)>,
        addresses: &[String],
    ) -> Result<Self, ClientError> {
        let addresses = Addresses::parse(addresses)?;
        let patience = CONNECT_TIMEOUT * u32::try_from(addresses.0.len()).unwrap_or(1);
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_config(ca_pem, identity)?)
            .dns_resolver(addresses)
            .connect_timeout(patience)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .https_only(true)
            .tcp_nodelay(true)
            // Shorter than the server's: the side that sends the next request should be the one that closes.
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .map_err(|error| CertificateError::Unusable(error.to_string()))?;
        Ok(Self { inner })
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// When no complete answer came; an HTTP error status is an answer.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, ClientError> {
        if !ask.path.starts_with('/') {
            return Err(ClientError::BadAddress(ask.path.to_owned()));
        }
        // No port in the URL: each address brings its own.
        let url = format!("https://{OFFICE_NAME}{}", ask.path);
        let request = self
            .inner
            .request(ask.method, url)
            .headers(ask.headers)
            .body(ask.body)
            .timeout(ask.timeout);
        let mut response = request.send().await.map_err(classified)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classified)? {
            if body.len() + chunk.len() > ask.max_answer {
                return Err(ClientError::TooLarge(ask.max_answer));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }
}

fn tls_config(
    ca_pem: &str,
    identity: Option<(&str, &str)>,
) -> Result<ClientConfig, CertificateError> {
    let unusable = |error: rustls::Error| CertificateError::Unusable(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.add(pem::certificates(ca_pem.as_bytes())?.swap_remove(0)).map_err(unusable)?;
    let builder = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(roots);
    let mut config = match identity {
        Some((chain, key)) => {
            let (chain, key) =
                (pem::certificates(chain.as_bytes())?, pem::private_key(key.as_bytes())?);
            builder.with_client_auth_cert(chain, key).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => CertificateError::KeyMismatch,
                other => unusable(other),
            })?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The configured addresses, looked up at each new connection: a laptop changes networks, a server changes addresses.
struct Addresses(Arc<[String]>);

impl Addresses {
    fn parse(addresses: &[String]) -> Result<Self, ClientError> {
        let well_formed = |text: &str| {
            text.rsplit_once(':').is_some_and(|(host, port)| {
                let bare_v6 = host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
                !host.is_empty() && !bare_v6 && port.parse::<u16>().is_ok_and(|port| port != 0)
            })
        };
        if let Some(bad) = addresses.iter().find(|text| !well_formed(text)) {
            return Err(ClientError::BadAddress(bad.clone()));
        }
        if addresses.is_empty() || addresses.len() > MAX_ADDRESSES {
            return Err(ClientError::BadAddress(format!(
                "A list of {} addresses",
                addresses.len()
            )));
        }
        Ok(Self(addresses.into()))
    }
}

impl Resolve for Addresses {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses = Arc::clone(&self.0);
        Box::pin(async move {
            let mut found: Vec<SocketAddr> = Vec::new();
            let mut failure = None;
            for address in addresses.iter() {
                match tokio::net::lookup_host(address.as_str()).await {
                    Ok(resolved) => found.extend(resolved),
                    Err(error) => failure = Some(error),
                }
            }
            match failure {
                Some(error) if found.is_empty() => Err(error.into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

fn classified(error: reqwest::Error) -> ClientError {
    match tls_error(&error) {
        Some(alert @ rustls::Error::AlertReceived(_)) => {
            return ClientError::Rejected(alert.to_string());
        }
        Some(refused @ rustls::Error::InvalidCertificate(_)) => {
            return ClientError::Untrusted(refused.to_string());
        }
        Some(_) | None => {}
    }
    let reason = innermost(&error);
    // Over HTTP/2 only the text of the TLS error survives.
    if reason.starts_with("received fatal alert") {
        return ClientError::Rejected(reason);
    }
    if error.is_connect() && !error.is_timeout() {
        ClientError::Unreachable(reason)
    } else if error.is_connect() {
        ClientError::Unreachable("no answer".to_owned())
    } else if error.is_timeout() {
        ClientError::TimedOut
    } else {
        ClientError::Broken(reason)
    }
}

/// An io::Error hides the error it carries from the chain of sources: looked into on the way down.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) =
            carried.and_then(|inner| inner.downcast_ref()).or_else(|| error.downcast_ref())
        {
            return Some(found);
        }
        next = carried.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    None
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
