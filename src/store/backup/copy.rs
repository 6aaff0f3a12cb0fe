//! Backups that come from somewhere else, checked before they have their name: a second copy in another folder, and what somebody brings.

use std::fs::File;
use std::io::{self, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::create::{give_name, make_folder, temporary};
use super::{BackupError, Head, check};
use crate::store::fail_point::reach;
use crate::store::file::sync_directory;

/// Copies the backup at `from` into `folder` under `name`, without suffix, or the next free number of it; where it is then. Blocks.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub fn copy(from: &Path, folder: &Path, name: &str) -> Result<PathBuf, BackupError> {
    let mut source = File::open(from).map_err(BackupError::refused(from, "cannot be read"))?;
    let mut file = temporary(folder)?;
    let unwritten = || BackupError::refused(folder, "cannot be written");
    io::copy(&mut source, file.as_file_mut()).map_err(unwritten())?;
    file.as_file().sync_all().map_err(unwritten())?;
    check::whole(file.path(), &mut |_| ControlFlow::Continue(()))?;
    reach("backup.second-copied");
    let path = give_name(file, folder, name)?;
    sync_directory(folder).map_err(unwritten())?;
    Ok(path)
}

/// Puts what is in `file` into `folder` under `name` when it is a sound backup and `is_wanted`; where it is then, nothing when it is not
/// wanted. Blocks.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub fn take_in(
    mut file: File,
    folder: &Path,
    name: &str,
    is_wanted: impl FnOnce(&Head) -> bool,
) -> Result<Option<PathBuf>, BackupError> {
    make_folder(folder).map_err(BackupError::refused(folder, "cannot be made"))?;
    let mut kept = temporary(folder)?;
    let unwritten = || BackupError::refused(folder, "cannot be written");
    file.rewind().map_err(unwritten())?;
    io::copy(&mut file, kept.as_file_mut()).map_err(unwritten())?;
    drop(file);
    kept.as_file().sync_all().map_err(unwritten())?;
    let head = check::verify(kept.path(), folder, &mut |_| ControlFlow::Continue(()))?;
    if !is_wanted(&head) {
        return Ok(None);
    }
    let path = give_name(kept, folder, name)?;
    sync_directory(folder).map_err(unwritten())?;
    Ok(Some(path))
}
