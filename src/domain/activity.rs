//! Recorded activity: buckets of events, and the rule by which heartbeats become events.

use std::sync::Arc;

use super::id::DeviceId;
use super::policy::ActivityPolicy;
use super::text::{BucketName, CanonicalJson, ShortText};
use super::time::{DAY_MS, Timestamp};

/// No event is longer than this: a watcher that claims more is wrong.
pub const LONGEST_EVENT_MS: u64 = 366 * DAY_MS;
/// At most this many events in one command; larger imports are cut into several.
pub const MOST_EVENTS_A_COMMAND: usize = 1_000;

/// A bucket's number in the state: short, so that keys of events stay short. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketNumber(pub u64);

/// An event's number within its bucket: 1, 2, 3, …; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

impl EventId {
    /// No number from outside is larger: JSON programs count exactly up to here, and counting on from it never overflows.
    pub const LARGEST: Self = Self((1 << 53) - 1);
}

/// What one watcher records on one device. Names are the watcher's own and unique only within the device: two computers may
/// both have `aw-watcher-web-firefox`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its number in the state.
    pub number: BucketNumber,
    /// Whose.
    pub device: DeviceId,
    /// The watcher's id for it.
    pub name: BucketName,
    /// What the watcher says it is.
    pub about: BucketAbout,
    /// When it was made.
    pub created: Timestamp,
    /// The highest event number given so far.
    pub last_event: EventId,
    /// The longest event but the newest, so that a range knows how far back to look.
    pub longest_hot_ms: u64,
    /// Numbers up to here were given before the device lost its own book and began to count at 1 again: its event `n` has the
    /// number `base + n` here. Always 0 in the book where the events were made.
    pub base: EventId,
}

impl Bucket {
    /// The number here of what the device that made it calls event `made`; `None` when it is larger than any number may be.
    pub fn number_of(&self, made: EventId) -> Option<EventId> {
        self.base.0.checked_add(made.0).map(EventId).filter(|number| *number <= EventId::LARGEST)
    }
}

/// What a watcher says of its bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketAbout {
    /// E.g. `currentwindow`, `afkstatus`.
    pub kind: ShortText,
    /// The watcher's name.
    pub client: ShortText,
    /// The computer's name as the watcher gave it.
    pub hostname: ShortText,
    /// Anything else, as JSON.
    pub data: CanonicalJson,
}

/// What an event says: the watcher's JSON, and from it what reports need, parsed out once on the way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventData {
    /// The whole, canonical.
    pub json: CanonicalJson,
    /// `data.app`.
    pub app: Option<String>,
    /// `data.title`.
    pub title: Option<String>,
    /// `data.url`.
    pub url: Option<String>,
    /// `data.status`: `Some(true)` for `afk`, `Some(false)` for `not-afk`.
    pub afk: Option<bool>,
}

impl EventData {
    /// No text that is parsed out of an event has more bytes.
    pub const MOST_TEXT_BYTES: usize = 4 * 1024;

    /// Is each of its texts as short as such a text is?
    pub fn fits(&self) -> bool {
        let mut texts = [&self.app, &self.title, &self.url].into_iter().flatten();
        texts.all(|text| text.len() <= Self::MOST_TEXT_BYTES)
    }
}

/// A stretch of time with one thing to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number within the bucket.
    pub id: EventId,
    /// When it began.
    pub start: Timestamp,
    /// How long it lasted, at most [`LONGEST_EVENT_MS`].
    pub duration_ms: u64,
    /// The office policy it was recorded under.
    pub policy: ActivityPolicy,
    /// What it says; shared by events that say the same, where many are read at once.
    pub data: Arc<EventData>,
}

impl Event {
    /// When it ended.
    pub fn end(&self) -> Timestamp {
        self.start.plus_ms(self.duration_ms)
    }
}

/// An event on its way in: without a number it is new, with one that was given before it replaces that event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The event to replace.
    pub id: Option<EventId>,
    /// When it began.
    pub start: Timestamp,
    /// How long it lasted.
    pub duration_ms: u64,
    /// What it says.
    pub data: EventData,
}

impl NewEvent {
    /// The event it becomes, at most [`LONGEST_EVENT_MS`] long.
    pub fn numbered(self, id: EventId, policy: ActivityPolicy) -> Event {
        let duration_ms = self.duration_ms.min(LONGEST_EVENT_MS);
        Event { id, start: self.start, duration_ms, policy, data: Arc::new(self.data) }
    }
}

