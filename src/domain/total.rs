//! Totals of recorded activity by whatever a stretch of time is put under: an application, a category, a site, a computer.

use std::collections::BTreeMap;

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
    /// What is added up, by number; only what lies within `labels_within`, where that is given.
    pub labelled: Vec<(u32, Stretch)>,
    /// When a label counts at all: a page counts while its browser is in front.
    pub labels_within: Option<Vec<Stretch>>,
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
        let within = computer.labels_within.map(Joined::of);
        let there = present.as_ref().map(|present| windows.overlap(present));
        active.extend_from_slice(there.as_ref().unwrap_or(&windows).stretches());
        let limit = match (present, within) {
            (Some(present), Some(within)) => Some(present.overlap(&within)),
            (present, within) => present.or(within),
        };
        for (label, stretch) in computer.labelled {
            let ms = limit.as_ref().map_or(stretch.ms(), |limit| limit.within(stretch).0);
            if ms > 0 {
                *total.labels.entry(label).or_default() += ms;
            }
        }
    }
    total.active_ms = Joined::of(active).ms();
    total
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn s(from: i64, to: i64) -> Stretch {
        Stretch { from: Timestamp::new(from).unwrap(), to: Timestamp::new(to).unwrap() }
    }

    #[test]
    fn labels_count_where_somebody_was_there_and_the_browser_in_front() {
        let computer = ComputerDay {
            windows: vec![s(0, 100), s(90, 120)],
            present: Some(vec![s(10, 60), s(50, 110)]),
            labelled: vec![(1, s(0, 30)), (2, s(30, 120)), (3, s(0, 10))],
            labels_within: Some(vec![s(0, 40)]),
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
