//! Jobs: so many at once, ended once, forgotten after a while.

use super::*;
use crate::domain::id::JobId;
use crate::domain::job::{
    Ending, Job, JobCommand, JobKind, KEPT_MS, MOST_KEPT_EACH, MOST_RUNNING, MOST_RUNNING_EACH,
};

impl Story {
    fn job(&mut self, owner: Actor) -> (JobId, Command) {
        let id = JobId(self.id());
        let about = ShortText::cut("all of it");
        let job =
            Job { id, kind: JobKind::ActivityCsv, owner, about, started: self.now, ended: None };
        (id, Command::Job(JobCommand::Start(job)))
    }

    fn started(&mut self, owner: &Actor) -> JobId {
        let (id, start) = self.job(owner.clone());
        assert_eq!(self.run(start), Outcome::Done);
        id
    }

    fn jobs(&self) -> Vec<Job> {
        read::jobs(&self.state.read().unwrap()).unwrap()
    }
}

fn end(job: JobId) -> Command {
    Command::Job(JobCommand::End { job, how: Ending::Cancelled })
}

#[test]
fn a_job_ends_once() {
    let (mut story, ada) = Story::with_ada();
    let id = story.started(&Actor::User(ada));
    story.refuses(Command::Job(JobCommand::Delete { job: id }), Refusal::JobRuns);
    story.later(1_000);
    assert_eq!(story.run(end(id)), Outcome::Done);
    let first = story.jobs();
    assert_eq!(first[0].ended.as_ref().unwrap().at, story.now);
    story.later(1_000);
    assert_eq!(story.run(end(id)), Outcome::Already);
    assert_eq!(story.run(Command::Job(JobCommand::BreakOff)), Outcome::Done);
    assert_eq!(story.jobs(), first);
    assert_eq!(story.run(Command::Job(JobCommand::Delete { job: id })), Outcome::Done);
    story.refuses(end(id), Refusal::UnknownJob);
    story.refuses(Command::Job(JobCommand::Delete { job: id }), Refusal::UnknownJob);
}

#[test]
fn so_many_run_at_once_and_so_many_are_kept() {
    let (mut story, ada) = Story::with_ada();
    let ada = Actor::User(ada);
    let first: Vec<JobId> = (0..MOST_RUNNING_EACH).map(|_| story.started(&ada)).collect();
    let (_, more) = story.job(ada.clone());
    story.refuses(more, Refusal::TooManyJobs);
    for at in MOST_RUNNING_EACH..MOST_RUNNING {
        let other = Actor::Local(ShortText::cut(&at.to_string()));
        story.started(&other);
    }
    let (_, more) = story.job(Actor::Local(ShortText::cut("one more")));
    story.refuses(more.clone(), Refusal::TooManyJobs);
    story.run(end(first[0]));
    assert_eq!(story.run(more), Outcome::Done);
    story.run(Command::Job(JobCommand::BreakOff));
    assert!(story.jobs().iter().all(|job| job.ended.is_some()));
    for _ in 0..MOST_KEPT_EACH {
        story.later(1);
        let id = story.started(&ada);
        story.run(end(id));
    }
    let own: Vec<JobId> =
        story.jobs().iter().filter(|job| job.owner == ada).map(|job| job.id).collect();
    assert_eq!(own.len(), MOST_KEPT_EACH);
    assert!(!own.contains(&first[0]), "the one that ended first gave way");
}

#[test]
fn those_that_ended_long_ago_go() {
    let (mut story, ada) = Story::with_ada();
    let (old, runs) = (story.started(&Actor::User(ada)), story.started(&Actor::User(ada)));
    story.run(end(old));
    story.later(KEPT_MS - 1);
    story.run(Command::Job(JobCommand::Forget));
    assert_eq!(story.jobs().len(), 2);
    story.later(1);
    story.run(Command::Job(JobCommand::Forget));
    assert_eq!(story.jobs().iter().map(|job| job.id).collect::<Vec<_>>(), [runs]);
}
