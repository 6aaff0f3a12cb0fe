//! An office's server for the tests of this room: enrolls for real, keeps what it is told, answers as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use serde_json::json;

use crate::clock;
use crate::codec::batch::SignedBatch;
use crate::codec::enrollment_code::EnrollmentCode;
use crate::codec::{erasure, receipt};
use crate::domain::batch::{ACTIVITY_STREAM, Operation, Receipt};
use crate::domain::erasure::EraseOrder;
use crate::domain::id::{DeviceId, OfficeId};
use crate::net::ca::OfficeCa;
use crate::net::serve::{Entrance, Listener, Traffic, serve};
use crate::net::tls::{Certificates, Identity, Material};
use crate::net::{Limits, Peer};
use crate::wire::v1::sync::Enrollment;

const OFFICE: OfficeId = OfficeId::from_bytes([8; 16]);

/// A running office.
pub(in crate::agent) struct Office {
    pub(in crate::agent) address: SocketAddr,
    pub(in crate::agent) known: Arc<Mutex<Known>>,
    fingerprint: [u8; 32],
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

/// What it knows, and how it answers.
pub(in crate::agent) struct Known {
    ca: OfficeCa,
    /// Public keys of enrolled computers; the device's id counts them.
    pub(in crate::agent) keys: Vec<[u8; 32]>,
    secrets: Vec<String>,
    /// Its redaction rules.
    pub(in crate::agent) rules: String,
    pub(in crate::agent) operations: Vec<Operation>,
    epoch: u32,
    applied: u64,
    hash: [u8; 32],
    /// Answered instead, when set: a status and a problem's code.
    pub(in crate::agent) refuses: Option<(u16, &'static str)>,
    /// Orders every computer to erase its copy.
    pub(in crate::agent) orders: bool,
    /// Computers that said that their copy is gone.
    pub(in crate::agent) confirmed: Vec<DeviceId>,
    /// The answer to the next enrolment gets lost.
    pub(in crate::agent) loses_answer: bool,
    /// Projects by number, in every new copy of the book; what was deleted before is known to nobody.
    pub(in crate::agent) projects: Vec<u8>,
    /// With what copies of the book were asked for.
    pub(in crate::agent) copies: Vec<String>,
}

impl Office {
    pub(in crate::agent) async fn start(secrets: &[[u8; 16]]) -> Self {
        let now = clock::now().ms() / 1_000;
        let ca = OfficeCa::create("Office", &[], now).unwrap();
        let leaf = ca.issue_server(&[], &[], now).unwrap();
        let material = Material {
            ca_pem: ca.certificate_pem().as_bytes(),
            office: Identity {
                chain_pem: leaf.chain_pem.as_bytes(),
                key_pem: leaf.key_pem.as_bytes(),
            },
            public: None,
        };
        let certificates = Arc::new(Certificates::new(&material).unwrap());
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, fingerprint) = (socket.local_addr().unwrap(), ca.fingerprint());
        let known = Known {
            ca,
            keys: Vec::new(),
            rules: String::new(),
            secrets: secrets.iter().map(|secret| BASE64.encode(secret)).collect(),
            operations: Vec::new(),
            epoch: 1,
            applied: 0,
            hash: [0; 32],
            refuses: None,
            orders: false,
            confirmed: Vec::new(),
            loses_answer: false,
            projects: Vec::new(),
            copies: Vec::new(),
        };
        let known = Arc::new(Mutex::new(known));
        let router = Router::new()
            .route("/api/v1/enrollments", post(enroll))
            .route("/api/v1/batches", post(batch))
            .route("/api/v1/streams/1", get(stream))
            .route("/api/v1/erasures/confirm", post(confirm))
            .route("/api/v1/timer/copy", get(copy))
            .with_state(Arc::clone(&known));
        let listener = Listener::tls(socket, certificates).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = serve(
            vec![Entrance { listener, router }],
            Limits::default(),
            Arc::new(Traffic::default()),
            async { drop(stopped.await) },
        );
        tokio::spawn(serving);
        Self { address, known, fingerprint, stop: Some(stop) }
    }

