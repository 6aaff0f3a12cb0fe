//! Backups as the running server offers them: made and verified as jobs while people work, listed, taken out, deleted.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;

use super::{BackupFailure, Backups, Head, Listed, Watcher, is_name, verify};
use crate::consensus::Door;
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command};
use crate::domain::job::JobKind;
use crate::domain::right::Right;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::domain::user::Role;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, JobView, Jobs, Work};
use crate::service::{Change, Principal};
use crate::store::backup::{Progress, Step};

/// The backups of the office behind a door. Cheap to clone.
#[derive(Clone)]
pub struct BackupDesk {
    door: Door,
    backups: Backups,
    /// Held while one is made: two at once would take each other's disk.
    turn: Arc<Mutex<()>>,
    now: fn() -> Timestamp,
}

impl BackupDesk {
    /// Of the office behind `door`.
    pub fn new(door: Door, backups: Backups, now: fn() -> Timestamp) -> Self {
        Self { door, backups, turn: Arc::default(), now }
    }

    /// What is in the office's own folder of backups, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub async fn list(&self) -> Result<Vec<Listed>, ServiceError> {
        let folder = self.backups.folder();
        let listed = tokio::task::spawn_blocking(move || Backups::list(&folder)).await;
        listed.map_err(failed)?.map_err(failed)
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
            let watch = unwanted.watcher(work, None);
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
        if principal.user().is_some_and(|user| user.role != Role::Administrator) {
            return Err(ServiceError::Forbidden(
                "A backup holds everything about everybody: only administrators take one out.",
            ));
        }
        let Some(path) = self.find(name) else { return Ok(None) };
        self.note(principal.actor(), "backup.downloaded", name).await?;
        Ok(Some(path))
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
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let unwanted = Unwanted::default();
        let watch = unwanted.watcher(work, Some(turn));
        let folder = self.backups.folder();
        let made = self.backups.create(&self.door, &folder, (self.now)(), watch).await;
        let made = made.map_err(failed)?;
        let name = made.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.note(actor, "backup.created", &name).await?;
        let sentence = format!("{name}, {} bytes, is there and verified.", made.bytes);
        Ok(Finished { sentence, file_name: None })
    }

    async fn note(&self, actor: Actor, action: &str, name: &str) -> Result<(), ServiceError> {
        let subject = ShortText::cut(&format!("backup:{name}"));
        let note = AuditNote { action: ShortText::cut(action), subject };
        let change = Change { now: (self.now)(), actor, command: Command::Audit(note) };
        change.commit(&self.door).await.map(drop)
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
    fn watcher(&self, work: Work, turn: Option<tokio::sync::OwnedMutexGuard<()>>) -> Watcher {
        let is_unwanted = Arc::clone(&self.0);
        Box::new(move |now| {
            let _held = &turn;
            work.at(now.step.name(), of_all(now), WHOLE);
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
    };
    let done = now.done.min(now.total).saturating_mul(end - begin);
    begin + done.checked_div(now.total).unwrap_or(0)
}

const WHOLE: u64 = 1_000;

fn failed(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Failed(error.to_string())
}
