//! Frozen bytes of what leaves a computer signed or copied by hand, and of the keys that order the tables.

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;

use super::golden::frozen;
use super::samples::{at, batch, bucket_name, receipt};
use super::text;
use crate::codec::batch::{self, SignedBatch};
use crate::codec::block::{Block, Unpack};
use crate::codec::enrollment_code::EnrollmentCode;
use crate::codec::key::Key;
use crate::codec::receipt as receipts;
use crate::domain::activity::{BucketNumber, Event, EventId};
use crate::domain::id::{
    CustomerId, DeviceId, EntryId, InvitationId, ProjectId, QuarantineId, RecordId, RequestId,
    SessionId, TagId, TaskId, TokenId, UserId,
};
use crate::domain::outcome::Noun;
use crate::domain::text::{Label, SettingKey, UserName};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x41; 32])
}

fn line(file: &str, name: &str) -> Vec<u8> {
    frozen(file).remove(name).unwrap_or_else(|| panic!("{file}.hex has no line {name}"))
}

/// Its bytes may change with the compressor; what was once sent must be read for ever.
#[test]
fn a_signed_batch_from_then_opens_today() {
    let bytes = line("signed-batch", "batch");
    let public = key().verifying_key().to_bytes();
    let signed = SignedBatch::parse(&bytes).unwrap();
    assert_eq!(signed.device, DeviceId::from_bytes([0x11; 16]));
    assert_eq!(signed.open(&public).unwrap(), batch());
    assert_eq!(signed.payload_hash().to_vec(), line("signed-batch", "payload-hash"));
    let (today, _) = batch::sign(&batch(), &key());
    assert_eq!(today[..20], bytes[..20], "magic and device");
    assert_eq!(SignedBatch::parse(&today).unwrap().open(&public).unwrap(), batch());
}

