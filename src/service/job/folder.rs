//! Where results wait: `DIR/jobs`, for the server alone, a file a job.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::id::JobId;

const FOLDER: &str = "jobs";

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    pub(super) fn file(&self, id: JobId) -> PathBuf {
        self.0.join(id.to_string())
    }

    pub(super) fn has(&self, id: JobId) -> bool {
        self.file(id).is_file()
    }

    /// That a file is gone already is as good.
    pub(super) fn remove(&self, id: JobId) {
        remove(&self.file(id));
    }

    /// Removes everything but the files of jobs that are kept.
    pub(super) fn clean(&self, is_kept: impl Fn(JobId) -> bool) {
        // No folder, no files.
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let id = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if !id.is_some_and(&is_kept) {
                remove(&entry.path());
            }
        }
    }
}

/// A fresh file at `path`, its folder made if it is missing, both for their owner only.
pub(super) fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "a job's file could not be removed");
        }
        _ => {}
    }
}
