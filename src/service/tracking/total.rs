//! Totals of a person's recorded activity by application, category, site or computer, as far as the viewer may see.
//!
//! | by       | others see it                                        | and then a rule or name goes by     |
//! |----------|------------------------------------------------------|-------------------------------------|
//! | device   | from `category totals` on                            | the computer's name                 |
//! | category | from `category totals` on                            | the application; all of it under `full detail` |
//! | app      | from `app totals` on                                 | the application                     |
//! | site     | under `full detail`                                  | the host of the page                |

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::look::Seen;
use super::report::ReportRequest;
use crate::domain::activity::{Bucket, Event, EventData};
use crate::domain::category::Tree;
use crate::domain::id::UserId;
use crate::domain::policy::{ActivityPolicy, View, seen_under};
use crate::domain::report::{PRESENCE, Stretch, WINDOW};
use crate::domain::time::Timestamp;
use crate::domain::total::{By, ComputerDay, LabelTotals, day_total, site};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, activity, read};

/// A report covers at most this many days.
const MOST_DAYS: i64 = 400;
/// A report keeps at most this many stretches, 24 bytes each.
const MOST_PIECES: usize = 4_000_000;
/// Sorted texts are remembered up to this many.
const MOST_REMEMBERED: usize = 50_000;
/// The kind of bucket a browser's watcher writes.
const PAGES: &str = "web.tab.current";
/// What the names of browsers hold, in lower case.
const BROWSERS: [&str; 10] = [
    "firefox",
    "chrom",
    "safari",
    "edge",
    "brave",
    "opera",
    "vivaldi",
    "librewolf",
    "nightly",
    "browser",
];

/// Totals of one person's activity by something.
#[derive(Debug)]
pub struct TotalsReport {
    /// Whose.
    pub person: User,
    /// By what.
    pub by: By,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// The office's policy.
    pub policy: ActivityPolicy,
    /// May this viewer see more than hours?
    pub tells: bool,
    /// What the numbers in the days stand for.
    pub labels: Vec<String>,
    /// Every day of the range, oldest first.
    pub days: Vec<(Date, LabelTotals)>,
}

impl Tracking {
    /// The totals `request` asks for. A look at somebody else's leaves an audit entry before anything is shown.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when the viewer may see nothing of this person; bad input.
    pub async fn totals(
        &self,
        principal: &Principal,
        request: ReportRequest,
        by: By,
        now: Timestamp,
    ) -> Result<TotalsReport, ServiceError> {
        let ReportRequest { person, from, to } = request;
        let (person, view, policy) = self.person(principal, person.as_deref(), now).await?;
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let days = days(from, to, &zone)?;
        let bounds: Vec<Stretch> = days.iter().map(|(_, day)| *day).collect();
        if let (View::UpTo(shown), Some(first), Some(last)) = (view, bounds.first(), bounds.last())
        {
            let range = Stretch { from: first.from, to: last.to };
            self.leave_trace(
                principal,
                &person,
                Seen::new("totals", range, shown.min(least(by))),
                now,
            )
            .await?;
        }
        let tree = match by {
            By::Category => self.tree_of(person.id).await?,
            _ => Tree::default(),
        };
        let id = person.id;
        let found =
            self.door.read(move |reader| Pieces::collect(reader, id, view, (by, tree), bounds));
        let (labels, totals) = found.await?.ok_or_else(too_much)?;
        let days = days.into_iter().map(|(date, _)| date).zip(totals).collect();
        let tells = match view {
            View::Own => true,
            View::UpTo(shown) => shown >= least(by),
            View::Nothing => false,
        };
        Ok(TotalsReport { person, by, from, to, policy, tells, labels, days })
    }
}

/// The least policy under which others see this.
const fn least(by: By) -> ActivityPolicy {
    match by {
        By::Device | By::Category => ActivityPolicy::CategoryTotals,
        By::App => ActivityPolicy::AppTotals,
        By::Site => ActivityPolicy::FullDetail,
    }
}

fn days(from: Date, to: Date, zone: &TimeZone) -> Result<Vec<(Date, Stretch)>, ServiceError> {
    let bad = || {
        ServiceError::bad_input(
            "bad_range",
            format!(
                "A report covers 1 to {MOST_DAYS} days between 1970 and 2199, the first before the last."
            ),
            "Choose another range.",
        )
    };
    let end = from.checked_add(jiff::Span::new().days(MOST_DAYS)).map_err(|_| bad())?;
    if to < from || to >= end {
        return Err(bad());
    }
    day::days(from, to, zone).ok_or_else(bad)
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More was recorded in this range than one report can add up.",
        "Choose a shorter range.",
    )
}

/// The texts of an event's data that rules look at; of somebody else's only those the policy shows.
pub(super) fn texts(data: &EventData, all: bool) -> impl Iterator<Item = (&str, &str)> + Clone {
    let hidden = |text| if all { text } else { None };
    let fields = [
        ("app", data.app.as_deref()),
        ("title", hidden(data.title.as_deref())),
        ("url", hidden(data.url.as_deref())),
    ];
    fields.into_iter().filter_map(|(name, text)| text.map(|text| (name, text)))
}

/// The labels by number, and the totals of each day.
type Collected = (Vec<String>, Vec<LabelTotals>);

/// What is collected of one computer at a time, by day.
struct Pieces {
    view: View,
    by: By,
    tree: Tree,
    bounds: Vec<Stretch>,
    days: Vec<ComputerDay>,
    labels: Vec<String>,
    numbers: BTreeMap<String, u32>,
    /// Texts that were sorted before.
    sorted: HashMap<String, u32>,
    count: usize,
}

