//! One's own recorded activity as a file ActivityWatch imports: a job, a page of events at a time.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};

use super::Tracking;
use super::timeline::own;
use crate::domain::activity::Bucket;
use crate::domain::id::UserId;
use crate::domain::job::JobKind;
use crate::domain::policy::ActivityPolicy;
use crate::domain::right::Right;
use crate::domain::text::BucketName;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::job::Holding;
use crate::service::job::{Finished, JobView, Jobs, Work, unwritten};
use crate::store::{Reader, StoreError, activity, read};
use crate::wire::activitywatch::{WithId, bucket_json, event_json};

/// Events that are read and written together.
const PAGE: usize = 1_000;

impl Tracking {
    /// Begins to write one's own activity of all computers as ActivityWatch exports it. Nobody else gets it: there is no policy in
    /// that form.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing began.
    pub async fn export_activitywatch(
        &self,
        jobs: &Jobs,
        principal: &Principal,
    ) -> Result<JobView, ServiceError> {
        let person = own(principal)?;
        let about = person.name.to_string();
        let writing = Writing { tracking: self.clone(), person: person.id };
        jobs.start(principal, JobKind::ActivityWatch, &about, |work| writing.run(work)).await
    }
}

/// One file under way.
struct Writing {
    tracking: Tracking,
    person: UserId,
}

impl Writing {
    async fn run(self, work: Work) -> Result<Finished, ServiceError> {
        let mut file = BufWriter::new(work.create()?);
        let shows = Some(ActivityPolicy::FullDetail);
        let holding = Holding { needs: Right::Export, shows, people: vec![self.person] };
        work.keep_beside(&holding.to_text())?;
        let person = self.person;
        let buckets = self.tracking.door.read(move |reader| named_buckets(reader, person)).await?;
        let total = buckets.len() as u64;
        let (mut text, mut count) = ("{\"buckets\":{".to_owned(), 0_u64);
        for (done, bucket) in (0_u64..).zip(buckets) {
            // Everybody who manages the server reads how far jobs are.
            work.at("recorded events", done, total);
            let comma = if done > 0 { "," } else { "" };
            let name = serde_json::json!(bucket.name.as_str());
            text.push_str(&format!("{comma}{name}:{},\"events\":[", bucket_json(&bucket, None)));
            let (mut after, mut is_first) = (None, true);
            loop {
                let number = bucket.number;
                let page =
                    move |reader: &dyn Reader| activity::events_after(reader, number, after, PAGE);
                let page = self.tracking.door.read(page).await?;
                for event in &page {
                    if !std::mem::take(&mut is_first) {
                        text.push(',');
                    }
                    event_json(&mut text, event, WithId::No);
                }
                count += page.len() as u64;
                file = write(file, std::mem::take(&mut text)).await?;
                after = page.last().map(|event| (event.start, event.id));
                if page.len() < PAGE {
                    break;
                }
            }
            text.push_str("]}");
        }
        text.push_str("}}");
        file = write(file, text).await?;
        file.into_inner().map_err(|error| unwritten(error.error()))?;
        let file_name = Some("aw-buckets-export.json".to_owned());
        Ok(Finished { sentence: format!("{count} events."), file_name })
    }
}

/// All buckets of a person; one whose name another computer has, too, is told apart by its computer's. ActivityWatch takes a bucket by
/// the id within it, so that is the name, too.
fn named_buckets(reader: &dyn Reader, person: UserId) -> Result<Vec<Bucket>, StoreError> {
    let (mut all, mut taken) = (Vec::new(), BTreeSet::new());
    for device in read::devices_of(reader, person)? {
        for bucket in activity::buckets(reader, device.id)? {
            let names = [
                bucket.name.to_string(),
                format!("{} ({})", bucket.name, device.name),
                format!("bucket {}", bucket.number.0),
            ];
            let mut names = names.into_iter().filter_map(|name| BucketName::new(name).ok());
            if let Some(name) = names.find(|name| !taken.contains(name)) {
                taken.insert(name.clone());
                all.push(Bucket { name, ..bucket });
            }
        }
    }
    Ok(all)
}

async fn write(mut file: BufWriter<File>, text: String) -> Result<BufWriter<File>, ServiceError> {
    // Files are written where waiting for a disk holds up nobody.
    let written =
        tokio::task::spawn_blocking(move || file.write_all(text.as_bytes()).map(|()| file));
    let broken = |_| ServiceError::Failed("Writing the result broke off.".to_owned());
    written.await.map_err(broken)?.map_err(|error| unwritten(&error))
}
