//! What database files are kept on: ordinary files, or the test build's faulty disk.
//!
//! Must never create anything but the file asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::Database;

use super::error::OpenError;
use super::file::make_private;
use super::state::State;

/// What database files are kept on.
#[derive(Debug, Clone, Default)]
pub enum Storage {
    /// Ordinary files.
    #[default]
    Files,
    /// Memory that forgets, tears and reorders what was not flushed when its power is cut.
    #[cfg(feature = "faults")]
    Faulty(super::faults::FaultyDisk),
}

impl Storage {
    /// Opens or creates a state file.
    ///
    /// # Errors
    /// [`OpenError`], as [`State::open`].
    pub fn open_state(&self, path: &Path) -> Result<State, OpenError> {
        match self {
            Self::Files => State::open(path),
            #[cfg(feature = "faults")]
            Self::Faulty(disk) => State::open_backend(path, disk.file(path)),
        }
    }

    /// Opens or creates a small database whose every page is verified first: the whole file is read.
    pub(super) fn open_checked(
        &self,
        path: &Path,
        cache_bytes: usize,
    ) -> Result<Database, OpenError> {
        if matches!(self, Self::Files) {
            make_private(path).map_err(|error| OpenError::refused(path, error))?;
        }
        let mut builder = Database::builder();
        builder.set_cache_size(cache_bytes).set_check_integrity_on_open(true);
        // redb may panic on a damaged file (its own word): that is a finding about the file, not a bug of ours.
        catch_unwind(AssertUnwindSafe(|| match self {
            Self::Files => builder.create(path),
            #[cfg(feature = "faults")]
            Self::Faulty(disk) => builder.create_with_backend(disk.file(path)),
        }))
        .map_err(|_| OpenError::damaged(path, "its pages contradict each other"))?
        .map_err(|error| OpenError::from_engine(path, error))
    }
}
