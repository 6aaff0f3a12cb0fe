//! A block: many events of one bucket in a few bytes each. Columns of numbers and the distinct texts, packed apart.
//!
//! Reading is strict and bounded: whatever the bytes say, nothing larger than [`MOST_TEXT_BYTES`] is unpacked and nothing panics.
//! Texts are put together only for the events that somebody asks for; the applications are there at once.

mod bytes;
mod read;
mod write;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::frame::{CodecError, Record};
use super::layout::fields;
use crate::domain::activity::{Event, EventData, EventId};
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::CanonicalJson;
use crate::domain::tier::{BlockPart, Sealed};
use crate::domain::time::Timestamp;

fields!(BlockPart { bytes });
fields!(Sealed {
    count,
    last_start,
    last_id,
    until,
    longest_ms,
    least_id,
    greatest_id,
    detailed,
    full
});

impl Record for BlockPart {
    const NAME: &'static str = "a part of a block";
}

impl Record for Sealed {
    const NAME: &'static str = "a sealed block";
}

/// No block holds more events than this.
pub const MOST_EVENTS: usize = 8_192;
/// Distinct texts in a block a writer makes.
const MOST_TEXT_WRITTEN: usize = 1024 * 1024;
/// A longer application, title or address is cut: a writer never makes what a reader refuses.
const LONGEST_TEXT: usize = 128 * 1024;
const _: () = assert!(3 * LONGEST_TEXT + CanonicalJson::MOST_BYTES <= MOST_TEXT_WRITTEN);
/// Distinct texts in a block a reader takes.
const MOST_TEXT_BYTES: usize = 2 * 1024 * 1024;
/// The columns of a block a reader takes.
const MOST_NUMBER_BYTES: usize = 1024 * 1024;
/// The only layout there is.
const VERSION: u8 = 1;
/// What messages call it.
const NAME: &str = "a block of events";

/// A block, unpacked: 1 to [`MOST_EVENTS`] events in rising order of start and number.
#[derive(Debug)]
pub struct Block {
    ids: Vec<u64>,
    starts: Vec<Timestamp>,
    durations: Vec<u64>,
    policies: Vec<ActivityPolicy>,
    /// Of each event, its place in `data`.
    says: Vec<u32>,
    data: Vec<Data>,
    shapes: Vec<Shape>,
    apps: Vec<Range<usize>>,
    text: String,
    /// What was put together of `data` so far.
    said: Vec<OnceLock<Arc<EventData>>>,
}

/// What some events say: a shape and what stands in its gaps.
#[derive(Debug)]
struct Data {
    shape: usize,
    app: Option<usize>,
    title: Option<Range<usize>>,
    url: Option<Range<usize>>,
}

/// JSON with a gap for each of the texts that are parsed out of it.
#[derive(Debug)]
struct Shape {
    /// Is there an application, a title, an address?
    gaps: [bool; 3],
    afk: Option<bool>,
    /// Are the texts in the JSON? If not, the only piece is all of it.
    filled: bool,
    pieces: Vec<Range<usize>>,
}

impl Block {
    /// The first of `events`, at most `most` and as many as fit, as a block; and how many those are. They are in rising order of start
    /// and number, each once.
    pub fn pack(events: &[Event], most: usize) -> (Vec<u8>, usize) {
        write::pack(events, most.clamp(1, MOST_EVENTS))
    }

    /// The block in these bytes.
    ///
    /// # Errors
    /// [`CodecError`] when they are anything but one whole block.
    pub fn unpack(bytes: &[u8]) -> Result<Self, CodecError> {
        read::unpack(bytes)
    }

    /// How many events it holds: never none.
    #[expect(clippy::len_without_is_empty, reason = "there is no empty block")]
    pub fn len(&self) -> usize {
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
        let app = self.data[self.saying(at)].app?;
        Some(&self.text[self.apps[app].clone()])
    }

    /// Whether somebody was away.
    pub fn afk(&self, at: usize) -> Option<bool> {
        self.shapes[self.data[self.saying(at)].shape].afk
    }

    /// What the event says: put together once for all events of this block that say it.
    pub fn data(&self, at: usize) -> &Arc<EventData> {
        let saying = self.saying(at);
        self.said[saying].get_or_init(|| Arc::new(self.put_together(saying)))
    }

    fn put_together(&self, saying: usize) -> EventData {
        let data = &self.data[saying];
        let shape = &self.shapes[data.shape];
        let app = data.app.map(|app| &self.text[self.apps[app].clone()]);
        let title = data.title.clone().map(|title| &self.text[title]);
        let url = data.url.clone().map(|url| &self.text[url]);
        let mut json = String::new();
        let mut gaps = [app, title, url].into_iter().flatten();
        for piece in &shape.pieces {
            json.push_str(&self.text[piece.clone()]);
            if let Some(text) = gaps.next().filter(|_| shape.filled) {
                bytes::push_escaped(&mut json, text);
            }
        }
        let json = CanonicalJson::new(json).expect("its length was checked when it was read");
        let owned = |text: Option<&str>| text.map(str::to_owned);
        EventData { json, app: owned(app), title: owned(title), url: owned(url), afk: shape.afk }
    }

    /// The whole event.
    pub fn event(&self, at: usize) -> Event {
        let (start, id) = self.place(at);
        let (duration_ms, policy) = (self.durations[at], self.policies[at]);
        Event { id, start, duration_ms, policy, data: Arc::clone(self.data(at)) }
    }

    /// All of its events.
    pub fn events(&self) -> Vec<Event> {
        (0..self.len()).map(|at| self.event(at)).collect()
    }
}

fn damaged(why: &str) -> CodecError {
    CodecError::damaged(NAME, why)
}

#[cfg(test)]
mod tests;
