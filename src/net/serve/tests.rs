//! The server end to end on loopback: certificates, limits, drain. Each test is a story with its own server on port 0.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Extension, Router};
use http::Version;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::*;
use crate::net::ca::{self, OfficeCa};
use crate::net::client::{Ask, Client, ClientError};
use crate::net::peer::{Door, Peer};
use crate::net::tls::{Certificates, Identity, Material};
use crate::net::{listen, pem, trust};

fn now() -> i64 {
    UnixTime::now().as_secs().try_into().unwrap()
}

struct Office {
    ca: OfficeCa,
    leaf: (String, Zeroizing<String>),
}

impl Office {
    fn new() -> Self {
        let ca = OfficeCa::create("Office", &[], now()).unwrap();
        let leaf = ca.issue_server(&[], &[], now()).unwrap();
        Self { ca, leaf: (leaf.chain_pem, leaf.key_pem) }
    }

    fn certificates(&self, public: Option<&(String, Zeroizing<String>)>) -> Arc<Certificates> {
        Arc::new(Certificates::new(&self.material(public)).unwrap())
    }

    fn material<'a>(&'a self, public: Option<&'a (String, Zeroizing<String>)>) -> Material<'a> {
        let identity = |pair: &'a (String, Zeroizing<String>)| Identity {
            chain_pem: pair.0.as_bytes(),
            key_pem: pair.1.as_bytes(),
        };
        Material {
            ca_pem: self.ca.certificate_pem().as_bytes(),
            office: identity(&self.leaf),
            public: public.map(identity),
        }
    }

    /// A device's certificate chain and key.
    fn device(&self, name: &str) -> (String, String) {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let public: [u8; 32] = key.public_key_raw().try_into().unwrap();
        (self.ca.issue_client(&public, name, now()).unwrap().chain_pem, key.serialize_pem())
    }
}

struct Server {
    address: SocketAddr,
    traffic: Arc<Traffic>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Drained>,
}

impl Server {
    fn start(limits: Limits, router: Router, certificates: Option<Arc<Certificates>>) -> Self {
        let socket = listen::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let listener = match certificates {
            Some(certificates) => Listener::tls(socket, certificates).unwrap(),
            None => Listener::plain_loopback(socket).unwrap(),
        };
        let (stop, stopped) = oneshot::channel();
        let traffic = Arc::new(Traffic::default());
        let entrances = vec![Entrance { listener, router }];
        let task = tokio::spawn(serve(entrances, limits, Arc::clone(&traffic), async {
            stopped.await.unwrap();
        }));
        Self { address, traffic, stop: Some(stop), task }
    }

    fn order_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn stop(mut self) -> Drained {
        self.order_stop();
        self.task.await.unwrap()
    }

