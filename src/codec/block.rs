//! A block: many events of one bucket in a few bytes each. Columns of numbers and the distinct texts, packed apart.
//!
//! Reading is strict and bounded: whatever the bytes say, nothing larger than [`MOST_TEXT_BYTES`] is unpacked and nothing panics.
//! Texts are put together only for the events that somebody asks for; the applications are there at once. Who adds up opens no more than the
//! [`Outline`], and of that the order of events is checked, but not the texts it leaves out.

mod bytes;
mod outline;
mod read;
mod write;

use std::cell::OnceCell;
use std::ops::{Deref, Range};
use std::sync::Arc;

pub use outline::Outline;

use super::frame::{CodecError, Record};
use super::layout::fields;
use crate::domain::activity::{Event, EventData};
use crate::domain::text::CanonicalJson;
use crate::domain::tier::{BlockPart, Sealed};

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
/// The JSON of all distinct things that are said in a block a writer makes: texts that are alike take little room packed, and much more when
/// all of them are put together.
const MOST_JSON_WRITTEN: usize = 4 * 1024 * 1024;
/// Distinct texts in a block a reader takes.
const MOST_TEXT_BYTES: usize = 2 * 1024 * 1024;
/// The JSON of all distinct things that are said in a block a reader takes, before anything in it is escaped.
const MOST_JSON_BYTES: usize = 8 * 1024 * 1024;
/// The columns of a block a reader takes.
const MOST_NUMBER_BYTES: usize = 1024 * 1024;
/// The only layout there is.
const VERSION: u8 = 1;
/// What messages call it.
const NAME: &str = "a block of events";

/// A way to unpack a block: whole, or no more than its [`Outline`].
pub trait Unpack: Sized {
    /// The block in these bytes.
    ///
    /// # Errors
    /// [`CodecError`] when they are not one.
    fn unpack(bytes: &[u8]) -> Result<Self, CodecError>;

    /// What is known of its events either way.
    fn outline(&self) -> &Outline;
}

/// A block, unpacked: 1 to [`MOST_EVENTS`] events in rising order of start and number.
#[derive(Debug)]
pub struct Block {
    outline: Outline,
    /// Of each of the outline's sayings, the rest of it.
    data: Vec<Data>,
    shapes: Vec<Shape>,
    /// What was put together of `data` so far.
    said: Vec<OnceCell<Arc<EventData>>>,
}

/// What some events say beside the application: a shape and what stands in its gaps.
#[derive(Debug)]
struct Data {
    shape: usize,
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

    /// What the event says: put together once for all events of this block that say it.
    pub fn data(&self, at: usize) -> &Arc<EventData> {
        let saying = self.saying(at);
        self.said[saying].get_or_init(|| Arc::new(self.put_together(saying)))
    }

    fn put_together(&self, saying: usize) -> EventData {
        let data = &self.data[saying];
        let shape = &self.shapes[data.shape];
        let app = self.sayings[saying].app.map(|app| &self.text[self.apps[app].clone()]);
        let title = data.title.clone().map(|title| &self.text[title]);
        let url = data.url.clone().map(|url| &self.text[url]);
        let gaps = || [app, title, url].into_iter().flatten();
        // Few texts have to be escaped: it seldom grows.
        let length = shape.pieces.iter().map(ExactSizeIterator::len).sum::<usize>();
        let mut json = String::with_capacity(length + gaps().map(str::len).sum::<usize>());
        let mut fill = gaps().filter(|_| shape.filled);
        for piece in &shape.pieces {
            json.push_str(&self.text[piece.clone()]);
            if let Some(text) = fill.next() {
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
        let (duration_ms, policy) = (self.duration_ms(at), self.policy(at));
        Event { id, start, duration_ms, policy, data: Arc::clone(self.data(at)) }
    }

    /// All of its events.
    pub fn events(&self) -> Vec<Event> {
        (0..self.len()).map(|at| self.event(at)).collect()
    }
}

impl Unpack for Block {
    fn unpack(bytes: &[u8]) -> Result<Self, CodecError> {
        read::unpack(bytes)
    }

    fn outline(&self) -> &Outline {
        &self.outline
    }
}

/// A whole block knows what its outline knows.
impl Deref for Block {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

fn damaged(why: &str) -> CodecError {
    CodecError::damaged(NAME, why)
}

#[cfg(test)]
mod tests;
