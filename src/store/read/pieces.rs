//! What a report of totals is made of, on the server and on a person's own computer: every stretch of a person's computers that lies in its days, with the number of what it is put
//! under, counted and weighed while it is read.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use crate::domain::activity::{Bucket, Event};
use crate::domain::browser::PageWatcher;
use crate::domain::category::Trees;
use crate::domain::id::DeviceId;
use crate::domain::policy::{ActivityPolicy, View, seen_under};
use crate::domain::report::{PRESENCE, Stretch, WINDOW};
use crate::domain::total::{By, ComputerDay, LabelTotals, Pages, day_total, least, site, texts};
use crate::store::activity;
use crate::store::error::StoreError;
use crate::store::transaction::Reader;

/// A report keeps at most this many stretches, 24 bytes each.
const MOST_PIECES: usize = 4_000_000;
/// Names that a report keeps, and texts that it remembers having sorted, take no more than this.
const MOST_NAME_BYTES: usize = 64 * 1024 * 1024;
/// What a name takes beside its text.
const NAME_BYTES: usize = 100;
/// Sorted texts are remembered up to this many bytes.
const MOST_REMEMBERED_BYTES: usize = 16 * 1024 * 1024;
/// The kind of bucket a browser's watcher writes.
const PAGES: &str = "web.tab.current";

/// The labels by number, and the totals of each day.
pub type Collected = (Vec<String>, Vec<LabelTotals>);

/// What is collected of one computer at a time, by day.
#[derive(Debug)]
pub struct Pieces {
    view: View,
    by: By,
    trees: Trees,
    bounds: Vec<Stretch>,
    days: Vec<ComputerDay>,
    /// The computer's watchers of pages, in the order of each day's pages.
    watchers: Vec<PageWatcher>,
    /// Which of them see an application.
    browsers: HashMap<String, Vec<usize>>,
    labels: Vec<String>,
    numbers: BTreeMap<String, u32>,
    /// Texts that were sorted before.
    sorted: HashMap<String, u32>,
    sorted_bytes: usize,
    name_bytes: usize,
    count: usize,
}

/// What a bucket says.
#[derive(Clone, Copy, Debug)]
enum Says {
    Presence,
    /// Windows, or whatever there is where nobody sees windows.
    Windows,
    /// Pages, by the place of their watcher.
    Pages(usize),
}