    pub(in crate::agent) fn code(&self, addresses: &[&str], secret: [u8; 16]) -> EnrollmentCode {
        let addresses = addresses
            .iter()
            .map(|address| (*address).to_owned())
            .chain([self.address.to_string()])
            .collect();
        EnrollmentCode { addresses, ca_fingerprint: self.fingerprint, secret }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

type Shared = State<Arc<Mutex<Known>>>;

fn receipt_key() -> SigningKey {
    SigningKey::from_bytes(&[6; 32])
}

fn problem(status: u16, code: &str) -> Response {
    let body = json!({"code": code, "detail": "No.", "next": "Ask."});
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

async fn enroll(State(known): Shared, body: Bytes) -> Response {
    let told: Enrollment = serde_json::from_slice(&body).unwrap();
    let mut known = known.lock().unwrap();
    let key: [u8; 32] = BASE64.decode(told.public_key.as_bytes()).unwrap().try_into().unwrap();
    if !known.keys.contains(&key) {
        let Some(at) = known.secrets.iter().position(|secret| *secret == told.secret) else {
            return problem(403, "invitation_closed");
        };
        known.secrets.remove(at);
        known.keys.push(key);
    }
    if std::mem::take(&mut known.loses_answer) {
        return problem(500, "lost");
    }
    let device = DeviceId::from_bytes([u8::try_from(known.keys.len()).unwrap(); 16]).to_string();
    let now = clock::now().ms() / 1_000;
    let reply = json!({
        "device": device,
        "office": OFFICE.to_string(),
        "certificate": known.ca.issue_client(&key, &device, now).unwrap().chain_pem,
        "ca": known.ca.certificate_pem(),
        "receipt_key": BASE64.encode(receipt_key().verifying_key().as_bytes()),
        "policy": "app_totals",
        "person": "ada",
        "device_epoch": 1,
        "rules": known.rules,
    });
    (StatusCode::CREATED, reply.to_string()).into_response()
}

async fn stream(State(known): Shared, request: Request) -> Response {
    let known = known.lock().unwrap();
    match (known.refuses, device_of(&request)) {
        (None, Some(device)) if known.orders => order(device),
        (Some((status, code)), _) => problem(status, code),
        (None, Some(device)) => known.receipt(device),
        (None, None) => problem(401, "certificate_missing"),
    }
}

async fn confirm(State(known): Shared, request: Request) -> Response {
    let mut known = known.lock().unwrap();
    if let Some((status, code)) = known.refuses {
        return problem(status, code);
    }
    known.confirmed.extend(device_of(&request));
    StatusCode::NO_CONTENT.into_response()
}

async fn copy(State(known): Shared, request: Request) -> Response {
    let asked = request.uri().query().unwrap_or_default().to_owned();
    let is_new = asked.starts_with("since=0&");
    known.lock().unwrap().copies.push(asked);
    if !is_new {
        return problem(410, "copy_too_old");
    }
    let project = |number: &u8| {
        let (id, at) = (DeviceId::from_bytes([*number; 16]).to_string(), "2026-11-22T10:00:00Z");
        let project = json!({"id": id, "created": at, "modified": at, "version": 7, "name": "Site",
            "customer": null, "colour": null, "billable": true, "budget_minutes": null, "archived": false,
            "members": null});
        json!({"seq": 7, "noun": "project", "id": id, "gone": false, "project": project})
    };
    let items: Vec<_> = known.lock().unwrap().projects.iter().map(project).collect();
    json!({"person": OFFICE.to_string(), "server_epoch": 1, "view": "own", "since": 7, "items": items, "refused": []})
        .to_string()
        .into_response()
}

fn order(device: DeviceId) -> Response {
    let order = EraseOrder { office: OFFICE, device, asked: clock::now() };
    let order = BASE64.encode(&erasure::sign(&order, &receipt_key()));
    let body = json!({"code": "erase", "detail": "No.", "next": "Erase.", "order": order});
    (StatusCode::GONE, body.to_string()).into_response()
}

async fn batch(State(known): Shared, request: Request) -> Response {
    let device = device_of(&request);
    let body = axum::body::to_bytes(request.into_body(), 2_000_000).await.unwrap();
    let mut known = known.lock().unwrap();
    if let Some((status, code)) = known.refuses {
        return problem(status, code);
    }
    let signed = SignedBatch::parse(&body).unwrap();
    let key = known.keys.last().copied().unwrap();
    let batch = signed.open(&key).unwrap();
    assert_eq!((batch.office, Some(batch.device)), (OFFICE, device));
    if batch.device_epoch > known.epoch {
        (known.epoch, known.applied, known.hash) = (batch.device_epoch, 0, [0; 32]);
    }
    if batch.seq_from == known.applied + 1 && batch.previous == known.hash {
        (known.applied, known.hash) = (batch.seq_to, signed.payload_hash());
        known.operations.extend(batch.operations);
    }
    known.receipt(batch.device)
}

fn device_of(request: &Request) -> Option<DeviceId> {
    let peer = request.extensions().get::<Peer>()?;
    peer.certificate.as_ref()?.common_name.parse().ok()
}

impl Known {
    fn receipt(&self, device: DeviceId) -> Response {
        let receipt = Receipt {
            office: OFFICE,
            server_epoch: 1,
            device,
            stream: ACTIVITY_STREAM,
            device_epoch: self.epoch,
            applied_seq: self.applied,
            applied_hash: self.hash,
            safe_seq: 0,
        };
        let receipt = BASE64.encode(&receipt::sign(&receipt, &receipt_key()));
        json!({"receipt": receipt, "policy": "full_detail"}).to_string().into_response()
    }
}
