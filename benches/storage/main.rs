//! What a person's year of recorded activity costs: bytes an event in rows, in blocks of days and of months, and the time of what is asked.
//!
//! `cargo bench --bench storage` records a million events of one person (`-- --quick`: a tenth) into a fresh file in this folder, through
//! the same code as server and agent, beside what redb itself needs to read as many rows (`limit.rs`); then it delivers as many in signed
//! batches over HTTPS (`batches.rs`), and starts a made-up office with a year behind it (`office.rs`). With
//! `TIMEBOOK_AW_SERVER=/path/to/aw-server` the reference server keeps the same year in the same run (`reference.rs`). Figures of other
//! products from another machine and what is to be reached stand beside them. `-- --year` is the year only and `-- --day` one day of it
//! again and again, both for a profiler; `-- --batches` is the batches only, `-- --office` the office of 12 people. Talks to loopback only.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints figures, and stops where it cannot go on"
)]

mod batches;
#[path = "../load/client.rs"]
#[expect(dead_code, reason = "the load of the other bench")]
mod client;
mod limit;
mod office;
#[path = "../load/peer.rs"]
mod peer;
mod reference;
#[path = "../load/server.rs"]
#[expect(dead_code, reason = "what only the other bench asks of a server")]
mod server;
#[path = "../load/spread.rs"]
#[expect(dead_code, reason = "the figures of the other bench")]
mod spread;
mod table;
mod year;

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use timebook::codec::block::Outline;
use timebook::domain::activity::{Bucket, BucketAbout, Event, NewEvent, SkipKnown};
use timebook::domain::device::{Device, DeviceKind};
use timebook::domain::id::{DeviceId, UserId};
use timebook::domain::policy::ActivityPolicy;
use timebook::domain::report::{PRESENCE, Stretch, WINDOW};
use timebook::domain::text::{BucketName, CanonicalJson, Label, ShortText};
use timebook::domain::tier::{AppTotal, MOST_MONTHS_A_TOTAL, WORK_A_STEP};
use timebook::domain::time::{DAY_MS, Timestamp};
use timebook::store::activity::tier::{self, Work};
use timebook::store::activity::{self, Pen, Seen, months, totals};
use timebook::store::tables::{
    BlockParts, Blocks, DayTotals, Devices, Hot, HotIds, PersonDevices, Table, Tails,
};
use timebook::store::{KeyRange, Order, Read, Reader, State, Write, copy};

use table::row;

