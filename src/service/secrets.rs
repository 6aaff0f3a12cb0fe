//! The office key, what it seals, and the recovery code that opens it.
//!
//! The key stands in `DIR/office.key` and nowhere else in the clear. Without it the sealed values in the state cannot be read, so
//! the state carries the key wrapped by a recovery code that only people hold.
//!
//! Keys, salts and nonces draw their own randomness here; the guard lets nobody else but `clock`.

use std::fs;
use std::io;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::BASE32_NOPAD;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::secret::Secret;
use crate::domain::text::Label;
use crate::store::file::write_private;

const NONCE: usize = 24;
const SALT: usize = 16;
/// Binds derived keys to their one use (BLAKE3's key derivation).
const RECOVERY_CONTEXT: &str = "timebook 2026 recovery code wraps office key";
/// What a wrapped key is sealed under: it cannot be passed off as another secret.
const WRAPPED_NAME: &str = "office-key";
/// What the code of a set-up is made for, and nothing else (BLAKE3's key derivation).
const SETUP_CONTEXT: &str = "timebook 2026 recovery code of a set-up";
const RECOVERY_BYTES: usize = 25;
const GROUP: usize = 5;

/// Why a key or a sealed value is of no use.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The key file cannot be read or made.
    #[error(
        "the office key {path} cannot be used: {why}. It belongs to this data directory; put it back from where it was copied, or recover it with the recovery code"
    )]
    KeyFile {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// Sealed by another key, or changed.
    #[error(
        "the sealed value `{0}` does not open with this office key. Is `office.key` the one of this data directory?"
    )]
    DoesNotOpen(String),
    /// The recovery code does not fit.
    #[error("This recovery code does not open this office's key. Check each character.")]
    WrongRecoveryCode,
}

/// The key that seals the office's secrets. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct OfficeKey([u8; 32]);

impl OfficeKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(random())
    }

    /// The key in `path`, or `None` when there is no such file.
    ///
    /// # Errors
    /// [`SecretError::KeyFile`] when it is there and is no key.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(key_file(path, error)),
        };
        let bytes = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes
            .map(|bytes| Some(Self(bytes)))
            .ok_or_else(|| key_file(path, "it does not hold 64 hexadecimal digits"))
    }

    /// Writes the key to `path`, for its owner only.
    ///
    /// # Errors
    /// [`SecretError::KeyFile`].
    pub fn save(&self, path: &Path) -> Result<(), SecretError> {
        let text = data_encoding::HEXLOWER.encode(&self.0) + "\n";
        write_private(path, text.as_bytes()).map_err(|error| key_file(path, error))
    }

    /// `plain`, sealed under its name.
    pub fn seal(&self, name: &Label, plain: &[u8]) -> Secret {
        Secret { name: name.clone(), sealed: seal(&self.0, name.as_str(), plain) }
    }

    /// The value that was sealed.
    ///
    /// # Errors
    /// [`SecretError::DoesNotOpen`].
    pub fn open(&self, secret: &Secret) -> Result<Vec<u8>, SecretError> {
        open(&self.0, secret.name.as_str(), &secret.sealed)
            .ok_or_else(|| SecretError::DoesNotOpen(secret.name.to_string()))
    }

    /// The key, wrapped so that `code` opens it.
    pub fn wrap(&self, code: &RecoveryCode) -> Vec<u8> {
        let salt: [u8; SALT] = random();
        let mut wrapped = salt.to_vec();
        wrapped.extend(seal(&code.key(&salt), WRAPPED_NAME, &self.0));
        wrapped
    }

    /// The key that was wrapped.
    ///
    /// # Errors
    /// [`SecretError::WrongRecoveryCode`].
    pub fn unwrap_with(wrapped: &[u8], code: &RecoveryCode) -> Result<Self, SecretError> {
        let key = || {
            let (salt, sealed) = wrapped.split_first_chunk::<SALT>()?;
            open(&code.key(salt), WRAPPED_NAME, sealed)?.try_into().ok().map(Self)
        };
        key().ok_or(SecretError::WrongRecoveryCode)
    }
}

/// The code that opens a wrapped office key: 200 random bits, shown once, written down by people. Too long to guess, so it needs
/// no slow hash.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; RECOVERY_BYTES]);

