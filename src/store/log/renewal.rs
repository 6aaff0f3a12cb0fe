//! The log file written anew: what was removed from it stands in its free pages until those are used again, and a person's erasure must not
//! wait for that.
//!
//! Must never leave the old file in place once something was written into the new one.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use redb::{Database, ReadableDatabase};

use super::{CACHE_BYTES, CLEARED, ENTRIES, LogError, LogFile, MARKS, Shared, create_tables};
use crate::store::copy::{discard_leftover, fresh};
use crate::store::file::sync_directory;

impl LogFile {
    /// Copies what is in use into a fresh file, which takes this one's place with `cleared` as its mark: both or neither after a crash.
    /// Whoever writes waits meanwhile, so purge before. Blocks.
    ///
    /// # Errors
    /// [`LogError`]: the old file stays, or no more can be written.
    pub fn renew(&self, cleared: &[u8]) -> Result<(), LogError> {
        let shared = self.shared()?;
        // Nobody else writes while this is held.
        let mut on_failure = shared.on_failure.lock().unwrap_or_else(PoisonError::into_inner);
        if on_failure.is_none() {
            return Err(LogError::Closed);
        }
        let path = fresh(&shared.path);
        let copied = catch_unwind(AssertUnwindSafe(|| copy(&shared, &path, cleared)));
        let copied = copied
            .unwrap_or_else(|_| Err("the storage engine stopped in the middle".to_owned()))
            .and_then(|database| {
                fs::rename(&path, &shared.path)
                    .map_err(|error| error.to_string())
                    .map(|()| database)
            });
        let database = copied.map_err(|reason| {
            // What is left there goes with the next start at the latest.
            drop(discard_leftover(&shared.path));
            LogError::Failed { action: "written anew", reason }
        })?;
        *shared.database.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(database);
        // Until the name is on disk a power cut may bring the old file back, and with it lose what is written from here on.
        let directory = shared.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync_directory(directory.unwrap_or(Path::new("."))).map_err(|error| {
            let failure = LogError::Failed { action: "written anew", reason: error.to_string() };
            if let Some(tell) = on_failure.take() {
                tell(failure.clone());
            }
            failure
        })
    }
}

/// What is in use, in a fresh file at `path`, durable.
fn copy(shared: &Shared, path: &Path, cleared: &[u8]) -> Result<Database, String> {
    discard_leftover(&shared.path).map_err(|error| error.to_string())?;
    let database =
        shared.storage.open_checked(path, CACHE_BYTES).map_err(|error| error.to_string())?;
    let copy = || -> Result<(), redb::Error> {
        create_tables(&database)?;
        let old = shared.database();
        let from = old.begin_read()?;
        let into = database.begin_write()?;
        {
            let (entries, marks) = (from.open_table(ENTRIES)?, from.open_table(MARKS)?);
            let mut new_entries = into.open_table(ENTRIES)?;
            for entry in entries.range::<u64>(..)? {
                let (index, bytes) = entry?;
                new_entries.insert(index.value(), bytes.value())?;
            }
            let mut new_marks = into.open_table(MARKS)?;
            for mark in marks.range::<&str>(..)? {
                let (name, bytes) = mark?;
                new_marks.insert(name.value(), bytes.value())?;
            }
            new_marks.insert(CLEARED, cleared)?;
        }
        into.commit()?;
        Ok(())
    };
    copy().map_err(|error| error.to_string())?;
    Ok(database)
}
