//! The one-time set-up link: good for a day, until the first account exists. Also in `DIR/setup-link`, for its owner only.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use data_encoding::BASE32_NOPAD;

use super::founding::{FoundingError, commit};
use crate::clock;
use crate::consensus::{Door, News};
use crate::domain::command::Command;
use crate::domain::office::{OfficeCommand, SETUP_LIFE_MS, Setup};
use crate::domain::outcome::Noun;
use crate::domain::time::Timestamp;
use crate::store::file::write_private;
use crate::store::read;

const FILE: &str = "setup-link";

/// The set-up link on `loopback`, fresh or the one still open; `None` once anybody has an account.
///
/// The secret stands in the fragment: browsers keep it out of requests, histories of proxies and logs.
///
/// # Errors
/// [`FoundingError`].
pub async fn open(
    door: &Door,
    dir: &Path,
    loopback: SocketAddr,
    now: Timestamp,
) -> Result<Option<String>, FoundingError> {
    let path = dir.join(FILE);
    let (office, taken) =
        door.read(|reader| Ok((read::office(reader)?, read::has_users(reader)?))).await?;
    if taken {
        forget(&path)?;
        return Ok(None);
    }
    let kept = fs::read_to_string(&path)
        .ok()
        .and_then(|link| Some(link.trim().split_once('#')?.1.to_owned()));
    let open = office.and_then(|office| office.setup).filter(|setup| now < setup.expires);
    let secret = match (kept, open) {
        (Some(secret), Some(setup)) if hash(&secret) == setup.secret_hash => secret,
        _ => fresh(door, now).await?,
    };
    let link = format!("http://{loopback}/setup#{secret}");
    write_private(&path, format!("{link}\n").as_bytes()).map_err(|error| failed(&path, &error))?;
    Ok(Some(link))
}

/// Removes `DIR/setup-link` as soon as somebody has an account.
pub async fn forget_when_used(door: Door, dir: PathBuf) {
    let mut changes = door.changes();
    loop {
        let taken = door.read(|reader| read::has_users(reader)).await;
        match taken {
            Ok(false) => {}
            Ok(true) => {
                if let Err(error) = forget(&dir.join(FILE)) {
                    tracing::warn!(%error, "the used set-up link could not be removed");
                }
                return;
            }
            Err(error) => return tracing::debug!(%error, "stopped watching for the first account"),
        }
        // The next news of an account, or of news that were missed.
        loop {
            match changes.next().await {
                Some(News::Changed(changed)) if changed.noun != Noun::User => {}
                Some(_) => break,
                None => return,
            }
        }
    }
}

/// The hash a set-up secret is kept as.
pub fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

async fn fresh(door: &Door, now: Timestamp) -> Result<String, FoundingError> {
    let secret = BASE32_NOPAD.encode(&clock::random_bytes::<20>());
    let setup = Setup { secret_hash: hash(&secret), expires: now.plus_ms(SETUP_LIFE_MS) };
    commit(door, now, Command::Office(OfficeCommand::OpenSetup(setup))).await?;
    Ok(secret)
}

fn forget(path: &Path) -> Result<(), FoundingError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: &io::Error) -> FoundingError {
    FoundingError::File { path: path.display().to_string(), why: error.to_string() }
}