    fn client(&self, office: &Office, device: Option<&(String, String)>) -> Client {
        let identity = device.map(|(chain, key)| (chain.as_str(), key.as_str()));
        Client::pinned(office.ca.certificate_pem(), identity, &[self.address.to_string()]).unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes as they are and reads until the server closes.
    async fn exchange(&self, bytes: &str) -> String {
        let mut socket = self.connect().await;
        socket.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await; // a reset ends the answer, too
        String::from_utf8(answer).unwrap()
    }
}

/// An address where connections are refused, kept from other tests: bound, but nobody listens.
fn dead_address() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

fn who() -> Router {
    let answer = async |Extension(peer): Extension<Peer>, version: Version| {
        let name = peer
            .certificate
            .map_or_else(|| "nobody".to_owned(), |certificate| certificate.common_name.clone());
        format!("{name} {:?} {} {version:?}", peer.door, peer.secure)
    };
    Router::new().route("/who", get(answer)).route("/echo", post(async |body: String| body))
}

#[tokio::test]
async fn a_device_is_known_by_its_certificate() {
    let office = Office::new();
    let server = Server::start(Limits::default(), who(), Some(office.certificates(None)));
    let device = office.device("device-7");
    let text =
        |answer: crate::net::client::Answer| String::from_utf8(answer.body.to_vec()).unwrap();
    let known = server.client(&office, Some(&device)).send(Ask::get("/who")).await.unwrap();
    assert_eq!(text(known), "device-7 Tls true HTTP/2.0");
    let client = server.client(&office, None);
    assert_eq!(text(client.send(Ask::get("/who")).await.unwrap()), "nobody Tls true HTTP/2.0");
    let echoed =
        client.send(Ask::post("/echo", "text/plain", "x".repeat(5_000).into())).await.unwrap();
    assert_eq!(echoed.body.len(), 5_000);
    let small =
        Ask { max_answer: 4_999, ..Ask::post("/echo", "text/plain", "x".repeat(5_000).into()) };
    assert!(matches!(client.send(small).await, Err(ClientError::TooLarge(4_999))));
    drop(client);
    assert_eq!(server.stop().await.cut_off, 0);
}

#[tokio::test]
async fn foreign_certificates_are_told_apart() {
    let (office, other) = (Office::new(), Office::new());
    let server = Server::start(Limits::default(), who(), Some(office.certificates(None)));
    let foreign = server.client(&office, Some(&other.device("device-7")));
    let refused = foreign.send(Ask::get("/who")).await.unwrap_err();
    assert!(matches!(refused, ClientError::Rejected(_)), "{refused:?}");
    let mistrusting = server.client(&other, None);
    assert!(matches!(mistrusting.send(Ask::get("/who")).await, Err(ClientError::Untrusted(_))));
    let address = server.address.to_string();
    let fetched = trust::fetch_ca(&address, office.ca.fingerprint()).await.unwrap();
    assert_eq!(
        pem::certificates(fetched.as_bytes()).unwrap(),
        pem::certificates(office.ca.certificate_pem().as_bytes()).unwrap()
    );
    assert!(matches!(
        trust::fetch_ca(&address, other.ca.fingerprint()).await,
        Err(ClientError::Untrusted(_))
    ));
    let (_kept, dead) = dead_address();
    assert!(matches!(
        trust::fetch_ca(&dead, office.ca.fingerprint()).await,
        Err(ClientError::Unreachable(_))
    ));
}

#[tokio::test]
async fn the_second_address_serves_when_the_first_is_dead() {
    let office = Office::new();
    let server = Server::start(Limits::default(), who(), Some(office.certificates(None)));
    let (_kept, dead) = dead_address();
    let client = Client::pinned(
        office.ca.certificate_pem(),
        None,
        &[dead.clone(), server.address.to_string()],
    )
    .unwrap();
    assert_eq!(client.send(Ask::get("/who")).await.unwrap().status, 200);
    let nobody =
        Client::pinned(office.ca.certificate_pem(), None, std::slice::from_ref(&dead)).unwrap();
    assert!(matches!(nobody.send(Ask::get("/who")).await, Err(ClientError::Unreachable(_))));
    for bad in ["", "host", "host:0", "host:x", "::1:8443"] {
        assert!(
            matches!(
                Client::pinned(office.ca.certificate_pem(), None, &[bad.to_owned()]),
                Err(ClientError::BadAddress(_))
            ),
            "{bad}"
        );
    }
}

/// The leaf a server shows to whoever asks for `name`.
async fn shown(address: SocketAddr, name: &'static str, ca: &OfficeCa) -> CertificateDer<'static> {
    let stream = speak_tls(address, name, trusting(ca)).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].clone()
}

fn trusting(ca: &OfficeCa) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pem::certificates(ca.certificate_pem().as_bytes()).unwrap().remove(0)).unwrap();
    rustls::ClientConfig::builder_with_provider(crate::net::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn speak_tls(
    address: SocketAddr,
    name: &'static str,
    config: rustls::ClientConfig,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let socket = TcpStream::connect(address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect(ServerName::try_from(name).unwrap(), socket).await.unwrap()
}

#[tokio::test]
async fn browsers_see_the_public_certificate_and_a_new_one_without_restart() {
    let office = Office::new();
    let public = OfficeCa::create("Public", &["time.example".to_owned()], now()).unwrap();
    let issue = || {
        let leaf = public.issue_server(&["time.example".to_owned()], &[], now()).unwrap();
        (leaf.chain_pem, leaf.key_pem)
    };
    let (first, second) = (issue(), issue());
    let certificates = office.certificates(Some(&first));
    let server = Server::start(Limits::default(), who(), Some(Arc::clone(&certificates)));
    let leaf_of = |pair: &(String, Zeroizing<String>)| {
        pem::certificates(pair.0.as_bytes()).unwrap().remove(0)
    };
    assert_eq!(shown(server.address, "time.example", &public).await, leaf_of(&first));
    assert_eq!(shown(server.address, "office.timebook", &office.ca).await, leaf_of(&office.leaf));
    certificates.replace(&office.material(Some(&second))).unwrap();
    assert_eq!(shown(server.address, "time.example", &public).await, leaf_of(&second));
    certificates.replace(&office.material(None)).unwrap();
    assert_eq!(shown(server.address, "localhost", &office.ca).await, leaf_of(&office.leaf));
    assert_ne!(ca::fingerprint(&leaf_of(&first)), ca::fingerprint(&leaf_of(&second)));
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_redirected() {
    let office = Office::new();
    let server = Server::start(Limits::default(), who(), Some(office.certificates(None)));
    let answer = server.exchange("GET /reports?a=1 HTTP/1.1\r\nHost: pc17:8443\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(answer.contains("\r\nLocation: https://pc17:8443/reports?a=1\r\n"), "{answer}");
    assert_eq!(server.exchange("SSH-2.0-x\r\n\r\n").await, "");
}

#[tokio::test]
async fn a_loopback_peer_is_known_by_its_user() {
    let router = Router::new().route(
        "/",
        get(async |Extension(peer): Extension<Peer>| {
            assert_eq!((peer.door, peer.secure), (Door::PlainLoopback, false));
            peer.os_user.map_or_else(|| "unknown".to_owned(), |user| user.is_own.to_string())
        }),
    );
    let server = Server::start(Limits::default(), router, None);
    let answer = server.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let expected = if cfg!(target_os = "linux") { "true" } else { "unknown" };
    assert!(answer.ends_with(expected), "{answer}");
    let open = listen::bind("0.0.0.0:0".parse().unwrap()).unwrap();
    assert!(matches!(Listener::plain_loopback(open), Err(listen::ListenError::NotLoopback(_))));
}

#[tokio::test]
async fn an_address_gets_its_share_of_connections_and_no_more() {
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let server = Server::start(limits, who(), None);
    let request = "GET /who HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut socket = server.connect().await;
        socket.write_all(request.as_bytes()).await.unwrap();
        assert!(socket.read(&mut [0; 512]).await.unwrap() > 0);
        kept.push(socket);
    }
    assert_eq!(server.exchange(request).await, "");
    assert_eq!((server.traffic.open(), server.traffic.refused()), (2, 1));
    kept.pop();
    while server.traffic.open() == 2 {
        tokio::task::yield_now().await;
    }
    assert!(
        server
            .exchange("GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .contains("nobody")
    );
}

#[tokio::test]
async fn slow_and_silent_callers_are_cut_off() {
    let short = Duration::from_millis(100);
    let limits = Limits {
        handshake: short,
        head: short,
        idle: short * 3,
        stall: short,
        ..Limits::default()
    };
    let office = Office::new();
    let secure = Server::start(limits.clone(), who(), Some(office.certificates(None)));
    assert_eq!(secure.exchange("").await, "", "no handshake");
    assert_eq!(secure.traffic.failed_handshakes(), 1);
    let plain = Server::start(limits, who(), None);
    assert_eq!(plain.exchange("GET /who HT").await, "", "half a head");
    assert_eq!(plain.exchange("").await, "", "nothing at all");
    let answer = plain.exchange("GET /who HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(
        answer.contains("nobody"),
        "an answered connection is closed only when it idles: {answer}"
    );
    let half_body =
        plain.exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").await;
    assert!(half_body.starts_with("HTTP/1.1 4"), "{half_body}");
}

#[tokio::test]
async fn an_oversized_head_is_refused() {
    let server = Server::start(Limits::default(), who(), None);
    let many: String = (0..120).map(|n| format!("x-{n}: 1\r\n")).collect();
    let refused = server.exchange(&format!("GET /who HTTP/1.1\r\nHost: x\r\n{many}\r\n")).await;
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    let long = "y".repeat(70_000);
    let refused =
        server.exchange(&format!("GET /who HTTP/1.1\r\nHost: x\r\nx: {long}\r\n\r\n")).await;
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    let much = "z".repeat(1_000_000);
    let refused = server
        .exchange(&format!(
            "POST /who HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n{much}"
        ))
        .await;
    assert!(
        refused.starts_with("HTTP/1.1 405 "),
        "a refusal arrives although the body was not wanted: {refused}"
    );
    assert!(refused.contains("connection: close\r\n"), "nobody may ask again here: {refused}");
}

#[tokio::test]
async fn behind_a_small_body_nobody_read_the_connection_goes_on() {
    let server = Server::start(Limits::default(), who(), None);
    let post = "POST /who HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    let last = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = server.exchange(&format!("{post}{post}{last}")).await;
    assert_eq!(answers.matches("HTTP/1.1 405 ").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 1, "{answers}");
    let asks = post.replace("\r\n\r\nhello", "\r\nExpect: 100-continue\r\n\r\n");
    let refused = server.exchange(&asks).await;
    assert!(
        refused.starts_with("HTTP/1.1 405 ") && refused.contains("connection: close"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_running_request_finishes_while_the_server_drains() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, outside) = (Arc::clone(&entered), Arc::clone(&leave));
    let slow = get(async move || {
        inside.notify_one();
        outside.notified().await;
        "done"
    });
    let office = Office::new();
    let mut server = Server::start(
        Limits::default(),
        who().route("/slow", slow),
        Some(office.certificates(None)),
    );
    let client = server.client(&office, None);
    let asking = tokio::spawn(async move { client.send(Ask::get("/slow")).await });
    entered.notified().await;
    server.order_stop();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    leave.notify_one();
    assert_eq!(asking.await.unwrap().unwrap().body, "done");
    assert_eq!(server.task.await.unwrap(), Drained { finished: 1, cut_off: 0 });
}

#[tokio::test]
async fn what_does_not_finish_is_cut_off_at_the_deadline() {
    let entered = Arc::new(Notify::new());
    let inside = Arc::clone(&entered);
    let stuck = get(async move || {
        inside.notify_one();
        std::future::pending::<()>().await;
    });
    let limits = Limits { drain: Duration::from_millis(50), ..Limits::default() };
    let server = Server::start(limits, Router::new().route("/", stuck), None);
    let mut socket = server.connect().await;
    socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    entered.notified().await;
    let drained = server.stop().await;
    assert_eq!(drained, Drained { finished: 0, cut_off: 1 });
}

#[tokio::test]
async fn a_caller_who_does_not_answer_the_farewell_holds_up_nothing() {
    let office = Office::new();
    let limits = Limits { farewell: Duration::from_millis(50), ..Limits::default() };
    let server = Server::start(limits, who(), Some(office.certificates(None)));
    let mut config = trusting(&office.ca);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let mut caller = speak_tls(server.address, "office.timebook", config).await;
    // The preface of HTTP/2 and empty settings; the server's own settings show that it listens. Then silence.
    caller.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    caller.read_u8().await.unwrap();
    assert_eq!(server.stop().await, Drained { finished: 1, cut_off: 0 });
}

#[tokio::test]
async fn a_panicking_handler_takes_down_its_own_connection_only() {
    let broken = get(async || {
        if UnixTime::now().as_secs() > 0 {
            panic!("a bug in a handler");
        }
    });
    let server = Server::start(Limits::default(), who().route("/broken", broken), None);
    assert_eq!(server.exchange("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n").await, "");
    assert!(
        server
            .exchange("GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .contains("nobody")
    );
    while server.traffic.open() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.stop().await, Drained { finished: 0, cut_off: 0 });
}
