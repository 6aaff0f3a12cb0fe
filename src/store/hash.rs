//! The state hash: same log, same hash, on every server.
//!
//! It covers decoded content, never raw pages or compressed bytes, so that two servers on different engine or compressor versions
//! agree.

use std::ops::ControlFlow;

use super::activity::block;
use super::error::StoreError;
use super::tables::{ALL, BlockParts, Blocks, CONSENSUS, Table, TableName, content};
use super::transaction::{KeyRange, Order, Reader};
use crate::codec::encode;
use crate::codec::key::Key;

/// BLAKE3 over every row of every table but Raft's own: table name, key and content, each with its length.
///
/// # Errors
/// [`StoreError::Damaged`] when a row does not decode.
pub fn state_hash(reader: &dyn Reader) -> Result<[u8; 32], StoreError> {
    state_hash_of(reader, |_| true)
}

/// The same over those tables that `has` names: an older Timebook did not have them all.
///
/// # Errors
/// As [`state_hash`].
pub fn state_hash_of(
    reader: &dyn Reader,
    has: impl Fn(TableName) -> bool,
) -> Result<[u8; 32], StoreError> {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    for table in ALL.into_iter().filter(|table| *table != CONSENSUS && has(*table)) {
        part(table.name.as_bytes());
        if table == BlockParts::NAME {
            // Not the bytes, and not how they are cut: what they say.
            reader.scan_bytes(Blocks::NAME, KeyRange::all(), Order::Rising, &mut |key, _| {
                let (bucket, start, id) = Key::from_bytes(key)?;
                part(key);
                for event in block::open(reader, bucket, (start, id))?.events() {
                    part(&encode(&event));
                }
                Ok(ControlFlow::Continue(()))
            })?;
            continue;
        }
        reader.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, value| {
            part(key);
            part(&content(table, value)?);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests;
