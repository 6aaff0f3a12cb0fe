//! A working day of recorded activity from a seed, the same everywhere: 90 applications after a Zipf law, a seventh of the titles never
//! seen before (a pessimistic share), pages beside the browser's windows, and somebody who goes away now and then.

use std::collections::VecDeque;

use timebook::domain::activity::EventData;
use timebook::domain::text::CanonicalJson;
use timebook::domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// Something recorded, from the begin of its day on.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// When it began, since the day began.
    pub(crate) after_ms: u64,
    /// How long it lasted.
    pub(crate) duration_ms: u64,
    /// What it says.
    pub(crate) data: EventData,
}

/// A day as three watchers record it, each in order.
#[derive(Debug, Default)]
pub(crate) struct Day {
    /// What had the focus.
    pub(crate) windows: Vec<Recorded>,
    /// Whether somebody was there.
    pub(crate) presence: Vec<Recorded>,
    /// Pages, while the browser had the focus.
    pub(crate) pages: Vec<Recorded>,
}

/// Chance that means the same on every machine and with every version of anything (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    /// From this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`, which is not 0.
    pub(crate) const fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// A person at their computer: what they work with stays theirs from day to day.
pub(crate) struct Person {
    chance: Chance,
    /// Of each application, titles that come back.
    known: Vec<VecDeque<String>>,
}

impl Person {
    /// One of many, from the seed of all.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let chance = Chance::new(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        Self { chance, known: vec![VecDeque::new(); APPS.len() * 5] }
    }

    /// The next working day, with about so many windows.
    pub(crate) fn day(&mut self, windows: u64) -> Day {
        let mut day = Day::default();
        let mut at = 8 * HOUR_MS + self.chance.below(HOUR_MS);
        let mut there_since = at;
        // Eight hours and a half, cut into windows of all lengths around the mean.
        let mean = 8 * HOUR_MS / windows.max(1);
        for _ in 0..windows {
            if self.chance.below(windows / 8 + 1) == 0 {
                let away = 3 * MINUTE_MS + self.chance.below(20 * MINUTE_MS);
                day.presence.push(Recorded::new(there_since, at - there_since, status("not-afk")));
                day.presence.push(Recorded::new(at, away, status("afk")));
                at += away;
                there_since = at;
            }
            let length = self.length(mean);
            let app = self.app();
            let title = self.title(app);
            day.windows.push(Recorded::new(at, length, window(&name(app), &title)));
            if app == 0 {
                day.pages.push(Recorded::new(at, length, page(&title, self.chance.below(40))));
            }
            // A watcher looks once a second.
            at += length + SECOND_MS + self.chance.below(25);
        }
        day.presence.push(Recorded::new(there_since, at - there_since, status("not-afk")));
        day
    }

    /// Many short looks and few long ones.
    const fn length(&mut self, mean: u64) -> u64 {
        let shrink = self.chance.below(4);
        let longest = (mean * 4) >> shrink;
        self.chance.below(if longest > SECOND_MS { longest } else { SECOND_MS })
    }

    /// The n-th application is used about 1/n^1.2 as often as the first.
    fn app(&mut self) -> usize {
        let total: u64 = WEIGHTS.iter().sum();
        let mut left = self.chance.below(total);
        for (app, weight) in WEIGHTS.iter().enumerate() {
            if left < *weight {
                return app;
            }
            left -= weight;
        }
        0
    }

    fn title(&mut self, app: usize) -> String {
        let known = &self.known[app];
        if !known.is_empty() && self.chance.below(100) >= NEW_TITLES {
            let recent = self.chance.below(known.len() as u64);
            // What was used lately is used again more often.
            let at = usize::try_from(self.chance.below(recent + 1)).unwrap_or(0);
            return self.known[app][at].clone();
        }
        let words = 5 + self.chance.below(5);
        let mut title = String::new();
        for _ in 0..words {
            title.push_str(WORDS[usize::try_from(self.chance.below(64)).unwrap_or(0)]);
            title.push(' ');
        }
        title.push_str(&self.chance.below(10_000).to_string());
        self.known[app].push_front(title.clone());
        self.known[app].truncate(60);
        title
    }
}

impl Recorded {
    const fn new(after_ms: u64, duration_ms: u64, data: EventData) -> Self {
        Self { after_ms, duration_ms, data }
    }
}

fn name(app: usize) -> String {
    let base = APPS[app % APPS.len()];
    if app < APPS.len() { base.to_owned() } else { format!("{base} {}", app / APPS.len() + 1) }
}

fn window(app: &str, title: &str) -> EventData {
    let json = json(format!("{{\"app\":\"{app}\",\"title\":\"{title}\"}}"));
    let (app, title) = (Some(app.to_owned()), Some(title.to_owned()));
    EventData { json, app, title, url: None, afk: None }
}

fn page(title: &str, place: u64) -> EventData {
    let words = title.replace(' ', "-");
    let url = format!("https://www.example-{place}.org/{words}");
    let text = format!(
        "{{\"audible\":false,\"incognito\":false,\"title\":\"{title}\",\"url\":\"{url}\"}}"
    );
    let (json, title) = (json(text), Some(title.to_owned()));
    EventData { json, app: None, title, url: Some(url), afk: None }
}

fn status(status: &str) -> EventData {
    let json = json(format!("{{\"status\":\"{status}\"}}"));
    EventData { json, app: None, title: None, url: None, afk: Some(status == "afk") }
}

fn json(text: String) -> CanonicalJson {
    CanonicalJson::new(text).unwrap_or_else(|_| CanonicalJson::empty())
}

/// In a hundred.
const NEW_TITLES: u64 = 14;

/// 1000 / n^1.2 for n from 1 to 90.
const WEIGHTS: [u64; 90] = [
    1000, 435, 268, 189, 145, 116, 97, 82, 72, 63, 56, 51, 46, 42, 39, 36, 33, 31, 29, 27, 26, 24,
    23, 22, 21, 20, 19, 18, 18, 17, 16, 16, 15, 15, 14, 14, 13, 13, 12, 12, 12, 11, 11, 11, 10, 10,
    10, 10, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5,
    5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
];

const APPS: [&str; 18] = [
    "Firefox",
    "Code",
    "Outlook",
    "Excel",
    "Teams",
    "Terminal",
    "Word",
    "Explorer",
    "Slack",
    "Acrobat",
    "PowerPoint",
    "Figma",
    "Notes",
    "Calendar",
    "Zoom",
    "Photos",
    "Settings",
    "Music",
];

const WORDS: [&str; 64] = [
    "annual",
    "report",
    "budget",
    "meeting",
    "notes",
    "draft",
    "final",
    "invoice",
    "customer",
    "project",
    "plan",
    "review",
    "design",
    "server",
    "storage",
    "weekly",
    "summary",
    "offer",
    "contract",
    "changes",
    "request",
    "ticket",
    "release",
    "backup",
    "network",
    "travel",
    "expenses",
    "team",
    "hiring",
    "interview",
    "roadmap",
    "feature",
    "module",
    "library",
    "parser",
    "test",
    "index",
    "main",
    "config",
    "readme",
    "inbox",
    "reply",
    "question",
    "answer",
    "order",
    "delivery",
    "stock",
    "price",
    "list",
    "table",
    "figure",
    "chapter",
    "letter",
    "office",
    "berlin",
    "paris",
    "lisbon",
    "oslo",
    "quarter",
    "month",
    "target",
    "training",
    "schedule",
    "agenda",
];
