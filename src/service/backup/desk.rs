//! Backups as the running server offers them: made and verified as jobs while people work, listed, taken out, deleted.

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::copies::Copied;
use super::schedule::{self, Tries};
use super::{
    BackupFailure, Backups, Head, Listed, Pacing, UPLOADED, Watcher, is_name, name, verify,
};
use crate::consensus::Door;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command};
use crate::domain::job::JobKind;
use crate::domain::right::Right;
use crate::domain::s3::s3_secret_name;
use crate::domain::secret::SecretCommand;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::domain::user::Role;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, JobView, Jobs, Work};
use crate::service::secrets::OfficeKey;
use crate::service::{Change, Principal, late_note};
use crate::store::backup::{BackupError, Progress, Step, take_in};
use crate::store::read;

/// The backups of the office behind a door. Cheap to clone.
#[derive(Clone)]
pub struct BackupDesk {
    pub(super) door: Door,
    pub(super) backups: Backups,
    /// Held while one is made: two at once would take each other's disk.
    turn: Arc<Mutex<()>>,
    pub(super) tries: Tries,
    pub(super) copied: Copied,
    pub(super) key: Arc<OfficeKey>,
    pub(super) now: fn() -> Timestamp,
}

impl BackupDesk {
    /// Of the office behind `door`; `key` seals the secret key of the bucket for copies.
    pub fn new(door: Door, backups: Backups, key: Arc<OfficeKey>, now: fn() -> Timestamp) -> Self {
        let (turn, tries, copied) = (Arc::default(), Tries::default(), Copied::default());
        Self { door, backups, turn, tries, copied, key, now }
    }

