//! One device's book: its buckets, events and settings, as a foreign client records and reads them.

use std::ops::ControlFlow;
use std::time::Duration;

use super::Tracking;
use super::redaction::Left;
use crate::consensus::CommitError;
use crate::domain::activity::{Bucket, Event, EventId};
use crate::domain::command::{Actor, Command};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::domain::text::{BucketName, CanonicalJson, Label, SettingKey};
use crate::domain::time::Timestamp;
use crate::service::Change;
use crate::service::error::ServiceError;
use crate::store::{activity, read};

/// A change is tried again this often while the server cannot take it, with [`TRY_AGAIN`] between: foreign clients throw away what
/// was answered with an error.
const TRIES: u32 = 40;
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// A bucket and its newest event.
#[derive(Debug)]
pub struct BucketTail {
    /// The bucket.
    pub bucket: Bucket,
    /// Its newest event.
    pub newest: Option<Event>,
}

/// A part of a bucket, newest first.
#[derive(Clone, Copy, Debug)]
pub struct EventPage {
    /// Events that end at or after this.
    pub from: Timestamp,
    /// Events that begin at or before this.
    pub to: Timestamp,
    /// Only events older than this one, by start and then number.
    pub before: Option<(Timestamp, EventId)>,
    /// At most this many.
    pub limit: usize,
}

/// What was found where one event was looked for.
#[derive(Debug)]
pub enum Found {
    /// The event.
    Event(Event),
    /// The bucket is there, the event is not.
    NoEvent,
    /// There is no such bucket.
    NoBucket,
}

impl Tracking {
    /// The device's name; `None` when there is no such device.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn device_name(&self, device: DeviceId) -> Result<Option<Label>, ServiceError> {
        let device = self.door.read(move |reader| read::device(reader, device)).await?;
        Ok(device.map(|device| device.name))
    }

    /// All buckets of the device, by name.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn buckets(&self, device: DeviceId) -> Result<Vec<BucketTail>, ServiceError> {
        let found = self.door.read(move |reader| {
            let mut all = Vec::new();
            for bucket in activity::buckets(reader, device)? {
                let newest = activity::newest(reader, bucket.number)?;
                all.push(BucketTail { bucket, newest });
            }
            Ok(all)
        });
        Ok(found.await?)
    }

    /// One bucket; `None` when there is none of this name.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn bucket(
        &self,
        device: DeviceId,
        name: BucketName,
    ) -> Result<Option<BucketTail>, ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else { return Ok(None) };
            let newest = activity::newest(reader, bucket.number)?;
            Ok(Some(BucketTail { bucket, newest }))
        });
        Ok(found.await?)
    }

    /// The events of a page, not clipped; `None` when there is no such bucket.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn events(
        &self,
        device: DeviceId,
        name: BucketName,
        page: EventPage,
    ) -> Result<Option<Vec<Event>>, ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else { return Ok(None) };
            let mut events = Vec::new();
            let to = page.before.map_or(page.to, |(start, _)| start.min(page.to));
            activity::events_newest_first(reader, &bucket, page.from, to, |event| {
                if page.before.is_none_or(|before| (event.start, event.id) < before) {
                    events.push(event);
                }
                more_if(events.len() < page.limit)
            })?;
            Ok(Some(events))
        });
        Ok(found.await?)
    }

    /// One event.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn event(
        &self,
        device: DeviceId,
        name: BucketName,
        id: EventId,
    ) -> Result<Found, ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else {
                return Ok(Found::NoBucket);
            };
            let event = activity::event(reader, bucket.number, id)?;
            Ok(event.map_or(Found::NoEvent, Found::Event))
        });
        Ok(found.await?)
    }

    /// How many events overlap `from ..= to`; `None` when there is no such bucket.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn count(
        &self,
        device: DeviceId,
        name: BucketName,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<u64>, ServiceError> {
        let found = self.door.read(move |reader| {
            let Some(bucket) = activity::bucket(reader, device, &name)? else { return Ok(None) };
            activity::count(reader, &bucket, from, to).map(Some)
        });
        Ok(found.await?)
    }

    /// All settings of the device, by key.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn settings(
        &self,
        device: DeviceId,
    ) -> Result<Vec<(SettingKey, CanonicalJson)>, ServiceError> {
        Ok(self.door.read(move |reader| read::settings(reader, device)).await?)
    }

    /// One setting of the device.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn setting(
        &self,
        device: DeviceId,
        key: SettingKey,
    ) -> Result<Option<CanonicalJson>, ServiceError> {
        Ok(self.door.read(move |reader| read::setting(reader, device, &key)).await?)
    }

    /// Makes a change for the device, durably. While the server cannot take it, the same request is tried again for some twenty
    /// seconds: it is made once. A refusal is an outcome here: the foreign protocols have their own words for each.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when it still cannot be taken.
    pub async fn record(
        &self,
        device: DeviceId,
        command: Command,
        now: Timestamp,
    ) -> Result<Outcome, ServiceError> {
        let mut tries = 1;
        let command = loop {
            match self.redacted(command.clone()).await {
                Err(ServiceError::Busy(_)) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                left => match left? {
                    Left::Command(command) => break command,
                    Left::Nothing(outcome) => return Ok(outcome),
                },
            }
        };
        let envelope = Change { now, actor: Actor::Device(device), command }.into_envelope();
        loop {
            match self.door.commit(envelope.clone()).await {
                Err(CommitError::Busy | CommitError::Unavailable) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                result => return Ok(result?),
            }
        }
    }
}

const fn more_if(more: bool) -> ControlFlow<()> {
    if more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
