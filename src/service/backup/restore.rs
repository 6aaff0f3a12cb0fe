//! Putting a backup in place of what is there, with the server down.
//!
//! In this order, so that whatever happens either the old or the new state is there: the backup is verified, what is there is saved, the
//! new state is prepared beside it, and one rename decides. Only after that anything of the old one goes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{BEFORE_RESTORE, BackupFailure, Backups, Head, LastRestore, Watcher, journal};
use crate::clock;
use crate::consensus::{
    self, Door, DoorOptions, LOG_FILE, Restoration, STATE_FILE, discard_unfinished,
};
use crate::domain::audit::AuditNote;
use crate::domain::command::Actor;
use crate::domain::id::ClusterId;
use crate::domain::office::Office;
use crate::domain::text::ShortText;
use crate::domain::time::{SECOND_MS, Timestamp};
use crate::store::backup::{self, BackupError};
use crate::store::read;

/// What is to be restored.
pub struct Wish {
    /// The data folder; the caller holds its lock.
    pub data: PathBuf,
    /// The backup, opened if it was sealed.
    pub file: PathBuf,
    /// The folder that it lay in: who was erased since stands there, too.
    pub beside: PathBuf,
    /// Go on when what is there cannot be saved first, and do not save it?
    pub without_safety: bool,
    /// Who asks.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub head: Head,
    /// The backup of what was there before.
    pub safety: Option<PathBuf>,
    /// The office's epoch from now on.
    pub epoch: u32,
    /// So many people were erased again.
    pub erased: u64,
}

/// What is in the folder before.
struct Present {
    office: Office,
    term: u64,
    safety: Option<PathBuf>,
}

/// Restores.
///
/// # Errors
/// [`BackupFailure`]; what was there counts as before.
pub async fn restore(wish: &Wish, watch: impl Fn() -> Watcher) -> Result<Restored, BackupFailure> {
    let refused = || BackupFailure::refused(&wish.data, "cannot be written");
    discard_unfinished(&wish.data).map_err(refused())?;
    backup::tidy(&wish.data, Some(&wish.file)).map_err(refused())?;
    let (head, content) = unpack(wish, watch()).await?;
    let present = present(wish, &head, watch()).await?;

    let mut erased = BTreeMap::new();
    let beside = wish.beside.clone();
    for folder in [wish.data.clone(), Backups::new(&wish.data).folder(), beside] {
        erased.extend(journal::read(&folder)?);
    }
    let epoch = epoch(&head, present.as_ref(), wish.now);
    let made = crate::wire::v1::rfc3339(head.created().unwrap_or(Timestamp::EARLIEST));
    let restoration = Restoration {
        epoch,
        term: present.as_ref().map_or(0, |present| present.term),
        cluster: ClusterId(clock::random_id()),
        at: wish.now,
        actor: wish.actor.clone(),
        note: AuditNote {
            action: ShortText::cut("backup.restored"),
            subject: ShortText::cut(&format!("backup:{made}")),
        },
        erased: erased.into_iter().collect(),
    };
    let (data, path) = (wish.data.clone(), content.to_path_buf());
    let put = move || {
        let prepared = consensus::prepare(&data, &path, &restoration)?;
        consensus::put_in_place(&data)?;
        Ok::<_, std::io::Error>(prepared.erased)
    };
    let put = tokio::task::spawn_blocking(put).await;
    let erased = put.map_err(|error| BackupFailure::BrokenOff(error.to_string()))?;
    let erased = erased.map_err(refused())?;
    let restored =
        Restored { head, safety: present.and_then(|present| present.safety), epoch, erased };
    LastRestore::done(wish.now, &restored).write(&wish.data);
    Ok(restored)
}

/// The verified content of the backup in a file of its own, which goes unless it is moved away.
async fn unpack(
    wish: &Wish,
    mut watch: Watcher,
) -> Result<(Head, tempfile::TempPath), BackupFailure> {
    let (file, data) = (wish.file.clone(), wish.data.clone());
    let work = move || {
        let mut content = tempfile::Builder::new()
            .prefix(".timebook-")
            .suffix(".part")
            .tempfile_in(&data)
            .map_err(BackupFailure::refused(&data, "cannot be written"))?;
        let place = content.path().to_path_buf();
        let head = backup::unpack(&file, content.as_file_mut(), &place, &mut *watch)?;
        Ok((head, content.into_temp_path()))
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| BackupFailure::BrokenOff(error.to_string()))?
}

/// Looks at what is there, and saves it; nothing where there is nothing, or where it was said not to matter.
async fn present(
    wish: &Wish,
    head: &Head,
    watch: Watcher,
) -> Result<Option<Present>, BackupFailure> {
    let is_empty = [STATE_FILE, LOG_FILE].iter().all(|file| !wish.data.join(file).exists());
    if is_empty && !consensus::is_waiting(&wish.data) {
        return Ok(None);
    }
    let options = DoorOptions { dir: wish.data.clone(), ..DoorOptions::default() };
    let door = match Door::open(options).await {
        Ok(door) => door,
        Err(_) if wish.without_safety => return Ok(None),
        Err(error) => return Err(BackupFailure::Unsaved(error.to_string())),
    };
    let looked = save(&door, wish, head, watch).await;
    let closed = door.close().await;
    match (looked, closed) {
        (Ok(present), Ok(())) => Ok(present),
        (Err(other @ BackupFailure::OtherOffice(_)), _) => Err(other),
        (Err(cancelled @ BackupFailure::Backup(BackupError::Cancelled)), _) => Err(cancelled),
        _ if wish.without_safety => Ok(None),
        (Err(error), _) => Err(BackupFailure::Unsaved(error.to_string())),
        (Ok(_), Err(fatal)) => Err(BackupFailure::Unsaved(fatal.to_string())),
    }
}

async fn save(
    door: &Door,
    wish: &Wish,
    head: &Head,
    watch: Watcher,
) -> Result<Option<Present>, BackupFailure> {
    let Some(office) = door.read(read::office).await? else { return Ok(None) };
    if head.office_id() != Some(office.id) {
        return Err(BackupFailure::OtherOffice(wish.data.display().to_string()));
    }
    let backups = Backups::new(&wish.data);
    backups.note_erasures(door, &[]).await?;
    let term = door.term();
    if wish.without_safety {
        return Ok(Some(Present { office, term, safety: None }));
    }
    let name = format!("{}{BEFORE_RESTORE}", super::name(wish.now));
    let made = backups.create_as(door, &backups.folder(), (wish.now, name), watch).await?;
    Ok(Some(Present { office, term, safety: Some(made.path) }))
}

/// An epoch that no state of this office ever had. Where nobody knows which one went, the seconds of the clock stand for it: restores of
/// one office are not that many.
fn epoch(head: &Head, present: Option<&Present>, now: Timestamp) -> u32 {
    let by_clock = u32::try_from(now.ms().unsigned_abs() / SECOND_MS).unwrap_or(u32::MAX - 1);
    let known = match present {
        Some(present) => present.office.server_epoch,
        None => by_clock,
    };
    known.max(head.server_epoch).saturating_add(1)
}
