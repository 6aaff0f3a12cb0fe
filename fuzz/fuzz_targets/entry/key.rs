//! Any bytes as any key: refused, or read into a key that is written as exactly these bytes. Two spellings of one key would be two rows.

use super::codec::key::Key;
use super::domain::activity::{BucketNumber, EventId};
use super::domain::id::{DeviceId, EntryId, RecordId, RequestId, UserId};
use super::domain::outcome::Noun;
use super::domain::text::{BucketName, FoldedName, Label, SettingKey, UserName};
use super::domain::time::Timestamp;

/// The first byte chooses the key, the rest is its bytes. The order never changes: seeds rely on it.
const KEYS: &[fn(&[u8])] = &[
    read::<()>,
    read::<u8>,
    read::<u64>,
    read::<[u8; 32]>,
    read::<RequestId>,
    read::<UserName>,
    read::<Label>,
    read::<(UserId, DeviceId)>,
    read::<(DeviceId, u8)>,
    read::<(DeviceId, BucketName)>,
    read::<(DeviceId, SettingKey)>,
    read::<BucketNumber>,
    read::<(BucketNumber, Timestamp, EventId)>,
    read::<(BucketNumber, EventId)>,
    read::<(u8, u64)>,
    read::<(u64, Noun, RecordId)>,
    read::<(Noun, RecordId, (u64, u32))>,
    read::<(Noun, RecordId, FoldedName)>,
    read::<(UserId, Timestamp, u64)>,
    read::<(UserId, Timestamp, EntryId)>,
    read::<(Noun, RecordId, EntryId)>,
    read::<((BucketNumber, Timestamp, EventId), u32)>,
    read::<(UserId, Timestamp)>,
];

pub(super) fn run(data: &[u8]) {
    if let Some((selector, bytes)) = data.split_first() {
        KEYS[usize::from(*selector) % KEYS.len()](bytes);
    }
}

fn read<K: Key>(bytes: &[u8]) {
    if let Ok(key) = K::from_bytes(bytes) {
        assert_eq!(key.to_bytes(), bytes);
    }
}
