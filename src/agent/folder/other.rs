//! Files where rights are inherited from the person's own folder (Windows). Must hold nothing but calls of the system.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io;
use std::path::Path;

pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    create_dir_all(path)
}

pub(super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}

pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// A directory cannot be opened as a file here; the file system's journal carries the rename.
pub(super) fn sync_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}
