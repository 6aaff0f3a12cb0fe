//! Audit entries and the hash that chains them.

use super::frame::{Record, encode};
use super::layout::{choice, fields};
use crate::domain::audit::{AuditEntry, AuditNote};
use crate::domain::command::Actor;

choice!(Actor { 0 => System, 1 => Local(name), 2 => User(user), 3 => Device(device), 4 => Anyone });
fields!(AuditNote { action, subject });
fields!(AuditEntry { seq, at, actor, action, subject, previous, hash });

impl Record for AuditEntry {
    const NAME: &'static str = "an audit entry";
}

/// Does `entry` stand where it was written, unchanged, right after `previous` (`None`: the first of all)?
pub fn audit_follows(previous: Option<&AuditEntry>, entry: &AuditEntry) -> bool {
    let (seq, hash) = previous.map_or((0, [0; 32]), |entry| (entry.seq, entry.hash));
    seq.checked_add(1) == Some(entry.seq)
        && entry.previous == hash
        && entry.hash == audit_hash(entry)
}

/// The hash `entry` must carry: BLAKE3 over its stored form with a zero hash.
pub fn audit_hash(entry: &AuditEntry) -> [u8; 32] {
    let unsigned = AuditEntry { hash: [0; 32], ..entry.clone() };
    *blake3::hash(&encode(&unsigned)).as_bytes()
}
