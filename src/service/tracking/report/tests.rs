//! Which events count, for whom, and on which day: over a real state, without the door.

use super::*;
use crate::domain::activity::{BucketAbout, EventData, NewEvent, SkipKnown};
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::DeviceId;
use crate::domain::report::{PRESENCE, WINDOW};
use crate::domain::text::ShortText;
use crate::domain::text::{BucketName, CanonicalJson, Label};
use crate::domain::time::Timestamp;
use crate::store::tables::{Devices, PersonDevices};
use crate::store::{State, Write, activity};

const ADA: UserId = UserId::from_bytes([1; 16]);
const DAY_MS: i64 = 1_000;

/// Two days of a second each, to keep the figures small.
fn days() -> Vec<Stretch> {
    let day = |n: i64| Stretch { from: at(n * DAY_MS), to: at((n + 1) * DAY_MS) };
    vec![day(1), day(2)]
}

fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

struct Book {
    state: State,
    _folder: tempfile::TempDir,
}

impl Book {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { state: State::open(&folder.path().join("state")).unwrap(), _folder: folder }
    }

    /// A device of ada's.
    fn device(&self, number: u8) -> DeviceId {
        let id = DeviceId::from_bytes([number; 16]);
        let device = Device {
            id,
            name: Label::new("laptop").unwrap(),
            person: ADA,
            kind: DeviceKind::Token,
            enrolled: at(0),
            last_contact: None,
            revoked: None,
        };
        let write = self.state.write(|w| {
            w.put::<PersonDevices>(&(ADA, id), &id)?;
            w.put::<Devices>(&id, &device)
        });
        write.unwrap();
        id
    }

    /// Events of a bucket of this kind: start, end, word, and the policy they are recorded under.
    fn record(&self, device: DeviceId, kind: &str, events: &[(i64, i64, &str, ActivityPolicy)]) {
        let name = BucketName::new(kind).unwrap();
        let about = BucketAbout {
            kind: ShortText::cut(kind),
            client: ShortText::cut("c"),
            hostname: ShortText::cut("h"),
            data: CanonicalJson::empty(),
        };
        let write = self.state.write(|w| {
            let (mut bucket, _) = activity::create_bucket(w, device, &name, &about, at(0))?;
            for (from, to, word, policy) in events {
                let presence = kind == PRESENCE;
                let data = EventData {
                    json: CanonicalJson::empty(),
                    app: (!presence).then(|| (*word).to_owned()),
                    title: None,
                    url: None,
                    afk: presence.then_some(*word == "afk"),
                };
                let duration_ms = u64::try_from(to - from).unwrap();
                let event = NewEvent { id: None, start: at(*from), duration_ms, data };
                activity::Pen::new(w).insert(&mut bucket, event, *policy, SkipKnown::No)?;
            }
            Ok(())
        });
        write.unwrap();
    }

    fn totals(&self, view: View) -> Vec<(u64, Vec<(String, u64)>)> {
        let found = seen(&self.state.read().unwrap(), ADA, view, &days()).unwrap();
        let plain = |day: DayTotal| (day.active_ms, day.apps.into_iter().collect());
        found.unwrap().into_iter().map(plain).collect()
    }
}

fn apps(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs.iter().map(|(app, ms)| ((*app).to_owned(), *ms)).collect()
}

#[test]
fn each_event_is_seen_under_the_stricter_policy() {
    use ActivityPolicy::{AppTotals, CategoryTotals, FullDetail, HoursOnly};
    let book = Book::new();
    let device = book.device(1);
    book.record(
        device,
        WINDOW,
        &[
            (1_000, 1_100, "secret", HoursOnly),
            (1_100, 1_300, "shown", AppTotals),
            (1_300, 1_350, "detail", FullDetail),
        ],
    );
    let all = apps(&[("detail", 50), ("secret", 100), ("shown", 200)]);
    assert_eq!(book.totals(View::Own)[0], (350, all));
    let some = apps(&[("detail", 50), ("shown", 200)]);
    assert_eq!(book.totals(View::UpTo(FullDetail))[0], (350, some.clone()));
    assert_eq!(book.totals(View::UpTo(AppTotals))[0], (350, some));
    for strict in [CategoryTotals, HoursOnly] {
        assert_eq!(book.totals(View::UpTo(strict))[0], (350, vec![]));
    }
}

#[test]
fn days_cut_events_and_absence_counts_day_by_day() {
    let policy = ActivityPolicy::HoursOnly;
    let book = Book::new();
    let device = book.device(1);
    book.record(device, WINDOW, &[(500, 2_400, "a", policy), (2_900, 9_000, "b", policy)]);
    let whole = [(1_000, apps(&[("a", 1_000)])), (500, apps(&[("a", 400), ("b", 100)]))];
    assert_eq!(book.totals(View::Own), whole);
    // On the first day somebody was there for a while; on the second the watcher of presence said nothing.
    book.record(
        device,
        PRESENCE,
        &[(1_200, 1_300, "not-afk", policy), (1_300, 2_000, "afk", policy)],
    );
    let [_, second] = whole;
    assert_eq!(book.totals(View::Own), [(100, apps(&[("a", 100)])), second]);
}

#[test]
fn without_a_window_watcher_any_app_counts_and_computers_add_up_once() {
    let policy = ActivityPolicy::HoursOnly;
    let book = Book::new();
    let (one, two) = (book.device(1), book.device(2));
    book.record(one, "custom", &[(1_000, 1_200, "a", policy)]);
    book.record(two, WINDOW, &[(1_100, 1_300, "a", policy)]);
    book.record(two, "web.tab.current", &[(1_000, 1_900, "browser", policy)]);
    assert_eq!(book.totals(View::Own)[0], (300, apps(&[("a", 400)])));
}

#[test]
fn long_names_count_as_much_as_many_stretches() {
    let book = Book::new();
    let device = book.device(1);
    // Six names of 60 kB, each on every one of 400 days: totals would repeat them to 144 MB.
    let name = |number: usize| format!("{number}{}", "x".repeat(60_000));
    let names: Vec<String> = (0..6).map(name).collect();
    let policy = ActivityPolicy::HoursOnly;
    let events: Vec<_> = names.iter().map(|name| (0, 400_000, name.as_str(), policy)).collect();
    book.record(device, WINDOW, &events);
    let day = |n: i64| Stretch { from: at(n * DAY_MS), to: at((n + 1) * DAY_MS) };
    let days: Vec<Stretch> = (0..400).map(day).collect();
    let scope = book.state.read().unwrap();
    let totals = |view| seen(&scope, ADA, view, &days).unwrap();
    assert!(totals(View::Own).is_none());
    // Whoever may not know the names does not pay for them.
    assert_eq!(totals(View::UpTo(policy)).unwrap().len(), 400);
}

#[test]
fn a_day_of_events_is_bounded_by_its_bytes() {
    let book = Book::new();
    let device = book.device(1);
    let policy = ActivityPolicy::HoursOnly;
    let long = "x".repeat(60_000);
    book.record(
        device,
        WINDOW,
        &[(0, 1, &long, policy), (1, 2, "a", policy), (2, 3, &long, policy)],
    );
    let scope = book.state.read().unwrap();
    let day = Stretch { from: at(0), to: at(DAY_MS) };
    let rows =
        |most| super::super::export::events(&scope, (ADA, "ada"), View::Own, day, most).unwrap();
    assert_eq!(rows(121_500).unwrap().len(), 3);
    assert!(rows(119_000).is_none());
}
