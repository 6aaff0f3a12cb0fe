//! Where results wait: `DIR/jobs`, for the server alone, a file a job.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::id::JobId;
use crate::domain::job::ResultFile;
use crate::store::file::sync_directory;

const FOLDER: &str = "jobs";
/// The end of the name of what is kept beside a file.
const BESIDE: &str = ".about";

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    pub(super) fn file(&self, id: JobId) -> PathBuf {
        self.0.join(id.to_string())
    }

    /// Is the file of this job there, as long as it was when the job ended?
    pub(super) fn has(&self, id: JobId, file: &ResultFile) -> bool {
        self.file(id).metadata().is_ok_and(|about| about.is_file() && about.len() == file.bytes)
    }

    /// The words kept beside it; empty without any.
    pub(super) fn words_beside(&self, id: JobId) -> io::Result<String> {
        match fs::read_to_string(beside(&self.file(id))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        }
    }

    /// That a file is gone already is as good.
    pub(super) fn remove(&self, id: JobId) {
        remove(&self.file(id));
        remove(&beside(&self.file(id)));
    }

    /// Removes everything but the files of jobs that are kept.
    pub(super) fn clean(&self, is_kept: impl Fn(JobId) -> bool) {
        // No folder, no files.
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let id = name.to_str().map(|name| name.strip_suffix(BESIDE).unwrap_or(name));
            let id = id.and_then(|id| id.parse().ok());
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

/// Where words about the file at `path` are kept.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(BESIDE);
    name.into()
}

/// Makes the file at `path` outlast a power cut, its name too; how long it is. Blocks.
pub(super) fn settle(path: &Path) -> io::Result<u64> {
    // For writing: Windows flushes nothing else.
    let file = File::options().write(true).open(path)?;
    file.sync_all()?;
    match File::options().write(true).open(beside(path)) {
        Ok(words) => words.sync_all()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    sync_directory(folder)?;
    if let Some(data) = folder.parent() {
        // The folder itself may have been made for this file.
        sync_directory(data)?;
    }
    Ok(file.metadata()?.len())
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "a job's file could not be removed");
        }
        _ => {}
    }
}
