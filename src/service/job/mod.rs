//! Jobs: long work with progress that its owner can watch, cancel, and take the result of.
//!
//! That there is a job and how it ended goes through the one door; how far it is lives here only. A job runs on the server that was
//! asked, and must never outlive it: whatever the state says to run when a server begins is broken off.

mod folder;
mod holding;
mod running;
mod shelf;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Principal;
use super::error::ServiceError;
use crate::clock;
use crate::consensus::Door;
use crate::domain::command::Actor;
use crate::domain::id::JobId;
use crate::domain::job::{Ending, Job, JobCommand, JobKind, Progress, ResultFile};
use crate::domain::outcome::Refusal;
use crate::domain::right::Right;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::store::read;
use folder::Folder;
pub use holding::Holding;
use running::Running;
use shelf::Shelf;
pub use work::{Finished, Work, unwritten};

/// Jobs of one office. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    inner: Arc<Inner>,
}

struct Inner {
    door: Door,
    shelf: Shelf,
    folder: Folder,
    running: Running,
    now: fn() -> Timestamp,
}

/// The result of a job. Whether whoever asks may still have it is for the capability that made it to say, by `words`.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// What it is called, and how long it is.
    pub file: ResultFile,
    /// Where it is.
    pub path: PathBuf,
    /// What was kept beside it.
    pub words: String,
}

/// A job and how far it is.
#[derive(Clone, Debug)]
pub struct JobView {
    /// The job.
    pub job: Job,
    /// Whose, as a person reads it.
    pub owner: String,
    /// How far, while it runs here.
    pub progress: Option<Progress>,
    /// Grows with every news of a running job.
    pub version: u64,
    /// Milliseconds since it began, while it runs.
    pub running_ms: u64,
    /// Is its result still here?
    pub has_result: bool,
}