/// `last` grown by a heartbeat, or `None` when the heartbeat is an event of its own.
///
/// The rule of both ActivityWatch servers (sheet `activitywatch.md`): same data, and the heartbeat starts within
/// `last.start ..= last.end + pulsetime`, both ends included. The merged event keeps its number and start; its end is the later
/// of both ends, so a late heartbeat never shortens it.
pub fn merge_heartbeat(last: &Event, heartbeat: &NewEvent, pulsetime_ms: u64) -> Option<Event> {
    let fits = last.data.json == heartbeat.data.json
        && last.start <= heartbeat.start
        && heartbeat.start <= last.end().plus_ms(pulsetime_ms);
    if !fits {
        return None;
    }
    let end = last.end().max(heartbeat.start.plus_ms(heartbeat.duration_ms));
    Some(Event { duration_ms: end.ms_since(last.start).min(LONGEST_EVENT_MS), ..last.clone() })
}

/// A change to recorded activity through a foreign door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityCommand {
    /// A bucket, unless it exists.
    CreateBucket {
        /// Whose.
        device: DeviceId,
        /// The watcher's id for it.
        name: BucketName,
        /// What it is.
        about: BucketAbout,
        /// When it was first made elsewhere, for imports.
        created: Option<Timestamp>,
    },
    /// New words about an existing bucket.
    UpdateBucket {
        /// Whose.
        device: DeviceId,
        /// Which.
        name: BucketName,
        /// What it is now.
        about: BucketAbout,
    },
    /// The bucket and all its events.
    DeleteBucket {
        /// Whose.
        device: DeviceId,
        /// Which.
        name: BucketName,
    },
    /// Events as they are; one with a number replaces that event. At most [`MOST_EVENTS_A_COMMAND`].
    InsertEvents {
        /// Whose.
        device: DeviceId,
        /// Into which bucket.
        name: BucketName,
        /// What.
        events: Vec<NewEvent>,
        /// Leave out an event that is already there with the same start, duration and data (imports may be repeated).
        skip_known: SkipKnown,
    },
    /// A heartbeat: grows the newest event or starts the next ([`merge_heartbeat`]).
    Heartbeat {
        /// Whose.
        device: DeviceId,
        /// Into which bucket.
        name: BucketName,
        /// What.
        event: NewEvent,
        /// The longest gap that still merges.
        pulsetime_ms: u64,
    },
    /// One event.
    DeleteEvent {
        /// Whose.
        device: DeviceId,
        /// From which bucket.
        name: BucketName,
        /// Which.
        event: EventId,
    },
}

/// What to do with an event that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipKnown {
    /// Insert it again, as ActivityWatch does for `POST events`.
    No,
    /// Leave it out, as ActivityWatch does for imports.
    Yes,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: &str) -> EventData {
        EventData {
            json: CanonicalJson::new(json).unwrap(),
            app: None,
            title: None,
            url: None,
            afk: None,
        }
    }

    fn last() -> Event {
        NewEvent {
            id: None,
            start: Timestamp::new(10_000).unwrap(),
            duration_ms: 1_000,
            data: data("{}"),
        }
        .numbered(EventId(7), ActivityPolicy::HoursOnly)
    }

    fn beat(start_ms: i64, duration_ms: u64, json: &str) -> NewEvent {
        NewEvent {
            id: None,
            start: Timestamp::new(start_ms).unwrap(),
            duration_ms,
            data: data(json),
        }
    }

    #[test]
    fn the_gap_is_inclusive() {
        assert_eq!(
            merge_heartbeat(&last(), &beat(16_000, 0, "{}"), 5_000).map(|e| e.duration_ms),
            Some(6_000)
        );
        assert_eq!(merge_heartbeat(&last(), &beat(16_001, 0, "{}"), 5_000), None);
    }

    #[test]
    fn older_or_different_never_merges() {
        assert_eq!(merge_heartbeat(&last(), &beat(9_999, 0, "{}"), 5_000), None);
        assert_eq!(merge_heartbeat(&last(), &beat(10_500, 0, "{\"a\":1}"), 5_000), None);
    }

    #[test]
    fn never_shortens_and_keeps_its_number() {
        let merged = merge_heartbeat(&last(), &beat(10_100, 10, "{}"), 5_000).unwrap();
        assert_eq!((merged.id, merged.duration_ms), (EventId(7), 1_000));
    }
}
