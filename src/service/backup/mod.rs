//! Backups of the whole office: made while people work, listed, verified, and put back.
//!
//! Must never count a backup that was not opened again and compared, and never leave an office between two states.

mod copies;
mod copy_name;
mod desk;
mod fetch;
mod journal;
mod lines;
mod pacing;
mod restore;
mod restored;
mod schedule;

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::consensus::{Door, OpenError, ReadError};
use crate::domain::erasure::Erasure;
use crate::domain::time::Timestamp;
use crate::store::backup::{self, About, BackupError, Progress, SEALED_SUFFIX, SUFFIX};
use crate::store::read;

pub use crate::net::s3::{BucketError, Object};
pub use crate::store::backup::{Head, Made, Seal, Unseal, head, is_sealed, new_key};
pub use desk::BackupDesk;
pub use fetch::Source;
pub use lines::{from_lines, to_lines};
pub use pacing::Pacing;
pub use restore::{Restored, Wish, restore};
pub use restored::LastRestore;
pub use schedule::Standing;

/// The folder of an office's own backups, inside its data folder.
pub const FOLDER: &str = "backups";

/// The backups of the office in one data folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backups {
    data: PathBuf,
}

/// A file in a folder of backups.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name in the folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// What it says of itself, or why it says nothing.
    pub head: Result<Head, String>,
    /// Until when the office's rule keeps it at most; `None` when that depends on others, or nobody asked.
    pub kept_until: Option<Timestamp>,
}

/// Why a backup could not be made, or not be put back.
#[derive(Debug, Error)]
pub enum BackupFailure {
    /// The file, or the copy.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The state cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The state that is there cannot be opened, so that there is nothing to make sure of before it goes.
    #[error(
        "What is there now cannot be saved first: {0}. To restore all the same and lose it, add: --without-safety-backup"
    )]
    Unsaved(String),
    /// It is somebody else's.
    #[error(
        "The backup belongs to another office than the one in {0}. Restore it into an empty folder: --data DIR"
    )]
    OtherOffice(String),
    /// Reading or writing beside the backups.
    #[error("{path} {what}: {why}. Check its rights and the disk's free space.")]
    Refused {
        /// Which.
        path: String,
        /// What could not be done.
        what: &'static str,
        /// What the system said.
        why: io::Error,
    },
    /// The bucket.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// The work broke off.
    #[error("The work broke off: {0}. Try again.")]
    BrokenOff(String),
    /// The office cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl BackupFailure {
    fn refused(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |why| Self::Refused { path, what, why }
    }
}

/// Hears how far it is on the thread that works, and may end it.
pub type Watcher = Box<dyn FnMut(Progress) -> ControlFlow<()> + Send>;

impl Backups {
    /// Of the office whose data is in `data`.
    pub fn new(data: &Path) -> Self {
        Self { data: data.to_path_buf() }
    }

    /// Where they are kept unless somebody says otherwise.
    pub fn folder(&self) -> PathBuf {
        self.data.join(FOLDER)
    }

    /// Makes one in `folder`, verified; only one at a time.
    ///
    /// # Errors
    /// [`BackupFailure`]; nothing is left behind.
    pub async fn create(
        &self,
        door: &Door,
        folder: &Path,
        now: Timestamp,
        watch: Watcher,
    ) -> Result<Made, BackupFailure> {
        self.create_as(door, folder, (now, name(now)), watch).await
    }

    async fn create_as(
        &self,
        door: &Door,
        folder: &Path,
        (now, name): (Timestamp, String),
        mut watch: Watcher,
    ) -> Result<Made, BackupFailure> {
        self.note_erasures(door, &[folder]).await?;
        let host = crate::net::own::host_name();
        let about = About { created: now, host, name, kept_until: None };
        let folder = folder.to_path_buf();
        let made = door.back_up(move |scope| {
            backup::tidy(&folder, None)
                .map_err(|why| BackupFailure::refused(&folder, "cannot be tidied")(why))?;
            Ok(backup::create(scope, &about, &folder, &mut *watch)?)
        });
        made.await?
    }