/// Its bytes may change with the compressor, too.
#[test]
fn a_block_from_then_opens_today() {
    let events = super::samples::block();
    let bytes = line("block", "block");
    let block = Block::unpack(&bytes);
    let block = block.unwrap_or_else(|error| panic!("{error}; today: {}", today(&events)));
    assert_eq!(block.events(), events);
    for length in 0..bytes.len() {
        assert!(Block::unpack(&bytes[..length]).is_err(), "{length} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(Block::unpack(&longer).is_err());
}

fn today(events: &[Event]) -> String {
    HEXLOWER.encode(&Block::pack(events, usize::MAX).0)
}

#[test]
fn a_signed_receipt_is_what_it_was() {
    let bytes = line("signed-receipt", "receipt");
    assert_eq!(HEXLOWER.encode(&receipts::sign(&receipt(), &key())), HEXLOWER.encode(&bytes));
    assert_eq!(receipts::open(&bytes, &key().verifying_key().to_bytes()), Some(receipt()));
    for length in 0..bytes.len() {
        assert_eq!(receipts::open(&bytes[..length], &key().verifying_key().to_bytes()), None);
    }
}

#[test]
fn an_enrollment_code_is_what_it_was() {
    let code = EnrollmentCode {
        addresses: vec!["office.example:8443".to_owned(), "[2001:db8::1]:8443".to_owned()],
        ca_fingerprint: [0x51; 32],
        secret: [0x52; 16],
    };
    let frozen = text("tests/compat/v1/enrollment-code.txt");
    assert_eq!(code.to_text(), frozen.trim_end());
    assert_eq!(EnrollmentCode::from_text(&frozen), Ok(code));
}

/// Checks one key against its line: written so, read so, and refused when cut or longer (a text at the end may be any length).
fn is_frozen<K: Key + PartialEq + std::fmt::Debug>(name: &str, key: &K, ends_in_text: bool) {
    let bytes = key.to_bytes();
    assert_eq!(HEXLOWER.encode(&bytes), HEXLOWER.encode(&line("keys", name)), "{name}");
    assert_eq!(K::from_bytes(&bytes).unwrap(), *key);
    if !ends_in_text {
        for length in 0..bytes.len() {
            assert!(K::from_bytes(&bytes[..length]).is_err(), "{name} cut to {length}");
        }
        assert!(K::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err(), "{name} and 0");
    }
}

#[test]
fn keys_are_what_they_were() {
    let device = DeviceId::from_bytes([0x11; 16]);
    let user = UserId::from_bytes([0x15; 16]);
    let (bucket, event) = (BucketNumber(300), EventId(251));
    assert!(().to_bytes().is_empty(), "the key of a table of one row");
    is_frozen("number", &0x0102_0304_0506_0708_u64, false);
    is_frozen("byte", &1_u8, false);
    is_frozen("hash", &[0x23_u8; 32], false);
    is_frozen("user", &user, false);
    is_frozen("session", &SessionId::from_bytes([0x13; 16]), false);
    is_frozen("token", &TokenId::from_bytes([0x14; 16]), false);
    is_frozen("device", &device, false);
    is_frozen("invitation", &InvitationId::from_bytes([0x12; 16]), false);
    is_frozen("quarantine", &QuarantineId::from_bytes([0x18; 16]), false);
    is_frozen("request", &RequestId::from_bytes([0x19; 16]), false);
    is_frozen("user-name", &UserName::new("ada").unwrap(), true);
    is_frozen("label", &Label::new("ca-key").unwrap(), true);
    is_frozen("person-device", &(user, device), false);
    is_frozen("stream", &(device, 1_u8), false);
    is_frozen("bucket", &(device, bucket_name()), true);
    is_frozen("tail", &bucket, false);
    is_frozen("hot", &(bucket, at(1_767_323_045_678), event), false);
    is_frozen("hot-id", &(bucket, event), false);
    is_frozen("setting", &(device, SettingKey::new("startOfDay").unwrap()), true);
    is_frozen("outbox", &(1_u8, 70_000_u64), false);
    is_frozen("timesheet", &(user, at(1_767_323_045_678)), false);
    is_frozen("waiting-sheet", &(at(1_767_323_045_678), user), false);
    is_frozen("target", &(user, crate::domain::day::Day::new(20_451).unwrap()), false);
    is_frozen("held-edit", &(user, 70_000_u64, 1_u32), false);
    let entry = EntryId::from_bytes([0x22; 16]);
    is_frozen("entry", &entry, false);
    is_frozen("person-entry", &(user, at(1_767_323_045_678), entry), false);
    is_frozen("entry-use", &(Noun::Tag, RecordId::from_bytes([0x20; 16]), entry), false);
    is_frozen("customer", &CustomerId::from_bytes([0x1d; 16]), false);
    is_frozen("project", &ProjectId::from_bytes([0x1e; 16]), false);
    is_frozen("task", &TaskId::from_bytes([0x1f; 16]), false);
    is_frozen("tag", &TagId::from_bytes([0x20; 16]), false);
    let record = RecordId::from_bytes([0x1a; 16]);
    let title = Label::new(" ÄRZTE & Co ").unwrap().folded();
    is_frozen("title", &(Noun::Project, record, title), true);
    is_frozen("since", &(70_000_u64, Noun::Task, record), false);
    is_frozen("place", &(user, Label::new("192.0.2").unwrap()), true);
    is_frozen("mark", &(Noun::Team, record), false);
    is_frozen("history", &(Noun::Tag, record, (70_000_u64, 2_u32)), false);
}

#[test]
fn every_noun_keeps_its_number() {
    let told = |n: u8| Noun::from_bytes(&[n]).ok().map(|noun| format!("{n} {}", noun.name()));
    let nouns: Vec<String> = (0..=u8::MAX).filter_map(told).collect();
    let expected = "0 office, 1 user, 2 session, 3 token, 4 device, 5 invitation, 6 activity, 7 setting, 8 quarantine, \
                    9 customer, 10 project, 11 task, 12 tag, \
                    40 link, 41 team, 42 look, 70 redaction, 80 category, 110 job, 111 office_setting, 112 mail, 130 entry, \
                    150 timesheet, 151 lock, 152 target, 153 saved_report, 154 held_edit, 180 erasure, 181 import";
    assert_eq!(nouns.join(", "), expected);
    for number in 0..=u8::MAX {
        if let Ok(noun) = Noun::from_bytes(&[number]) {
            assert_eq!(noun.to_bytes(), [number]);
        }
    }
}

#[test]
fn keys_of_texts_refuse_what_is_no_such_text() {
    let device = [0x11; 16];
    for bad in [&b""[..], b"a\nb", b"\xff", &[b'x'; 257]] {
        let bytes = [&device[..], bad].concat();
        assert!(<(DeviceId, crate::domain::text::BucketName)>::from_bytes(&bytes).is_err());
    }
    assert!(UserName::from_bytes(b"Ada").is_err());
}