impl Pieces {
    /// The labels and the totals of each day over these computers, each with its name; `None` when there is too much to add up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn collect(
        reader: &dyn Reader,
        computers: &[(DeviceId, String)],
        view: View,
        (by, trees): (By, Trees),
        bounds: Vec<Stretch>,
    ) -> Result<Option<Collected>, StoreError> {
        let mut pieces = Self {
            view,
            by,
            trees,
            days: Vec::new(),
            watchers: Vec::new(),
            browsers: HashMap::new(),
            labels: Vec::new(),
            numbers: BTreeMap::new(),
            sorted: HashMap::new(),
            sorted_bytes: 0,
            name_bytes: 0,
            count: 0,
            bounds,
        };
        let mut by_day: Vec<Vec<ComputerDay>> = vec![Vec::new(); pieces.bounds.len()];
        for (device, name) in computers {
            let buckets = activity::buckets(reader, *device)?;
            pieces.begin(&buckets);
            let mut watcher = 0;
            let has_window_watcher = buckets.iter().any(|bucket| is(bucket, WINDOW));
            for bucket in &buckets {
                let says = if is(bucket, PRESENCE) {
                    Says::Presence
                } else if is(bucket, PAGES) && by == By::Site {
                    watcher += 1;
                    Says::Pages(watcher - 1)
                } else if is(bucket, WINDOW) || !has_window_watcher {
                    Says::Windows
                } else {
                    continue;
                };
                pieces.read(reader, bucket, says, name)?;
            }
            if pieces.is_full() {
                return Ok(None);
            }
            let days = std::mem::take(&mut pieces.days);
            by_day.iter_mut().zip(days).for_each(|(all, day)| all.push(day));
        }
        Ok(Some((pieces.labels, by_day.into_iter().map(day_total).collect())))
    }

    /// Begins a computer with these buckets.
    fn begin(&mut self, buckets: &[Bucket]) {
        self.browsers.clear();
        self.watchers.clear();
        let mut day = ComputerDay::default();
        if self.by == By::Site {
            let watchers = buckets.iter().filter(|bucket| is(bucket, PAGES));
            self.watchers.extend(watchers.map(|b| PageWatcher::of_bucket(b.name.as_str())));
            // A day without a browser in front is a day without pages, whatever stands open behind other windows.
            let sees_windows = buckets.iter().any(|bucket| is(bucket, WINDOW));
            let pages = Pages { within: sees_windows.then(Vec::new), ..Pages::default() };
            // Sites count once a moment also where only windows tell of them.
            day.pages = vec![pages; self.watchers.len().max(1)];
        }
        self.days = vec![day; self.bounds.len()];
    }

    fn is_full(&self) -> bool {
        self.count > MOST_PIECES || self.name_bytes > MOST_NAME_BYTES
    }

    fn read(
        &mut self,
        reader: &dyn Reader,
        bucket: &Bucket,
        says: Says,
        device: &str,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.bounds.first(), self.bounds.last()) else {
            return Ok(());
        };
        let (from, to) = (first.from, last.to);
        activity::events_newest_first(reader, bucket, from, to, |event| {
            match says {
                Says::Presence => self.presence(&event),
                Says::Windows => self.window(&event, device),
                Says::Pages(watcher) => self.page(&event, watcher, device),
            }
            if self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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

    /// An event of a window, or, where no watcher sees windows, of whatever there is.
    fn window(&mut self, event: &Event, device: &str) {
        let is_window = event.data.app.is_some();
        let label = self.label(event, device).filter(|_| is_window || self.by == By::Site);
        let browsers = self.browsers(event.data.app.as_deref());
        for (at, piece) in self.cut(event) {
            let day = &mut self.days[at];
            if is_window {
                day.windows.push(piece);
            }
            for watcher in &browsers {
                if let Some(within) = day.pages.get_mut(*watcher).and_then(|p| p.within.as_mut()) {
                    within.push(piece);
                    self.count += 1;
                }
            }
            if let Some(label) = label {
                day.labelled.push((label, piece));
            }
        }
    }

    fn page(&mut self, event: &Event, watcher: usize, device: &str) {
        let Some(label) = self.label(event, device) else { return };
        for (at, piece) in self.cut(event) {
            if let Some(pages) = self.days[at].pages.get_mut(watcher) {
                pages.labelled.push((label, piece));
            }
        }
    }

    /// The watchers that see this application's pages.
    fn browsers(&mut self, app: Option<&str>) -> Vec<usize> {
        let Some(app) = app.filter(|_| !self.watchers.is_empty()) else { return Vec::new() };
        if let Some(known) = self.browsers.get(app) {
            return known.clone();
        }
        let sees = |(place, watcher): (usize, &PageWatcher)| {
            watcher.sees(app, &self.watchers).then_some(place)
        };
        let found: Vec<usize> = self.watchers.iter().enumerate().filter_map(sees).collect();
        self.name_bytes += NAME_BYTES + app.len() + found.len() * size_of::<usize>();
        self.browsers.insert(app.to_owned(), found.clone());
        found
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
            By::App => event.data.app.as_deref().map(|app| self.number(app)),
            By::Device => Some(self.number(device)),
            By::Site => event.data.url.as_deref().and_then(site).map(|site| self.number(&site)),
            By::Category => Some(self.category(event, shown)),
        }
    }

    fn category(&mut self, event: &Event, shown: ActivityPolicy) -> u32 {
        let texts = texts(&event.data, shown == ActivityPolicy::FullDetail);
        let before = shown == ActivityPolicy::CategoryTotals && event.start < self.trees.since;
        let tree = if before { &self.trees.before } else { &self.trees.now };
        let mut key = String::from(if before { "before\n" } else { "" });
        key.extend(texts.clone().flat_map(|(name, text)| [name, "\n", text, "\n"]));
        if let Some(number) = self.sorted.get(&key) {
            return *number;
        }
        let name = tree.category(texts).join(" > ");
        let number = self.number(&name);
        if self.sorted_bytes > MOST_REMEMBERED_BYTES {
            self.sorted.clear();
            self.sorted_bytes = 0;
        }
        self.sorted_bytes += NAME_BYTES + key.len();
        self.sorted.insert(key, number);
        number
    }

    fn number(&mut self, label: &str) -> u32 {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        let number = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        self.name_bytes += 2 * (NAME_BYTES + label.len());
        self.labels.push(label.to_owned());
        self.numbers.insert(label.to_owned(), number);
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

fn is(bucket: &Bucket, kind: &str) -> bool {
    bucket.about.kind.as_str() == kind
}
