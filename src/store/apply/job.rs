//! Jobs: bounded while they run, kept for a while after the end.

use super::{Applying, refused};
use crate::domain::command::Actor;
use crate::domain::id::JobId;
use crate::domain::job::{
    Ended, Ending, Job, JobCommand, MOST_KEPT_EACH, MOST_RUNNING, MOST_RUNNING_EACH,
};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Jobs;
use crate::store::transaction::{Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &JobCommand) -> Result<Outcome, StoreError> {
    match command {
        JobCommand::Start(job) => start(at, job),
        JobCommand::End { job, how } => end(at, *job, how),
        JobCommand::BreakOff => break_off(at),
        JobCommand::Delete { job } => delete(at, *job),
        JobCommand::Forget => forget(at),
    }
}

fn start(at: &mut Applying<'_>, job: &Job) -> Result<Outcome, StoreError> {
    let jobs = read::jobs(at.writer.as_reader())?;
    let running = jobs.iter().filter(|job| job.ended.is_none());
    let own = running.clone().filter(|other| other.owner == job.owner).count();
    if own >= MOST_RUNNING_EACH || running.count() >= MOST_RUNNING {
        return refused(Refusal::TooManyJobs);
    }
    let own = jobs.iter().filter(|other| other.owner == job.owner);
    if own.clone().count() >= MOST_KEPT_EACH {
        let ended = own.filter_map(|job| Some((job.ended.as_ref()?.at, job)));
        // The list is in the order of ids: of two that ended at once the older goes.
        if let Some((_, oldest)) = ended.min_by_key(|(ended, _)| *ended) {
            remove(at, oldest)?;
        }
    }
    put(at, &Job { started: at.at, ended: None, ..job.clone() })
}

fn end(at: &mut Applying<'_>, id: JobId, how: &Ending) -> Result<Outcome, StoreError> {
    match at.writer.get::<Jobs>(&id)? {
        None => refused(Refusal::UnknownJob),
        Some(job) if job.ended.is_some() => Ok(Outcome::Already),
        Some(job) => {
            let ended = Some(Ended { at: at.at, how: how.clone() });
            put(at, &Job { ended, ..job })
        }
    }
}

fn break_off(at: &mut Applying<'_>) -> Result<Outcome, StoreError> {
    for job in read::jobs(at.writer.as_reader())? {
        if job.ended.is_none() {
            let ended = Some(Ended { at: at.at, how: Ending::BrokenOff });
            put(at, &Job { ended, ..job })?;
        }
    }
    Ok(Outcome::Done)
}

fn delete(at: &mut Applying<'_>, id: JobId) -> Result<Outcome, StoreError> {
    match at.writer.get::<Jobs>(&id)? {
        None => refused(Refusal::UnknownJob),
        Some(job) if job.ended.is_none() => refused(Refusal::JobRuns),
        Some(job) => {
            remove(at, &job)?;
            Ok(Outcome::Done)
        }
    }
}

fn forget(at: &mut Applying<'_>) -> Result<Outcome, StoreError> {
    for job in read::jobs(at.writer.as_reader())? {
        if job.is_past(at.at) {
            remove(at, &job)?;
        }
    }
    Ok(Outcome::Done)
}

fn put(at: &mut Applying<'_>, job: &Job) -> Result<Outcome, StoreError> {
    at.writer.put::<Jobs>(&job.id, job)?;
    at.changed(Noun::Job, job.id.bytes(), audience(job));
    Ok(Outcome::Done)
}

fn remove(at: &mut Applying<'_>, job: &Job) -> Result<(), StoreError> {
    at.writer.delete::<Jobs>(&job.id)?;
    at.changed(Noun::Job, job.id.bytes(), audience(job));
    Ok(())
}

/// A person hears of their own jobs, administrators of those of the terminal.
const fn audience(job: &Job) -> Audience {
    match &job.owner {
        Actor::User(user) => Audience::Person(*user),
        _ => Audience::Administrators,
    }
}
