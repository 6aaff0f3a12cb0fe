//! Events read page by page, so that no answer is held in memory whole however long the bucket is.

use std::sync::Arc;

use super::Door;
use super::book::{Book, EventRange};
use super::hold;
use super::problem::Problem;
use crate::domain::activity::Event;
use crate::domain::id::DeviceId;
use crate::domain::text::BucketName;

/// Events read at once: a look at the book stays short.
pub(super) const PAGE: usize = 1_000;

/// The events of a range, newest first, page by page. Each page is one look: an event recorded meanwhile is newer than all of them.
pub(super) struct Pages<B> {
    door: Arc<Door<B>>,
    device: DeviceId,
    name: BucketName,
    range: EventRange,
    is_done: bool,
}

impl<B: Book> Pages<B> {
    /// At most `range.limit` events of the bucket.
    pub(super) fn new(
        door: Arc<Door<B>>,
        device: DeviceId,
        name: BucketName,
        range: EventRange,
    ) -> Self {
        let is_done = range.limit == 0;
        Self { door, device, name, range, is_done }
    }

    /// Was the last page the last?
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The next page, empty after the last.
    pub(super) async fn next(&mut self) -> Result<Vec<Event>, Problem> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let range = EventRange { limit: self.range.limit.min(PAGE), ..self.range };
        let (book, device, name) = (&self.door.book, self.device, &self.name);
        let events = hold::a_while(|| book.events(device, name.clone(), range)).await?;
        let events = events.ok_or_else(|| Problem::no_bucket(name))?;
        self.range.limit = self.range.limit.saturating_sub(events.len());
        self.is_done = events.len() < range.limit || self.range.limit == 0;
        self.range.before = events.last().map(|event| (event.start, event.id));
        Ok(events)
    }
}
