//! What a state becomes when it is put in place from a backup: another set of servers, a later epoch, nobody signed in.
//!
//! Must only ever change a state that nobody serves yet; whoever asks ties it to a log afterwards.

use super::error::StoreError;
use super::read;
use super::tables::{Offices, SessionAbouts, SessionSecrets, Sessions, Table, TableName, Users};
use super::transaction::{KeyRange, Order, Read, Write, Writer};
use crate::domain::id::{ClusterId, UserId};
use crate::domain::time::Timestamp;
use std::ops::ControlFlow;

/// Makes the state at hand that of `cluster` in `epoch`: nobody is signed in any more, and no set-up link is open.
///
/// # Errors
/// [`StoreError`].
pub fn renew(writer: &mut dyn Writer, cluster: ClusterId, epoch: u32) -> Result<(), StoreError> {
    if let Some(mut office) = read::office(writer.as_reader())? {
        office.cluster = cluster;
        office.server_epoch = epoch;
        office.setup = None;
        writer.put::<Offices>(&(), &office)?;
    }
    for table in [Sessions::NAME, SessionSecrets::NAME, SessionAbouts::NAME] {
        empty(writer, table)?;
    }
    Ok(())
}

/// Closes the account of somebody who was erased since: what is left of them goes next. Is there such an account?
///
/// # Errors
/// [`StoreError`].
pub fn disable(writer: &mut dyn Writer, person: UserId, at: Timestamp) -> Result<bool, StoreError> {
    let Some(mut user) = writer.get::<Users>(&person)? else { return Ok(false) };
    user.disabled = user.disabled.or(Some(at));
    writer.put::<Users>(&person, &user)?;
    Ok(true)
}

fn empty(writer: &mut dyn Writer, table: TableName) -> Result<(), StoreError> {
    let mut keys = Vec::new();
    writer.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, _| {
        keys.push(key.to_vec());
        Ok(ControlFlow::Continue(()))
    })?;
    keys.iter().try_for_each(|key| writer.delete_bytes(table, key).map(drop))
}