impl Pieces {
    /// The labels and the totals of each day over all of the person's computers; `None` when there is too much to add up.
    fn collect(
        reader: &dyn Reader,
        person: UserId,
        view: View,
        (by, tree): (By, Tree),
        bounds: Vec<Stretch>,
    ) -> Result<Option<Collected>, StoreError> {
        let mut pieces = Self {
            view,
            by,
            tree,
            days: Vec::new(),
            labels: Vec::new(),
            numbers: BTreeMap::new(),
            sorted: HashMap::new(),
            count: 0,
            bounds,
        };
        let mut by_day: Vec<Vec<ComputerDay>> = vec![Vec::new(); pieces.bounds.len()];
        for device in read::devices_of(reader, person)? {
            pieces.days = vec![ComputerDay::default(); pieces.bounds.len()];
            let buckets = activity::buckets(reader, device.id)?;
            let has_window_watcher = buckets.iter().any(|bucket| is(bucket, WINDOW));
            for bucket in &buckets {
                pieces.read(reader, bucket, has_window_watcher, device.name.as_str())?;
            }
            if pieces.count > MOST_PIECES {
                return Ok(None);
            }
            let days = std::mem::take(&mut pieces.days);
            by_day.iter_mut().zip(days).for_each(|(all, day)| all.push(day));
        }
        Ok(Some((pieces.labels, by_day.into_iter().map(day_total).collect())))
    }

    fn read(
        &mut self,
        reader: &dyn Reader,
        bucket: &Bucket,
        has_window_watcher: bool,
        device: &str,
    ) -> Result<(), StoreError> {
        let (presence, pages) = (is(bucket, PRESENCE), is(bucket, PAGES));
        let window = is(bucket, WINDOW) || !has_window_watcher && !presence;
        let wanted = presence || window || pages && self.by == By::Site;
        let (Some(first), Some(last)) = (self.bounds.first(), self.bounds.last()) else {
            return Ok(());
        };
        if !wanted {
            return Ok(());
        }
        let (from, to) = (first.from, last.to);
        activity::events_newest_first(reader, bucket, from, to, |event| {
            if presence {
                self.presence(&event);
            } else {
                self.window(&event, window, has_window_watcher, device);
            }
            if self.count > MOST_PIECES {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    fn presence(&mut self, event: &Event) {
        let Some(afk) = event.data.afk else { return };
        for (at, piece) in self.cut(event) {
            let present = self.days[at].present.get_or_insert_default();
            if !afk {
                present.push(piece);
            }
        }
    }

    /// An event of a window (or, where no watcher sees windows, of whatever there is), or of a page.
    fn window(&mut self, event: &Event, is_window: bool, has_window_watcher: bool, device: &str) {
        let is_window = is_window && event.data.app.is_some();
        let label = self.label(event, device).filter(|_| is_window || self.by == By::Site);
        let browses =
            self.by == By::Site && is_window && has_window_watcher && is_browser(&event.data);
        for (at, piece) in self.cut(event) {
            if is_window {
                self.days[at].windows.push(piece);
            }
            if browses {
                self.days[at].labels_within.get_or_insert_default().push(piece);
            }
            if let Some(label) = label {
                self.days[at].labelled.push((label, piece));
            }
        }
    }

    /// The number of what the event is put under, as far as the viewer may know.
    fn label(&mut self, event: &Event, device: &str) -> Option<u32> {
        let shown = match self.view {
            View::Own => ActivityPolicy::FullDetail,
            View::UpTo(now) => seen_under(event.policy, now),
            View::Nothing => return None,
        };
        if shown < least(self.by) {
            return None;
        }
        match self.by {
            By::App => event.data.app.clone().map(|app| self.number(app)),
            By::Device => Some(self.number(device.to_owned())),
            By::Site => event.data.url.as_deref().and_then(site).map(|site| self.number(site)),
            By::Category => Some(self.category(&event.data, shown == ActivityPolicy::FullDetail)),
        }
    }

    fn category(&mut self, data: &EventData, all: bool) -> u32 {
        let texts = texts(data, all);
        let key: String = texts.clone().flat_map(|(name, text)| [name, "\n", text, "\n"]).collect();
        if let Some(number) = self.sorted.get(&key) {
            return *number;
        }
        let number = self.number(self.tree.category(texts).join(" > "));
        if self.sorted.len() >= MOST_REMEMBERED {
            self.sorted.clear();
        }
        self.sorted.insert(key, number);
        number
    }

    fn number(&mut self, label: String) -> u32 {
        if let Some(number) = self.numbers.get(&label) {
            return *number;
        }
        let number = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    /// The parts of the event by day.
    fn cut(&mut self, event: &Event) -> Vec<(usize, Stretch)> {
        let stretch = Stretch { from: event.start, to: event.end() };
        let first = self.bounds.partition_point(|day| day.to <= stretch.from);
        let parts = self.bounds.iter().enumerate().skip(first);
        let parts: Vec<_> =
            parts.map_while(|(at, day)| stretch.overlap(*day).map(|part| (at, part))).collect();
        // An event of no length costs a look, too.
        self.count += parts.len().max(1);
        parts
    }
}

pub(super) fn is(bucket: &Bucket, kind: &str) -> bool {
    bucket.about.kind.as_str() == kind
}

fn is_browser(data: &EventData) -> bool {
    let app = data.app.as_deref().unwrap_or_default().to_lowercase();
    BROWSERS.iter().any(|browser| app.contains(browser))
}
