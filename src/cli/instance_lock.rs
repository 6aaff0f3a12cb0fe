//! One Timebook a data directory: whoever works on it holds `DIR/lock`.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::exit::Failure;

/// Held as long as this process works on the data directory; the system lets go of it even after kill -9.
#[derive(Debug)]
pub(crate) struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Takes the lock of `dir`, making the directory first.
    pub(crate) fn take(dir: &Path) -> Result<Self, Failure> {
        make_private(dir)?;
        let path = dir.join("lock");
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        // Whoever can open it can hold it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| {
            Failure::failed(format!(
                "The data directory {} cannot be written to: {error}. Check its rights, or choose another with --data.",
                dir.display()
            ))
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Failure::failed(format!(
                "Another Timebook is using {}. Stop it first, or choose another directory with --data.",
                dir.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(Failure::failed(format!("{} cannot be locked: {error}.", path.display())))
            }
        }
    }
}

/// Makes the data directory, for its owner only.
fn make_private(dir: &Path) -> Result<(), Failure> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| {
        Failure::failed(format!(
            "The data directory {} cannot be made: {error}. Choose another with --data.",
            dir.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().join("data");
        let first = InstanceLock::take(&dir).unwrap();
        let failure = InstanceLock::take(&dir).unwrap_err();
        assert!(failure.sentence.starts_with("Another Timebook is using"), "{failure}");
        drop(first);
        assert!(InstanceLock::take(&dir).is_ok());
    }
}
