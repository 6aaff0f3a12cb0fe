//! Totals of recorded activity by whatever a stretch of time is put under: an application, a category, a site, a computer.

use std::collections::BTreeMap;

use super::activity::EventData;
use super::policy::ActivityPolicy;
use super::report::{Joined, Stretch};

/// What time is put under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The application in front.
    App,
    /// The person's category.
    Category,
    /// The host of the page in front.
    Site,
    /// The computer.
    Device,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::App, Self::Category, Self::Site, Self::Device];

    /// Its name in queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Category => "category",
            Self::Site => "site",
            Self::Device => "device",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// One day of one computer.
#[derive(Clone, Debug, Default)]
pub struct ComputerDay {
    /// What the window watcher saw.
    pub windows: Vec<Stretch>,
    /// When somebody was there; `None` when no watcher of presence said anything that day: then every window counts.
    pub present: Option<Vec<Stretch>>,
    /// What is added up, by number.
    pub labelled: Vec<(u32, Stretch)>,
    /// What watchers of pages saw; then no moment counts under two labels, because the window's watcher may know the page as well.
    pub pages: Vec<Pages>,
}

/// A day of one browser.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// What is added up, by number.
    pub labelled: Vec<(u32, Stretch)>,
    /// When that browser was in front: a tab that stays open behind other windows does not count. `None` where nobody sees windows.
    pub within: Option<Vec<Stretch>>,
}

/// A day's totals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelTotals {
    /// Time with any activity; computers used at once count once.
    pub active_ms: u64,
    /// Time a label; two computers at once count twice.
    pub labels: BTreeMap<u32, u64>,
}

/// The totals of one day over a person's computers. The work grows with how much was recorded, never with how much of it overlaps.
pub fn day_total(computers: impl IntoIterator<Item = ComputerDay>) -> LabelTotals {
    let (mut total, mut active) = (LabelTotals::default(), Vec::new());
    for computer in computers {
        let windows = Joined::of(computer.windows);
        let present = computer.present.map(Joined::of);
        let there = present.as_ref().map(|present| windows.overlap(present));
        active.extend_from_slice(there.as_ref().unwrap_or(&windows).stretches());
        let labelled = match computer.pages.is_empty() {
            true => computer.labelled,
            false => sites(computer.labelled, computer.pages),
        };
        for (label, stretch) in labelled {
            let ms = present.as_ref().map_or(stretch.ms(), |present| present.within(stretch).0);
            if ms > 0 {
                *total.labels.entry(label).or_default() += ms;
            }
        }
    }
    total.active_ms = Joined::of(active).ms();
    total
}

/// What windows said themselves and what watchers of pages saw, each moment once.
fn sites(mut labelled: Vec<(u32, Stretch)>, pages: Vec<Pages>) -> Vec<(u32, Stretch)> {
    for Pages { labelled: pages, within } in pages {
        let Some(within) = within.map(Joined::of) else {
            labelled.extend(pages);
            continue;
        };
        // Once each before they are cut, so that parts are never more than both together.
        for (label, page) in once(pages) {
            labelled.extend(within.parts(page).map(|part| (label, part)));
        }
    }
    once(labelled)
}

/// The stretches without what an earlier one covers, in order.
fn once(mut labelled: Vec<(u32, Stretch)>) -> Vec<(u32, Stretch)> {
    labelled.sort_by_key(|(_, stretch)| (stretch.from, stretch.to));
    let mut covered = None;
    labelled.retain_mut(|(_, stretch)| {
        stretch.from = covered.map_or(stretch.from, |covered| stretch.from.max(covered));
        let counts = stretch.from < stretch.to;
        if counts {
            covered = Some(stretch.to);
        }
        counts
    });
    labelled
}

