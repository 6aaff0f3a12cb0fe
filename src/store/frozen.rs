//! A state file that is only looked at: opened read-only, as it is, with not a byte of it changed.
//!
//! Must never open a file that somebody may still write.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{ReadOnlyDatabase, ReadableDatabase};

use super::error::{OpenError, StoreError};
use super::redb::RedbReader;
use super::tables::TableName;
use super::transaction::{KeyRange, Order, Reader, Visit};

/// A closed state file, read. Tables that it does not have cannot be asked for.
pub struct Frozen {
    reader: RedbReader,
    _database: ReadOnlyDatabase,
}

impl Frozen {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        // redb may panic on a damaged file (its own word): that is a finding about the file, not a bug of ours.
        let database = catch_unwind(AssertUnwindSafe(|| ReadOnlyDatabase::open(path)))
            .map_err(|_| OpenError::damaged(path, "its pages contradict each other"))?
            .map_err(|error| OpenError::from_engine(path, error))?;
        let transaction = database.begin_read().map_err(|error| OpenError::damaged(path, error))?;
        Ok(Self { reader: RedbReader::new(transaction), _database: database })
    }

    /// How many rows `table` has.
    ///
    /// # Errors
    /// [`StoreError`], also when it has no such table.
    pub fn rows_of(&self, table: TableName) -> Result<u64, StoreError> {
        self.reader.rows_of(table)
    }
}

impl Reader for Frozen {
    fn get_bytes(&self, table: TableName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.get_bytes(table, key)
    }

    fn scan_bytes(
        &self,
        table: TableName,
        range: KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.reader.scan_bytes(table, range, order, visit)
    }
}
