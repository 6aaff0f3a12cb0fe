//! The next entry of the audit log.

use crate::codec::audit_hash;
use crate::domain::audit::{AuditEntry, AuditNote};
use crate::domain::command::Actor;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::Audit;
use crate::store::transaction::{KeyRange, Order, Read, Write, Writer};

pub(super) fn append(
    writer: &mut dyn Writer,
    at: Timestamp,
    actor: &Actor,
    note: &AuditNote,
) -> Result<(), StoreError> {
    let last = writer.first::<Audit>(KeyRange::all(), Order::Falling)?;
    let (seq, previous) = last.map_or((1, [0; 32]), |(seq, entry)| (seq + 1, entry.hash));
    let AuditNote { action, subject } = note.clone();
    let mut entry =
        AuditEntry { seq, at, actor: actor.clone(), action, subject, previous, hash: [0; 32] };
    entry.hash = audit_hash(&entry);
    writer.put::<Audit>(&seq, &entry)
}
