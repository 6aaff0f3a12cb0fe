//! What agents deliver: signed batches of a year's events over HTTPS, from several computers at once, made before the clock starts.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use http::Request;
use http_body_util::{BodyExt, Full};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use timebook::codec::batch::sign;
use timebook::codec::enrollment_code::EnrollmentCode;
use timebook::domain::activity::{BucketAbout, Event, EventId};
use timebook::domain::batch::{ACTIVITY_STREAM, Batch, MOST_OPERATIONS, Operation};
use timebook::domain::report::{PRESENCE, WINDOW};
use timebook::domain::text::{BucketName, CanonicalJson, ShortText};
use timebook::net::OFFICE_NAME;

use crate::client::Target;
use crate::server::{self, Server};
use crate::table::row;
use crate::{POLICY, at, year};

/// Computers that deliver at once, as on a Monday morning.
const COMPUTERS: u8 = 4;

/// Delivers about so many events, all computers together; says how fast.
pub(crate) fn deliver(folder: &Path, events: u64) {
    let data = folder.join("batches");
    let server = Server::start(&data);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let computers = (1..=COMPUTERS).map(|seed| {
        let computer = runtime.block_on(Computer::enroll(&server, &data, seed));
        let batches = computer.batches(u64::from(seed), events / u64::from(COMPUTERS));
        (computer.target, batches)
    });
    let computers: Vec<(Target, Batches)> = computers.collect();
    let sent: u64 = computers.iter().map(|(_, batches)| batches.events).sum();
    let bytes: usize = computers.iter().flat_map(|(_, b)| &b.bytes).map(Bytes::len).sum();
    let began = Instant::now();
    runtime.block_on(async {
        let deliveries: Vec<_> = computers
            .into_iter()
            .map(|(target, batches)| {
                tokio::spawn(async move {
                    let mut sender = target.connect().await;
                    for bytes in batches.bytes {
                        let post = Request::post("/api/v1/batches")
                            .header("content-type", "application/octet-stream");
                        assert_eq!(target.send(&mut sender, post, bytes).await, 200, "a batch");
                    }
                })
            })
            .collect();
        for delivery in deliveries {
            delivery.await.expect("a computer delivers");
        }
    });
    let took = began.elapsed().as_secs_f64();
    let rate = format!(
        "{:.0} events a second, {:.1} bytes each",
        sent as f64 / took,
        bytes as f64 / sent as f64
    );
    let what = format!("batches over HTTPS from {COMPUTERS} computers");
    row(&what, &rate, "at least 200 000, aim at 300 000; InfluxDB 262 000 by HTTP");
}

struct Computer {
    key: SigningKey,
    target: Target,
    reply: Value,
}

struct Batches {
    events: u64,
    bytes: Vec<Bytes>,
}

impl Computer {
    async fn enroll(server: &Server, data: &Path, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let code = server::run(data, &["device", "invite", "--person", "ada", "--json"]);
        let code: Value = serde_json::from_str(&code.expect("a code")).expect("JSON");
        let code =
            EnrollmentCode::from_text(code["code"].as_str().expect("a code")).expect("whole");
        let body = json!({
            "secret": BASE64.encode(&code.secret),
            "computer": format!("computer {seed}"),
            "public_key": BASE64.encode(key.verifying_key().as_bytes()),
        });
        let stranger = Target { authorization: None, ..server.target() };
        let reply = enrolled(&stranger, body.to_string()).await;
        let certificate = reply["certificate"].as_str().expect("a certificate");
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
        let der = key.to_pkcs8_der().expect("a key").as_bytes().to_vec();
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der));
        let ca = server::run(data, &["ca", "export"]).expect("the CA");
        let tls = server::trusting(&ca, Some((certificate, der)));
        let target = Target { tls: Some(Arc::new(tls)), name: OFFICE_NAME, ..stranger };
        Self { key, target, reply }
    }

    /// Its days, one after the other, as an agent sends them: in the order in which they were recorded.
    fn batches(&self, person: u64, events: u64) -> Batches {
        let mut person = year::Person::new(1, person);
        let kinds = [("w", WINDOW), ("a", PRESENCE), ("p", "web.tab.current")];
        let buckets = kinds.map(|(name, _)| BucketName::new(name).expect("a name"));
        let made = |(name, kind)| Operation::PutBucket {
            name: BucketName::new(name).expect("a name"),
            about: about(kind),
            created: at(0),
        };
        let mut operations: Vec<Operation> = kinds.map(made).into();
        let mut last = [0_u64; 3];
        for day in 0.. {
            let recorded = person.day(2_250);
            let kinds =
                [recorded.windows, recorded.presence, recorded.pages].into_iter().enumerate();
            let mut all: Vec<_> =
                kinds.flat_map(|(kind, all)| all.into_iter().map(move |one| (kind, one))).collect();
            all.sort_by_key(|(kind, one)| (one.after_ms, *kind));
            for (kind, one) in all {
                last[kind] += 1;
                let event = Event {
                    id: EventId(last[kind]),
                    start: at(day).plus_ms(one.after_ms),
                    duration_ms: one.duration_ms,
                    policy: POLICY,
                    data: Arc::new(one.data),
                };
                operations.push(Operation::PutEvent { bucket: buckets[kind].clone(), event });
            }
            if last.iter().sum::<u64>() >= events {
                break;
            }
        }
        Batches { events: last.iter().sum(), bytes: self.signed(&operations) }
    }

    fn signed(&self, operations: &[Operation]) -> Vec<Bytes> {
        let parse = |key: &str| self.reply[key].as_str().expect("an id");
        let (mut previous, mut next) = ([0; 32], 1);
        let mut all = Vec::new();
        for operations in operations.chunks(MOST_OPERATIONS) {
            let seq_to = next + operations.len() as u64 - 1;
            let batch = Batch {
                office: parse("office").parse().expect("an id"),
                device: parse("device").parse().expect("an id"),
                stream: ACTIVITY_STREAM,
                device_epoch: 1,
                seq_from: next,
                seq_to,
                previous,
                created: at(400),
                operations: operations.to_vec(),
            };
            let (bytes, hash) = sign(&batch, &self.key);
            (previous, next) = (hash, seq_to + 1);
            all.push(Bytes::from(bytes));
        }
        all
    }
}

async fn enrolled(target: &Target, body: String) -> Value {
    let request = Request::post("/api/v1/enrollments")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .expect("a request");
    let response = target.connect().await.send_request(request).await.expect("a response");
    assert_eq!(response.status(), 201, "an enrollment");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&body).expect("JSON")
}

fn about(kind: &str) -> BucketAbout {
    let text = |text: &str| ShortText::new(text).expect("a short text");
    BucketAbout {
        kind: text(kind),
        client: text("bench"),
        hostname: text("pc"),
        data: CanonicalJson::empty(),
    }
}
