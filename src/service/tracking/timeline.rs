//! A day of one's own recorded activity, blips grouped, without the time away from the computer. Nobody else is shown it: an office
//! policy speaks of totals.

use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::total::is;
use crate::domain::activity::Bucket;
use crate::domain::category::Tree;
use crate::domain::id::DeviceId;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::report::{Joined, PRESENCE, Stretch, WINDOW};
use crate::domain::retention::Limits;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Segment, grouped};
use crate::domain::total::texts;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, activity, read};

/// A day is told from at most this many events and parts of them, over all computers: more than two a second.
const MOST_STRETCHES: usize = 200_000;
/// And from at most this many bytes of names and titles.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A day of somebody's own.
#[derive(Debug)]
pub struct Timeline {
    /// Whose.
    pub person: User,
    /// Their computers' names.
    pub computers: Vec<String>,
    /// What was in front, oldest first.
    pub segments: Vec<Segment>,
    /// As the office keeps things now, titles and addresses of the day stay until then ...
    pub detail_until: Timestamp,
    /// ... and everything recorded on it until then.
    pub kept_until: Timestamp,
}

impl Tracking {
    /// One's own day, stretches shorter than `blip_ms` grouped.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn timeline(
        &self,
        principal: &Principal,
        date: Date,
        blip_ms: u64,
    ) -> Result<Timeline, ServiceError> {
        let person = own(principal)?.clone();
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let bounds =
            day::days(date, date, &zone).and_then(|days| days.first().map(|(_, day)| *day));
        let Some(bounds) = bounds else {
            return Err(ServiceError::bad_input(
                "bad_range",
                "A day lies between 1970 and 2199.",
                "Choose another day.",
            ));
        };
        let (id, tree) = (person.id, self.tree_of(person.id).await?);
        let found = self.door.read(move |reader| {
            let (mut names, mut day, mut room) = (Vec::new(), Vec::new(), Room::default());
            for device in read::devices_of(reader, id)? {
                let place = names.len();
                names.push(device.name.to_string());
                let computer = Computer { id: device.id, place };
                match stretches(reader, computer, bounds, &tree, &mut room)? {
                    Some(stretches) => day.extend(grouped(stretches, blip_ms)),
                    None => return Ok(None),
                }
            }
            day.sort_by_key(|segment| (segment.at.from, segment.device));
            Ok(Some((names, day, read::office_settings(reader)?)))
        });
        let Some((computers, segments, settings)) = found.await? else {
            return Err(ServiceError::bad_input(
                "too_much",
                "More was recorded on this day than a timeline can show.",
                "Look at its totals, or export it.",
            ));
        };
        let (detail_until, kept_until) = Limits::until(
            bounds.from,
            settings.number(OfficeSetting::DetailDays),
            settings.number(OfficeSetting::TotalsMonths),
        );
        Ok(Timeline { person, computers, segments, detail_until, kept_until })
    }
}

/// Whose own it is.
pub(super) fn own(principal: &Principal) -> Result<&User, ServiceError> {
    principal.user().ok_or_else(|| {
        ServiceError::bad_input(
            "no_person",
            "This shows one's own recorded activity, and the terminal is nobody.",
            "Sign in, or use a token.",
        )
    })
}

/// What a day has taken so far.
#[derive(Debug, Default)]
struct Room {
    stretches: usize,
    bytes: usize,
}

impl Room {
    /// Takes one more, with so many bytes of text; breaks off when that is too much.
    const fn take(&mut self, bytes: usize) -> ControlFlow<()> {
        self.stretches += 1;
        self.bytes += bytes;
        if self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    const fn is_full(&self) -> bool {
        self.stretches > MOST_STRETCHES || self.bytes > MOST_BYTES
    }
}

/// One of the person's computers.
#[derive(Clone, Copy)]
struct Computer {
    id: DeviceId,
    place: usize,
}

/// What was in front on one computer while somebody was there, in order; `None` when that is too much.
fn stretches(
    reader: &dyn Reader,
    computer: Computer,
    day: Stretch,
    tree: &Tree,
    room: &mut Room,
) -> Result<Option<Vec<Segment>>, StoreError> {
    let buckets = activity::buckets(reader, computer.id)?;
    let has_window_watcher = buckets.iter().any(|bucket| is(bucket, WINDOW));
    let (mut windows, mut present) = (Vec::new(), None);
    for bucket in &buckets {
        if is(bucket, PRESENCE) {
            presence(reader, bucket, day, &mut present, room)?;
            continue;
        }
        if has_window_watcher && !is(bucket, WINDOW) {
            continue;
        }
        activity::events_newest_first(reader, bucket, day.from, day.to, |event| {
            let stretch = Stretch { from: event.start, to: event.end() }.overlap(day);
            let (Some(at), Some(app)) = (stretch, event.data.app.clone()) else {
                return room.take(0);
            };
            let segment = Segment {
                at,
                active_ms: at.ms(),
                longest_ms: at.ms(),
                app,
                title: event.data.title.clone(),
                category: tree.category(texts(&event.data, true)),
                device: computer.place,
                blips: 0,
            };
            let flow = room.take(bytes(&segment));
            windows.push(segment);
            flow
        })?;
    }
    if room.is_full() {
        return Ok(None);
    }
    let Some(present) = present.map(Joined::of) else {
        windows.sort_by_key(order);
        return Ok(Some(windows));
    };
    let mut parts = Vec::new();
    for window in windows {
        for at in present.parts(window.at) {
            if room.take(bytes(&window)).is_break() {
                return Ok(None);
            }
            parts.push(Segment { at, active_ms: at.ms(), longest_ms: at.ms(), ..window.clone() });
        }
    }
    parts.sort_by_key(order);
    Ok(Some(parts))
}

const fn order(segment: &Segment) -> (Timestamp, Timestamp) {
    (segment.at.from, segment.at.to)
}

fn bytes(segment: &Segment) -> usize {
    let title = segment.title.as_ref().map_or(0, String::len);
    segment.app.len() + title + segment.category.iter().map(String::len).sum::<usize>()
}

fn presence(
    reader: &dyn Reader,
    bucket: &Bucket,
    day: Stretch,
    present: &mut Option<Vec<Stretch>>,
    room: &mut Room,
) -> Result<(), StoreError> {
    activity::events_newest_first(reader, bucket, day.from, day.to, |event| {
        let stretch = Stretch { from: event.start, to: event.end() }.overlap(day);
        if let (Some(stretch), Some(afk)) = (stretch, event.data.afk) {
            let present = present.get_or_insert_default();
            if !afk {
                present.push(stretch);
            }
        }
        room.take(0)
    })
}
