//! Totals of a person's recorded activity: per app and per day, in their zone, as far as the viewer may see.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::look::Seen;
use crate::domain::activity::{Bucket, Event};
use crate::domain::id::{DeviceId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, Reach, View, seen_under};
use crate::domain::report::{DayTotal, Recorded, Stretch, totals};
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, activity, read};

/// A report covers at most this many days.
const MOST_DAYS: usize = 400;
/// A report keeps no more than this in memory; a busy person records about 3 000 stretches a day, some 150 KB.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// What a stretch takes, beside the name of its app.
const PIECE_BYTES: usize = 32;
/// The kind of bucket a window watcher writes.
const WINDOW: &str = "currentwindow";
/// The kind of bucket a watcher of presence writes.
const PRESENCE: &str = "afkstatus";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// Whose activity, by sign-in name; the asker's own when empty.
    pub person: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
}

/// How much a report tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Hours a day and an app.
    Apps,
    /// Hours a day only.
    Hours,
}

/// Totals of one person's activity.
#[derive(Debug)]
pub struct ActivityReport {
    /// Whose.
    pub person: User,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// The office's policy.
    pub policy: ActivityPolicy,
    /// How much this viewer is told.
    pub detail: Detail,
    /// Every day of the range, oldest first.
    pub days: Vec<(Date, DayTotal)>,
}

impl Tracking {
    /// The totals `request` asks for. A look at somebody else's leaves an audit entry before anything is shown.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when the viewer may see nothing of this person; bad input.
    pub async fn report(
        &self,
        principal: &Principal,
        request: ReportRequest,
        now: Timestamp,
    ) -> Result<ActivityReport, ServiceError> {
        let name = request.person.as_deref();
        let (person, view, policy) = self.person(principal, name, now).await?;
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let (from, to) = (request.from, request.to);
        let days = range(from, to, &zone)?;
        let (first, last) = (days.first(), days.last());
        if let (View::UpTo(detail), Some((_, first)), Some((_, last))) = (view, first, last) {
            let range = Stretch { from: first.from, to: last.to };
            let seen = Seen::new("report", range, detail.min(ActivityPolicy::AppTotals));
            self.leave_trace(principal, &person, seen, now).await?;
        }
        let (id, bounds) = (person.id, days.iter().map(|(_, day)| *day).collect::<Vec<_>>());
        let found = self.door.read(move |reader| Pieces::collect(reader, id, view, &bounds));
        let totals = found.await?.ok_or_else(too_much)?;
        let detail = match view {
            View::Own => Detail::Apps,
            View::UpTo(policy) if shows_apps(policy) => Detail::Apps,
            _ => Detail::Hours,
        };
        let days = days.into_iter().map(|(date, _)| date).zip(totals).collect();
        Ok(ActivityReport { person, from, to, policy, detail, days })
    }

    pub(super) async fn person(
        &self,
        principal: &Principal,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<(User, View, ActivityPolicy), ServiceError> {
        let own = principal.user();
        let person = match (name, own) {
            (None, Some(own)) => Some(own.clone()),
            (Some(name), Some(own)) if own.name.as_str() == name => Some(own.clone()),
            (Some(name), _) => match UserName::new(name) {
                Ok(name) => self.door.read(move |r| read::user_by_name(r, &name)).await?,
                Err(_) => None,
            },
            (None, None) => {
                return Err(ServiceError::bad_input(
                    "no_person",
                    "A report is about a person, and none was named.",
                    "Name the person.",
                ));
            }
        };
        let (reach, policy) = self.reach(principal, now).await?;
        // Whoever may not see others learns nothing about who there is.
        let Some(person) = person else {
            return Err(match reach.sees_others() {
                true => ServiceError::Refused(Refusal::UnknownUser),
                false => not_theirs(),
            });
        };
        match reach.view_of(person.id, policy) {
            View::Nothing => Err(not_theirs()),
            view => Ok((person, view, policy)),
        }
    }

    /// Whom the principal reaches now, and how far the office's policy goes.
    pub(super) async fn reach(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(Reach, ActivityPolicy), ServiceError> {
        let asker = principal.clone();
        let found = self.door.read(move |r| Ok((asker.reach(r)?, read::policy(r, now)?)));
        Ok(found.await?)
    }
}

pub(super) fn not_theirs() -> ServiceError {
    ServiceError::Forbidden(
        "You may see only your own recorded activity, and that of a team you lead.",
    )
}

fn range(from: Date, to: Date, zone: &TimeZone) -> Result<Vec<(Date, Stretch)>, ServiceError> {
    let last_allowed = i64::try_from(MOST_DAYS)
        .ok()
        .and_then(|most| from.checked_add(jiff::Span::new().days(most)).ok());
    if to < from || last_allowed.is_none_or(|limit| to >= limit) {
        return Err(bad_range());
    }
    day::days(from, to, zone).ok_or_else(bad_range)
}

fn bad_range() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!(
            "A report covers 1 to {MOST_DAYS} days between 1970 and 2199, the first before the last."
        ),
        "Choose another range.",
    )
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More was recorded in this range than one report can add up.",
        "Choose a shorter range.",
    )
}

