//! The book behind the tested door: the store's own functions over a database in a temporary folder.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::compat::activitywatch::book::{Book, BookError, BucketView, EventRange, Info, Lookup};
use crate::domain::activity::{ActivityCommand, Event, EventId};
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::setting::SettingCommand;
use crate::domain::text::{BucketName, CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;
use crate::store::tables::Settings;
use crate::store::{Read, State, StoreError, Write, activity, read};

#[derive(Clone)]
pub(super) struct TestBook {
    state: State,
    /// So many answers more are `Unavailable`.
    failures: Arc<AtomicUsize>,
    /// So many changes were asked for.
    pub(super) changes: Arc<AtomicUsize>,
}

impl TestBook {
    pub(super) fn new(folder: &Path) -> Self {
        let state = State::open(&folder.join("book.redb")).unwrap();
        Self { state, failures: Arc::default(), changes: Arc::default() }
    }

    /// Cannot be reached the next `times`.
    pub(super) fn fail(&self, times: usize) {
        self.failures.store(times, Ordering::SeqCst);
    }

    fn failing(&self) -> Result<(), BookError> {
        let less = |left: usize| left.checked_sub(1);
        match self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) {
            Ok(_) => Err(BookError::Unavailable),
            Err(_) => Ok(()),
        }
    }

    fn look<T>(
        &self,
        look: impl FnOnce(&dyn crate::store::Reader) -> Result<T, StoreError>,
    ) -> Result<T, BookError> {
        self.failing()?;
        let scope = self.state.read().map_err(failed)?;
        look(&scope).map_err(failed)
    }
}

fn failed(error: StoreError) -> BookError {
    BookError::Failed(error.to_string())
}

impl Book for TestBook {
    async fn info(&self, device: DeviceId) -> Result<Info, BookError> {
        Ok(Info { hostname: "desk".to_owned(), device })
    }

    async fn buckets(&self, device: DeviceId) -> Result<Vec<BucketView>, BookError> {
        self.look(|reader| {
            let buckets = activity::buckets(reader, device)?.into_iter();
            buckets
                .map(|bucket| {
                    let newest = activity::newest(reader, bucket.number)?;
                    Ok(BucketView { bucket, newest, oldest: None })
                })
                .collect()
        })
    }

    async fn bucket(
        &self,
        device: DeviceId,
        name: BucketName,
    ) -> Result<Option<BucketView>, BookError> {
        Ok(self.buckets(device).await?.into_iter().find(|view| view.bucket.name == name))
    }

    async fn events(
        &self,
        device: DeviceId,
        name: BucketName,
        range: EventRange,
    ) -> Result<Option<Vec<Event>>, BookError> {
        self.look(|reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else { return Ok(None) };
            let mut events = Vec::new();
            let (from, to) = (range.from, range.latest());
            activity::events_newest_first(reader, &bucket, from, to, |event| {
                if range.admits(&event) {
                    events.push(event);
                }
                if events.len() < range.limit {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
            Ok(Some(events))
        })
    }

    async fn event(
        &self,
        device: DeviceId,
        name: BucketName,
        id: EventId,
    ) -> Result<Lookup, BookError> {
        self.look(|reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else {
                return Ok(Lookup::NoBucket);
            };
            Ok(activity::event(reader, bucket.number, id)?.map_or(Lookup::NoEvent, Lookup::Event))
        })
    }

    async fn count(
        &self,
        device: DeviceId,
        name: BucketName,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<u64>, BookError> {
        let range = EventRange { from, to, before: None, limit: usize::MAX };
        let events = self.events(device, name, range).await?;
        Ok(events.map(|events| u64::try_from(events.len()).unwrap()))
    }

    async fn change(
        &self,
        device: DeviceId,
        command: ActivityCommand,
    ) -> Result<Outcome, BookError> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.failing()?;
        let (policy, at) = (ActivityPolicy::HoursOnly, Timestamp::EARLIEST);
        let change = |writer: &mut dyn crate::store::Writer| {
            if let ActivityCommand::CreateBucket { name, about, created, .. } = &command {
                let created = created.unwrap_or(at);
                let (_, is_new) = activity::create_bucket(writer, device, name, about, created)?;
                return Ok(if is_new { Outcome::Done } else { Outcome::Already });
            }
            let (ActivityCommand::CreateBucket { name, .. }
            | ActivityCommand::UpdateBucket { name, .. }
            | ActivityCommand::DeleteBucket { name, .. }
            | ActivityCommand::InsertEvents { name, .. }
            | ActivityCommand::Heartbeat { name, .. }
            | ActivityCommand::DeleteEvent { name, .. }) = &command;
            let Some(mut bucket) = activity::bucket(writer.as_reader(), device, name)? else {
                return Ok(Outcome::Refused(Refusal::UnknownBucket));
            };
            Ok(match command {
                ActivityCommand::CreateBucket { .. } => Outcome::Already,
                ActivityCommand::UpdateBucket { about, .. } => {
                    bucket.about = about;
                    activity::put_bucket(writer, &bucket)?;
                    Outcome::Done
                }
                ActivityCommand::DeleteBucket { .. } => {
                    activity::Pen::new(writer).delete_bucket(&bucket)?;
                    Outcome::Done
                }
                ActivityCommand::InsertEvents { events, skip_known, .. } => {
                    let mut numbers = Vec::new();
                    for event in events {
                        let event = activity::Pen::new(writer).insert(
                            &mut bucket,
                            event,
                            policy,
                            skip_known,
                        )?;
                        numbers.push(event.map(|event| event.id));
                    }
                    Outcome::Inserted(numbers)
                }
                ActivityCommand::Heartbeat { event, pulsetime_ms, .. } => {
                    Outcome::Event(activity::Pen::new(writer).heartbeat(
                        &mut bucket,
                        &event,
                        pulsetime_ms,
                        policy,
                    )?)
                }
                ActivityCommand::DeleteEvent { event, .. } => {
                    if activity::Pen::new(writer).delete_event(bucket.number, event)? {
                        Outcome::Done
                    } else {
                        Outcome::Already
                    }
                }
            })
        };
        self.state.write(change).map_err(failed)
    }

    async fn settings(
        &self,
        device: DeviceId,
    ) -> Result<Vec<(SettingKey, CanonicalJson)>, BookError> {
        self.look(|reader| read::settings(reader, device))
    }

    async fn setting(
        &self,
        device: DeviceId,
        key: SettingKey,
    ) -> Result<Option<CanonicalJson>, BookError> {
        self.look(|reader| reader.get::<Settings>(&(device, key)))
    }

    async fn change_setting(
        &self,
        device: DeviceId,
        command: SettingCommand,
    ) -> Result<Outcome, BookError> {
        self.failing()?;
        let change = |writer: &mut dyn crate::store::Writer| match command {
            SettingCommand::Put { key, value, .. } => {
                writer.put::<Settings>(&(device, key), &value)?;
                Ok(Outcome::Done)
            }
            SettingCommand::Delete { key, .. } => {
                writer.delete::<Settings>(&(device, key))?;
                Ok(Outcome::Done)
            }
        };
        self.state.write(change).map_err(failed)
    }
}
