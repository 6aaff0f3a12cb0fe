//! Jobs over a real door: news, ends, bounds, and what a restart leaves.

use std::io::Write;

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::*;
use crate::consensus::DoorOptions;
use crate::service::control::founding;

const SOON: Duration = Duration::from_secs(20);

fn now() -> Timestamp {
    Timestamp::new(1_795_333_311_000).unwrap()
}

fn root() -> Principal {
    Principal::Local(ShortText::cut("root"))
}

struct Desk {
    jobs: Jobs,
    door: Door,
    folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = DoorOptions { dir: folder.path().to_owned(), ..DoorOptions::default() };
        let door = Door::open(options).await.unwrap();
        founding::open(&door, folder.path(), &[], now()).await.unwrap();
        let jobs = Jobs::open(door.clone(), folder.path(), now).await.unwrap();
        Self { jobs, door, folder }
    }

    /// As the next server finds it.
    async fn again(&self) -> Jobs {
        Jobs::open(self.door.clone(), self.folder.path(), now).await.unwrap()
    }

    /// Work that goes on until it is told how to end.
    async fn begin(&self) -> (JobId, oneshot::Sender<Result<Finished, ServiceError>>) {
        let (end, told) = oneshot::channel();
        let work = |work: Work| async move {
            let mut file = work.create()?;
            file.write_all(b"a,b\r\n").unwrap();
            work.at("half of it", 1, 2);
            told.await.unwrap()
        };
        let started = self.jobs.start(&root(), JobKind::ActivityCsv, "a test", work).await;
        (started.unwrap().job.id, end)
    }

    async fn ended(&self, id: JobId) -> JobView {
        loop {
            let view = self.jobs.wait(&root(), id, None, SOON).await.unwrap();
            if view.job.ended.is_some() {
                return view;
            }
        }
    }

    fn files(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path().join("jobs"));
        entries.map(Iterator::count).unwrap_or_default()
    }
}

fn how(view: &JobView) -> &Ending {
    &view.job.ended.as_ref().unwrap().how
}

fn finished() -> Result<Finished, ServiceError> {
    Ok(Finished { sentence: "1 row.".to_owned(), file_name: Some("a.csv".to_owned()) })
}

#[tokio::test]
async fn news_come_to_whoever_waits_and_the_result_to_the_owner() {
    let desk = Desk::open().await;
    let (id, end) = desk.begin().await;
    let seen = desk.jobs.wait(&root(), id, Some(1), SOON).await.unwrap();
    let progress = seen.progress.clone().unwrap();
    assert_eq!((progress.step.as_str(), progress.percent()), ("half of it", Some(50)));
    let now = desk.jobs.wait(&root(), id, Some(seen.version), Duration::ZERO).await.unwrap();
    assert_eq!(now.version, seen.version, "nothing new, and no longer wait than was asked for");
    end.send(finished()).ok().unwrap();
    let view = desk.ended(id).await;
    let file =
        Some(ResultFile { name: crate::domain::text::Label::new("a.csv").unwrap(), bytes: 5 });
    assert_eq!(*how(&view), Ending::Done { sentence: ShortText::cut("1 row."), file });
    let path = desk.jobs.result(&root(), id).await.unwrap().path;
    assert_eq!(std::fs::read(&path).unwrap(), b"a,b\r\n");
    #[cfg(unix)]
    for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
    }
    desk.jobs.delete(&root(), id).await.unwrap();
    assert_eq!(desk.files(), 0);
    assert!(desk.jobs.show(&root(), id).await.is_err());
}

#[tokio::test]
async fn a_cancelled_or_failed_job_leaves_no_file() {
    let desk = Desk::open().await;
    let (id, _end) = desk.begin().await;
    assert!(matches!(
        desk.jobs.delete(&root(), id).await,
        Err(ServiceError::Refused(Refusal::JobRuns))
    ));
    desk.jobs.cancel(&root(), id).await.unwrap();
    let view = desk.jobs.show(&root(), id).await.unwrap();
    assert_eq!(*how(&view), Ending::Cancelled);
    desk.jobs.cancel(&root(), id).await.unwrap();
    let (id, end) = desk.begin().await;
    end.send(Err(ServiceError::Failed("The disk is full.".to_owned()))).ok().unwrap();
    assert!(how(&desk.ended(id).await).sentence().starts_with("The disk is full. "));
    // Its sender dropped, the work panics.
    let (id, end) = desk.begin().await;
    drop(end);
    assert_eq!(how(&desk.ended(id).await).name(), "failed");
    assert_eq!(desk.files(), 0);
}