const fn shows_apps(policy: ActivityPolicy) -> bool {
    matches!(policy, ActivityPolicy::AppTotals | ActivityPolicy::FullDetail)
}

/// May this viewer know the app of an event recorded under `recorded`?
fn may_know_app(view: View, recorded: ActivityPolicy) -> bool {
    match view {
        View::Own => true,
        View::UpTo(now) => shows_apps(seen_under(recorded, now)),
        View::Nothing => false,
    }
}

/// One computer's stretches, cut at the ends of days; apps by number, because a name stands for thousands of stretches.
struct Pieces<'a> {
    view: View,
    days: &'a [Stretch],
    windows: Vec<Vec<(Option<u32>, Stretch)>>,
    /// `None` on a day without any word from a watcher of presence: then every window counts.
    present: Vec<Option<Vec<Stretch>>>,
    names: BTreeMap<String, u32>,
    /// What all of it takes at most, names counted with every stretch: totals repeat them for each day.
    bytes: usize,
}

impl<'a> Pieces<'a> {
    /// The totals of each day over all of the person's computers; `None` when there is too much to add up.
    fn collect(
        reader: &dyn Reader,
        person: UserId,
        view: View,
        days: &'a [Stretch],
    ) -> Result<Option<Vec<DayTotal>>, StoreError> {
        let mut computers = Vec::new();
        let mut bytes = 0;
        for device in read::devices_of(reader, person)? {
            let mut pieces = Self {
                view,
                days,
                windows: vec![Vec::new(); days.len()],
                present: vec![None; days.len()],
                names: BTreeMap::new(),
                bytes,
            };
            pieces.read_computer(reader, device.id)?;
            bytes = pieces.bytes;
            if bytes > MOST_BYTES {
                return Ok(None);
            }
            computers.push(pieces);
        }
        let days = (0..days.len()).zip(days);
        let total = |(at, day): (usize, &Stretch)| {
            let recorded: Vec<Recorded> = computers.iter_mut().map(|c| c.take_day(at)).collect();
            totals(&recorded, std::slice::from_ref(day)).pop().unwrap_or_default()
        };
        Ok(Some(days.map(total).collect()))
    }

    fn read_computer(&mut self, reader: &dyn Reader, device: DeviceId) -> Result<(), StoreError> {
        let buckets = activity::buckets(reader, device)?;
        let kind = |bucket: &Bucket, kind: &str| bucket.about.kind.as_str() == kind;
        let has_window_watcher = buckets.iter().any(|bucket| kind(bucket, WINDOW));
        for bucket in &buckets {
            if kind(bucket, PRESENCE) {
                self.read_bucket(reader, bucket, Self::presence)?;
            } else if kind(bucket, WINDOW) || !has_window_watcher {
                self.read_bucket(reader, bucket, Self::window)?;
            }
        }
        Ok(())
    }

    fn read_bucket(
        &mut self,
        reader: &dyn Reader,
        bucket: &Bucket,
        add: fn(&mut Self, Event),
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Ok(());
        };
        activity::events_newest_first(reader, bucket, first.from, last.to, |event| {
            add(self, event);
            if self.bytes > MOST_BYTES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    fn window(&mut self, event: Event) {
        let stretch = Stretch { from: event.start, to: event.end() };
        let Some(app) = event.data.app else { return };
        let app = Some(app).filter(|_| may_know_app(self.view, event.policy));
        let parts = self.cut(stretch, app.as_ref().map_or(0, String::len));
        let app = app.map(|app| {
            let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
            *self.names.entry(app).or_insert(next)
        });
        for (at, piece) in parts {
            self.windows[at].push((app, piece));
        }
    }

    fn presence(&mut self, event: Event) {
        let Some(afk) = event.data.afk else { return };
        for (at, piece) in self.cut(Stretch { from: event.start, to: event.end() }, 0) {
            let present = self.present[at].get_or_insert_default();
            if !afk {
                present.push(piece);
            }
        }
    }

    /// The parts of `stretch` by day, of an app whose name is so long.
    fn cut(&mut self, stretch: Stretch, name_bytes: usize) -> Vec<(usize, Stretch)> {
        let first = self.days.partition_point(|day| day.to <= stretch.from);
        let parts = self.days.iter().enumerate().skip(first);
        let parts: Vec<_> =
            parts.map_while(|(at, day)| stretch.overlap(*day).map(|part| (at, part))).collect();
        // An event of no length costs a look, too.
        self.bytes += parts.len().max(1) * (PIECE_BYTES + name_bytes);
        parts
    }

    fn take_day(&mut self, at: usize) -> Recorded {
        let names: BTreeMap<u32, &String> =
            self.names.iter().map(|(name, id)| (*id, name)).collect();
        let windows = std::mem::take(&mut self.windows[at]);
        let named = |id: u32| names.get(&id).map(|name| (*name).clone());
        Recorded {
            windows: windows.into_iter().map(|(app, s)| (app.and_then(named), s)).collect(),
            present: self.present[at].take(),
        }
    }
}
