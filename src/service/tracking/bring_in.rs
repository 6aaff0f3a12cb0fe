//! An export of ActivityWatch brought into one's own book: a job, as many events at a time as one command takes.
//!
//! It is read whole before the job begins, so that a bad one changes nothing. One that broke off is simply sent again: what is there
//! already is left out.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;

use tokio::sync::mpsc;
use tokio::task::JoinError;

use super::Tracking;
use super::timeline::own;
use crate::domain::activity::{ActivityCommand, EventId, MOST_EVENTS_A_COMMAND, SkipKnown};
use crate::domain::command::Command;
use crate::domain::device::DeviceKind;
use crate::domain::id::DeviceId;
use crate::domain::job::JobKind;
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, JobView, Jobs, Work};
use crate::store::read;
use crate::wire::activitywatch::{BadImport, ImportedBucket, Portion, read_import, read_portions};

/// Portions read ahead of the book.
const PORTIONS_AHEAD: usize = 2;

impl Tracking {
    /// Begins to bring an export, which lies in `file`, into what one's own token records into under the name `device`. Computers with an
    /// agent take theirs there: `timebook agent import-activitywatch`.
    ///
    /// # Errors
    /// [`ServiceError`], also for a file that is no export; nothing began.
    pub async fn import_activitywatch(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        (device, file): (&str, File),
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let (person, name) = (own(principal)?.id, device.to_owned());
        let found = self.door.read(move |reader| {
            let mut devices = read::devices_of(reader, person)?.into_iter();
            Ok(devices.find(|device| {
                device.kind == DeviceKind::Token
                    && device.revoked.is_none()
                    && device.name.as_str() == name
            }))
        });
        let device = found.await?.ok_or_else(no_device)?;
        let (file, buckets, total) = check(file).await?;
        let about = format!("ActivityWatch, {total} events, {}", device.name);
        let import =
            Import { tracking: self.clone(), device: device.id, file, buckets, total, now };
        jobs.start(principal, JobKind::Import, &about, |work| import.run(work)).await
    }
}

/// An import under way.
struct Import {
    tracking: Tracking,
    device: DeviceId,
    file: File,
    buckets: Vec<ImportedBucket>,
    total: u64,
    now: fn() -> Timestamp,
}

impl Import {
    async fn run(self, work: Work) -> Result<Finished, ServiceError> {
        let Self { tracking, device, file, buckets, total, now } = self;
        for ImportedBucket { name, about, created } in buckets.clone() {
            let create = ActivityCommand::CreateBucket { device, name, about, created };
            let made = tracking.record(device, Command::Activity(create), now()).await?;
            if let Outcome::Refused(refusal) = made {
                return Err(ServiceError::Refused(refusal));
            }
        }
        let (send, mut portions) = mpsc::channel(PORTIONS_AHEAD);
        let reading = tokio::task::spawn_blocking(move || {
            read_portions(rewound(file)?, MOST_EVENTS_A_COMMAND, |portion| {
                match send.blocking_send(portion) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
        });
        let (mut done, mut new, mut left_out) = (0, 0, 0);
        while let Some(Portion { place, events }) = portions.recv().await {
            // Everybody who manages the server reads how far jobs are.
            work.at("recorded events", done, total);
            let Some(bucket) = buckets.get(place) else { continue };
            let (sent, name) = (events.len() as u64, bucket.name.clone());
            let skip_known = SkipKnown::Yes;
            let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
            match tracking.record(device, Command::Activity(insert), now()).await? {
                Outcome::Inserted(numbers) => {
                    let count = |of: &dyn Fn(&Option<EventId>) -> bool| {
                        numbers.iter().filter(|number| of(number)).count() as u64
                    };
                    let by_rules = count(&|number| *number == Some(EventId(0)));
                    let known = count(&|number| number.is_none());
                    let told = numbers.len() as u64;
                    new += told - known - by_rules;
                    // Rules may have left some out before there was a number to give.
                    left_out += by_rules + sent.saturating_sub(told);
                }
                Outcome::Refused(refusal) => return Err(ServiceError::Refused(refusal)),
                other => return Err(ServiceError::Failed(format!("Unexpected: {other:?}."))),
            }
            done += sent;
        }
        ended(reading.await)?;
        work.at("recorded events", done, total);
        let known = done - new - left_out;
        let sentence =
            format!("{new} events are new, {known} were known, {left_out} were left out by rules.");
        Ok(Finished { sentence, file_name: None })
    }
}

/// Reads the whole export once; with its buckets, and how many events there are.
async fn check(file: File) -> Result<(File, Vec<ImportedBucket>, u64), ServiceError> {
    let checked = tokio::task::spawn_blocking(move || {
        let (mut events, again) = (0, file.try_clone().map_err(BadImport::Unreadable)?);
        let buckets = read_import(rewound(file)?, |_, _| {
            events += 1;
            ControlFlow::Continue(())
        })?;
        Ok((again, buckets, events))
    });
    ended(checked.await)
}

fn rewound(mut file: File) -> Result<File, BadImport> {
    file.seek(SeekFrom::Start(0)).map_err(BadImport::Unreadable)?;
    Ok(file)
}

/// What a blocking task came to.
fn ended<T>(task: Result<Result<T, BadImport>, JoinError>) -> Result<T, ServiceError> {
    match task {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error @ BadImport::Unreadable(_))) => Err(ServiceError::Failed(error.to_string())),
        Ok(Err(error)) => Err(ServiceError::bad_input(
            "bad_import",
            error.to_string(),
            "Export it again, and send it as it is.",
        )),
        Err(_) => Err(ServiceError::Failed("Reading the import broke off.".to_owned())),
    }
}

fn no_device() -> ServiceError {
    ServiceError::bad_input(
        "no_device",
        "No token of yours records under this name.",
        "Create a token with the scope `record` for it, then send the file again.",
    )
}
