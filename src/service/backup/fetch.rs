//! Backups brought back from a bucket, by whoever has its keys: no office is needed.

use std::path::{Path, PathBuf};

use super::{BackupFailure, BucketError, Object, copy_name, is_name, journal};
use crate::domain::s3::S3Place;
use crate::net::s3::{Bucket, Place};

/// A bucket with backups of whichever office.
pub struct Source(Bucket);

impl Source {
    /// The one at `place`, in this region, with these access and secret keys.
    ///
    /// # Errors
    /// [`BucketError`].
    pub fn at(place: &S3Place, region: &str, keys: (&str, &str)) -> Result<Self, BucketError> {
        let (access_key, secret_key) = keys;
        let S3Place { endpoint, bucket, folder } = place;
        let place = Place { endpoint, bucket, folder, region, access_key, secret_key };
        Bucket::at(&place).map(Self)
    }

    /// The backups that are there, the newest first.
    ///
    /// # Errors
    /// [`BucketError`].
    pub async fn list(&self) -> Result<Vec<Object>, BucketError> {
        let mut found = self.0.list().await?;
        found.retain(|object| is_name(&object.name));
        found.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(found)
    }

    /// Brings the backup of this name into `folder`, with the lists of who was erased since, which a restore from there goes by; where it
    /// is then. `watch` hears how many bytes of how many came.
    ///
    /// # Errors
    /// [`BackupFailure`]; nothing has the name then.
    pub async fn fetch(
        &self,
        name: &str,
        folder: &Path,
        watch: impl FnMut(u64, u64),
    ) -> Result<PathBuf, BackupFailure> {
        let refused = || BackupFailure::refused(folder, "cannot be written");
        std::fs::create_dir_all(folder).map_err(refused())?;
        let file = tempfile::NamedTempFile::new_in(folder).map_err(refused())?;
        let into = file.reopen().map_err(refused())?;
        self.0.fetch(name, (into, file.path()), watch).await?;
        for object in self.0.list().await? {
            if copy_name::is_journal(&object.name)
                && let Some(text) = self.0.get(&object.name, journal::MOST_BYTES).await?
            {
                let lines = journal::parse_all(&String::from_utf8_lossy(&text));
                journal::add(folder, &lines.map_err(BackupFailure::BrokenOff)?)?;
            }
        }
        let path = folder.join(name);
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(BackupFailure::refused(&path, "cannot be written")(error.error)),
        }
    }
}
