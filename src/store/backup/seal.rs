//! A sealed backup: an ordinary one inside an age file, opened with a passphrase or with the key of whom it was sealed to.
//!
//! Anybody's `age` opens it too. Sealing says nothing of who made it; that every byte is right is what the backup inside says.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::iter::once;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, IdentityFile, scrypt, x25519};

use super::BackupError;
use super::create::{give_name_as, temporary};
use crate::store::fail_point::reach;
use crate::store::file::sync_directory;

/// How the name of every sealed backup ends.
pub const SEALED_SUFFIX: &str = "tbk.age";

/// What a backup is sealed with.
pub enum Seal {
    /// Words that whoever opens it must know.
    Passphrase(SecretString),
    /// The public key (`age1...`) of whoever opens it.
    Recipient(Box<x25519::Recipient>),
}

impl Seal {
    /// To whoever has the key of this recipient of age (`age1...`); nothing where that is no key.
    pub fn to_recipient(text: &str) -> Option<Self> {
        text.parse().ok().map(|recipient| Self::Recipient(Box::new(recipient)))
    }
}

/// A new pair of keys: the file of keys as `age-keygen` writes it, and the recipient.
pub fn new_key() -> (SecretString, String) {
    let identity = x25519::Identity::generate();
    (identity.to_string(), identity.to_public().to_string())
}

/// What a sealed backup is opened with.
pub enum Unseal {
    /// The words.
    Passphrase(SecretString),
    /// A file of keys, as `age-keygen` writes it.
    Keys(PathBuf),
}

/// Is it sealed, by the way it begins?
///
/// # Errors
/// [`BackupError::Refused`].
pub fn is_sealed(path: &Path) -> Result<bool, BackupError> {
    let unread = || BackupError::refused(path, "cannot be read");
    let mut begin = Vec::new();
    let file = File::open(path).map_err(unread())?;
    file.take(OPENING.len() as u64).read_to_end(&mut begin).map_err(unread())?;
    Ok(begin == OPENING)
}

/// Seals the backup at `from` into a file beside it, and removes `from`; where it is then. Blocks.
///
/// # Errors
/// [`BackupError`]; `from` stays, and nothing is left beside it.
pub fn seal(from: &Path, seal: &Seal) -> Result<PathBuf, BackupError> {
    let folder = from.parent().unwrap_or(Path::new("."));
    let stem = from.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let path = copy_sealed(from, folder, &stem, seal)?;
    std::fs::remove_file(from).map_err(BackupError::refused(from, "cannot be removed"))?;
    sync_directory(folder).map_err(BackupError::refused(folder, "cannot be written"))?;
    Ok(path)
}

/// Seals the backup at `from` into `folder` under `name`, without suffix, or the next free number of it; where it is then. Blocks.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub fn copy_sealed(
    from: &Path,
    folder: &Path,
    name: &str,
    seal: &Seal,
) -> Result<PathBuf, BackupError> {
    let path = give_name_as(sealed(from, folder, seal)?, folder, name, SEALED_SUFFIX)?;
    sync_directory(folder).map_err(BackupError::refused(folder, "cannot be written"))?;
    Ok(path)
}

/// Seals the backup at `from` into a file in `folder` that goes when it is dropped, opened again as far as that is possible. Blocks.
///
/// # Errors
/// [`BackupError`].
pub fn seal_for_now(
    from: &Path,
    folder: &Path,
    seal: &Seal,
) -> Result<tempfile::TempPath, BackupError> {
    sealed(from, folder, seal).map(tempfile::NamedTempFile::into_temp_path)
}

fn sealed(from: &Path, folder: &Path, seal: &Seal) -> Result<tempfile::NamedTempFile, BackupError> {
    let mut sealed = temporary(folder)?;
    let unwritten = || BackupError::refused(folder, "cannot be written");
    let hash = seal_into(from, sealed.as_file_mut(), seal).map_err(unwritten())?;
    if let Seal::Passphrase(words) = seal {
        let unseal = Unseal::Passphrase(words.clone());
        let mut hasher = blake3::Hasher::new();
        unseal_into(sealed.path(), &mut hasher, &unseal)?;
        if hasher.finalize() != hash {
            return Err(BackupError::damaged(sealed.path(), "it opens to something else"));
        }
    }
    reach("backup.sealed");
    Ok(sealed)
}

/// Opens the sealed backup at `from` into a file in `folder`, which goes when it is dropped. Blocks.
///
/// # Errors
/// [`BackupError`], also when it was sealed with something else.
pub fn unseal(
    from: &Path,
    folder: &Path,
    unseal: &Unseal,
) -> Result<tempfile::TempPath, BackupError> {
    let mut opened = temporary(folder)?;
    unseal_into(from, opened.as_file_mut(), unseal)?;
    Ok(opened.into_temp_path())
}

/// What was sealed, by its hash; on disk on return.
fn seal_into(from: &Path, into: &mut File, seal: &Seal) -> io::Result<blake3::Hash> {
    let encryptor = match seal {
        Seal::Passphrase(words) => Encryptor::with_user_passphrase(words.clone()),
        Seal::Recipient(recipient) => {
            let recipient: &dyn age::Recipient = &**recipient;
            Encryptor::with_recipients(once(recipient)).map_err(io::Error::other)?
        }
    };
    let mut content = BufReader::new(File::open(from)?);
    let mut hasher = blake3::Hasher::new();
    let mut out = encryptor.wrap_output(BufWriter::new(into))?;
    let mut chunk = vec![0; super::CHUNK_BYTES];
    loop {
        let read = content.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        out.write_all(&chunk[..read])?;
    }
    let mut out = out.finish()?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(hasher.finalize())
}

fn unseal_into(from: &Path, into: &mut dyn Write, unseal: &Unseal) -> Result<(), BackupError> {
    let unread = || BackupError::refused(from, "cannot be read");
    let locked = |error: DecryptError| match error {
        DecryptError::Io(error) => unread()(error),
        DecryptError::NoMatchingKeys
        | DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed => {
            BackupError::damaged(from, "it does not open with this passphrase or key")
        }
        _ => BackupError::damaged(from, "it is sealed in a way that is not known here"),
    };
    let file = BufReader::new(File::open(from).map_err(unread())?);
    let decryptor = Decryptor::new_buffered(file).map_err(locked)?;
    let mut content = match unseal {
        Unseal::Passphrase(words) => {
            let identity = scrypt::Identity::new(words.clone());
            decryptor.decrypt(once(&identity as &dyn age::Identity)).map_err(locked)?
        }
        Unseal::Keys(path) => {
            let keys =
                File::open(path).and_then(|file| IdentityFile::from_buffer(BufReader::new(file)));
            let keys = keys.map_err(BackupError::refused(path, "is no file of keys"))?;
            let keys = keys.into_identities().map_err(locked)?;
            let keys = keys.iter().map(|key| &**key as &dyn age::Identity);
            decryptor.decrypt(keys).map_err(locked)?
        }
    };
    let mut chunk = vec![0; super::CHUNK_BYTES];
    loop {
        // What was cut off or changed does not open to its end.
        let read = content.read(&mut chunk).map_err(|_| {
            BackupError::damaged(from, "its seal is broken: bytes were changed or are missing")
        })?;
        if read == 0 {
            return Ok(());
        }
        into.write_all(&chunk[..read]).map_err(BackupError::refused(from, "cannot be unpacked"))?;
    }
}

const OPENING: &[u8] = b"age-encryption.org/v1\n";