const PERSON: UserId = UserId::from_bytes([1; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([2; 16]);
const POLICY: ActivityPolicy = ActivityPolicy::FullDetail;
const DAYS: u64 = 365;
/// 2025-01-01T00:00:00Z.
const BEGIN_MS: i64 = 1_735_689_600_000;

fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let quick = asked("--quick");
    let windows = if quick { 225 } else { 2_250 };
    let folder = tempfile::Builder::new().prefix("timebook-storage-").tempdir_in(".").unwrap();
    if asked("--batches") {
        batches::deliver(folder.path(), 1_000_000);
        return table::print();
    }
    if asked("--office") {
        office::start(folder.path(), if quick { 60 } else { 365 });
        return table::print();
    }
    let state = State::open(&folder.path().join("year.redb")).unwrap();
    let events = record(&state, windows);
    bytes(
        &state,
        folder.path(),
        "rows",
        events,
        "no limit set; aw-server-rust 147, PocketBase 174, InfluxDB 59",
    );
    let buckets = buckets(&state);
    let end = at(DAYS);
    let seal = steps("seal", &state, &buckets, |writer, bucket, work| {
        tier::seal(writer, bucket.number, end, work)
    });
    bytes(&state, folder.path(), "blocks of days", events, "at most 24");
    let merge = merge(&state, &buckets, end);
    bytes(&state, folder.path(), "blocks of months", events, "at most 14, aim at 12");
    let steps = format!("{:.1} ms, {:.1} ms", ms(seal), ms(merge));
    row("the longest step of sealing, of merging", &steps, "under 50");
    let days: Vec<Stretch> = (0..DAYS).map(|n| Stretch { from: at(n), to: at(n + 1) }).collect();
    let began = Instant::now();
    let mut longest = Duration::ZERO;
    for days in days.chunks(8) {
        let step = Instant::now();
        state.write(|writer| totals::keep(writer, PERSON, days)).unwrap();
        longest = longest.max(step.elapsed());
    }
    let took = format!("{:.0} ms, the longest step {:.1} ms", ms(began.elapsed()), ms(longest));
    row("adding up the year's days", &took, "a step: under 50");
    let rounds = if asked("--day") {
        4_000
    } else if quick {
        5
    } else {
        40
    };
    tell(
        "a day, every event of it",
        "at most 2; aw-server-rust 35, PocketBase 15, InfluxDB 7",
        rounds,
        || a_day(&state, &buckets),
    );
    if asked("--day") {
        return table::print();
    }
    tell("a year by application, kept", "at most 5", rounds, || a_year(&state, &days));
    let before = peak_mb();
    tell(
        "a year by application, by scanning",
        "at most 120; aw-server-rust 2 353, PocketBase 1 359, InfluxDB 170",
        5,
        || scanned(&state, &buckets),
    );
    tell("a year with presence, by adding up", "no limit set", 2, || added(&state, &days));
    row(
        "memory grew by",
        &format!("{:.0} MB", peak_mb() - before),
        "at most 50; aw-server-rust 2 400",
    );
    dashboard(&state, 200, &days);
    limit::scan(folder.path(), events);
    if asked("--year") {
        return table::print();
    }
    reference::measure(folder.path(), windows);
    batches::deliver(folder.path(), if quick { 100_000 } else { 1_000_000 });
    office::start(folder.path(), if quick { 60 } else { 365 });
    table::print();
}

/// Records the year; with how many events that is.
fn record(state: &State, windows: u64) -> u64 {
    let kinds = [("w", WINDOW), ("a", PRESENCE), ("p", "web.tab.current")];
    let mut buckets: Vec<Bucket> =
        kinds.iter().map(|(name, kind)| make(state, name, kind)).collect();
    let mut person = year::Person::new(1, 1);
    let (mut events, began, mut making) = (0, Instant::now(), Duration::ZERO);
    for n in 0..DAYS {
        let made = Instant::now();
        let day = person.day(windows);
        making += made.elapsed();
        let written = state.write(|writer| {
            let mut pen = Pen::new(writer);
            for (bucket, recorded) in buckets.iter_mut().zip([day.windows, day.presence, day.pages])
            {
                for one in recorded {
                    let start = at(n).plus_ms(one.after_ms);
                    let (duration_ms, data) = (one.duration_ms, one.data);
                    let event = NewEvent { id: None, start, duration_ms, data };
                    pen.insert(bucket, event, POLICY, SkipKnown::No)?;
                    events += 1;
                }
            }
            Ok(())
        });
        written.unwrap();
    }
    let took = began.elapsed().saturating_sub(making);
    let rate = format!("{:.0} a second", events as f64 / took.as_secs_f64());
    row(&format!("{events} events recorded"), &rate, "no limit set");
    events
}

fn make(state: &State, name: &str, kind: &str) -> Bucket {
    let text = |text: &str| ShortText::new(text).unwrap();
    let about = BucketAbout {
        kind: text(kind),
        client: text("bench"),
        hostname: text("pc"),
        data: CanonicalJson::empty(),
    };
    let device = Device {
        id: DEVICE,
        name: Label::new("pc").unwrap(),
        person: PERSON,
        kind: DeviceKind::Token,
        enrolled: at(0),
        last_contact: None,
        revoked: None,
    };
    let made = state.write(|writer| {
        writer.put::<Devices>(&DEVICE, &device)?;
        writer.put::<PersonDevices>(&(PERSON, DEVICE), &DEVICE)?;
        activity::create_bucket(writer, DEVICE, &BucketName::new(name).unwrap(), &about, at(0))
    });
    made.unwrap().0
}

fn buckets(state: &State) -> Vec<Bucket> {
    activity::buckets(&state.read().unwrap(), DEVICE).unwrap()
}

/// Merges what can be merged, as the server's duty does: each step is planned on a snapshot; with the longest one.
fn merge(state: &State, buckets: &[Bucket], end: Timestamp) -> Duration {
    let (began, mut longest, mut count) = (Instant::now(), Duration::ZERO, 0);
    for bucket in buckets {
        let scope = state.read().unwrap();
        let merges = tier::merges(&scope, bucket.number, end, &Work::new(WORK_A_STEP)).unwrap();
        drop(scope);
        for blocks in merges {
            let one = Instant::now();
            let mut work = Work::new(WORK_A_STEP);
            state.write(|writer| tier::merge(writer, bucket.number, blocks, &mut work)).unwrap();
            longest = longest.max(one.elapsed());
            count += 1;
        }
    }
    println!("merge: {count} steps, {:.0} ms", ms(began.elapsed()));
    longest
}

/// Takes steps until nothing is left to do; with the longest one.
fn steps(
    what: &str,
    state: &State,
    buckets: &[Bucket],
    step: impl Fn(
        &mut dyn timebook::store::Writer,
        &Bucket,
        &mut Work,
    ) -> Result<bool, timebook::store::StoreError>,
) -> Duration {
    let (began, mut longest, mut count) = (Instant::now(), Duration::ZERO, 0);
    for bucket in buckets {
        loop {
            let one = Instant::now();
            let more = state.write(|w| step(w, bucket, &mut Work::new(WORK_A_STEP))).unwrap();
            longest = longest.max(one.elapsed());
            count += 1;
            if !more {
                break;
            }
        }
    }
    println!("{what}: {count} steps, {:.0} ms", ms(began.elapsed()));
    longest
}

/// What an event takes: its rows and pieces, and its share of a fresh file.
fn bytes(state: &State, folder: &Path, what: &str, events: u64, beside: &str) {
    let scope = state.read().unwrap();
    let mut bytes = 0;
    for table in [Tails::NAME, Hot::NAME, HotIds::NAME, Blocks::NAME, BlockParts::NAME] {
        let count = &mut |key: &[u8], value: &[u8]| {
            bytes += key.len() + value.len();
            Ok(ControlFlow::Continue(()))
        };
        scope.scan_bytes(table, KeyRange::all(), Order::Rising, count).unwrap();
    }
    let path = folder.join("copy.redb");
    copy(&scope, &State::open(&path).unwrap()).unwrap();
    let file = std::fs::metadata(&path).unwrap().len();
    std::fs::remove_file(&path).unwrap();
    let each = |bytes: f64| bytes / events as f64;
    let bytes = format!(
        "{:.1} bytes an event, {:.1} of a fresh file",
        each(bytes as f64),
        each(file as f64)
    );
    row(what, &bytes, beside);
}

fn a_day(state: &State, buckets: &[Bucket]) -> usize {
    let scope = state.read().unwrap();
    let mut events: Vec<Event> = Vec::new();
    for bucket in buckets {
        let show = |event| {
            events.push(event);
            ControlFlow::Continue(())
        };
        activity::events_newest_first(&scope, bucket, at(200), at(201), show).unwrap();
    }
    events.len()
}

fn a_year(state: &State, days: &[Stretch]) -> usize {
    let scope = state.read().unwrap();
    let days = totals::of_days(&scope, PERSON, days, |_| true).unwrap().unwrap();
    let mut apps = BTreeMap::<String, u64>::new();
    for app in days.into_iter().flat_map(|day| day.apps) {
        *apps.entry(app.app).or_default() += app.ms;
    }
    apps.len()
}

fn scanned(state: &State, buckets: &[Bucket]) -> usize {
    let scope = state.read().unwrap();
    let mut apps = HashMap::<String, u64>::new();
    for bucket in buckets {
        let all = (at(0), at(DAYS));
        activity::overlapping(&scope, bucket, all, Order::Rising, |seen: Seen<'_, Outline>| {
            if let Some(app) = seen.app() {
                let ms = seen.end().ms_since(seen.place().0);
                match apps.get_mut(app) {
                    Some(sum) => *sum += ms,
                    None => drop(apps.insert(app.to_owned(), ms)),
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    }
    apps.len()
}

fn added(state: &State, days: &[Stretch]) -> usize {
    let scope = state.read().unwrap();
    let months = days.chunks(31).map(|days| totals::add(&scope, PERSON, days).unwrap().unwrap());
    months.flatten().map(|day| day.apps.len()).sum()
}

/// The year of many people from what is kept, each day as the one person's: what a dashboard asks.
fn dashboard(state: &State, people: u8, days: &[Stretch]) {
    let person = |n: u8| UserId::from_bytes([n; 16]);
    let kept = |reader: &dyn Reader| {
        reader.rows::<DayTotals>(KeyRange::prefix(&PERSON), Order::Rising, usize::MAX)
    };
    let filled = state.write(|writer| {
        let days = kept(writer.as_reader())?;
        for n in 2..=people {
            for ((_, from), day) in &days {
                writer.put::<DayTotals>(&(person(n), *from), day)?;
            }
        }
        Ok(())
    });
    filled.unwrap();
    let months: Vec<Stretch> = MONTHS
        .iter()
        .scan(0, |first, length| {
            let month = Stretch { from: at(*first), to: at(*first + length) };
            *first += length;
            Some(month)
        })
        .collect();
    let mut longest = Duration::ZERO;
    for n in 1..=people {
        for months in months.chunks(MOST_MONTHS_A_TOTAL) {
            let began = Instant::now();
            state.write(|writer| months::keep(writer, person(n), months)).unwrap();
            longest = longest.max(began.elapsed());
        }
    }
    row(
        "adding up months of a person, the longest step",
        &format!("{:.1} ms", ms(longest)),
        "under 50",
    );
    let limit = "200 people: at most 50";
    tell(&format!("a year of {people} people by day and month"), limit, 9, || {
        let scope = state.read().unwrap();
        let mut active = 0;
        for n in 1..=people {
            let hours = months::of_days(&scope, person(n), days, &mut 0, None).unwrap().unwrap();
            active += hours.iter().sum::<u64>();
        }
        usize::try_from(active / 3_600_000).unwrap()
    });
    // By category is the same with a look at what each application was sorted to.
    tell(&format!("a year of {people} people by application"), limit, 9, || {
        let scope = state.read().unwrap();
        let mut apps = HashMap::<String, u64>::new();
        for n in 1..=people {
            let add = &mut |_, app: AppTotal| match apps.get_mut(&app.app) {
                Some(sum) => *sum += app.ms,
                None => drop(apps.insert(app.app, app.ms)),
            };
            months::of_days(&scope, person(n), days, &mut 0, Some(add)).unwrap().unwrap();
        }
        apps.len()
    });
    // Two months are asked for in part: their days are read one by one.
    tell(&format!("350 days of {people} people by application"), "no limit set", 5, || {
        let scope = state.read().unwrap();
        let mut all = 0;
        for n in 1..=people {
            let add = &mut |_, app: AppTotal| all += app.ms;
            months::of_days(&scope, person(n), &days[8..358], &mut 0, Some(add)).unwrap().unwrap();
        }
        usize::try_from(all / 3_600_000).unwrap()
    });
}

/// Days of the months of 2025.
const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn tell(what: &str, limit: &str, rounds: usize, ask: impl Fn() -> usize) {
    let mut times: Vec<Duration> = Vec::new();
    let mut found = 0;
    for _ in 0..rounds {
        let began = Instant::now();
        found = ask();
        times.push(began.elapsed());
    }
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    row(what, &format!("{:.2} ms, slowest {:.2} ({found})", ms(median), ms(slowest)), limit);
}

/// The most memory this process ever had; 0 where nobody says.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

fn at(day: u64) -> Timestamp {
    Timestamp::new(BEGIN_MS).unwrap().plus_ms(day * DAY_MS)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
