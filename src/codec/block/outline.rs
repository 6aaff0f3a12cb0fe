//! A block without what its events say beside the application: all that adding up needs, for half the work.

use std::ops::Range;

use super::{Unpack, read};
use crate::codec::frame::CodecError;
use crate::domain::activity::EventId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::time::Timestamp;

/// When the events of a block were, of which application each is, and whether somebody was away.
#[derive(Debug)]
pub struct Outline {
    pub(super) ids: Vec<u64>,
    pub(super) starts: Vec<Timestamp>,
    pub(super) durations: Vec<u64>,
    pub(super) policies: Vec<ActivityPolicy>,
    /// Of each event, its place in `sayings`.
    pub(super) says: Vec<u32>,
    pub(super) sayings: Vec<Saying>,
    /// Where the names of applications stand in `text`.
    pub(super) apps: Vec<Range<usize>>,
    /// Begins with all that `apps` need.
    pub(super) text: String,
}

/// What some events say, as far as an outline knows.
#[derive(Debug)]
pub(super) struct Saying {
    pub(super) app: Option<usize>,
    pub(super) afk: Option<bool>,
}

impl Unpack for Outline {
    fn unpack(bytes: &[u8]) -> Result<Self, CodecError> {
        read::outline(bytes)
    }

    fn outline(&self) -> &Self {
        self
    }
}

impl Outline {
    /// How many events it holds: never none.
    #[expect(clippy::len_without_is_empty, reason = "there is no empty block")]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// The event's start and number.
    pub fn place(&self, at: usize) -> (Timestamp, EventId) {
        (self.starts[at], EventId(self.ids[at]))
    }

    /// Where the event of this number stands.
    pub fn find(&self, id: EventId) -> Option<usize> {
        self.ids.iter().position(|known| *known == id.0)
    }

    /// How many of its events come before this start and number.
    pub fn before(&self, place: (Timestamp, EventId)) -> usize {
        let from = self.starts.partition_point(|start| *start < place.0);
        let to = self.starts.partition_point(|start| *start <= place.0);
        from + self.ids[from..to].partition_point(|id| *id < place.1.0)
    }

    /// How long the event lasted.
    pub fn duration_ms(&self, at: usize) -> u64 {
        self.durations[at]
    }

    /// The policy the event was recorded under.
    pub fn policy(&self, at: usize) -> ActivityPolicy {
        self.policies[at]
    }

    /// A number for what the event says: events of this block with the same number say the same.
    pub fn saying(&self, at: usize) -> usize {
        self.says[at] as usize
    }

    /// Its application.
    pub fn app(&self, at: usize) -> Option<&str> {
        let app = self.sayings[self.saying(at)].app?;
        Some(&self.text[self.apps[app].clone()])
    }

    /// Whether somebody was away.
    pub fn afk(&self, at: usize) -> Option<bool> {
        self.sayings[self.saying(at)].afk
    }
}