impl RecoveryCode {
    /// A new code.
    pub fn generate() -> Self {
        Self(random())
    }

    /// The code of the set-up by the link with this secret: whoever holds both key and secret finds it again, as after an answer that
    /// was lost on its way. Without the office key nothing tells it, and with that key there is nothing more to open.
    pub fn of_setup(key: &OfficeKey, link_secret: &str) -> Self {
        let mut code = [0; RECOVERY_BYTES];
        let mut deriving = blake3::Hasher::new_derive_key(SETUP_CONTEXT);
        deriving.update(&key.0).update(link_secret.as_bytes());
        deriving.finalize_xof().fill(&mut code);
        Self(code)
    }

    /// Eight groups of five letters and digits.
    pub fn to_text(&self) -> String {
        let text = BASE32_NOPAD.encode(&self.0);
        let groups: Vec<_> = text.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }

    /// The code as typed by a person: case, spaces and dashes do not matter.
    ///
    /// # Errors
    /// [`SecretError::WrongRecoveryCode`].
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        let plain: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let bytes =
            BASE32_NOPAD.decode(plain.as_bytes()).map_err(|_| SecretError::WrongRecoveryCode)?;
        bytes.try_into().map(Self).map_err(|_| SecretError::WrongRecoveryCode)
    }

    fn key(&self, salt: &[u8; SALT]) -> [u8; 32] {
        blake3::derive_key(RECOVERY_CONTEXT, &[self.0.as_slice(), salt].concat())
    }
}

fn seal(key: &[u8; 32], name: &str, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = random();
    let payload = Payload { msg: plain, aad: name.as_bytes() };
    let sealed = XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&XNonce::from(nonce), payload)
        .expect("encrypting fails only above 256 GiB");
    [nonce.as_slice(), &sealed].concat()
}

fn open(key: &[u8; 32], name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: name.as_bytes() };
    XChaCha20Poly1305::new(&Key::from(*key)).decrypt(&XNonce::from(*nonce), payload).ok()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system hands out randomness");
    bytes
}

fn key_file(path: &Path, why: impl ToString) -> SecretError {
    SecretError::KeyFile { path: path.display().to_string(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_its_key_under_its_name() {
        let (key, other) = (OfficeKey::generate(), OfficeKey::generate());
        let name = Label::new("ca-key").unwrap();
        let secret = key.seal(&name, b"value");
        assert!(!secret.sealed.windows(5).any(|w| w == b"value"));
        assert_eq!(key.open(&secret).unwrap(), b"value");
        assert!(other.open(&secret).is_err());
        let renamed = Secret { name: Label::new("other").unwrap(), ..secret };
        assert!(key.open(&renamed).is_err());
    }

    #[test]
    fn the_recovery_code_brings_the_key_back() {
        let (key, code) = (OfficeKey::generate(), RecoveryCode::generate());
        let wrapped = key.wrap(&code);
        let typed = code.to_text().to_lowercase().replace('-', " ");
        let again =
            OfficeKey::unwrap_with(&wrapped, &RecoveryCode::from_text(&typed).unwrap()).unwrap();
        assert_eq!(again.0, key.0);
        assert!(OfficeKey::unwrap_with(&wrapped, &RecoveryCode::generate()).is_err());
        assert!(RecoveryCode::from_text("hello").is_err());
        assert_eq!(code.to_text().len(), 8 * 5 + 7);
    }

    #[test]
    fn the_code_of_a_set_up_takes_both_its_key_and_its_link() {
        let (key, other) = (OfficeKey::generate(), OfficeKey::generate());
        let code = RecoveryCode::of_setup(&key, "LINK").to_text();
        assert_eq!(code, RecoveryCode::of_setup(&key, "LINK").to_text());
        assert_ne!(code, RecoveryCode::of_setup(&key, "KNIL").to_text());
        assert_ne!(code, RecoveryCode::of_setup(&other, "LINK").to_text());
    }

    #[test]
    fn the_file_is_private_and_strict() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("office.key");
        assert!(OfficeKey::load(&path).unwrap().is_none());
        let key = OfficeKey::generate();
        key.save(&path).unwrap();
        assert_eq!(OfficeKey::load(&path).unwrap().unwrap().0, key.0);
        fs::write(&path, "short").unwrap();
        assert!(OfficeKey::load(&path).is_err());
    }
}
