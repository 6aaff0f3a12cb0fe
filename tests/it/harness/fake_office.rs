//! An office's server that misbehaves: it enrolls an agent for real, then answers batches as the story says. It keeps what it was told,
//! in order. Only its answers may be wrong; it never breaks the connection in ways the proxy can break it.

use super::recording;
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use timebook::codec::batch::SignedBatch;
use timebook::codec::enrollment_code::EnrollmentCode;
use timebook::codec::receipt;
use timebook::domain::batch::{ACTIVITY_STREAM, Batch, Operation, Receipt};
use timebook::domain::id::{DeviceId, OfficeId};
use timebook::net::ca::OfficeCa;
use timebook::net::{pem, tls};

/// How batches are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    Right,
    /// Takes nothing and says so.
    Status(u16),
    /// Takes the batch and loses the answer on the way.
    TakesButFails(u16),
    /// 200 with something that is no receipt.
    Garbage,
    /// 200 with the first half of a right answer's body.
    Half,
    /// 200 with a receipt signed by somebody else.
    Forged,
    /// 200 with a receipt for more than was sent, rightly signed, and nothing taken.
    Boasting,
}

pub struct FakeOffice {
    address: SocketAddr,
    fingerprint: [u8; 32],
    shared: Arc<Mutex<State>>,
}

struct State {
    answers: Answers,
    /// Batches asked to be taken since the last change of `answers`.
    asked: u64,
    ca: OfficeCa,
    device_key: [u8; 32],
    applied: u64,
    hash: [u8; 32],
    numbers: Vec<u64>,
    faults: Vec<String>,
}

const SECRET: [u8; 16] = [5; 16];
const RECEIPT_KEY: [u8; 32] = [6; 32];
const DEVICE: DeviceId = DeviceId::from_bytes([7; 16]);
const OFFICE: OfficeId = OfficeId::from_bytes([8; 16]);
const EPOCH: u32 = 1;

impl FakeOffice {
    #[expect(clippy::disallowed_methods, reason = "its certificates must be valid today")]
    pub fn start() -> Self {
        let now = jiff::Timestamp::now().as_second();
        let ca = OfficeCa::create("a fake", &[], now).unwrap();
        let leaf = ca.issue_server(&[], &[], now).unwrap();
        let chain = pem::certificates(leaf.chain_pem.as_bytes()).unwrap();
        let key = pem::private_key(leaf.key_pem.as_bytes()).unwrap();
        let builder = rustls::ServerConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, fingerprint) = (listener.local_addr().unwrap(), ca.fingerprint());
        let state = State {
            answers: Answers::Right,
            asked: 0,
            ca,
            device_key: [0; 32],
            applied: 0,
            hash: [0; 32],
            numbers: Vec::new(),
            faults: Vec::new(),
        };
        let shared = Arc::new(Mutex::new(state));
        let accepting = shared.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (shared, config) = (accepting.clone(), config.clone());
                std::thread::spawn(move || serve(socket, config, &shared));
            }
        });
        Self { address, fingerprint, shared }
    }

    pub fn code(&self) -> String {
        let addresses = vec![self.address.to_string()];
        EnrollmentCode { addresses, ca_fingerprint: self.fingerprint, secret: SECRET }.to_text()
    }

    pub fn answer(&self, answers: Answers) {
        let mut state = self.shared.lock().unwrap();
        (state.answers, state.asked) = (answers, 0);
    }

    pub fn asked(&self) -> u64 {
        self.shared.lock().unwrap().asked
    }

    /// The numbers of all events taken, in order; fails when a batch was not as it must be.
    #[track_caller]
    pub fn numbers(&self) -> Vec<u64> {
        let state = self.shared.lock().unwrap();
        assert!(state.faults.is_empty(), "{:?}", state.faults);
        state.numbers.clone()
    }
}

fn serve(mut socket: TcpStream, config: Arc<rustls::ServerConfig>, shared: &Mutex<State>) {
    let Ok(mut tls) = rustls::ServerConnection::new(config) else { return };
    let mut stream = rustls::Stream::new(&mut tls, &mut socket);
    while let Ok((line, body)) = request(&mut stream) {
        let (status, answer) = shared.lock().unwrap().reply(&line, &body);
        let type_ = if status < 400 { "application/json" } else { "application/problem+json" };
        let head = format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: {type_}\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(&answer))
            .and_then(|()| stream.flush())
            .is_err()
        {
            return;
        }
    }
}

