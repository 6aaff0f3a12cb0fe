//! Where jobs are kept: behind the one door, and while the server is out of service in memory only, beside what is behind the door.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::consensus::Door;
use crate::domain::command::{Actor, Command};
use crate::domain::id::JobId;
use crate::domain::job::{Ended, Job, JobCommand, MOST_RUNNING};
use crate::domain::outcome::Refusal;
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::store::read;

pub(super) struct Shelf {
    door: Door,
    /// Of a server that is out of service.
    here: Mutex<Vec<Job>>,
}

impl Shelf {
    pub(super) fn new(door: Door) -> Self {
        Self { door, here: Mutex::default() }
    }

    pub(super) async fn all(&self) -> Result<Vec<Job>, ServiceError> {
        let mut jobs = self.door.read(read::jobs).await?;
        jobs.extend(self.here().iter().cloned());
        Ok(jobs)
    }

    pub(super) async fn one(&self, id: JobId) -> Result<Option<Job>, ServiceError> {
        let here = self.here().iter().find(|job| job.id == id).cloned();
        match here {
            Some(job) => Ok(Some(job)),
            None => Ok(self.door.read(move |reader| read::job(reader, id)).await?),
        }
    }

    pub(super) async fn change(
        &self,
        now: Timestamp,
        actor: Actor,
        command: JobCommand,
    ) -> Result<(), ServiceError> {
        if self.door.rests() {
            return self.change_here(now, command).map_err(ServiceError::Refused);
        }
        Change { now, actor, command: Command::Job(command) }.commit(&self.door).await?;
        Ok(())
    }

    /// As `store::apply` does it behind the door, as far as a server out of service has any use for it.
    fn change_here(&self, now: Timestamp, command: JobCommand) -> Result<(), Refusal> {
        let mut here = self.here();
        match command {
            JobCommand::Start(job) => {
                if here.iter().filter(|job| job.ended.is_none()).count() >= MOST_RUNNING {
                    return Err(Refusal::TooManyJobs);
                }
                here.push(job);
            }
            JobCommand::End { job, how } => {
                if let Some(job) = here.iter_mut().find(|one| one.id == job) {
                    job.ended = Some(Ended { at: now, how });
                }
            }
            JobCommand::Delete { job } => {
                let known = here.iter().find(|one| one.id == job).ok_or(Refusal::UnknownJob)?;
                if known.ended.is_none() {
                    return Err(Refusal::JobRuns);
                }
                here.retain(|one| one.id != job);
            }
            JobCommand::Forget => here.retain(|job| !job.is_past(now)),
            JobCommand::BreakOff => {}
        }
        Ok(())
    }

    fn here(&self) -> MutexGuard<'_, Vec<Job>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
