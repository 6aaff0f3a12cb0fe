//! Any bytes as JSON of any record: refused, or read into a value whose own JSON reads as the same value. Never a panic.

use std::fmt::Debug;

use super::codec::json::Json;
use super::domain;

/// The first byte chooses the record, the rest is its JSON. The order never changes: seeds rely on it.
const RECORDS: &[fn(&[u8])] = &[
    read::<domain::activity::Event>,
    read::<domain::office::Office>,
    read::<domain::user::User>,
    read::<domain::sync::Synced<domain::entry::Entry>>,
    read::<domain::sync::HistoryEntry>,
    read::<domain::audit::AuditEntry>,
    read::<domain::outcome::Remembered>,
    read::<domain::office_setting::SettingValue>,
    read::<domain::category::Categories>,
    read::<domain::tier::KeptTotals>,
    read::<(domain::activity::BucketNumber, domain::time::Timestamp, domain::activity::EventId)>,
];

pub(super) fn run(data: &[u8]) {
    let Some((&which, rest)) = data.split_first() else { return };
    RECORDS[usize::from(which) % RECORDS.len()](rest);
}

fn read<T: Json + PartialEq + Debug>(data: &[u8]) {
    let Ok(value) = serde_json::from_slice(data) else { return };
    if let Ok(read) = T::from_json(value) {
        assert_eq!(T::from_json(read.to_json()).as_ref(), Ok(&read), "it reads as itself");
    }
}