    /// The backups in `folder`, the newest first. Only what they say of themselves is read.
    ///
    /// # Errors
    /// [`BackupFailure`].
    pub fn list(folder: &Path) -> Result<Vec<Listed>, BackupFailure> {
        let unread = || BackupFailure::refused(folder, "cannot be read");
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unread())?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(unread())?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let Some(name) = name.filter(|name| is_name(name)) else { continue };
            let bytes =
                fs::metadata(&path).map_err(BackupFailure::refused(&path, "cannot be read"));
            let head = match backup::is_sealed(&path) {
                Ok(true) => Err(SEALED.to_owned()),
                Ok(false) | Err(_) => backup::head(&path).map_err(|error| error.to_string()),
            };
            found.push(Listed { name, bytes: bytes?.len(), head, kept_until: None });
        }
        let made = |one: &Listed| one.head.as_ref().map_or(0, |head| head.created_ms);
        found.sort_by(|a, b| made(b).cmp(&made(a)).then_with(|| b.name.cmp(&a.name)));
        Ok(found)
    }

    /// Writes down who was erased, beside the data and beside the backups in `folders`: a restore goes by it.
    ///
    /// # Errors
    /// [`BackupFailure`].
    pub async fn note_erasures(&self, door: &Door, folders: &[&Path]) -> Result<(), BackupFailure> {
        let erasures = door.read(read::erasure::all).await?;
        if erasures.is_empty() {
            return Ok(());
        }
        let own = self.folder();
        let places =
            [self.data.as_path(), own.as_path()].into_iter().chain(folders.iter().copied());
        let places: Vec<PathBuf> =
            places.filter(|place| place.is_dir()).map(Path::to_path_buf).collect();
        let write =
            move || places.iter().try_for_each(|place| journal::add(place, &known(&erasures)));
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|error| BackupFailure::BrokenOff(error.to_string()))?
    }
}

fn known(erasures: &[Erasure]) -> Vec<journal::Line> {
    erasures.iter().map(|erasure| (erasure.person, erasure.asked)).collect()
}

/// Verifies the backup at `path`, with a copy of its content beside it for a moment; where nothing can be written, in the system's folder
/// for temporary files. Blocks.
///
/// # Errors
/// [`BackupFailure`] says what is wrong with it.
pub fn verify(path: &Path, mut watch: Watcher) -> Result<Head, BackupFailure> {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = beside.unwrap_or(Path::new("."));
    let folder = match tempfile::tempfile_in(beside) {
        Ok(_) => beside.to_path_buf(),
        Err(_) => std::env::temp_dir(),
    };
    Ok(backup::verify(path, &folder, &mut *watch)?)
}

/// Seals the verified backup at `path`, which goes; where the sealed one is.
///
/// # Errors
/// [`BackupFailure`]; the backup stays as it is.
pub async fn seal(path: PathBuf, with: Seal) -> Result<PathBuf, BackupFailure> {
    let sealed = tokio::task::spawn_blocking(move || backup::seal(&path, &with)).await;
    Ok(sealed.map_err(|error| BackupFailure::BrokenOff(error.to_string()))??)
}

/// Opens the sealed backup at `path` into a file in `folder`, which goes with what this gives.
///
/// # Errors
/// [`BackupFailure`].
pub async fn unseal(
    path: PathBuf,
    folder: PathBuf,
    with: Unseal,
) -> Result<tempfile::TempPath, BackupFailure> {
    let opened = tokio::task::spawn_blocking(move || backup::unseal(&path, &folder, &with)).await;
    Ok(opened.map_err(|error| BackupFailure::BrokenOff(error.to_string()))??)
}

/// Is this the name of a backup, and of nothing outside its folder?
pub fn is_name(name: &str) -> bool {
    let rest = name.strip_suffix(SEALED_SUFFIX).or_else(|| name.strip_suffix(SUFFIX));
    let suffix = rest.and_then(|rest| rest.strip_suffix('.'));
    suffix.is_some_and(|stem| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        !stem.is_empty() && stem.len() <= MOST_NAME && stem.chars().all(plain)
    })
}

/// The name of a backup made at `now`, without its suffix.
fn name(now: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(now.ms()).unwrap_or_default();
    at.strftime("timebook-%Y%m%dT%H%M%SZ").to_string()
}

/// Of one that says nothing before it is opened.
const SEALED: &str = "It is sealed: only its passphrase or key opens it.";
const MOST_NAME: usize = 100;
/// In the name of one that was made before a restore.
const BEFORE_RESTORE: &str = "-before-restore";
/// In the name of one that somebody brought.
const UPLOADED: &str = "-uploaded";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder() {
        assert!(is_name(&format!("{}.tbk", name(Timestamp::EARLIEST))));
        assert!(is_name("timebook-a.tbk.age"));
        for bad in [
            "..tbk",
            "a.age",
            "a.b.tbk.age",
            ".tbk",
            "../a.tbk",
            "a/b.tbk",
            "a.tbk.part",
            "a",
            "tbk",
            "a.b.tbk",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
        assert_eq!(name(Timestamp::EARLIEST), "timebook-19700101T000000Z");
    }
}