    /// Keeps the secret key of the bucket that copies go to, sealed; an empty one forgets it.
    ///
    /// # Errors
    /// [`ServiceError`]; with it everything about everybody leaves the office, so that it is for administrators.
    pub async fn set_s3_secret(
        &self,
        principal: &Principal,
        secret: &Zeroizing<String>,
    ) -> Result<(), ServiceError> {
        principal.must_have(Right::ManageServer)?;
        must_be_administrator(principal)?;
        if secret.len() > MOST_SECRET_BYTES || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ServiceError::bad_input(
                "bad_secret",
                format!("A secret key has at most {MOST_SECRET_BYTES} signs and no spaces."),
                "Check it and send it again.",
            ));
        }
        let sealed = self.key.seal(&s3_secret_name(), secret.as_bytes());
        let command = Command::Secret(SecretCommand::Put(sealed));
        let change = Change { now: (self.now)(), actor: principal.actor(), command };
        change.commit(&self.door).await?;
        self.copied.look_again();
        Ok(())
    }

    /// What is in the office's own folder of backups, the newest first, and until when its rule keeps each.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self) -> Result<Vec<Listed>, ServiceError> {
        let folder = self.backups.folder();
        let listed = tokio::task::spawn_blocking(move || Backups::list(&folder)).await;
        let mut listed = listed.map_err(failed)?.map_err(failed)?;
        if let Some(office) = self.office().await? {
            schedule::foresee(&mut listed, &office);
        }
        Ok(listed)
    }

    /// Begins to make one.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn create(
        &self,
        principal: &Principal,
        jobs: &Jobs,
    ) -> Result<JobView, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let (desk, actor) = (self.clone(), principal.actor());
        let make = |work| async move { desk.make(work, actor).await };
        jobs.start(principal, JobKind::Backup, "the whole office", make).await
    }

    /// Begins to verify the one of this name; none when there is no such backup.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn verify(
        &self,
        principal: &Principal,
        name: &str,
        jobs: &Jobs,
    ) -> Result<Option<JobView>, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let Some(path) = self.find(name) else { return Ok(None) };
        let check = |work| async move {
            let unwanted = Unwanted::default();
            let watch = unwanted.watcher(Some(work), None);
            let checked = tokio::task::spawn_blocking(move || verify(&path, watch)).await;
            let head = checked.map_err(failed)?.map_err(failed)?;
            let (people, entries, events) = (head.people, head.entries, head.events);
            let sentence = format!(
                "Sound: people: {people}, time entries: {entries}, recorded events: {events}."
            );
            Ok(Finished { sentence, file_name: None })
        };
        jobs.start(principal, JobKind::BackupCheck, name, check).await.map(Some)
    }

    /// Where the backup of this name is, for whoever takes it out of the server; none when there is no such backup. It leaves a trace.
    ///
    /// # Errors
    /// [`ServiceError`]; a backup holds everything about everybody, so that it is for administrators.
    pub async fn take_out(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<PathBuf>, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        must_be_administrator(principal)?;
        let Some(path) = self.find(name) else { return Ok(None) };
        self.note(principal.actor(), "backup.downloaded", name).await?;
        Ok(Some(path))
    }

    /// Begins to restore the one of this name: it is verified while people work, and `put_back` is told where it is when it is sound; none
    /// when there is no such backup.
    ///
    /// # Errors
    /// [`ServiceError`]; it replaces everything about everybody, so that it is for administrators.
    pub async fn restore(
        &self,
        principal: &Principal,
        name: &str,
        jobs: &Jobs,
        put_back: impl FnOnce(Actor, PathBuf) -> Result<(), ServiceError> + Send + 'static,
    ) -> Result<Option<JobView>, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        must_be_administrator(principal)?;
        let Some(path) = self.find(name) else { return Ok(None) };
        let (desk, actor, name) = (self.clone(), principal.actor(), name.to_owned());
        let about = name.clone();
        let check = |work| async move {
            let unwanted = Unwanted::default();
            let (watch, file) = (unwanted.watcher(Some(work), None), path.clone());
            let checked = tokio::task::spawn_blocking(move || verify(&file, watch)).await;
            let head = checked.map_err(failed)?.map_err(failed)?;
            let office = desk.door.read(read::office).await?;
            if office.is_some_and(|office| head.office_id() != Some(office.id)) {
                return Err(other_office());
            }
            desk.note(actor.clone(), "backup.restore_begun", &name).await?;
            put_back(actor, path)?;
            let sentence = format!("{name} is sound and is put back now.");
            Ok(Finished { sentence, file_name: None })
        };
        jobs.start(principal, JobKind::BackupCheck, &about, check).await.map(Some)
    }

    /// Takes in a backup that somebody brings as `file`: verified before it counts; its name in the folder.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing is left of what is no sound backup of this office.
    pub async fn take_in(&self, principal: &Principal, file: File) -> Result<Listed, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        must_be_administrator(principal)?;
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let Some(office) = self.door.read(read::office).await? else { return Err(other_office()) };
        let (folder, name) = (self.backups.folder(), format!("{}{UPLOADED}", name((self.now)())));
        let keep = move || {
            let _held = turn;
            let kept = take_in(file, &folder, &name, |head| head.office_id() == Some(office.id))?;
            let Some(path) = kept else { return Ok(None) };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let listed = Backups::list(&folder)?.into_iter().find(|listed| listed.name == name);
            Ok::<_, BackupFailure>(listed)
        };
        let kept = tokio::task::spawn_blocking(keep).await.map_err(failed)?;
        let unusable = |error: BackupFailure| match error {
            BackupFailure::Backup(
                BackupError::Unusable { fault, .. } | BackupError::Newer { fault, .. },
            ) => {
                let sentence = format!("This file cannot be taken: {fault}.");
                ServiceError::bad_input("bad_backup", sentence, "Choose another backup.")
            }
            other => failed(other),
        };
        let listed = kept.map_err(unusable)?.ok_or_else(other_office)?;
        self.note(principal.actor(), "backup.uploaded", &listed.name).await?;
        Ok(listed)
    }

    /// So long a file may be that is brought: it is written twice, and unpacked.
    pub fn most_bytes(free: u64) -> u64 {
        free / ROOM_TIMES
    }

    /// Deletes the backup of this name; was there one?
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete(&self, principal: &Principal, name: &str) -> Result<bool, ServiceError> {
        principal.must_have(Right::ManageServer)?;
        let Some(path) = self.find(name) else { return Ok(false) };
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            removed => {
                removed
                    .map_err(BackupFailure::refused(&path, "cannot be deleted"))
                    .map_err(failed)?;
            }
        }
        self.note(principal.actor(), "backup.deleted", name).await?;
        Ok(true)
    }

    /// Writes down who was erased where a restore looks for it.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub async fn note_erasures(&self) -> Result<(), ServiceError> {
        self.backups.note_erasures(&self.door, &[]).await.map_err(failed)
    }

    async fn make(self, work: Work, actor: Actor) -> Result<Finished, ServiceError> {
        let name = self.make_now(actor, Some(work)).await?;
        let bytes = tokio::fs::metadata(self.backups.folder().join(&name)).await;
        let bytes = bytes.map_err(failed)?.len();
        // What is missing elsewhere, and what is too many, is seen to by the duty; while nothing can be written, by the next one.
        let sentence = format!("{name}, {bytes} bytes, is there and verified.");
        Ok(Finished { sentence, file_name: None })
    }

    /// Makes one, and says its name. Told to `work`, if there is somebody to whom it matters how far it is.
    pub(super) async fn make_now(
        &self,
        actor: Actor,
        work: Option<Work>,
    ) -> Result<String, ServiceError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let unwanted = Unwanted::default();
        let watch = unwanted.watcher(work, Some(turn));
        let folder = self.backups.folder();
        let made = self.backups.create(&self.door, &folder, (self.now)(), watch).await;
        let made = made.map_err(failed)?;
        let name = made.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.note(actor, "backup.created", &name).await?;
        Ok(name)
    }

    async fn note(&self, actor: Actor, action: &str, name: &str) -> Result<(), ServiceError> {
        self.note_of(actor, action, &format!("backup:{name}")).await
    }

    pub(super) async fn note_of(
        &self,
        actor: Actor,
        action: &str,
        subject: &str,
    ) -> Result<(), ServiceError> {
        let (action, subject) = (ShortText::cut(action), ShortText::cut(subject));
        let (now, note) = ((self.now)(), AuditNote { action, subject });
        if !self.door.rests() {
            let change = Change { now, actor, command: Command::Audit(note) };
            return change.commit(&self.door).await.map(drop);
        }
        let data = self.backups.data.clone();
        let keep = move || late_note::keep(&data, now, &actor, &note);
        tokio::task::spawn_blocking(keep).await.map_err(failed)?.map_err(failed)
    }

    fn find(&self, name: &str) -> Option<PathBuf> {
        let path =
            Some(name).filter(|name| is_name(name)).map(|name| self.backups.folder().join(name));
        path.filter(|path| fs::symlink_metadata(path).is_ok_and(|about| about.is_file()))
    }
}

