//! Invitations, enrolment, batches and the quarantine.

use std::sync::Arc;

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;

use super::changes::Stream;
use super::*;
use crate::codec::batch::sign;
use crate::codec::enrollment_code::EnrollmentCode;
use crate::codec::receipt;
use crate::domain::activity::{BucketAbout, Event, EventData, EventId};
use crate::domain::batch::{Batch, Operation, Receipt};
use crate::domain::id::OfficeId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{BucketName, CanonicalJson, ShortText};
use crate::wire::v1::rfc3339;

/// A computer with an agent's key.
pub(super) struct Agent {
    pub(super) caller: Caller,
    key: SigningKey,
    reply: Value,
}

impl Agent {
    pub(super) async fn enroll(desk: &Desk, number: u8) -> Self {
        Self::enroll_for(desk, number, "cy").await
    }

    pub(super) async fn enroll_for(desk: &Desk, number: u8, person: &str) -> Self {
        let secret = invite_for(desk, person).await;
        let key = SigningKey::from_bytes(&[number; 32]);
        let reply =
            desk.post(&browser(), "/api/v1/enrollments", &introduction(&secret, &key)).await;
        let reply = reply.expect(StatusCode::CREATED).json();
        let caller = computer(reply["device"].as_str().unwrap());
        Self { caller, key, reply }
    }

    /// One operation under this number, after a batch of this hash.
    pub(super) fn batch(
        &self,
        seq: u64,
        previous: [u8; 32],
        office: Option<OfficeId>,
    ) -> (Vec<u8>, [u8; 32]) {
        let name = BucketName::new(format!("b{seq}")).unwrap();
        self.holding(vec![Operation::DeleteBucket { name }], seq, previous, office)
    }

    fn holding(
        &self,
        operations: Vec<Operation>,
        seq: u64,
        previous: [u8; 32],
        office: Option<OfficeId>,
    ) -> (Vec<u8>, [u8; 32]) {
        let batch = Batch {
            office: office.unwrap_or_else(|| self.id("office").parse().unwrap()),
            device: self.id("device").parse().unwrap(),
            stream: 1,
            device_epoch: 1,
            seq_from: seq,
            seq_to: seq + operations.len() as u64 - 1,
            previous,
            created: now(),
            operations,
        };
        sign(&batch, &self.key)
    }

    pub(super) fn id(&self, field: &str) -> String {
        self.reply[field].as_str().unwrap().to_owned()
    }

    pub(super) async fn send(&self, desk: &Desk, bytes: &[u8]) -> Reply {
        deliver(desk, &self.caller, bytes).await
    }

    fn opened(&self, reply: &Value) -> Receipt {
        let key = BASE64.decode(self.id("receipt_key").as_bytes()).unwrap();
        let bytes = BASE64.decode(reply["receipt"].as_str().unwrap().as_bytes()).unwrap();
        receipt::open(&bytes, &key.try_into().unwrap()).unwrap()
    }
}

async fn deliver(desk: &Desk, caller: &Caller, bytes: &[u8]) -> Reply {
    let octets = "application/octet-stream";
    desk.send(caller, Method::POST, "/api/v1/batches", octets, bytes.to_vec()).await
}

pub(super) async fn invite(desk: &Desk) -> [u8; 16] {
    invite_for(desk, "cy").await
}

async fn invite_for(desk: &Desk, person: &str) -> [u8; 16] {
    let ada = desk.sign_in("ada").await;
    let made = desk.post(&ada, "/api/v1/invitations", &json!({"person": person})).await;
    let code = made.expect(StatusCode::CREATED).json()["code"].as_str().unwrap().to_owned();
    let code = EnrollmentCode::from_text(&code).unwrap();
    assert_eq!(code.addresses, ["office.lan:8443"]);
    code.secret
}

pub(super) fn introduction(secret: &[u8; 16], key: &SigningKey) -> Value {
    json!({
        "secret": BASE64.encode(secret),
        "computer": "laptop",
        "public_key": BASE64.encode(key.verifying_key().as_bytes()),
    })
}

