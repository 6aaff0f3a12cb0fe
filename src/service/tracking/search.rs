//! Search in one's own recorded activity: a text in application, title or address, newest first.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::Tracking;
use super::timeline::own;
use crate::domain::activity::{Bucket, Event, EventId};
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::page::{Cursor, Page, PageRequest};
use crate::store::{Reader, StoreError, activity, read};

/// A page looks at no more events; one that found little until then says where to go on.
const MOST_LOOKED_AT: usize = 100_000;
/// Events read of a bucket at once.
const AT_ONCE: usize = 500;
/// What is searched for is no longer, in characters.
const LONGEST_SEARCH: usize = 200;

/// What was found.
#[derive(Debug)]
pub struct FoundEvent {
    /// The event.
    pub event: Event,
    /// The computer's name.
    pub computer: String,
    /// The watcher's bucket.
    pub bucket: String,
}

/// An event's place among all of the person's: start, bucket's number, event's number.
type Place = (Timestamp, u64, u64);

impl Tracking {
    /// One's own events between these times with `text` in application, title or address, upper and lower case alike, newest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn search(
        &self,
        principal: &Principal,
        text: &str,
        (from, to): (Timestamp, Timestamp),
        page: &PageRequest,
    ) -> Result<Page<FoundEvent>, ServiceError> {
        let person = own(principal)?.id;
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() || wanted.chars().count() > LONGEST_SEARCH {
            return Err(ServiceError::bad_input(
                "bad_search",
                format!("A search is for 1 to {LONGEST_SEARCH} characters."),
                "Search for a word of a title, an address or an application.",
            ));
        }
        let (most, after) = (page.items(), page.after::<Place>()?);
        let found = self.door.read(move |reader| {
            let mut feeds = Vec::new();
            for device in read::devices_of(reader, person)? {
                for bucket in activity::buckets(reader, device.id)? {
                    feeds.push(Feed::new(bucket, device.name.to_string(), (from, to), after));
                }
            }
            merged(reader, feeds, &wanted, most)
        });
        let (items, next) = found.await?;
        Ok(Page { items, next: next.map(|place| Cursor::after(&place)) })
    }
}

/// Takes the newest event of all feeds again and again; with the place to go on from, if there may be more.
fn merged(
    reader: &dyn Reader,
    mut feeds: Vec<Feed>,
    wanted: &str,
    most: usize,
) -> Result<(Vec<FoundEvent>, Option<Place>), StoreError> {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    loop {
        for feed in &mut feeds {
            feed.fill(reader)?;
        }
        let newest = feeds.iter_mut().filter_map(|feed| Some((feed.place()?, feed)));
        let Some((place, feed)) = newest.max_by_key(|(place, _)| *place) else {
            return Ok((found, None));
        };
        let Some(event) = feed.events.pop_front() else { return Ok((found, None)) };
        if holds(&event, wanted) {
            let (computer, bucket) = (feed.computer.clone(), feed.bucket.name.to_string());
            found.push(FoundEvent { event, computer, bucket });
        }
        looked_at += 1;
        if found.len() == most || looked_at == MOST_LOOKED_AT {
            return Ok((found, Some(place)));
        }
    }
}

fn holds(event: &Event, wanted: &str) -> bool {
    let data = &event.data;
    let texts = [&data.app, &data.title, &data.url];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted))
}

/// The events of one bucket, newest first, some at a time.
struct Feed {
    bucket: Bucket,
    computer: String,
    range: (Timestamp, Timestamp),
    /// Only events before this one of all.
    after: Option<Place>,
    /// Where the last reading ended.
    read_to: Option<(Timestamp, EventId)>,
    events: VecDeque<Event>,
    is_done: bool,
}

impl Feed {
    const fn new(
        bucket: Bucket,
        computer: String,
        range: (Timestamp, Timestamp),
        after: Option<Place>,
    ) -> Self {
        Self {
            bucket,
            computer,
            range,
            after,
            read_to: None,
            events: VecDeque::new(),
            is_done: false,
        }
    }

    fn place_of(&self, event: &Event) -> Place {
        (event.start, self.bucket.number.0, event.id.0)
    }

    fn place(&self) -> Option<Place> {
        self.events.front().map(|event| self.place_of(event))
    }

    /// Reads on when nothing is left.
    fn fill(&mut self, reader: &dyn Reader) -> Result<(), StoreError> {
        if self.is_done || !self.events.is_empty() {
            return Ok(());
        }
        let (from, mut to) = self.range;
        to = self.after.map_or(to, |(start, ..)| to.min(start));
        to = self.read_to.map_or(to, |(start, _)| to.min(start));
        let mut events = VecDeque::new();
        activity::events_newest_first(reader, &self.bucket, from, to, |event| {
            let is_next = self.after.is_none_or(|after| self.place_of(&event) < after)
                && self.read_to.is_none_or(|last| (event.start, event.id) < last);
            if is_next {
                events.push_back(event);
            }
            if events.len() < AT_ONCE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        self.is_done = events.len() < AT_ONCE;
        self.read_to = events.back().map(|event| (event.start, event.id)).or(self.read_to);
        self.events = events;
        Ok(())
    }
}
