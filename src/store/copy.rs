//! A copy of the whole state into a fresh file, from one consistent read.
//!
//! Must never copy a live file's bytes: only rows, so that the copy is complete or not there.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::state::{ReadScope, State};
use super::tables::{ALL, TableName};
use super::transaction::{KeyRange, Order, Reader};

/// Copies every row of every table, the consensus position included, and checkpoints the copy.
///
/// # Errors
/// [`StoreError`]; throw the copy away then.
pub fn copy(from: &ReadScope, into: &State) -> Result<(), StoreError> {
    copy_watched(from, into, &mut |_| ControlFlow::Continue(()))?;
    into.checkpoint()
}

/// The same, while `watch` hears of every so many rows and may end it; was it not ended? The copy is not checkpointed then.
///
/// # Errors
/// [`StoreError`]; throw the copy away then.
pub(super) fn copy_watched(
    from: &ReadScope,
    into: &State,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<bool, StoreError> {
    for table in ALL {
        let mut rows = Rows { table, rows: Vec::new(), bytes: 0 };
        let mut is_wanted = true;
        from.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, value| {
            rows.bytes += key.len() + value.len();
            rows.rows.push((key.to_vec(), value.to_vec()));
            if rows.bytes < STEP_BYTES {
                return Ok(ControlFlow::Continue(()));
            }
            let step = watch(rows.rows.len() as u64);
            is_wanted = step.is_continue();
            rows.write(into)?;
            Ok(step)
        })?;
        if !is_wanted || watch(rows.rows.len() as u64).is_break() {
            return Ok(false);
        }
        rows.write(into)?;
    }
    Ok(true)
}

/// A dense copy beside `state`, on disk to the last byte and ready to be [`State::adopt`]ed. Whoever asks keeps writers out until then.
///
/// # Errors
/// [`StoreError`]; the state stays as it was, and no copy is left.
pub fn fresh_copy(state: &State) -> Result<State, StoreError> {
    let path = fresh(state.path());
    let failed = |error: &dyn std::fmt::Display| StoreError::Engine(error.to_string());
    let attempt = || {
        discard(&path).map_err(|error| failed(&error))?;
        let fresh = State::open(&path).map_err(|error| failed(&error))?;
        copy(&state.read()?, &fresh)?;
        fresh.compact()?;
        fresh.checkpoint()?;
        Ok(fresh)
    };
    let copied = attempt();
    if copied.is_err() {
        // What stays there all the same goes with the next try, or the next start.
        drop(discard(&path));
    }
    copied
}

/// Removes what a copy left behind beside the state at `path` that was broken off.
///
/// # Errors
/// What the file system says.
pub fn discard_leftover(path: &Path) -> io::Result<()> {
    discard(&fresh(path))
}

fn discard(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where a fresh file grows.
pub fn fresh(path: &Path) -> PathBuf {
    path.with_extension("redb.fresh")
}

/// Rows on their way, written in steps to bound the memory.
struct Rows {
    table: TableName,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
}

impl Rows {
    fn write(&mut self, into: &State) -> Result<(), StoreError> {
        self.bytes = 0;
        let (table, rows) = (self.table, std::mem::take(&mut self.rows));
        into.append(table, &rows)
    }
}

/// Bytes of rows in one transaction of the copy.
const STEP_BYTES: usize = 4 * 1024 * 1024;