async fn reasons(desk: &Desk) -> Vec<String> {
    let list = desk.get(&terminal(), "/api/v1/quarantine").await.items();
    list.iter().map(|entry| entry["why"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_code_enrolls_one_computer_once() {
    let desk = Desk::with_people().await;
    let secret = invite(&desk).await;
    let (one, two) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let path = "/api/v1/enrollments";
    let reply = desk.post(&browser(), path, &introduction(&secret, &one)).await;
    let first = reply.expect(StatusCode::CREATED).json();
    assert_eq!((&first["person"], &first["policy"]), (&json!("cy"), &json!("hours_only")));
    assert!(first["certificate"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE"));
    // The answer was lost: the same computer asks again and is the same device.
    let again = desk.post(&browser(), path, &introduction(&secret, &one)).await.json();
    assert_eq!(again["device"], first["device"]);
    desk.post(&browser(), path, &introduction(&secret, &two))
        .await
        .problem(403, "invitation_closed");
    let cy = desk.sign_in("cy").await;
    assert_eq!(desk.get(&cy, "/api/v1/devices").await.items().len(), 1);
    let ca = desk.get(&browser(), "/api/v1/ca").await.expect(StatusCode::OK);
    assert_eq!(String::from_utf8(ca.bytes).unwrap(), first["ca"].as_str().unwrap());
    let known = desk.get(&browser(), "/api/v1/certificate").await.expect(StatusCode::OK).json();
    let pem = first["ca"].as_str().unwrap();
    let digits: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = data_encoding::BASE64.decode(digits.as_bytes()).unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&der);
    assert_eq!(known["fingerprint"], json!(data_encoding::HEXLOWER.encode(&digest)));
    assert!(known["name"].as_str().unwrap().starts_with("Timebook CA office "), "{known}");
    assert_eq!(known["until"].as_str().unwrap().len(), "2046-11-23T00:00:00Z".len(), "{known}");
}

#[tokio::test]
async fn what_cannot_enroll() {
    let desk = Desk::with_people().await;
    let key = SigningKey::from_bytes(&[1; 32]);
    let path = "/api/v1/enrollments";
    for (field, value) in [("secret", "AAAA"), ("public_key", "?"), ("secret", "")] {
        let mut body = introduction(&[0; 16], &key);
        body[field] = json!(value);
        desk.post(&browser(), path, &body).await.problem(422, "bad_base64");
    }
    let mut weak = introduction(&[0; 16], &key);
    weak["public_key"] = json!(BASE64.encode(&[0; 32]));
    desk.post(&browser(), path, &weak).await.problem(422, "bad_key");
    for _ in 0..5 {
        let body = introduction(&[0; 16], &key);
        desk.post(&browser(), path, &body).await.problem(403, "invitation_closed");
    }
    let body = introduction(&[0; 16], &key);
    desk.post(&browser(), path, &body).await.problem(429, "too_many_tries");
}

#[tokio::test]
async fn invitations_are_withdrawn() {
    let desk = Desk::with_people().await;
    let secret = invite(&desk).await;
    let list = desk.get(&terminal(), "/api/v1/invitations").await.items();
    assert_eq!(list[0]["person"], "cy");
    let path = format!("/api/v1/invitations/{}", list[0]["id"].as_str().unwrap());
    desk.delete(&terminal(), &path).await.expect(StatusCode::NO_CONTENT);
    desk.delete(&terminal(), &path).await.problem(404, "unknown_invitation");
    let key = SigningKey::from_bytes(&[1; 32]);
    let reply = desk.post(&browser(), "/api/v1/enrollments", &introduction(&secret, &key)).await;
    reply.problem(403, "invitation_closed");
    let nobody = json!({"person": "nobody"});
    desk.post(&terminal(), "/api/v1/invitations", &nobody).await.problem(404, "unknown_user");
}

#[tokio::test]
async fn a_computer_gets_its_next_certificate_while_it_holds_one() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let path = "/api/v1/certificate/device";
    let next = desk.get(&agent.caller, path).await.expect(StatusCode::OK).json();
    let next = next["certificate"].as_str().unwrap();
    let seconds = now().ms().div_euclid(1_000);
    assert!(!crate::net::ca::needs_renewal(next, seconds + 500 * 86_400).unwrap());
    assert!(crate::net::ca::needs_renewal(next, seconds + 600 * 86_400).unwrap());
    desk.get(&terminal(), path).await.problem(401, "unauthenticated");
    let devices = desk.get(&terminal(), "/api/v1/devices").await.items();
    let revoke = format!("/api/v1/devices/{}", devices[0]["id"].as_str().unwrap());
    desk.delete(&terminal(), &revoke).await.expect(StatusCode::NO_CONTENT);
    desk.get(&agent.caller, path).await.problem(403, "device_revoked");
}

#[tokio::test]
async fn batches_count_once_and_in_order() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let fresh = desk.get(&agent.caller, "/api/v1/streams/1").await.expect(StatusCode::OK).json();
    assert_eq!(agent.opened(&fresh).applied_seq, 0);
    let (one, hash_one) = agent.batch(1, [0; 32], None);
    let (two, hash_two) = agent.batch(2, hash_one, None);
    let gap = agent.send(&desk, &two).await;
    assert_eq!(agent.opened(&gap.problem(409, "gap")).applied_seq, 0);
    for (bytes, applied) in [(&one, 1), (&one, 1), (&two, 2), (&one, 2), (&two, 2)] {
        let reply = agent.send(&desk, bytes).await.expect(StatusCode::OK).json();
        assert_eq!(agent.opened(&reply).applied_seq, applied);
        assert_eq!(reply["policy"], "hours_only");
    }
    let stands = desk.get(&agent.caller, "/api/v1/streams/1").await.json();
    assert_eq!(agent.opened(&stands).applied_hash, hash_two);
    assert_eq!(reasons(&desk).await, [""; 0]);
    desk.get(&agent.caller, "/api/v1/streams/9").await.problem(422, "unknown_stream");
    desk.get(&agent.caller, "/api/v1/streams/x").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_computer_says_what_runs_there_and_how_much_waits() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let listed = async || desk.get(&terminal(), "/api/v1/devices").await.items().remove(0);
    assert_eq!(listed().await["program"], Value::Null);
    let says = async |query: &str| {
        let path = format!("/api/v1/streams/1?{query}");
        desk.get(&agent.caller, &path).await.expect(StatusCode::OK);
        let device = listed().await;
        (device["program"].clone(), device["system"].clone(), device["unsent"].clone())
    };
    let expected = (json!("0.1.0"), json!("linux"), json!(3));
    assert_eq!(says("version=0.1.0&system=linux&waiting=3").await, expected);
    assert_eq!(says("").await, expected, "who says nothing takes nothing back");
    let replaced = (json!("0.2.0"), json!("linux"), json!(0));
    assert_eq!(says("version=0.2.0&system=linux&waiting=0").await, replaced);
    for bad in ["version=a%00b&system=linux", "waiting=-1", "battery=20"] {
        let answer = desk.get(&agent.caller, &format!("/api/v1/streams/1?{bad}")).await;
        assert!(answer.status.is_client_error(), "{bad}: {}", answer.status);
    }
    assert_eq!(says("").await, replaced, "what was refused changed nothing");
}

#[tokio::test]
async fn that_recording_is_paused_is_told_at_once_and_the_end_of_it_to_its_person_alone() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let of = desk.get(&terminal(), "/api/v1/devices").await.items().remove(0);
    let (own, admin) =
        (desk.sign_in(of["person"].as_str().unwrap()).await, desk.sign_in("ada").await);
    let seen = async |who: &Caller| {
        let path = format!("/api/v1/devices?user={}", of["person"].as_str().unwrap());
        let device = desk.get(who, &path).await.items().remove(0);
        (device["paused"].clone(), device["paused_until"].clone())
    };
    let nobodys = desk.get(&admin, "/api/v1/devices?user=nobody").await.items();
    assert!(nobodys.is_empty());
    let mut stream = Stream::open(&desk, &own, "/api/v1/events?nouns=device").await;
    let says = async |paused: &str| {
        let path = format!("/api/v1/streams/1?paused={paused}");
        desk.get(&agent.caller, &path).await.status
    };
    let until = rfc3339(now().plus_ms(900_000));
    assert_eq!(says(&until).await, StatusCode::OK);
    assert!(stream.next().await.unwrap().contains("\"noun\":\"device\""));
    assert_eq!(seen(&own).await, (json!(true), json!(until)));
    assert_eq!(
        seen(&admin).await,
        (json!(true), Value::Null),
        "that it is, not since or until when"
    );
    let_pass(900_000);
    assert_eq!(seen(&own).await, (json!(false), Value::Null), "it ends by itself");
    assert_eq!(says("open").await, StatusCode::OK);
    assert!(stream.next().await.unwrap().contains("\"noun\":\"device\""));
    assert_eq!(says("").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(seen(&own).await, (json!(true), Value::Null));
    assert_eq!(says("no").await, StatusCode::OK);
    assert!(stream.next().await.unwrap().contains("\"noun\":\"device\""));
    assert_eq!(seen(&own).await, (json!(false), Value::Null));
}

#[tokio::test]
async fn what_is_not_believed_is_set_aside() {
    let desk = Desk::with_people().await;
    let (one, two) = (Agent::enroll(&desk, 1).await, Agent::enroll(&desk, 2).await);
    let (good, _) = one.batch(1, [0; 32], None);
    one.send(&desk, &good[..50]).await.problem(422, "not_a_batch");
    deliver(&desk, &two.caller, &good).await.problem(403, "forbidden");
    let mut flipped = good.clone();
    flipped[30] ^= 1;
    one.send(&desk, &flipped).await.problem(422, "bad_signature");
    one.send(&desk, &flipped).await.problem(422, "bad_signature");
    let mut renamed = good.clone();
    renamed[6] ^= 1;
    one.send(&desk, &renamed).await.problem(422, "bad_signature");
    let (foreign, _) = one.batch(1, [0; 32], Some(OfficeId::from_bytes([9; 16])));
    one.send(&desk, &foreign).await.problem(422, "other_office");
    one.send(&desk, &good).await.expect(StatusCode::OK);
    let (contradicts, _) = one.batch(1, [7; 32], None);
    one.send(&desk, &contradicts).await.problem(409, "conflict");
    let path = format!("/api/v1/devices/{}", one.id("device"));
    desk.delete(&terminal(), &path).await.expect(StatusCode::NO_CONTENT);
    one.send(&desk, &good).await.problem(403, "revoked_device");
    desk.get(&one.caller, "/api/v1/streams/1").await.problem(403, "device_revoked");
    let expected = ["bad_signature", "bad_signature", "other_office", "conflict", "revoked_device"];
    assert_eq!(reasons(&desk).await, expected);
}

#[tokio::test]
async fn what_no_agent_writes_is_set_aside_whoever_signed_it() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let bucket = BucketName::new("w").unwrap();
    let text = |text: &str| ShortText::new(text).unwrap();
    let (kind, client, hostname) = (text("currentwindow"), text("c"), text("pc"));
    let about = |data: &str| BucketAbout {
        kind: kind.clone(),
        client: client.clone(),
        hostname: hostname.clone(),
        data: CanonicalJson::new(data).unwrap(),
    };
    let bucket_of = |data: &str| {
        let (name, about, created) = (bucket.clone(), about(data), now());
        Operation::PutBucket { name, about, created }
    };
    let event = |json: &str, app: &str| {
        let (json, app) = (CanonicalJson::new(json).unwrap(), Some(app.to_owned()));
        let data = Arc::new(EventData { json, app, title: None, url: None, afk: None });
        let (id, start, duration_ms) = (EventId(1), now(), 5);
        let event = Event { id, start, duration_ms, policy: ActivityPolicy::HoursOnly, data };
        Operation::PutEvent { bucket: bucket.clone(), event }
    };
    let long = "a".repeat(3 * 1024 * 1024);
    for bad in [
        event("{}", &long),
        event("{}", &"a".repeat(EventData::MOST_TEXT_BYTES + 1)),
        event("{\"app\":", "a"),
        event("{\"app\": \"a\"}", "a"),
        bucket_of("}, \"x\": {"),
    ] {
        let (bytes, _) = agent.holding(vec![bucket_of("{}"), bad], 1, [0; 32], None);
        agent.send(&desk, &bytes).await.problem(422, "unreadable");
        let list = desk.get(&terminal(), "/api/v1/quarantine").await.items();
        let path = format!("/api/v1/quarantine/{}", list[0]["id"].as_str().unwrap());
        desk.post(&terminal(), &format!("{path}/accept"), &json!({}))
            .await
            .problem(422, "unreadable");
        desk.delete(&terminal(), &path).await.expect(StatusCode::NO_CONTENT);
    }
    let longest = "a".repeat(EventData::MOST_TEXT_BYTES);
    let (bytes, _) = agent.holding(vec![bucket_of("{}"), event("{}", &longest)], 1, [0; 32], None);
    agent.send(&desk, &bytes).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_administrator_decides() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let (bytes, _) = agent.batch(1, [0; 32], None);
    let mut flipped = bytes;
    flipped[30] ^= 1;
    agent.send(&desk, &flipped).await.problem(422, "bad_signature");
    let list = desk.get(&terminal(), "/api/v1/quarantine").await.items();
    assert_eq!(list[0]["device"], agent.reply["device"]);
    let path = format!("/api/v1/quarantine/{}", list[0]["id"].as_str().unwrap());
    let accept = format!("{path}/accept");
    desk.post(&terminal(), &accept, &json!({})).await.problem(422, "bad_signature");
    desk.delete(&terminal(), &path).await.expect(StatusCode::NO_CONTENT);
    desk.post(&terminal(), &accept, &json!({})).await.problem(404, "unknown_quarantined");
    desk.delete(&terminal(), "/api/v1/quarantine/x").await.problem(404, "unknown_quarantined");
}

#[tokio::test]
async fn a_disabled_persons_computer_waits_and_delivers_when_they_are_back() {
    let desk = Desk::with_people().await;
    let agent = Agent::enroll(&desk, 1).await;
    let ada = desk.sign_in("ada").await;
    let (one, _) = agent.batch(1, [0; 32], None);
    desk.delete(&ada, "/api/v1/users/cy").await.expect(StatusCode::NO_CONTENT);
    for _ in 0..2 {
        agent.send(&desk, &one).await.problem(403, "user_disabled");
    }
    assert_eq!(reasons(&desk).await, [""; 0], "nothing is wrong with the batch");
    desk.post(&ada, "/api/v1/users/cy/enable", &json!({})).await.expect(StatusCode::NO_CONTENT);
    let taken = agent.send(&desk, &one).await.expect(StatusCode::OK).json();
    assert_eq!(agent.opened(&taken).applied_seq, 1);
}