/// The request line and the body. Only what our own agent sends: HTTP/1.1 with a content length.
fn request(stream: &mut impl Read) -> std::io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((head.lines().next().unwrap_or_default().to_owned(), body))
}

impl State {
    fn reply(&mut self, line: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut words = line.split_whitespace();
        let (verb, address) = (words.next(), words.next());
        // What the agent says of itself in the query is for the office's lists.
        match (verb, address.map(|address| address.split('?').next().unwrap_or_default())) {
            (Some("post"), Some("/api/v1/enrollments")) => {
                (201, self.enroll(body).to_string().into_bytes())
            }
            (Some("post"), Some("/api/v1/batches")) => self.batch(body),
            (Some("get"), Some("/api/v1/streams/1")) => {
                (200, self.receipt(self.applied, RECEIPT_KEY))
            }
            _ => problem(404),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "its certificates must be valid today")]
    fn enroll(&mut self, body: &[u8]) -> Value {
        let told: Value = serde_json::from_slice(body).unwrap();
        self.device_key = BASE64
            .decode(told["public_key"].as_str().unwrap().as_bytes())
            .unwrap()
            .try_into()
            .unwrap();
        let now = jiff::Timestamp::now().as_second();
        let certificate =
            self.ca.issue_client(&self.device_key, &DEVICE.to_string(), now).unwrap().chain_pem;
        json!({
            "device": DEVICE.to_string(),
            "office": OFFICE.to_string(),
            "certificate": certificate,
            "ca": self.ca.certificate_pem(),
            "receipt_key": BASE64.encode(SigningKey::from_bytes(&RECEIPT_KEY).verifying_key().as_bytes()),
            "policy": "full_detail",
            "person": "ada",
            "device_epoch": EPOCH,
        })
    }

    fn batch(&mut self, body: &[u8]) -> (u16, Vec<u8>) {
        self.asked += 1;
        match self.answers {
            Answers::Status(code) => problem(code),
            Answers::Garbage => (200, br#"{"receipt":"AAAA","policy":"full_detail"}"#.to_vec()),
            Answers::Forged => (200, self.receipt(self.applied + 1000, [9; 32])),
            Answers::Boasting => (200, self.receipt(self.applied + 1_000_000, RECEIPT_KEY)),
            Answers::TakesButFails(code) => {
                self.take(body);
                problem(code)
            }
            Answers::Half => {
                self.take(body);
                let whole = self.receipt(self.applied, RECEIPT_KEY);
                (200, whole[..whole.len() / 2].to_vec())
            }
            Answers::Right => {
                self.take(body);
                (200, self.receipt(self.applied, RECEIPT_KEY))
            }
        }
    }

    /// Applies a batch as the real server does: once, in order, without a gap.
    fn take(&mut self, body: &[u8]) {
        let signed = SignedBatch::parse(body).unwrap();
        let batch = match signed.open(&self.device_key) {
            Ok(batch) => batch,
            Err(error) => return self.faults.push(error.to_string()),
        };
        if batch.seq_to <= self.applied {
            return;
        }
        if batch.seq_from != self.applied + 1 || batch.office != OFFICE || batch.device != DEVICE {
            return self
                .faults
                .push(format!("{} to {} after {}", batch.seq_from, batch.seq_to, self.applied));
        }
        (self.applied, self.hash) = (batch.seq_to, signed.payload_hash());
        self.numbers.extend(numbers(&batch));
    }

    fn receipt(&self, applied: u64, key: [u8; 32]) -> Vec<u8> {
        let receipt = Receipt {
            office: OFFICE,
            server_epoch: 1,
            device: DEVICE,
            stream: ACTIVITY_STREAM,
            device_epoch: EPOCH,
            applied_seq: applied,
            applied_hash: self.hash,
            safe_seq: 0,
        };
        let signed = receipt::sign(&receipt, &SigningKey::from_bytes(&key));
        json!({"receipt": BASE64.encode(&signed), "policy": "full_detail"}).to_string().into_bytes()
    }
}

/// By their times: what else an event says may be left out on the way.
fn numbers(batch: &Batch) -> Vec<u64> {
    let events = batch.operations.iter().filter_map(|operation| match operation {
        Operation::PutEvent { event, .. } => Some(event.start.ms()),
        _ => None,
    });
    events.map(recording::number_at).collect()
}

fn problem(status: u16) -> (u16, Vec<u8>) {
    let body = json!({"type": "about:blank", "title": "no", "status": status, "code": "no", "detail": "Not now.", "next": "Wait."});
    (status, body.to_string().into_bytes())
}
