//! The state thread: checkpoints when they are due, and does what would keep the engine's thread too long.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use super::apply::{Applier, Due};
use super::machine::{Answer, Job};

/// Works until told to close, until nobody can send jobs any more, or until the first failure; the alarm has it by then.
pub(super) fn run(applier: &Applier, jobs: &Receiver<Job>) {
    while let Ok(job) = next(applier, jobs) {
        let going_on = match job {
            Some(Job::Apply(batch, answer)) => tell(answer, applier.apply(batch).map(drop)),
            Some(Job::Place(answer)) => tell(answer, applier.place()),
            Some(Job::Take(answer)) => tell(answer, applier.take()),
            Some(Job::Install(copy, answer)) => tell(answer, applier.install(copy)),
            Some(Job::Close(answer)) => {
                tell(answer, applier.checkpoint());
                return;
            }
            Some(Job::LookAtTheTime) | None => true,
        };
        if !going_on || (applier.due() == Due::Now && applier.checkpoint().is_err()) {
            return;
        }
    }
    // Nobody is left who could be told; the alarm says it, and the log has everything.
    drop(applier.checkpoint());
}

/// The next job, or none when it is time for a checkpoint.
fn next(applier: &Applier, jobs: &Receiver<Job>) -> Result<Option<Job>, RecvTimeoutError> {
    let job = match applier.due() {
        Due::Never => jobs.recv().map_err(RecvTimeoutError::from),
        Due::In(time) => jobs.recv_timeout(time),
        Due::Now => return Ok(None),
    };
    match job {
        Ok(job) => Ok(Some(job)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(RecvTimeoutError::Disconnected),
    }
}

/// Answers a job; true when it succeeded.
fn tell<T>(answer: Answer<T>, result: io::Result<T>) -> bool {
    let succeeded = result.is_ok();
    // Nobody waits any more when the engine was dropped.
    drop(answer.send(result));
    succeeded
}
