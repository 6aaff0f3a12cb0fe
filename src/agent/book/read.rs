//! The book behind the ActivityWatch door: reads of one moment, changes through the one thread.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{ActivityBook, Closed, HERE, change, look, take_up_to};
use crate::agent::recorder::Kind;
use crate::agent::track::{Standing, is_unsettled, stands};
use crate::clock;
use crate::compat::activitywatch::book::{Book, BookError, BucketView, EventRange, Info, Lookup};
use crate::domain::activity::{ActivityCommand, Bucket, Event, EventId};
use crate::domain::batch::ACTIVITY_STREAM;
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::domain::setting::SettingCommand;
use crate::domain::text::{BucketName, CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;
use crate::store::outbox::{self, Counts};
use crate::store::{Reader, StoreError, activity, read};

impl ActivityBook {
    /// How much waits to be acknowledged.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(in crate::agent) async fn counts(&self) -> Result<Counts, StoreError> {
        look(self.state.clone(), |reader| outbox::counts(reader, ACTIVITY_STREAM)).await
    }

    /// A look at one moment; what was answered is in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(in crate::agent) async fn see<T: Send + 'static>(
        &self,
        looking: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        look(self.state.clone(), looking).await
    }

    /// Where the copy of the office's book stands, and whether something edited here has reached the office since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(in crate::agent) async fn look_at_copy(&self) -> Result<(Standing, bool), StoreError> {
        look(self.state.clone(), |reader| Ok((stands(reader)?, is_unsettled(reader)?))).await
    }

    /// Makes the recorder's own change: the same as through the door, but for that no watcher was heard.
    ///
    /// # Errors
    /// [`Closed`].
    pub(in crate::agent) async fn record(
        &self,
        command: ActivityCommand,
    ) -> Result<Outcome, Closed> {
        let now = clock::now();
        self.write(move |desk| change::apply(desk, command, now)).await
    }

    /// Does a watcher record this kind through the door?
    pub(in crate::agent) fn is_fed(&self, kind: Kind, now: Timestamp) -> bool {
        self.shared.fed.counts(kind, now)
    }

    async fn look<T: Send + 'static>(
        &self,
        looking: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, BookError> {
        look(self.state.clone(), looking)
            .await
            .map_err(|error| BookError::Failed(error.to_string()))
    }
}

impl From<Closed> for BookError {
    fn from(_: Closed) -> Self {
        Self::Unavailable
    }
}

impl Book for ActivityBook {
    async fn info(&self, _device: DeviceId) -> Result<Info, BookError> {
        Ok(Info { hostname: self.shared.hostname.clone(), device: self.shared.device })
    }

    async fn buckets(&self, _device: DeviceId) -> Result<Vec<BucketView>, BookError> {
        self.look(|reader| {
            activity::buckets(reader, HERE)?
                .into_iter()
                .map(|bucket| view(reader, bucket))
                .collect()
        })
        .await
    }

    async fn bucket(
        &self,
        _device: DeviceId,
        name: BucketName,
    ) -> Result<Option<BucketView>, BookError> {
        self.look(move |reader| {
            activity::bucket(reader, HERE, &name)?.map(|bucket| view(reader, bucket)).transpose()
        })
        .await
    }

    async fn events(
        &self,
        _device: DeviceId,
        name: BucketName,
        range: EventRange,
    ) -> Result<Option<Vec<Event>>, BookError> {
        self.look(move |reader| {
            let Some(bucket) = activity::bucket(reader, HERE, &name)? else { return Ok(None) };
            let mut events = Vec::new();
            activity::events_newest_first(reader, &bucket, range.from, range.latest(), |event| {
                if range.admits(&event) {
                    take_up_to(range.limit, &mut events, event)
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            Ok(Some(events))
        })
        .await
    }

    async fn event(
        &self,
        _device: DeviceId,
        name: BucketName,
        id: EventId,
    ) -> Result<Lookup, BookError> {
        self.look(move |reader| {
            let Some(bucket) = activity::bucket(reader, HERE, &name)? else {
                return Ok(Lookup::NoBucket);
            };
            let event = activity::event(reader, bucket.number, id)?;
            Ok(event.map_or(Lookup::NoEvent, Lookup::Event))
        })
        .await
    }

    async fn count(
        &self,
        _device: DeviceId,
        name: BucketName,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<u64>, BookError> {
        self.look(move |reader| {
            let Some(bucket) = activity::bucket(reader, HERE, &name)? else { return Ok(None) };
            activity::count(reader, &bucket, from, to).map(Some)
        })
        .await
    }

    async fn change(
        &self,
        _device: DeviceId,
        command: ActivityCommand,
    ) -> Result<Outcome, BookError> {
        let (now, shared) = (clock::now(), Arc::clone(&self.shared));
        let done = self.write(move |desk| {
            if let ActivityCommand::Heartbeat { name, .. } = &command
                && let Some(bucket) = activity::bucket(desk.writer.as_reader(), HERE, name)?
            {
                shared.fed.heard(bucket.about.kind.as_str(), now);
            }
            change::apply(desk, command, now)
        });
        Ok(done.await?)
    }

    async fn settings(
        &self,
        _device: DeviceId,
    ) -> Result<Vec<(SettingKey, CanonicalJson)>, BookError> {
        self.look(|reader| read::settings(reader, HERE)).await
    }

    async fn setting(
        &self,
        _device: DeviceId,
        key: SettingKey,
    ) -> Result<Option<CanonicalJson>, BookError> {
        self.look(move |reader| read::setting(reader, HERE, &key)).await
    }

    async fn change_setting(
        &self,
        _device: DeviceId,
        command: SettingCommand,
    ) -> Result<Outcome, BookError> {
        Ok(self.write(move |desk| change::apply_setting(desk, command)).await?)
    }
}

fn view(reader: &dyn Reader, bucket: Bucket) -> Result<BucketView, StoreError> {
    let newest = activity::newest(reader, bucket.number)?;
    let oldest = activity::oldest(reader, bucket.number)?.map(|(start, _)| start);
    Ok(BucketView { bucket, newest, oldest })
}
