//! What a backup is sealed with and opened with, from a command line: words in a file, or a key of age.

use std::path::{Path, PathBuf};

use age::secrecy::SecretString;

use super::UnsealArguments;
use crate::cli::exit::Failure;
use crate::cli::secret_file::first_line;
use crate::service::backup::{self, Seal, Unseal};

/// A backup that can be read: as it lies there, or opened for as long as this is held.
pub(super) enum Opened {
    AsIs(PathBuf),
    Unsealed(tempfile::TempPath),
}

impl Opened {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::AsIs(path) => path,
            Self::Unsealed(path) => path,
        }
    }
}

/// What a new one is to be sealed with; nothing when it is not to be.
pub(super) fn seal(
    passphrase: Option<&Path>,
    recipient: Option<&str>,
) -> Result<Option<Seal>, Failure> {
    match (passphrase, recipient) {
        (Some(file), _) => Ok(Some(Seal::Passphrase(words(file)?))),
        (None, Some(recipient)) => {
            let bad = || {
                Failure::usage(
                    "This is no recipient of age. It begins with age1; `timebook backup key` and `age-keygen -y KEYFILE` print it.",
                )
            };
            Seal::to_recipient(recipient).map(Some).ok_or_else(bad)
        }
        (None, None) => Ok(None),
    }
}

/// The backup at `file`, opened into `folder` if it is sealed.
pub(super) async fn open(
    file: &Path,
    folder: &Path,
    arguments: &UnsealArguments,
) -> Result<Opened, Failure> {
    // What cannot be read is told by whoever reads it next.
    if !backup::is_sealed(file).unwrap_or(false) {
        return Ok(Opened::AsIs(file.to_path_buf()));
    }
    let unseal = match (&arguments.passphrase_file, &arguments.identity) {
        (Some(words_file), _) => Unseal::Passphrase(words(words_file)?),
        (None, Some(keys)) => Unseal::Keys(keys.clone()),
        (None, None) => {
            return Err(Failure::usage(
                "This backup is sealed. Open it with: --passphrase-file FILE, or --identity FILE",
            ));
        }
    };
    let opened = backup::unseal(file.to_path_buf(), folder.to_path_buf(), unseal).await;
    opened.map(Opened::Unsealed).map_err(Failure::failed)
}

fn words(file: &Path) -> Result<SecretString, Failure> {
    first_line(file, "passphrase").map(SecretString::from)
}
