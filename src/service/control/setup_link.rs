//! The one-time set-up link: good for a day, until the first account exists. Also in `DIR/setup-link`, for its owner only.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE32_NOPAD;

use super::founding::{FoundingError, commit};
use crate::clock;
use crate::consensus::{Door, News, ReadError};
use crate::domain::command::Command;
use crate::domain::office::{OfficeCommand, SETUP_LIFE_MS, Setup};
use crate::domain::outcome::Noun;
use crate::domain::time::Timestamp;
use crate::store::file::write_private;
use crate::store::read;

/// Its file in the data directory.
pub const FILE: &str = "setup-link";
/// After a look that failed.
const AGAIN: Duration = Duration::from_secs(2);

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
            Err(ReadError::Stopped(_)) => return,
            // Too much to read, or another copy of the data on its way in: that passes.
            Err(error) => {
                tracing::warn!(%error, "whether somebody has an account could not be looked at");
                tokio::time::sleep(AGAIN).await;
                continue;
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consensus::DoorOptions;
    use crate::service::control::founding;

    #[tokio::test]
    async fn a_server_too_busy_to_read_is_no_end_of_watching() {
        let folder = tempfile::tempdir().unwrap();
        let options = DoorOptions { dir: folder.path().to_owned(), ..DoorOptions::default() };
        let door = Door::open(options).await.unwrap();
        let now = Timestamp::new(1_795_333_311_000).unwrap();
        founding::open(&door, folder.path(), &[], now).await.unwrap();
        let shut = door.shut_for_tests();
        let mut watch = tokio::spawn(forget_when_used(door.clone(), folder.path().to_owned()));
        let a_while = Duration::from_millis(300);
        assert!(tokio::time::timeout(a_while, &mut watch).await.is_err(), "the watching ended");
        drop(shut);
        door.close().await.unwrap();
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, watch).await.expect("it ends with the door").unwrap();
    }
}
