//! A backup as lines of JSON, and back: nobody is locked in.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::{BackupFailure, Head, Watcher};
use crate::store::backup::{self, Made};

/// Writes the backup at `path` into `file`, which lies at `out`, with its content in `folder` for a moment.
///
/// # Errors
/// [`BackupFailure`]; what is in the file then is not whole, and says so when it is read.
pub async fn to_lines(
    path: PathBuf,
    folder: PathBuf,
    (out, mut file): (PathBuf, File),
    mut watch: Watcher,
) -> Result<Head, BackupFailure> {
    let write = move || backup::to_lines(&path, &folder, (&out, &mut file), &mut *watch);
    let written = tokio::task::spawn_blocking(write).await;
    Ok(written.map_err(|error| BackupFailure::BrokenOff(error.to_string()))??)
}

/// Makes a backup in `folder` of the lines at `path`, verified like every other.
///
/// # Errors
/// [`BackupFailure`]; nothing is left behind.
pub async fn from_lines(
    path: &Path,
    folder: &Path,
    mut watch: Watcher,
) -> Result<Made, BackupFailure> {
    let (path, folder) = (path.to_path_buf(), folder.to_path_buf());
    let read = move || backup::from_lines(&path, &folder, "timebook-lines", &mut *watch);
    let made = tokio::task::spawn_blocking(read).await;
    Ok(made.map_err(|error| BackupFailure::BrokenOff(error.to_string()))??)
}
