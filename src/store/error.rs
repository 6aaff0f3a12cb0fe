//! What can go wrong with stored data, by what the caller can do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::codec::CodecError;

/// A read or a write failed. There is nothing to retry on the same handle: the process says so and ends.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk or the database engine failed.
    #[error("the database failed: {0}. Look at the disk, then start again")]
    Engine(String),
    /// Stored bytes do not read.
    #[error("stored data does not read: {0}. Restore the latest backup")]
    Damaged(#[from] CodecError),
}

/// A database file could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another Timebook. Stop that one first, or choose another --data directory", .0.display())]
    InUse(PathBuf),
    /// Not a database, or one whose pages are damaged.
    #[error("{} is damaged and was left as it is: {why}. Put it aside and restore the latest backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the engine found.
        why: String,
    },
    /// The file system refused.
    #[error("{} cannot be opened: {why}. Check the disk's free space and the directory's rights", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

impl OpenError {
    pub(crate) fn from_engine(path: &Path, error: redb::DatabaseError) -> Self {
        use redb::{DatabaseError, StorageError};
        let path = path.to_path_buf();
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::InUse(path),
            DatabaseError::Storage(StorageError::Io(error))
                if error.kind() != std::io::ErrorKind::InvalidData =>
            {
                Self::Refused { path, why: error.to_string() }
            }
            other => Self::Damaged { path, why: other.to_string() },
        }
    }

    pub(crate) fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_path_buf(), why: why.to_string() }
    }

    pub(crate) fn refused(path: &Path, why: impl ToString) -> Self {
        Self::Refused { path: path.to_path_buf(), why: why.to_string() }
    }
}

macro_rules! engine_errors {
    ($($error:ty),*) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Engine(error.to_string())
            }
        }
    )*};
}

engine_errors!(
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError,
    redb::SetDurabilityError
);