#[tokio::test]
async fn what_ran_when_the_server_ended_is_broken_off() {
    let desk = Desk::open().await;
    let (done, end) = desk.begin().await;
    end.send(finished()).ok().unwrap();
    desk.ended(done).await;
    let (id, _end) = desk.begin().await;
    desk.jobs.wait(&root(), id, Some(1), SOON).await.unwrap();
    std::fs::write(desk.folder.path().join("jobs/stray"), b"x").unwrap();
    assert_eq!(desk.files(), 3);
    let next = desk.again().await;
    assert_eq!(*how(&next.show(&root(), id).await.unwrap()), Ending::BrokenOff);
    assert!(next.result(&root(), done).await.is_ok(), "results of ended jobs stay");
    assert_eq!(desk.files(), 1);
}

#[tokio::test]
async fn so_many_may_run_at_once() {
    let desk = Desk::open().await;
    let (_first, _a) = desk.begin().await;
    let (second, _b) = desk.begin().await;
    let nothing = |_: Work| async { finished() };
    let more = desk.jobs.start(&root(), JobKind::ActivityCsv, "more", nothing).await;
    assert!(matches!(more, Err(ServiceError::Refused(Refusal::TooManyJobs))), "{more:?}");
    desk.jobs.cancel(&root(), second).await.unwrap();
    desk.jobs.start(&root(), JobKind::ActivityCsv, "more", nothing).await.unwrap();
    assert_eq!(desk.jobs.list(&root()).await.unwrap().len(), 3);
}

#[tokio::test]
async fn strangers_see_nothing() {
    let desk = Desk::open().await;
    let (id, _end) = desk.begin().await;
    let nobody = Principal::Nobody;
    assert!(desk.jobs.list(&nobody).await.unwrap().is_empty());
    for refused in [
        desk.jobs.show(&nobody, id).await.err(),
        desk.jobs.cancel(&nobody, id).await.err(),
        desk.jobs.delete(&nobody, id).await.err(),
        desk.jobs.result(&nobody, id).await.err(),
    ] {
        assert!(matches!(refused, Some(ServiceError::Refused(Refusal::UnknownJob))));
    }
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_not_offered() {
    let desk = Desk::open().await;
    let (id, end) = desk.begin().await;
    end.send(finished()).ok().unwrap();
    assert!(desk.ended(id).await.has_result);
    let path = desk.jobs.result(&root(), id).await.unwrap().path;
    std::fs::write(&path, b"a,").unwrap();
    assert_eq!(desk.jobs.result(&root(), id).await.unwrap_err().code(), "no_result");
    assert!(!desk.jobs.show(&root(), id).await.unwrap().has_result);
}

#[tokio::test]
async fn what_is_kept_beside_a_file_comes_and_goes_with_it() {
    let desk = Desk::open().await;
    let work = |work: Work| async move {
        drop(work.create()?);
        work.keep_beside("whose it is")?;
        finished()
    };
    let started = desk.jobs.start(&root(), JobKind::ActivityCsv, "a test", work).await;
    let id = started.unwrap().job.id;
    desk.ended(id).await;
    assert_eq!(desk.jobs.result(&root(), id).await.unwrap().words, "whose it is");
    let next = desk.again().await;
    assert_eq!(next.result(&root(), id).await.unwrap().words, "whose it is");
    next.delete(&root(), id).await.unwrap();
    assert_eq!(desk.files(), 0);
}

/// Whoever read it as running, and comes to the rest of the look after its end, is told of the end.
#[tokio::test]
async fn a_job_that_ends_during_a_look_is_shown_as_it_ended() {
    let desk = Desk::open().await;
    let (id, end) = desk.begin().await;
    let read = desk.door.read(move |reader| read::job(reader, id)).await.unwrap().unwrap();
    assert_eq!(read.ended, None);
    let waiting = {
        let jobs = desk.jobs.clone();
        tokio::spawn(async move { jobs.wait(&root(), id, None, SOON).await.unwrap() })
    };
    end.send(finished()).ok().unwrap();
    desk.ended(id).await;
    let view = desk.jobs.view(read).await.unwrap();
    assert!(matches!(how(&view), Ending::Done { file: Some(_), .. }), "{view:?}");
    assert!(view.has_result && view.progress.is_none());
    let heard = waiting.await.unwrap();
    assert!(heard.job.ended.is_some() || heard.progress.is_some(), "{heard:?}");
}

#[tokio::test]
async fn a_job_whose_file_cannot_be_made_to_last_has_failed() {
    let desk = Desk::open().await;
    let path = desk.folder.path().join("jobs");
    let work = |work: Work| async move {
        drop(work.create()?);
        std::fs::remove_dir_all(path).unwrap();
        finished()
    };
    let started = desk.jobs.start(&root(), JobKind::ActivityCsv, "a test", work).await;
    let view = desk.ended(started.unwrap().job.id).await;
    assert_eq!(how(&view).name(), "failed");
    assert!(how(&view).sentence().starts_with("The result could not be written:"), "{view:?}");
    assert!(!view.has_result);
}
