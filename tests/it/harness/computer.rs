//! A computer that is enrolled but run by the story itself: it holds its own key and certificate and sends whatever batch it is told to,
//! also wrong ones. A real agent would never do that, so this stands in for a hostile one.

use super::http::{JSON, Reply};
use super::{Http, Server, recording};
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use timebook::codec::batch::sign;
use timebook::codec::enrollment_code::EnrollmentCode;
use timebook::domain::activity::{BucketAbout, Event, EventData, EventId};
use timebook::domain::batch::{ACTIVITY_STREAM, Batch, Operation};
use timebook::domain::policy::ActivityPolicy;
use timebook::domain::text::{BucketName, CanonicalJson, ShortText};
use timebook::domain::time::Timestamp;

pub struct Computer {
    pub key: SigningKey,
    http: Http,
    reply: Value,
    /// The hash of the last batch that was made: the next one names it.
    previous: [u8; 32],
    next: u64,
}

impl Computer {
    /// Enrolls as a real agent does, with a key made from `seed`.
    #[track_caller]
    pub fn enroll(server: &Server, person: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let code = EnrollmentCode::from_text(&server.invite(person)).unwrap();
        let body = json!({
            "secret": BASE64.encode(&code.secret),
            "computer": format!("computer {seed}"),
            "public_key": BASE64.encode(key.verifying_key().as_bytes()),
        });
        let reply = Http::to_office(server.address(), &server.ca(), None)
            .post("/api/v1/enrollments", &body)
            .expect(201)
            .json();
        let certificate =
            reply["certificate"].as_str().unwrap_or_else(|| panic!("no certificate in {reply}"));
        let http = Http::to_office(
            server.address(),
            &server.ca(),
            Some(&format!("{certificate}\n{}", pem(&key))),
        );
        Self { key, http, reply, previous: [0; 32], next: 1 }
    }

    pub fn id(&self) -> String {
        self.reply["device"].as_str().unwrap().to_owned()
    }

    /// The next batch in order: the bucket and one numbered event, signed by `signer`.
    pub fn batch(
        &mut self,
        number: u64,
        adjust: impl FnOnce(&mut Batch),
        signer: &SigningKey,
    ) -> Vec<u8> {
        let parse = |key: &str| self.reply[key].as_str().unwrap();
        let operations = vec![put_bucket(), put_event(number)];
        let count = operations.len() as u64;
        let mut batch = Batch {
            office: parse("office").parse().unwrap(),
            device: parse("device").parse().unwrap(),
            stream: ACTIVITY_STREAM,
            device_epoch: u32::try_from(self.reply["device_epoch"].as_u64().unwrap()).unwrap(),
            seq_from: self.next,
            seq_to: self.next + count - 1,
            previous: self.previous,
            created: time(number),
            operations,
        };
        adjust(&mut batch);
        let (bytes, hash) = sign(&batch, signer);
        self.previous = hash;
        self.next += count;
        bytes
    }

    /// A right batch, signed by its own key.
    pub fn right(&mut self, number: u64) -> Vec<u8> {
        let key = self.key.clone();
        self.batch(number, |_| {}, &key)
    }

    #[track_caller]
    pub fn send(&self, batch: &[u8]) -> Reply {
        self.http
            .send("POST", "/api/v1/batches", "application/octet-stream", batch.to_vec())
            .unwrap()
    }

    pub fn without_certificate(server: &Server) -> Http {
        Http::to_office(server.address(), &server.ca(), None).header("accept", JSON)
    }
}

fn put_bucket() -> Operation {
    let text = |t: &str| ShortText::new(t).unwrap();
    let about = BucketAbout {
        kind: text("currentwindow"),
        client: text("story"),
        hostname: text("h"),
        data: CanonicalJson::empty(),
    };
    Operation::PutBucket { name: bucket(), about, created: time(0) }
}

fn put_event(number: u64) -> Operation {
    let event = recording::event(number);
    let app = event["data"]["app"].as_str().map(Into::into);
    let json = CanonicalJson::new(event["data"].to_string()).unwrap();
    let data = EventData { json, app, title: None, url: None, afk: None };
    let event = Event {
        id: EventId(number + 1),
        start: time(number),
        duration_ms: recording::LASTS_MS,
        policy: ActivityPolicy::HoursOnly,
        data: std::sync::Arc::new(data),
    };
    Operation::PutEvent { bucket: bucket(), event }
}

fn bucket() -> BucketName {
    BucketName::new("b").unwrap()
}

fn time(number: u64) -> Timestamp {
    let at: jiff::Timestamp =
        recording::event(number)["timestamp"].as_str().unwrap().parse().unwrap();
    Timestamp::new(at.as_millisecond()).unwrap()
}

fn pem(key: &SigningKey) -> String {
    let der = key.to_pkcs8_der().unwrap();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64.encode(der.as_bytes())
    )
}
