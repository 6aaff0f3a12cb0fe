//! What the state hash covers, and what it must not.

use std::path::Path;

use super::*;
use crate::codec::key::Key;
use crate::domain::activity::{BucketNumber, EventId};
use crate::domain::id::{DeviceId, SessionId};
use crate::domain::text::{CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;
use crate::store::state::State;
use crate::store::tables::{HotIds, LastBucket, SessionSecrets, Settings};
use crate::store::transaction::{Write, Writer};

fn state() -> State {
    let backend = redb::backends::InMemoryBackend::new();
    State::open_backend(Path::new("memory"), backend).unwrap()
}

fn after(change: impl FnOnce(&mut dyn Writer)) -> [u8; 32] {
    let state = state();
    state
        .write(|writer| {
            change(writer);
            Ok(())
        })
        .unwrap();
    state_hash(&state.read().unwrap()).unwrap()
}

fn setting(writer: &mut dyn Writer, device: u8, key: &str, json: &str) {
    let place = (DeviceId::from_bytes([device; 16]), SettingKey::new(key).unwrap());
    writer.put::<Settings>(&place, &CanonicalJson::new(json).unwrap()).unwrap();
}

#[test]
fn every_row_counts_whatever_the_order_of_writing() {
    let both = after(|writer| {
        setting(writer, 1, "a", "1");
        setting(writer, 2, "b", "2");
    });
    let turned = after(|writer| {
        setting(writer, 2, "b", "0");
        setting(writer, 1, "a", "1");
        setting(writer, 2, "b", "2");
    });
    assert_eq!(both, turned);
    let others = [
        after(|_| {}),
        after(|writer| setting(writer, 1, "a", "1")),
        after(|writer| setting(writer, 1, "a", "2")),
        after(|writer| setting(writer, 1, "b", "1")),
        after(|writer| setting(writer, 2, "a", "1")),
        after(|writer| writer.put::<LastBucket>(&(), &BucketNumber(1)).unwrap()),
        after(|writer| {
            writer.put::<SessionSecrets>(&[1; 32], &SessionId::from_bytes([1; 16])).unwrap();
        }),
        after(|writer| {
            let key = (BucketNumber(1), EventId(1));
            writer.put::<HotIds>(&key, &Timestamp::EARLIEST).unwrap();
        }),
        both,
    ];
    for (at, one) in others.iter().enumerate() {
        assert!(!others[at + 1..].contains(one), "two different states have one hash: {at}");
    }
}

#[test]
fn rafts_own_position_does_not_count() {
    let without = after(|writer| setting(writer, 1, "a", "1"));
    let with = after(|writer| {
        setting(writer, 1, "a", "1");
        writer.put_bytes(CONSENSUS, b"applied", b"anything").unwrap();
    });
    assert_eq!(without, with);
}

#[test]
fn content_counts_and_not_its_bytes() {
    let number = |value: &'static [u8]| {
        after(move |writer| {
            use crate::store::tables::Table;
            writer.put_bytes(LastBucket::NAME, &().to_bytes(), value).unwrap();
        })
    };
    assert_eq!(number(&[1, 5]), number(&[1, 0xfb, 5, 0]), "five, short and long");
    assert_ne!(number(&[1, 5]), number(&[1, 6]));
}

#[test]
fn a_row_that_does_not_read_stops_it() {
    let state = state();
    state
        .write(|writer| {
            use crate::store::tables::Table;
            writer.put_bytes(LastBucket::NAME, &().to_bytes(), &[1])
        })
        .unwrap();
    assert!(matches!(state_hash(&state.read().unwrap()), Err(StoreError::Damaged(_))));
}
