//! The office's beginning, on the very first start; its keys, at every start.
//!
//! The order survives a crash between any two steps: the key file first, then every sealed value, then the office record that makes
//! them count. A start that finds sealed values without an office uses them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock;
use crate::consensus::{CommitError, Door, ReadError};
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::id::{ClusterId, OfficeId, RequestId};
use crate::domain::office::{NEWEST_LEVEL, Office, OfficeCommand};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::secret::SecretCommand;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::net::CertificateError;
use crate::net::ca::OfficeCa;
use crate::service::secrets::{OfficeKey, RecoveryCode, SecretError};
use crate::store::read;

/// The office key's file in the data directory.
pub const KEY_FILE: &str = "office.key";
const RECEIPT_KEY: &str = "receipt-key";
const CA_CERTIFICATE: &str = "ca-certificate";
const CA_KEY: &str = "ca-key";

/// Why the office cannot begin or go on.
#[derive(Debug, Error)]
pub enum FoundingError {
    /// The office key or a sealed value.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The key file is gone while the data is there.
    #[error(
        "{0} is missing, but this data directory holds an office. Put the file back from where it was copied, or bring it back with: timebook recover --code-file FILE"
    )]
    KeyMissing(String),
    /// There is nothing to recover.
    #[error("{0} is there already. Put it aside first if it belongs to another office.")]
    KeyThere(String),
    /// No recovery code was ever made.
    #[error(
        "This office has no recovery code yet: it is made with the first account. Put office.key back from where it was copied."
    )]
    NeverWrapped,
    /// The CA cannot be made or read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A change was not committed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A read failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Refused by the state's own rules.
    #[error("{0}")]
    Refused(Refusal),
    /// A file cannot be written or read.
    #[error("{path} cannot be used: {why}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
}

/// What only a running server of this office holds.
pub struct Authority {
    /// For ever.
    pub office: OfficeId,
    /// Seals secrets.
    pub key: Arc<OfficeKey>,
    /// Issues certificates.
    pub ca: Arc<OfficeCa>,
    /// Signs receipts.
    pub receipts: SigningKey,
}

/// Finds the office in `dir` or founds it. `names` are the DNS names a new CA may vouch for.
///
/// # Errors
/// [`FoundingError`], a sentence each.
pub async fn open(
    door: &Door,
    dir: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<Authority, FoundingError> {
    let office = door.read(|reader| read::office(reader)).await?;
    let path = dir.join(KEY_FILE);
    let key = match (OfficeKey::load(&path)?, &office) {
        (Some(key), _) => key,
        (None, Some(_)) => return Err(FoundingError::KeyMissing(path.display().to_string())),
        (None, None) => {
            let key = OfficeKey::generate();
            key.save(&path)?;
            key
        }
    };
    let seed =
        sealed(door, &key, RECEIPT_KEY, now, || Ok(clock::random_bytes::<32>().to_vec())).await?;
    let seed = <[u8; 32]>::try_from(seed.as_slice())
        .map_err(|_| SecretError::DoesNotOpen(RECEIPT_KEY.to_owned()))?;
    let receipts = SigningKey::from_bytes(&seed);
    let ca = authority(door, &key, names, now).await?;
    let office = match office {
        Some(office) => office.id,
        None => found(door, &receipts, now).await?,
    };
    Ok(Authority { office, key: Arc::new(key), ca: Arc::new(ca), receipts })
}

/// Brings the office key back to `dir` with the recovery code, and says where it stands. The key is tried on a sealed value first, and
/// a key that is there is never replaced.
///
/// # Errors
/// [`FoundingError`], a sentence each; nothing was written.
pub async fn recover(
    door: &Door,
    dir: &Path,
    code: &RecoveryCode,
) -> Result<PathBuf, FoundingError> {
    let path = dir.join(KEY_FILE);
    if path.exists() {
        return Err(FoundingError::KeyThere(path.display().to_string()));
    }
    let office = door.read(|reader| read::office(reader)).await?;
    let wrapped =
        office.and_then(|office| office.wrapped_key).ok_or(FoundingError::NeverWrapped)?;
    let key = OfficeKey::unwrap_with(&wrapped, code)?;
    unsealed(door, &key, RECEIPT_KEY).await?;
    key.save(&path)?;
    Ok(path)
}

async fn found(
    door: &Door,
    receipts: &SigningKey,
    now: Timestamp,
) -> Result<OfficeId, FoundingError> {
    let id = OfficeId(clock::ascending_id());
    let office = Office {
        id,
        cluster: ClusterId(clock::ascending_id()),
        server_epoch: 1,
        level: NEWEST_LEVEL,
        name: None,
        policy: ActivityPolicy::default(),
        receipt_key: receipts.verifying_key().to_bytes(),
        founded: now,
        wrapped_key: None,
        setup: None,
    };
    commit(door, now, Command::Office(OfficeCommand::Found(office))).await?;
    Ok(id)
}

async fn authority(
    door: &Door,
    key: &OfficeKey,
    names: &[String],
    now: Timestamp,
) -> Result<OfficeCa, FoundingError> {
    // The key is written last: a CA without its key is made anew, one with it is whole.
    if let Some(ca_key) = unsealed(door, key, CA_KEY).await? {
        let certificate = unsealed(door, key, CA_CERTIFICATE).await?.unwrap_or_default();
        return Ok(OfficeCa::load(
            &String::from_utf8_lossy(&certificate),
            &String::from_utf8_lossy(&ca_key),
        )?);
    }
    let ca = OfficeCa::create("office", names, now.ms() / 1_000)?;
    put(door, key, CA_CERTIFICATE, ca.certificate_pem().as_bytes(), now).await?;
    put(door, key, CA_KEY, ca.key_pem().as_bytes(), now).await?;
    Ok(ca)
}

/// The sealed value of this name, made first if there is none.
async fn sealed(
    door: &Door,
    key: &OfficeKey,
    name: &str,
    now: Timestamp,
    make: impl FnOnce() -> Result<Vec<u8>, FoundingError>,
) -> Result<Zeroizing<Vec<u8>>, FoundingError> {
    if let Some(value) = unsealed(door, key, name).await? {
        return Ok(value);
    }
    let value = Zeroizing::new(make()?);
    put(door, key, name, &value, now).await?;
    Ok(value)
}

/// The value sealed under this name, if there is one.
pub(super) async fn unsealed(
    door: &Door,
    key: &OfficeKey,
    name: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, FoundingError> {
    let name = label(name);
    let secret = door.read(move |reader| read::secret(reader, &name)).await?;
    Ok(secret.map(|secret| key.open(&secret).map(Zeroizing::new)).transpose()?)
}

/// Seals the value under this name.
pub(super) async fn put(
    door: &Door,
    key: &OfficeKey,
    name: &str,
    value: &[u8],
    now: Timestamp,
) -> Result<(), FoundingError> {
    let secret = key.seal(&label(name), value);
    commit(door, now, Command::Secret(SecretCommand::Put(secret))).await
}

/// Commits one of Timebook's own commands.
pub(super) async fn commit(
    door: &Door,
    now: Timestamp,
    command: Command,
) -> Result<(), FoundingError> {
    let request = RequestId(clock::ascending_id());
    match door.commit(Envelope { request, at: now, actor: Actor::System, command }).await? {
        Outcome::Refused(refusal) => Err(FoundingError::Refused(refusal)),
        _ => Ok(()),
    }
}

fn label(name: &str) -> Label {
    Label::new(name).expect("the names in this room are short words")
}
