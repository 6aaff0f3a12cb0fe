//! A database file that holds state: the server's `timebook.redb`, an agent's `agent.redb`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redb::{
    Builder, CompactionError, Database, Durability, ReadOnlyDatabase, ReadableDatabase,
    StorageBackend,
};

use super::error::{OpenError, StoreError};
use super::file::make_private;
use super::redb::{RedbReader, RedbWriter, append, create_tables};
use super::tables::TableName;
use super::transaction::{KeyRange, Order, Reader, Visit, Writer};
use super::unflushed::Unflushed;

/// Page cache of one database: redb's own default of 1 GiB is a small office's whole memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// A database file that holds state. Cheap to clone.
#[derive(Clone)]
pub struct State {
    path: PathBuf,
    database: Arc<RwLock<Arc<Database>>>,
}

impl State {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the file and what to do; nothing was changed.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        make_private(path).map_err(|error| OpenError::refused(path, error))?;
        Self::open_with(path, |builder| builder.create(path))
    }

    /// Makes a state at `path`, an empty file, that is thrown away after it was read: what is written there is never flushed.
    ///
    /// # Errors
    /// [`OpenError`], as [`State::open`].
    pub(super) fn unflushed(path: &Path) -> Result<Self, OpenError> {
        make_private(path).map_err(|error| OpenError::refused(path, error))?;
        let file = std::fs::OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| OpenError::refused(path, error))?;
        Self::open_with(path, |builder| builder.create_with_backend(Unflushed::over(file)?))
    }

    /// Opens the state kept in `backend`; `path` only names it in messages.
    ///
    /// # Errors
    /// [`OpenError`], as [`State::open`].
    pub fn open_backend(path: &Path, backend: impl StorageBackend) -> Result<Self, OpenError> {
        Self::open_with(path, |builder| builder.create_with_backend(backend))
    }

    fn open_with(
        path: &Path,
        open: impl FnOnce(&Builder) -> Result<Database, redb::DatabaseError>,
    ) -> Result<Self, OpenError> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        // redb may panic on a damaged file (its own word): that is a finding about the file, not a bug of ours.
        let database = catch_unwind(AssertUnwindSafe(|| open(&builder)))
            .map_err(|_| OpenError::Damaged {
                path: path.to_path_buf(),
                why: "its pages contradict each other".to_owned(),
            })?
            .map_err(|error| OpenError::from_engine(path, error))?;
        let state =
            Self { path: path.to_path_buf(), database: Arc::new(RwLock::new(Arc::new(database))) };
        state.create_tables().map_err(|error| OpenError::refused(path, error))?;
        Ok(state)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A snapshot of now. Short-lived: pages it pins cannot be reused.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(&self) -> Result<ReadScope, StoreError> {
        let database = self.database();
        let reader = RedbReader::new(database.begin_read()?);
        Ok(ReadScope { reader, _open: Held::State(database) })
    }

    /// Runs `change` in one transaction, not yet on disk after the return: the log holds it until the next [`State::checkpoint`].
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it happened.
    pub fn write<T>(
        &self,
        change: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transact(Durability::None, change)
    }

    /// Runs `change` in one transaction that is on disk after the return.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it happened.
    pub fn write_durably<T>(
        &self,
        change: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transact(Durability::Immediate, change)
    }

    /// Puts rows that rise, all of them behind the last one there is, at the end of a table; on disk with the next [`State::checkpoint`].
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it happened.
    pub(super) fn append(
        &self,
        table: TableName,
        rows: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let mut transaction = self.database().begin_write()?;
        transaction.set_durability(Durability::None)?;
        append(&transaction, table, rows)?;
        transaction.commit()?;
        Ok(())
    }

    /// Everything written so far is on disk after the return, in a form that opens in milliseconds after a crash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let mut transaction = self.database().begin_write()?;
        transaction.set_quick_repair(true);
        transaction.commit()?;
        Ok(())
    }

    /// Puts the finished database file `incoming` in this one's place, at this one's path. Reads under way keep the old
    /// state; the caller keeps new ones and writers out until this returns.
    ///
    /// # Errors
    /// [`OpenError`]; then the old state stays.
    pub fn replace_with(&self, incoming: &Path) -> Result<(), OpenError> {
        self.adopt(&Self::open(incoming)?)
    }

    /// Puts the checkpointed `fresh` in this one's place, its file at this one's path. Reads under way keep the old state; the caller keeps
    /// writers out of both until this returns.
    ///
    /// # Errors
    /// [`OpenError`]; then the old state stays, or both are in place and a power cut may still bring the old one back.
    pub fn adopt(&self, fresh: &Self) -> Result<(), OpenError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        std::fs::rename(&fresh.path, &self.path)
            .map_err(|error| OpenError::refused(&self.path, error))?;
        *database = fresh.database();
        // The new name must survive a power cut; where a directory cannot be opened (Windows) the file system sees to it.
        match self.path.parent().map(std::fs::File::open) {
            Some(Ok(dir)) => dir.sync_all().map_err(|error| OpenError::refused(&self.path, error)),
            _ => Ok(()),
        }
    }

    /// Makes the file as short as what is in it allows; was it possible? Nobody may read or write meanwhile, and whoever comes waits: for a
    /// file that others use, copy it and [`State::adopt`] the copy.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn compact(&self) -> Result<bool, StoreError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = Arc::get_mut(&mut database) else { return Ok(false) };
        match database.compact() {
            Ok(_) => Ok(true),
            Err(CompactionError::Storage(error)) => Err(error.into()),
            // Somebody reads.
            Err(_) => Ok(false),
        }
    }

    /// How long the file is, and how much of that is in use. Reads every page, on a snapshot.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn room(&self) -> Result<Room, StoreError> {
        let file = std::fs::metadata(&self.path)
            .map_err(|error| StoreError::Engine(error.to_string()))?
            .len();
        Ok(Room { file, used: self.read()?.reader.used_bytes()? })
    }

    fn create_tables(&self) -> Result<(), StoreError> {
        let mut transaction = self.database().begin_write()?;
        transaction.set_quick_repair(true);
        create_tables(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    fn transact<T>(
        &self,
        durability: Durability,
        change: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut transaction = self.database().begin_write()?;
        transaction.set_durability(durability)?;
        let result = change(&mut RedbWriter::new(&transaction));
        match result {
            Ok(value) => {
                transaction.commit()?;
                Ok(value)
            }
            Err(error) => {
                transaction.abort()?;
                Err(error)
            }
        }
    }

    fn database(&self) -> Arc<Database> {
        self.database.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a file takes on the disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// The whole file.
    pub file: u64,
    /// What is in use of it.
    pub used: u64,
}

impl Room {
    /// Is there enough to gain by writing the file anew? A third of it, and as much as one would notice.
    pub const fn is_worth_it(&self) -> bool {
        let gain = self.file.saturating_sub(self.used);
        gain >= LEAST_GAIN && gain >= self.file / 3
    }
}

const LEAST_GAIN: u64 = 8 * 1024 * 1024;

/// A snapshot of the state.
pub struct ReadScope {
    reader: RedbReader,
    /// A state that was replaced meanwhile stays open as long as somebody reads it.
    _open: Held,
}

/// What a snapshot keeps open.
enum Held {
    State(#[expect(dead_code, reason = "held, not used")] Arc<Database>),
    Resting(#[expect(dead_code, reason = "held, not used")] Arc<ReadOnlyDatabase>),
}

/// The state of a server that is out of service: nobody can write to it, and the file may be copied as it stands. Cheap to clone.
#[derive(Clone)]
pub struct RestingState(Arc<ReadOnlyDatabase>);

impl RestingState {
    /// Opens the file at `path` without changing a byte of it.
    ///
    /// # Errors
    /// [`OpenError`], also for a file that was not closed in order, or by a version that had fewer tables: [`State::open`] mends both.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE_BYTES);
        let damaged = |why: String| OpenError::Damaged { path: path.to_path_buf(), why };
        let database = catch_unwind(AssertUnwindSafe(|| builder.open_read_only(path)))
            .map_err(|_| damaged("its pages contradict each other".to_owned()))?
            .map_err(|error| OpenError::from_engine(path, error))?;
        let state = Self(Arc::new(database));
        let whole = state.read().and_then(|scope| scope.reader.open_all());
        whole.map_err(|error| damaged(error.to_string()))?;
        Ok(state)
    }

    /// A snapshot; there is only one to be had.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(&self) -> Result<ReadScope, StoreError> {
        let reader = RedbReader::new(self.0.begin_read()?);
        Ok(ReadScope { reader, _open: Held::Resting(Arc::clone(&self.0)) })
    }
}

impl ReadScope {
    /// How many rows `table` has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rows_of(&self, table: TableName) -> Result<u64, StoreError> {
        self.reader.rows_of(table)
    }
}

impl Reader for ReadScope {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_anew_for_a_third_of_it_and_not_for_little() {
        let mb = 1024 * 1024;
        let is_worth_it = |file, used| Room { file, used }.is_worth_it();
        assert!(is_worth_it(30 * mb, 20 * mb) && is_worth_it(300 * mb, 0));
        assert!(!is_worth_it(30 * mb, 21 * mb) && !is_worth_it(9 * mb, 2 * mb));
        assert!(!is_worth_it(mb, 2 * mb));
    }
}
