//! Passwords: argon2id, a few at a time, on threads that may block.
//!
//! Must never keep or log a password, nor answer faster for a name that does not exist.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use data_encoding::BASE64_NOPAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::clock;
use crate::domain::text::PasswordHash;
use crate::service::error::ServiceError;

/// The shortest password, in characters (NIST SP 800-63B asks for 8; this is the page's rule too).
pub(super) const SHORTEST: usize = 10;
/// The longest password, in bytes: enough for any sentence, and no way to keep the hash busy.
pub(super) const LONGEST_BYTES: usize = 1_024;
/// OWASP's figures for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// So many hashes at once: more would take 19 MiB each from a small server.
const AT_ONCE: usize = 2;
/// A password waits for its turn at most this long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked for names that do not exist, so that timing tells nothing.
    dummy: PasswordHash,
}

impl Passwords {
    pub(super) fn new() -> Result<Self, ServiceError> {
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), dummy: of_nobody()? })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] when it is too short or too long, [`ServiceError::Busy`] when there are too many at once.
    pub(super) async fn hash(
        &self,
        password: Zeroizing<String>,
    ) -> Result<PasswordHash, ServiceError> {
        if password.chars().count() < SHORTEST || password.len() > LONGEST_BYTES {
            return Err(ServiceError::bad_input(
                "bad_password",
                format!(
                    "A password has at least {SHORTEST} characters and at most {LONGEST_BYTES} bytes."
                ),
                "Choose another one; a short sentence is good.",
            ));
        }
        let turn = self.turn().await?;
        on_a_thread(turn, move || hash(&password)).await?
    }

    /// Is it the password of `known`? Takes as long when there is no `known`. `admit` is asked when its turn has come: a hundred tries
    /// sent at once are judged one after the other.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when there are too many at once; what `admit` says.
    pub(super) async fn check(
        &self,
        password: Zeroizing<String>,
        known: Option<PasswordHash>,
        admit: impl FnOnce() -> Result<(), ServiceError>,
    ) -> Result<bool, ServiceError> {
        if password.len() > LONGEST_BYTES {
            return Ok(false);
        }
        let turn = self.turn().await?;
        admit()?;
        let exists = known.is_some();
        let against = known.unwrap_or_else(|| self.dummy.clone());
        on_a_thread(turn, move || fits(&password, &against) && exists).await
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, ServiceError> {
        let busy = || ServiceError::Busy("Too many people are signing in at once.".to_owned());
        let turn = timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        turn.map_err(|_| busy())?.map_err(|_| busy())
    }
}

async fn on_a_thread<T: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    // The turn goes with the work: a caller who hangs up frees no memory before the hash is done.
    let done = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    done.await
        .map_err(|error| ServiceError::Failed(format!("Hashing a password broke off: {error}.")))
}

fn hash(password: &Zeroizing<String>) -> Result<PasswordHash, ServiceError> {
    let salt = clock::random_bytes::<SALT_BYTES>();
    let failed =
        |why: String| ServiceError::Failed(format!("A password could not be hashed: {why}."));
    let phc: Phc = argon2()
        .map_err(|error| failed(error.to_string()))?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| failed(error.to_string()))?;
    PasswordHash::new(phc.to_string()).map_err(|error| failed(error.to_string()))
}

/// Looks like a hash and is none of any password: drawn, not computed, so that a start need not wait for it. Checking costs the same.
fn of_nobody() -> Result<PasswordHash, ServiceError> {
    let base64 = |bytes: &[u8]| BASE64_NOPAD.encode(bytes);
    let (salt, drawn) = (
        clock::random_bytes::<SALT_BYTES>(),
        clock::random_bytes::<{ Params::DEFAULT_OUTPUT_LEN }>(),
    );
    let text = format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        base64(&salt),
        base64(&drawn)
    );
    PasswordHash::new(text).map_err(|error| ServiceError::Failed(error.to_string()))
}

fn fits(password: &Zeroizing<String>, hash: &PasswordHash) -> bool {
    // The parameters are taken from the hash, so older ones stay good.
    let parsed = Phc::new(hash.as_str());
    parsed.is_ok_and(|phc| {
        argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &phc).is_ok())
    })
}

fn argon2() -> Result<Argon2<'static>, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(password: &str) -> Zeroizing<String> {
        Zeroizing::new(password.to_owned())
    }

    /// Else a name that does not exist would be told apart by how fast it is refused.
    #[test]
    fn what_is_checked_for_nobody_is_as_good_a_hash_as_any() {
        let (nobody, somebody) = (of_nobody().unwrap(), hash(&text("correct horse")).unwrap());
        let read = |hash: &PasswordHash| {
            let phc = Phc::new(hash.as_str()).unwrap();
            let lengths = (phc.salt.unwrap().as_ref().len(), phc.hash.unwrap().as_bytes().len());
            (phc.algorithm.to_string(), phc.version, phc.params.to_string(), lengths)
        };
        assert_eq!(read(&nobody), read(&somebody));
        let phc = Phc::new(nobody.as_str()).unwrap();
        let checked = argon2().unwrap().verify_password(b"correct horse", &phc);
        assert!(matches!(checked, Err(argon2::password_hash::Error::PasswordInvalid)));
    }

    #[tokio::test]
    async fn fits_only_itself_and_nobody() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(text("correct horse")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(
            passwords.check(text("correct horse"), Some(hash.clone()), || Ok(())).await.unwrap()
        );
        assert!(!passwords.check(text("correct house"), Some(hash), || Ok(())).await.unwrap());
        assert!(!passwords.check(text("correct horse"), None, || Ok(())).await.unwrap());
    }

    #[tokio::test]
    async fn too_short_and_too_long_are_refused() {
        let passwords = Passwords::new().unwrap();
        for bad in ["short", &"x".repeat(LONGEST_BYTES + 1)] {
            let error = passwords.hash(text(bad)).await.unwrap_err();
            assert_eq!(error.code(), "bad_password");
        }
    }
}