/// The host of a page's address, without `www.`; `None` for what is no page on the network.
pub fn site(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = place.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

/// The least policy under which others see this.
pub const fn least(by: By) -> ActivityPolicy {
    match by {
        By::Device | By::Category => ActivityPolicy::CategoryTotals,
        By::App => ActivityPolicy::AppTotals,
        By::Site => ActivityPolicy::FullDetail,
    }
}

/// The texts of an event's data that rules look at; of somebody else's only those the policy shows.
pub fn texts(data: &EventData, all: bool) -> impl Iterator<Item = (&str, &str)> + Clone {
    let hidden = |text| if all { text } else { None };
    let fields = [
        ("app", data.app.as_deref()),
        ("title", hidden(data.title.as_deref())),
        ("url", hidden(data.url.as_deref())),
    ];
    fields.into_iter().filter_map(|(name, text)| text.map(|text| (name, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn s(from: i64, to: i64) -> Stretch {
        Stretch { from: Timestamp::new(from).unwrap(), to: Timestamp::new(to).unwrap() }
    }

    #[test]
    fn labels_count_where_somebody_was_there_and_the_browser_in_front() {
        let pages = Pages {
            labelled: vec![(1, s(0, 30)), (2, s(30, 120)), (3, s(0, 10))],
            within: Some(vec![s(0, 40)]),
        };
        let computer = ComputerDay {
            windows: vec![s(0, 100), s(90, 120)],
            present: Some(vec![s(10, 60), s(50, 110)]),
            pages: vec![pages],
            ..ComputerDay::default()
        };
        let other = ComputerDay {
            windows: vec![s(100, 130)],
            labelled: vec![(1, s(100, 130))],
            ..ComputerDay::default()
        };
        let total = day_total([computer, other]);
        assert_eq!(total.active_ms, 120);
        assert_eq!(total.labels, [(1, 20 + 30), (2, 10)].into());
    }

    #[test]
    fn a_page_behind_other_windows_never_counts_and_no_moment_counts_twice() {
        let day = |within: Option<Vec<Stretch>>, said: Vec<(u32, Stretch)>| {
            let pages = vec![Pages { labelled: vec![(1, s(0, 80))], within }];
            let windows = vec![s(0, 50), s(50, 100)];
            day_total([ComputerDay { windows, pages, labelled: said, present: None }])
        };
        assert_eq!(day(Some(Vec::new()), Vec::new()).labels, [].into(), "no browser that day");
        assert_eq!(day(Some(vec![s(50, 100)]), Vec::new()).labels, [(1, 30)].into());
        let twice = day(Some(vec![s(50, 100)]), vec![(1, s(50, 100))]);
        assert_eq!(twice.labels, [(1, 50)].into(), "the window's watcher knows the page, too");
        let other = day(Some(vec![s(50, 100)]), vec![(2, s(60, 100))]);
        assert_eq!(other.labels, [(1, 30), (2, 20)].into());
        assert_eq!(day(None, Vec::new()).labels, [(1, 80)].into(), "nobody sees windows");
    }

    /// Whatever is recorded: sites of one computer never come to more than the time somebody was active.
    #[test]
    fn sites_never_come_to_more_than_activity() {
        let mut seed = 3_u64;
        let mut next = |most: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from(seed >> 33).unwrap() % most
        };
        for _ in 0..500 {
            let mut some = |count: i64| -> Vec<Stretch> {
                let one = |_| {
                    let from = next(60);
                    s(from, from + next(20))
                };
                (0..count).map(one).collect()
            };
            let label = |all: Vec<Stretch>| (0..).zip(all).map(|(n, s)| (n % 3, s)).collect();
            let (windows, present) = (some(6), Some(some(4)));
            let pages = |within: &[Stretch], pages: Vec<Stretch>| Pages {
                labelled: label(pages),
                within: Some(within.to_vec()),
            };
            let pages = vec![pages(&windows[..2], some(5)), pages(&windows[2..3], some(5))];
            let labelled = label(windows[3..5].to_vec());
            let total = day_total([ComputerDay { windows, present, labelled, pages }]);
            assert!(total.labels.values().sum::<u64>() <= total.active_ms, "{total:?}");
        }
    }

    #[test]
    fn sites_are_hosts() {
        for (url, wanted) in [
            ("https://www.a.example:8443/x?y#z", Some("a.example")),
            ("HTTP://user:pw@B.example.", Some("b.example")),
            ("https://[2001:db8::1]:80/", Some("2001:db8::1")),
            ("file:///home/x", None),
            ("about:blank", None),
            ("https:///x", None),
        ] {
            assert_eq!(site(url).as_deref(), wanted, "{url}");
        }
    }
}