impl Listed {
    /// May it hold what was gone at `end`, or is not gone yet? One that does not say when it was made may hold anything.
    pub fn may_hold(&self, end: Option<Timestamp>) -> bool {
        let made = self.head.as_ref().ok().and_then(Head::created);
        made.zip(end).is_none_or(|(made, end)| made <= end)
    }
}

/// Tells the thread that works that the job was cancelled: its future is dropped then, and this with it.
#[derive(Default)]
struct Unwanted(Arc<AtomicBool>);

impl Unwanted {
    /// Tells `work` how far it is; holds `turn` until the thread that works is done with it.
    fn watcher(
        &self,
        work: Option<Work>,
        turn: Option<tokio::sync::OwnedMutexGuard<()>>,
    ) -> Watcher {
        let is_unwanted = Arc::clone(&self.0);
        let mut pacing = Pacing::default();
        Box::new(move |now| {
            let _held = &turn;
            if let Some(work) = &work {
                work.at_pace(now.step.name(), of_all(now), WHOLE, pacing.of(now));
            }
            if is_unwanted.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
    }
}

impl Drop for Unwanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How far all steps together are, of [`WHOLE`]: about as long as they take.
fn of_all(now: Progress) -> u64 {
    let (begin, end) = match now.step {
        Step::Copy => (0, 350),
        Step::Pack => (500, 650),
        Step::Read => (650, 680),
        Step::Unpack => (680, 800),
        Step::Compare => (800, WHOLE),
        // No job does that.
        Step::Lines => (0, WHOLE),
    };
    let done = now.done.min(now.total).saturating_mul(end - begin);
    begin + done.checked_div(now.total).unwrap_or(0)
}

const MOST_SECRET_BYTES: usize = 256;
const WHOLE: u64 = 1_000;
/// What is brought takes so many times its length while it is looked at.
const ROOM_TIMES: u64 = 6;

fn must_be_administrator(principal: &Principal) -> Result<(), ServiceError> {
    if principal.user().is_some_and(|user| user.role != Role::Administrator) {
        return Err(ServiceError::Forbidden(
            "A backup holds everything about everybody: it is for administrators only.",
        ));
    }
    Ok(())
}

fn other_office() -> ServiceError {
    ServiceError::bad_input(
        "other_office",
        "This backup belongs to another office.",
        "Restore it into an empty folder: `timebook backup restore FILE --data DIR`.",
    )
}

pub(super) fn failed(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Failed(error.to_string())
}