impl Jobs {
    /// The jobs behind `door`, with results in a folder of `data`. What ran when the last server ended is broken off, and files that
    /// belong to no job are removed.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn open(
        door: Door,
        data: &Path,
        now: fn() -> Timestamp,
    ) -> Result<Self, ServiceError> {
        let (folder, shelf) = (Folder::new(data), Shelf::new(door.clone()));
        let running = Running::default();
        let jobs = Self { inner: Arc::new(Inner { door, shelf, folder, running, now }) };
        // Out of service nothing changes: the next start sees to it.
        if jobs.inner.door.rests() {
            return Ok(jobs);
        }
        let kept = jobs.all().await?;
        if kept.iter().any(|job| job.ended.is_none()) {
            jobs.commit(Actor::System, JobCommand::BreakOff).await?;
        }
        jobs.forget().await?;
        Ok(jobs)
    }

    /// Begins long work of `principal`'s. `about` says in a few words what on.
    ///
    /// # Errors
    /// [`Refusal::TooManyJobs`] among others; nothing began.
    pub async fn start<F, W>(
        &self,
        principal: &Principal,
        kind: JobKind,
        about: &str,
        work: F,
    ) -> Result<JobView, ServiceError>
    where
        F: FnOnce(Work) -> W,
        W: Future<Output = Result<Finished, ServiceError>> + Send + 'static,
    {
        let (id, now) = (JobId(clock::ascending_id()), (self.inner.now)());
        let (owner, about) = (principal.actor(), ShortText::cut(about));
        let job = Job { id, kind, owner: owner.clone(), about, started: now, ended: None };
        self.forget().await?;
        // Known as running before it is told of: nobody finds it told of and not running.
        let (news, cancelled) = self.inner.running.begin(id);
        if let Err(error) = self.commit(owner, JobCommand::Start(job)).await {
            self.inner.running.end(id);
            return Err(error);
        }
        let path = self.inner.folder.file(id);
        let task = tokio::spawn(work(Work::new(news, path)));
        tokio::spawn(self.clone().attend(id, task, cancelled));
        self.show(principal, id).await
    }

    /// One's own jobs; everybody's for whoever manages the server. The newest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn list(&self, principal: &Principal) -> Result<Vec<JobView>, ServiceError> {
        let mut views = Vec::new();
        let jobs = self.all().await?;
        for job in jobs.into_iter().rev().filter(|job| may_see(principal, job)) {
            views.push(self.view(job).await?);
        }
        Ok(views)
    }

    /// One job.
    ///
    /// # Errors
    /// [`Refusal::UnknownJob`], also for a job of somebody else's.
    pub async fn show(&self, principal: &Principal, id: JobId) -> Result<JobView, ServiceError> {
        let job = self.find(principal, id).await?;
        self.view(job).await
    }

    /// One job as soon as there is news of it beyond the version `seen`, or beyond now when that is not given; as it is when there is
    /// none within `patience`.
    ///
    /// # Errors
    /// As [`Jobs::show`].
    pub async fn wait(
        &self,
        principal: &Principal,
        id: JobId,
        seen: Option<u64>,
        patience: Duration,
    ) -> Result<JobView, ServiceError> {
        // Listen first: what happens between the look and the wait is news, too.
        let news = self.inner.running.listen(id);
        let view = self.show(principal, id).await?;
        let is_news = view.progress.is_none() || seen.is_some_and(|seen| seen != view.version);
        let Some(mut news) = news.filter(|_| !is_news) else { return Ok(view) };
        let known = view.version;
        let came = news.wait_for(|(version, _)| *version != known);
        drop(tokio::time::timeout(patience.min(LONGEST_WAIT), came).await);
        self.show(principal, id).await
    }

    /// Ends a job that runs: its owner, or whoever manages the server. One that has ended stays as it is.
    ///
    /// # Errors
    /// As [`Jobs::show`].
    pub async fn cancel(&self, principal: &Principal, id: JobId) -> Result<(), ServiceError> {
        self.find(principal, id).await?;
        self.inner.running.cancel(id);
        let Some(mut news) = self.inner.running.listen(id) else { return Ok(()) };
        // It ends with its sender; whoever asks next finds it ended.
        let ended = async { while news.changed().await.is_ok() {} };
        drop(tokio::time::timeout(LONGEST_WAIT, ended).await);
        Ok(())
    }

    /// The result of a job, for its owner alone.
    ///
    /// # Errors
    /// As [`Jobs::show`]; there is no result, or not any more.
    pub async fn result(&self, principal: &Principal, id: JobId) -> Result<Fetched, ServiceError> {
        let job = self.find(principal, id).await?;
        if !is_owner(principal, &job) {
            return Err(ServiceError::Forbidden("Only whoever started a job gets its result."));
        }
        let Some(file) = job.file().cloned() else { return Err(no_result(NO_FILE)) };
        let folder = &self.inner.folder;
        if !folder.has(id, &file) {
            return Err(no_result("The file of this job is gone, or not whole any more."));
        }
        let words = folder.words_beside(id).map_err(|error| {
            ServiceError::Failed(format!("What is kept beside the result cannot be read: {error}."))
        })?;
        Ok(Fetched { file, path: folder.file(id), words })
    }

    /// Forgets a job that has ended, its result too: its owner, or whoever manages the server.
    ///
    /// # Errors
    /// As [`Jobs::show`]; [`Refusal::JobRuns`].
    pub async fn delete(&self, principal: &Principal, id: JobId) -> Result<(), ServiceError> {
        self.find(principal, id).await?;
        self.commit(principal.actor(), JobCommand::Delete { job: id }).await?;
        self.inner.folder.remove(id);
        Ok(())
    }

    /// Jobs that ended long ago go, and files of none.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn forget(&self) -> Result<(), ServiceError> {
        // Files of jobs that are kept behind the door stay until it can be written to again.
        if self.inner.door.rests() {
            return self.commit(Actor::System, JobCommand::Forget).await;
        }
        let (now, before) = ((self.inner.now)(), JobId(clock::ascending_id()));
        let mut kept = self.all().await?;
        if kept.iter().any(|job| job.is_past(now)) {
            self.commit(Actor::System, JobCommand::Forget).await?;
            kept = self.all().await?;
        }
        let may_have = |job: &Job| job.ended.is_none() || job.file().is_some();
        let is_kept = |id| kept.iter().any(|job| job.id == id && may_have(job));
        // Others begin and end meanwhile: what is younger than this look is left alone.
        self.inner.folder.clean(|id| id > before || is_kept(id) || self.inner.running.is(id));
        Ok(())
    }

    /// Ends everything that runs here, because the server ends: its owners read that, and may start it again. Waits for that, but not for long.
    pub async fn break_off(&self) {
        self.inner.running.break_off();
        if tokio::time::timeout(LONGEST_END, self.settled()).await.is_err() {
            tracing::warn!("some work did not end with the server in time");
        }
    }

    /// How many run here.
    #[must_use]
    pub fn running(&self) -> usize {
        self.inner.running.count()
    }

    /// Waits until nothing runs here any more: a house that is opened for one request must not break off what that began.
    pub async fn settled(&self) {
        while let Some(id) = self.inner.running.any() {
            let Some(mut news) = self.inner.running.listen(id) else { continue };
            // It ends with its sender.
            while news.changed().await.is_ok() {}
            tokio::task::yield_now().await;
        }
    }

    /// The background duty: what is past goes, for as long as the server runs.
    pub async fn keep_tidy(self) {
        loop {
            tokio::time::sleep(TIDY_EVERY).await;
            if let Err(error) = self.forget().await
                && !self.inner.door.is_closed()
            {
                tracing::warn!(%error, "past jobs could not be forgotten");
            }
        }
    }

    /// Waits for the end of a job's work and writes it down.
    async fn attend(
        self,
        id: JobId,
        mut task: tokio::task::JoinHandle<Result<Finished, ServiceError>>,
        cancelled: Arc<tokio::sync::Notify>,
    ) {
        let done = tokio::select! {
            done = &mut task => Some(done),
            () = cancelled.notified() => None,
        };
        let how = match done {
            None => {
                task.abort();
                // Its drops have run when this returns.
                drop(task.await);
                if self.inner.running.is_ending() { Ending::BrokenOff } else { Ending::Cancelled }
            }
            Some(Ok(Ok(finished))) => {
                let path = self.inner.folder.file(id);
                // Waits for the disk.
                let ending = tokio::task::spawn_blocking(move || finished.into_ending(&path));
                ending.await.unwrap_or_else(|_| failed(MISTAKE))
            }
            Some(Ok(Err(error))) => failed(&format!("{} {}", error.sentence(), error.next_step())),
            Some(Err(_)) => failed(MISTAKE),
        };
        if !matches!(how, Ending::Done { file: Some(_), .. }) {
            self.inner.folder.remove(id);
        }
        if let Err(error) = self.commit(Actor::System, JobCommand::End { job: id, how }).await
            && !self.inner.door.is_closed()
        {
            // Shown as broken off from now on, and written down as that by the next start.
            tracing::warn!(%error, job = %id, "the end of a job was not written down");
        }
        self.inner.running.end(id);
    }

    async fn view(&self, job: Job) -> Result<JobView, ServiceError> {
        let state = self.inner.running.state(job.id).filter(|_| job.ended.is_none());
        // Its end is written down before it runs no more: what was read as running, and does not run, ended in between.
        let job = match &state {
            None if job.ended.is_none() => self.inner.shelf.one(job.id).await?.unwrap_or(job),
            _ => job,
        };
        let running_ms = (self.inner.now)().ms_since(job.started);
        let owner = self.owner(&job.owner).await?;
        let has_result = job.file().is_some_and(|file| self.inner.folder.has(job.id, file));
        let (version, progress) = state.map_or((0, None), |(version, p)| (version, Some(p)));
        Ok(JobView { job, owner, progress, version, running_ms, has_result })
    }

    async fn owner(&self, owner: &Actor) -> Result<String, ServiceError> {
        Ok(match owner {
            Actor::User(id) => {
                let id = *id;
                let user = self.inner.door.read(move |reader| read::user(reader, id)).await?;
                user.map_or_else(|| id.to_string(), |user| user.name.to_string())
            }
            Actor::Local(name) => format!("local:{name}"),
            other => format!("{other:?}").to_lowercase(),
        })
    }

    async fn find(&self, principal: &Principal, id: JobId) -> Result<Job, ServiceError> {
        let job = self.inner.shelf.one(id).await?;
        job.filter(|job| may_see(principal, job)).ok_or(ServiceError::Refused(Refusal::UnknownJob))
    }

    async fn all(&self) -> Result<Vec<Job>, ServiceError> {
        self.inner.shelf.all().await
    }

    async fn commit(&self, actor: Actor, command: JobCommand) -> Result<(), ServiceError> {
        self.inner.shelf.change((self.inner.now)(), actor, command).await
    }
}

/// Work is dropped between two awaits: it takes moments.
const LONGEST_END: Duration = Duration::from_secs(10);
/// Nobody waits longer for news in one request.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

const NO_FILE: &str = "This job has no file to download.";
const MISTAKE: &str = "The server met a mistake of its own. Look at its log.";

/// How often past jobs are looked for.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

fn may_see(principal: &Principal, job: &Job) -> bool {
    is_owner(principal, job) || principal.may(Right::ManageServer)
}

fn is_owner(principal: &Principal, job: &Job) -> bool {
    match (principal.actor(), &job.owner) {
        // Whoever owns the data directory is one, by whichever name.
        (Actor::Local(_), Actor::Local(_)) => true,
        (asker, owner) => asker == *owner,
    }
}

fn no_result(sentence: &'static str) -> ServiceError {
    ServiceError::bad_input("no_result", sentence, "Look at how it ended, or start it again.")
}

fn failed(sentence: &str) -> Ending {
    Ending::Failed { sentence: ShortText::cut(sentence) }
}

#[cfg(test)]
mod tests;
