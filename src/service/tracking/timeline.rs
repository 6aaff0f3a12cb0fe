//! A day of one's own recorded activity, blips grouped, without the time away from the computer. Nobody else is shown it: an office
//! policy speaks of totals.

use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::total::{is, texts};
use crate::domain::activity::Bucket;
use crate::domain::category::Tree;
use crate::domain::id::DeviceId;
use crate::domain::report::{PRESENCE, Stretch, WINDOW, union};
use crate::domain::timeline::{Segment, grouped};
use crate::domain::total::intersect;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, activity, read};

/// A day has at most this many stretches: one and a half a second.
const MOST_STRETCHES: usize = 100_000;

/// A day of somebody's own.
#[derive(Debug)]
pub struct Timeline {
    /// Whose.
    pub person: User,
    /// Their computers' names.
    pub computers: Vec<String>,
    /// What was in front, oldest first.
    pub segments: Vec<Segment>,
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
            let (mut names, mut day) = (Vec::new(), Vec::new());
            for device in read::devices_of(reader, id)? {
                let place = names.len();
                names.push(device.name.to_string());
                let Some(stretches) = stretches(reader, device.id, place, bounds, &tree)? else {
                    return Ok(None);
                };
                day.extend(grouped(stretches, blip_ms));
            }
            day.sort_by_key(|segment| (segment.at.from, segment.device));
            Ok(Some((names, day)))
        });
        let Some((computers, segments)) = found.await? else {
            return Err(ServiceError::bad_input(
                "too_much",
                "More was recorded on this day than a timeline can show.",
                "Look at its totals, or export it.",
            ));
        };
        Ok(Timeline { person, computers, segments })
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

/// What was in front on one computer while somebody was there, in order; `None` when that is too much.
fn stretches(
    reader: &dyn Reader,
    device: DeviceId,
    place: usize,
    day: Stretch,
    tree: &Tree,
) -> Result<Option<Vec<Segment>>, StoreError> {
    let buckets = activity::buckets(reader, device)?;
    let has_window_watcher = buckets.iter().any(|bucket| is(bucket, WINDOW));
    let (mut windows, mut present) = (Vec::new(), None);
    for bucket in &buckets {
        if is(bucket, PRESENCE) {
            presence(reader, bucket, day, &mut present)?;
            continue;
        }
        if has_window_watcher && !is(bucket, WINDOW) {
            continue;
        }
        activity::events_newest_first(reader, bucket, day.from, day.to, |event| {
            let stretch = Stretch { from: event.start, to: event.end() }.overlap(day);
            if let (Some(at), Some(app)) = (stretch, event.data.app.clone()) {
                windows.push(Segment {
                    at,
                    active_ms: at.ms(),
                    longest_ms: at.ms(),
                    app,
                    title: event.data.title.clone(),
                    category: tree.category(texts(&event.data, true)),
                    device: place,
                    blips: 0,
                });
            }
            if windows.len() > MOST_STRETCHES {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
    }
    if windows.len() > MOST_STRETCHES {
        return Ok(None);
    }
    let mut parts = match present.map(union) {
        Some(present) => windows.iter().flat_map(|window| parts(window, &present)).collect(),
        None => windows,
    };
    parts.sort_by_key(|part| (part.at.from, part.at.to));
    Ok(Some(parts))
}

fn parts(window: &Segment, present: &[Stretch]) -> Vec<Segment> {
    let parts = intersect(&[window.at], present).into_iter();
    parts
        .map(|at| Segment { at, active_ms: at.ms(), longest_ms: at.ms(), ..window.clone() })
        .collect()
}

fn presence(
    reader: &dyn Reader,
    bucket: &Bucket,
    day: Stretch,
    present: &mut Option<Vec<Stretch>>,
) -> Result<(), StoreError> {
    activity::events_newest_first(reader, bucket, day.from, day.to, |event| {
        let stretch = Stretch { from: event.start, to: event.end() }.overlap(day);
        if let (Some(stretch), Some(afk)) = (stretch, event.data.afk) {
            let present = present.get_or_insert_default();
            if !afk {
                present.push(stretch);
            }
        }
        ControlFlow::Continue(())
    })
}
