//! From a backup to lines.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::{First, NAME, SCHEMA};
use crate::codec::json::Json;
use crate::codec::key::Key;
use crate::domain::activity::BucketNumber;
use crate::domain::tier::Place;
use crate::store::activity::block;
use crate::store::backup::create::temporary;
use crate::store::backup::{BackupError, Head, Step, Watch, step, unpack};
use crate::store::error::StoreError;
use crate::store::frozen::Frozen;
use crate::store::tables::{BlockParts, Blocks, Table, TableName, every, to_json};
use crate::store::transaction::{KeyRange, Order, Reader};

/// Every line but the first and the last. Of a block's parts: the events in them, each with the block's key.
#[derive(Serialize)]
struct Line<'a> {
    table: &'a str,
    key: &'a Value,
    value: &'a Value,
}

/// Writes what is in the backup at `path` into `out` as lines, with its content in `folder` for a moment. Blocks.
///
/// # Errors
/// [`BackupError`].
pub fn to_lines(
    path: &Path,
    folder: &Path,
    out: (&Path, &mut File),
    watch: &mut Watch<'_>,
) -> Result<Head, BackupError> {
    let mut content = temporary(folder)?;
    let place = content.path().to_path_buf();
    let head = unpack(path, content.as_file_mut(), &place, watch)?;
    let (to, file) = out;
    let unwritten = || BackupError::refused(to, "cannot be written");
    let mut lines = Lines { out: BufWriter::new(file), done: 0, total: head.counts.values().sum() };
    let frozen = Frozen::open(&place)?;
    let is_whole = lines.write(&frozen, &head, watch).map_err(|error| match error {
        Unwritten::Io(error) => unwritten()(error),
        Unwritten::Store(error) => error.into(),
    })?;
    if !is_whole {
        return Err(BackupError::Cancelled);
    }
    lines.out.flush().and_then(|()| lines.out.get_ref().sync_all()).map_err(unwritten())?;
    Ok(head)
}

struct Lines<W: Write> {
    out: W,
    done: u64,
    total: u64,
}

enum Unwritten {
    Io(io::Error),
    Store(StoreError),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<W: Write> Lines<W> {
    /// Writes all of it; was it not ended?
    fn write(
        &mut self,
        content: &Frozen,
        head: &Head,
        watch: &mut Watch<'_>,
    ) -> Result<bool, Unwritten> {
        self.line(&First {
            timebook: NAME.to_owned(),
            schema: SCHEMA,
            program: head.program.clone(),
            level: head.level,
            office: head.office.clone(),
            made_ms: head.created_ms,
            host: head.host.clone(),
            state_hash: head.state_hash.clone(),
            counts: head.counts.clone(),
        })?;
        for table in every().filter(|table| head.counts.contains_key(table.name)) {
            let is_wanted = match table == BlockParts::NAME {
                true => self.blocks(content, watch)?,
                false => self.rows(content, table, watch)?,
            };
            if !is_wanted {
                return Ok(false);
            }
        }
        self.line(&serde_json::json!({ "end": self.done }))?;
        Ok(true)
    }

    fn rows(
        &mut self,
        content: &Frozen,
        table: TableName,
        watch: &mut Watch<'_>,
    ) -> Result<bool, Unwritten> {
        let (mut failed, mut is_wanted) = (None, true);
        content.scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, value| {
            let (key, value) = to_json(table, key, value)?;
            let written = self.line(&Line { table: table.name, key: &key, value: &value });
            self.done += 1;
            is_wanted = step(watch, Step::Lines, self.done, self.total).is_ok();
            failed = written.err();
            Ok(match failed.is_none() && is_wanted {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
        })?;
        failed.map_or(Ok(is_wanted), |error| Err(Unwritten::Io(error)))
    }

    /// The events of blocks: how they are packed is nobody's to know.
    fn blocks(&mut self, content: &Frozen, watch: &mut Watch<'_>) -> Result<bool, Unwritten> {
        let mut keys: Vec<(BucketNumber, Place)> = Vec::new();
        content.scan_bytes(Blocks::NAME, KeyRange::all(), Order::Rising, &mut |key, _| {
            let (bucket, start, id) = Key::from_bytes(key)?;
            keys.push((bucket, (start, id)));
            Ok(ControlFlow::Continue(()))
        })?;
        for (bucket, first) in keys {
            let block = block::open(content, bucket, first)?;
            let key = (bucket, first.0, first.1).to_json();
            for at in 0..block.len() {
                let value = block.event(at).to_json();
                self.line(&Line { table: BlockParts::NAME.name, key: &key, value: &value })?;
                self.done += 1;
            }
            if step(watch, Step::Lines, self.done.min(self.total), self.total).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}
