//! What must stand behind the ActivityWatch door: the book it reads and writes. A server and an agent each implement it.

use std::future::Future;

use thiserror::Error;

use crate::domain::activity::{ActivityCommand, Bucket, Event, EventId};
use crate::domain::id::DeviceId;
use crate::domain::outcome::Outcome;
use crate::domain::setting::SettingCommand;
use crate::domain::text::{BucketName, CanonicalJson, SettingKey};
use crate::domain::time::Timestamp;

/// The book of recorded activity behind the door. Cheap to clone.
///
/// Every read is a short look at one moment; every change is on disk (solo) or on a quorum's disks (cluster) when it returns.
/// Choosing request ids, time and actor is the implementer's business, and so is doing blocking work off the async threads.
pub trait Book: Clone + Send + Sync + 'static {
    /// Who answers here.
    ///
    /// # Errors
    /// [`BookError`], as every method.
    fn info(&self, device: DeviceId) -> impl Future<Output = Result<Info, BookError>> + Send;

    /// All buckets of the device, by name.
    fn buckets(
        &self,
        device: DeviceId,
    ) -> impl Future<Output = Result<Vec<BucketView>, BookError>> + Send;

    /// One bucket; `None` when there is none of this name.
    fn bucket(
        &self,
        device: DeviceId,
        name: BucketName,
    ) -> impl Future<Output = Result<Option<BucketView>, BookError>> + Send;

    /// The events of `range`, newest first and not clipped; `None` when there is no such bucket.
    fn events(
        &self,
        device: DeviceId,
        name: BucketName,
        range: EventRange,
    ) -> impl Future<Output = Result<Option<Vec<Event>>, BookError>> + Send;

    /// One event.
    fn event(
        &self,
        device: DeviceId,
        name: BucketName,
        id: EventId,
    ) -> impl Future<Output = Result<Lookup, BookError>> + Send;

    /// How many events overlap `from ..= to`; `None` when there is no such bucket.
    fn count(
        &self,
        device: DeviceId,
        name: BucketName,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Option<u64>, BookError>> + Send;

    /// Makes the change, durably. The command names `device` too; they are the same.
    fn change(
        &self,
        device: DeviceId,
        command: ActivityCommand,
    ) -> impl Future<Output = Result<Outcome, BookError>> + Send;

    /// All settings, by key.
    fn settings(
        &self,
        device: DeviceId,
    ) -> impl Future<Output = Result<Vec<(SettingKey, CanonicalJson)>, BookError>> + Send;

    /// One setting.
    fn setting(
        &self,
        device: DeviceId,
        key: SettingKey,
    ) -> impl Future<Output = Result<Option<CanonicalJson>, BookError>> + Send;

    /// Makes the change, durably.
    fn change_setting(
        &self,
        device: DeviceId,
        command: SettingCommand,
    ) -> impl Future<Output = Result<Outcome, BookError>> + Send;
}

/// Who answers at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The computer's name: the agent's own, or the name of the device a token records into. Also what `!local` stands for.
    pub hostname: String,
    /// The device recorded into.
    pub device: DeviceId,
}

/// A bucket with what its list shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketView {
    /// The bucket.
    pub bucket: Bucket,
    /// Its newest event.
    pub newest: Option<Event>,
    /// When its oldest event began, where that is cheap to know.
    pub oldest: Option<Timestamp>,
}

/// Which events to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRange {
    /// Events that end at or after this.
    pub from: Timestamp,
    /// Events that begin at or before this.
    pub to: Timestamp,
    /// Only events older than this one, by start and then number: where the page before ended.
    pub before: Option<(Timestamp, EventId)>,
    /// At most this many; never 0.
    pub limit: usize,
}

impl EventRange {
    /// The latest start to look at: a scan from the newest end may begin here.
    pub fn latest(&self) -> Timestamp {
        self.before.map_or(self.to, |(start, _)| start.min(self.to))
    }

    /// Does the event belong to the range, its limit aside?
    pub fn admits(&self, event: &Event) -> bool {
        event.start <= self.to
            && event.end() >= self.from
            && self.before.is_none_or(|before| (event.start, event.id) < before)
    }
}

/// What was found where an event was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The event.
    Event(Event),
    /// The bucket is there, the event is not.
    NoEvent,
    /// There is no such bucket.
    NoBucket,
}

/// The book could not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BookError {
    /// Not now; the same may succeed later (starting, no leader, busy). Heartbeats wait for that.
    #[error("The office's book cannot be reached just now. Try again in a moment.")]
    Unavailable,
    /// It failed, and trying again will not help; a sentence for a person.
    #[error("{0}")]
    Failed(String),
}
