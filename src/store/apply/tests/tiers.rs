//! Recorded activity as it grows old: what anybody reads stays the same, what goes is gone from blocks, too.

use std::ops::ControlFlow;

use super::*;
use crate::codec::decode;
use crate::domain::activity::{ActivityCommand, Bucket, BucketNumber, SkipKnown};
use crate::domain::erasure::ErasureCommand;
use crate::domain::report::Stretch;
use crate::domain::retention::RetentionCommand;
use crate::domain::tier::{
    BLOCK_EVENTS, MOST_BUCKETS_A_SEAL, MOST_DAYS_A_TOTAL, TierCommand, WORK_A_STEP,
};
use crate::domain::time::{DAY_MS, HOUR_MS};
use crate::store::activity::{self as book, totals};
use crate::store::read;
use crate::store::tables::{
    BlockParts, Blocks, Buckets, DayTotals, DroppedBuckets, Hot, HotIds, Table, Tails,
};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write};

/// Two weeks of an event an hour.
const EVENTS: u64 = 24 * 14;

fn filled() -> (Story, UserId, DeviceId) {
    let (mut story, _) = Story::with_ada();
    let bert = story.person("bert", Role::Employee);
    let device = story.computer(bert).id;
    let (name, about) = (bucket_name("window"), about("currentwindow"));
    let create = ActivityCommand::CreateBucket { device, name, about, created: None };
    story.run(Command::Activity(create));
    let begin = story.now;
    let events = |from: u64, to: u64| {
        let one = |n: u64| event(begin.plus_ms(n * HOUR_MS), 60_000, titled(n));
        (from..to).map(one).collect()
    };
    for from in (0..EVENTS).step_by(100) {
        let (name, skip_known) = (bucket_name("window"), SkipKnown::No);
        let events = events(from, (from + 100).min(EVENTS));
        let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
        story.run(Command::Activity(insert));
    }
    story.later(EVENTS * HOUR_MS);
    (story, bert, device)
}

fn titled(n: u64) -> EventData {
    let (app, title) = (format!("app {}", n % 7), format!("title {n}"));
    let json = CanonicalJson::new(format!("{{\"app\":\"{app}\",\"title\":\"{title}\"}}")).unwrap();
    EventData { json, app: Some(app), title: Some(title), url: None, afk: None }
}

impl Story {
    fn bucket_of(&self, device: DeviceId) -> Bucket {
        let scope = self.state.read().unwrap();
        book::bucket(&scope, device, &bucket_name("window")).unwrap().unwrap()
    }

    fn seal_all(&mut self, bucket: BucketNumber) -> u32 {
        let mut steps = 1;
        while self.run(seal(vec![bucket], self.now, 400)) == (Outcome::Stepped { more: true }) {
            steps += 1;
        }
        steps
    }

    fn row_count<T: Table>(&self) -> usize {
        let scope = self.state.read().unwrap();
        let mut rows = 0;
        let count = &mut |_: &[u8], _: &[u8]| {
            rows += 1;
            Ok(ControlFlow::Continue(()))
        };
        scope.scan_bytes(T::NAME, KeyRange::all(), Order::Rising, count).unwrap();
        rows
    }

    /// The days from the first event on, kept or not.
    fn totals(&self, person: UserId, days: &[Stretch]) -> (Vec<u64>, usize) {
        let scope = self.state.read().unwrap();
        let totals = totals::of_days(&scope, person, days, |_| true).unwrap().unwrap();
        let missing = totals::missing(&scope, person, days).unwrap().len();
        (totals.into_iter().map(|day| day.active_ms).collect(), missing)
    }
}

fn seal(buckets: Vec<BucketNumber>, before: Timestamp, work: u32) -> Command {
    Command::Tier(TierCommand::Seal { buckets, before, work, block_events: BLOCK_EVENTS })
}

fn days(from: Timestamp, count: u64) -> Vec<Stretch> {
    let day =
        |n: u64| Stretch { from: from.plus_ms(n * DAY_MS), to: from.plus_ms((n + 1) * DAY_MS) };
    (0..count).map(day).collect()
}

#[test]
fn sealing_and_merging_change_nothing_that_is_read() {
    let (mut story, _, device) = filled();
    let number = story.bucket_of(device).number;
    let before = story.events(device, "window");
    assert!(story.seal_all(number) > 5, "in steps");
    assert_eq!(story.events(device, "window"), before);
    assert_eq!((story.row_count::<Hot>(), story.row_count::<HotIds>()), (0, 0));
    let sealed = story.row_count::<Blocks>();
    assert!((13..=16).contains(&sealed), "one a day: {sealed}");
    let within = Stretch { from: Timestamp::EARLIEST, to: story.now };
    let (bucket, work, block_events) = (number, WORK_A_STEP, BLOCK_EVENTS);
    let merge = TierCommand::Merge { bucket, within, work, block_events };
    assert_eq!(story.run(Command::Tier(merge)), Outcome::Stepped { more: false });
    assert_eq!(story.row_count::<Blocks>(), 1);
    assert_eq!(story.events(device, "window"), before);
    // An event in a block is deleted, edited and found as any other.
    let gone = before[200].id;
    let (name, event) = (bucket_name("window"), gone);
    let delete = Command::Activity(ActivityCommand::DeleteEvent { device, name, event });
    assert_eq!(story.run(delete.clone()), Outcome::Done);
    assert_eq!(story.run(delete), Outcome::Already);
    let left: Vec<Event> = before.iter().filter(|event| event.id != gone).cloned().collect();
    assert_eq!(story.events(device, "window"), left);
    story.seal_all(number);
    assert_eq!(story.events(device, "window"), left);
    assert_eq!(story.row_count::<Hot>(), 0);
}

#[test]
fn blocks_hash_by_what_they_say() {
    let (mut story, _, device) = filled();
    let number = story.bucket_of(device).number;
    let open = state_hash(&story.state.read().unwrap()).unwrap();
    story.seal_all(number);
    let sealed = state_hash(&story.state.read().unwrap()).unwrap();
    assert_ne!(open, sealed);
    // The same bytes cut elsewhere.
    let recut = story.state.write(|writer| {
        let parts = writer.rows::<BlockParts>(KeyRange::all(), Order::Rising, usize::MAX)?;
        for ((key, number), part) in parts {
            writer.delete::<BlockParts>(&(key, number))?;
            for (at, byte) in (0..).zip(part.bytes) {
                let part = crate::domain::tier::BlockPart { bytes: vec![byte] };
                writer.put::<BlockParts>(&(key, number * 10_000 + at), &part)?;
            }
        }
        Ok(())
    });
    recut.unwrap();
    assert_eq!(state_hash(&story.state.read().unwrap()).unwrap(), sealed);
    let number = 12_u32;
    let spoilt = story.state.write(|writer| {
        let row = writer.first::<BlockParts>(KeyRange::all(), Order::Rising)?.unwrap();
        writer.delete::<BlockParts>(&(row.0.0, number))
    });
    assert!(spoilt.unwrap());
    assert!(state_hash(&story.state.read().unwrap()).is_err(), "damage is found");
}

#[test]
fn days_are_kept_until_something_about_them_changes() {
    let (mut story, bert, device) = filled();
    let days = days(story.now.minus_ms(EVENTS * HOUR_MS), 13);
    let (added, missing) = story.totals(bert, &days);
    assert_eq!((added[0], missing), (24 * 60_000, 13));
    for days in days.chunks(MOST_DAYS_A_TOTAL) {
        let total = TierCommand::Total { person: bert, days: days.to_vec() };
        assert_eq!(story.run(Command::Tier(total)), Outcome::Stepped { more: false });
    }
    assert_eq!(story.totals(bert, &days), (added.clone(), 0));
    story.seal_all(story.bucket_of(device).number);
    assert_eq!(story.totals(bert, &days), (added.clone(), 0));
    // Something that came late.
    let (name, skip_known) = (bucket_name("window"), SkipKnown::No);
    let events = vec![event(days[3].from.plus_ms(1_800_000), 30_000, app("late"))];
    let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
    story.run(Command::Activity(insert));
    let (now, missing) = story.totals(bert, &days);
    assert_eq!((now[3], missing), (added[3] + 30_000, 1));
    // Old events go, and with them what their days came to.
    let (bucket, before) = (story.bucket_of(device).number, days[5].from);
    let drop = RetentionCommand::Drop { bucket, before, rows: 500 };
    while story.run(Command::Retention(drop.clone())) == (Outcome::Erased { more: true }) {}
    let (now, _) = story.totals(bert, &days);
    assert_eq!(now[..5], [0; 5]);
    assert_eq!(now[5..], added[5..]);
}

/// The newest event of a bucket is not in what the bucket says of its longest one.
#[test]
fn what_went_is_in_no_total_however_long_it_lasted() {
    let (mut story, bert, device) = filled();
    let begin = story.now.minus_ms(EVENTS * HOUR_MS);
    let name = bucket_name("night");
    let create = ActivityCommand::CreateBucket {
        device,
        name: name.clone(),
        about: about("currentwindow"),
        created: None,
    };
    story.run(Command::Activity(create));
    let events = vec![event(begin, 3 * DAY_MS, app("left running"))];
    let skip_known = SkipKnown::No;
    let insert = ActivityCommand::InsertEvents { device, name: name.clone(), events, skip_known };
    story.run(Command::Activity(insert));
    let days = days(begin, 5);
    let total = TierCommand::Total { person: bert, days: days.clone() };
    story.run(Command::Tier(total));
    assert_eq!(story.totals(bert, &days).0[..3], [DAY_MS; 3]);
    let scope = story.state.read().unwrap();
    let bucket = book::bucket(&scope, device, &name).unwrap().unwrap().number;
    drop(scope);
    let drop = RetentionCommand::Drop { bucket, before: days[0].to, rows: 500 };
    story.run(Command::Retention(drop));
    assert_eq!(story.totals(bert, &days).0, [24 * 60_000; 5]);
}

/// No door lets it in; a log from before the doors looked may hold it all the same.
#[test]
fn a_text_of_megabytes_stops_nobody() {
    let (mut story, bert, device) = filled();
    let (name, skip_known) = (bucket_name("window"), SkipKnown::No);
    let long = EventData { app: Some("a".repeat(3 * 1024 * 1024)), ..app("a") };
    let begin = story.now.minus_ms(EVENTS * HOUR_MS);
    let events = vec![event(begin.plus_ms(1_800_000), 30_000, long)];
    let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
    story.run(Command::Activity(insert));
    let number = story.bucket_of(device).number;
    story.seal_all(number);
    let days = days(begin, 1);
    let total = TierCommand::Total { person: bert, days: days.clone() };
    assert_eq!(story.run(Command::Tier(total)), Outcome::Stepped { more: false });
    assert_eq!(story.totals(bert, &days).0, [24 * 60_000 + 30_000]);
    assert_eq!(story.events(device, "window").len() as u64, EVENTS + 1);
}

#[test]
fn what_is_too_old_goes_from_blocks_and_rows_alike() {
    let (mut story, _, device) = filled();
    let number = story.bucket_of(device).number;
    let all = story.events(device, "window");
    let limit = story.now.minus_ms(10 * DAY_MS + HOUR_MS / 2);
    story.run(seal(vec![number], story.now.minus_ms(5 * DAY_MS), WORK_A_STEP));
    let thin = RetentionCommand::Thin {
        bucket: number,
        from: Timestamp::EARLIEST,
        before: limit,
        rows: 500,
    };
    while story.run(Command::Retention(thin.clone())) == (Outcome::Erased { more: true }) {}
    let told = story.events(device, "window");
    assert!(told.iter().all(|event| (event.start < limit) == event.data.title.is_none()));
    assert_eq!(told.len(), all.len());
    let drop = RetentionCommand::Drop { bucket: number, before: limit, rows: 500 };
    while story.run(Command::Retention(drop.clone())) == (Outcome::Erased { more: true }) {}
    let left = story.events(device, "window");
    let wanted: Vec<Event> = all.iter().filter(|event| event.start >= limit).cloned().collect();
    assert_eq!(left, wanted);
    let swept = read::retention::swept(&story.state.read().unwrap()).unwrap();
    let old = (all.len() - wanted.len()) as u64;
    assert_eq!((swept.events, swept.thinned), (old, old));
    let drop = RetentionCommand::Drop { bucket: number, before: story.now, rows: 500 };
    while story.run(Command::Retention(drop.clone())) == (Outcome::Erased { more: true }) {}
    assert_eq!(story.events(device, "window"), []);
    assert_eq!((story.row_count::<Blocks>(), story.row_count::<BlockParts>()), (0, 0));
}

#[test]
fn a_deleted_bucket_is_gone_at_once_and_its_rows_in_steps() {
    let (mut story, bert, device) = filled();
    let number = story.bucket_of(device).number;
    story.run(seal(vec![number], story.now.minus_ms(7 * DAY_MS), WORK_A_STEP));
    let left = |story: &Story| story.row_count::<Hot>() + story.row_count::<Blocks>();
    let before = left(&story);
    let delete = ActivityCommand::DeleteBucket { device, name: bucket_name("window") };
    assert_eq!(story.run(Command::Activity(delete)), Outcome::Done);
    assert_eq!(story.events(device, "window"), []);
    assert_eq!((left(&story), story.row_count::<Tails>()), (before, 0), "a step of any size");
    // The same name is another bucket.
    let create = ActivityCommand::CreateBucket {
        device,
        name: bucket_name("window"),
        about: about("currentwindow"),
        created: None,
    };
    assert_eq!(story.run(Command::Activity(create)), Outcome::Done);
    assert_eq!(story.events(device, "window"), []);
    let mut steps = 1;
    while story.run(Command::Tier(TierCommand::Clear { rows: 50 }))
        == (Outcome::Stepped { more: true })
    {
        steps += 1;
    }
    assert!(steps >= 6, "{steps}: each is bounded");
    assert_eq!((left(&story), story.row_count::<HotIds>()), (0, 0));
    assert_eq!((story.row_count::<BlockParts>(), story.row_count::<DroppedBuckets>()), (0, 0));
    assert_eq!(story.totals(bert, &days(Timestamp::EARLIEST, 3)).0, [0; 3]);
}

#[test]
fn what_was_deleted_and_still_lies_there_is_erased_with_its_person() {
    let (mut story, bert, device) = filled();
    let number = story.bucket_of(device).number;
    story.run(seal(vec![number], story.now.minus_ms(7 * DAY_MS), WORK_A_STEP));
    let delete = ActivityCommand::DeleteBucket { device, name: bucket_name("window") };
    story.run(Command::Activity(delete));
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    let step = || Command::Erasure(ErasureCommand::Step { person: bert, rows: 100 });
    while story.run(step()) == (Outcome::Erased { more: true }) {}
    assert_eq!((story.row_count::<Blocks>(), story.row_count::<BlockParts>()), (0, 0));
    assert_eq!((story.row_count::<Hot>(), story.row_count::<DroppedBuckets>()), (0, 0));
    let erasure = read::erasure::of(&story.state.read().unwrap(), bert).unwrap().unwrap();
    assert_eq!(erasure.counts.events, EVENTS - 1, "the newest went with its bucket");
}

#[test]
fn an_import_may_be_repeated_however_old_it_is_by_now() {
    let (mut story, _, device) = filled();
    let number = story.bucket_of(device).number;
    let all = story.events(device, "window");
    let import = |story: &mut Story, longer: u64| {
        let mut added = Vec::new();
        for events in all.chunks(100) {
            let one = |e: &Event| event(e.start, e.duration_ms + longer, (*e.data).clone());
            let (name, events) = (bucket_name("window"), events.iter().map(one).collect());
            let skip_known = SkipKnown::Yes;
            let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
            let Outcome::Inserted(numbers) = story.run(Command::Activity(insert)) else {
                panic!("events are taken")
            };
            added.extend(numbers.into_iter().flatten());
        }
        added
    };
    assert_eq!(import(&mut story, 0), []);
    story.run(seal(vec![number], story.now.minus_ms(5 * DAY_MS), WORK_A_STEP));
    assert_eq!(import(&mut story, 0), []);
    let before = story.now.minus_ms(2 * DAY_MS);
    let thin =
        RetentionCommand::Thin { bucket: number, from: Timestamp::EARLIEST, before, rows: 500 };
    while story.run(Command::Retention(thin.clone())) == (Outcome::Erased { more: true }) {}
    let thinned = story.events(device, "window");
    assert_eq!(import(&mut story, 0), [], "what lost its detail is known all the same");
    assert_eq!(story.events(device, "window"), thinned);
    // Then they were still open: the same events, longer now.
    assert_eq!(import(&mut story, 5).len(), all.len());
    let mut grown = thinned;
    grown.iter_mut().for_each(|event| event.duration_ms += 5);
    assert_eq!(story.events(device, "window"), grown);
    assert_eq!(import(&mut story, 0), [], "an older copy takes nothing back");
    assert_eq!(story.events(device, "window"), grown);
}

#[test]
fn nothing_of_an_erased_person_is_left_in_a_block() {
    let (mut story, bert, device) = filled();
    let number = story.bucket_of(device).number;
    story.run(seal(vec![number], story.now.minus_ms(2 * DAY_MS), WORK_A_STEP));
    let days = days(story.now.minus_ms(5 * DAY_MS), 3);
    let total = || Command::Tier(TierCommand::Total { person: bert, days: days.clone() });
    story.run(total());
    assert!(story.row_count::<Blocks>() > 5 && story.row_count::<DayTotals>() == 3);
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    story.refuses(total(), Refusal::BeingErased);
    let step = || Command::Erasure(ErasureCommand::Step { person: bert, rows: 100 });
    while story.run(step()) == (Outcome::Erased { more: true }) {}
    assert_eq!((story.row_count::<Blocks>(), story.row_count::<BlockParts>()), (0, 0));
    assert_eq!(
        (story.row_count::<Hot>(), story.row_count::<Tails>(), story.row_count::<DayTotals>()),
        (0, 0, 0)
    );
    let erasure = read::erasure::of(&story.state.read().unwrap(), bert).unwrap().unwrap();
    assert_eq!(erasure.counts.events, EVENTS);
    story.refuses(total(), Refusal::UnknownUser);
}

#[test]
fn a_step_is_bounded() {
    let (mut story, bert, device) = filled();
    let number = story.bucket_of(device).number;
    let many = vec![number; MOST_BUCKETS_A_SEAL + 1];
    story.refuses(seal(many, story.now, 1), Refusal::TooMany);
    let days = days(Timestamp::EARLIEST, MOST_DAYS_A_TOTAL as u64 + 1);
    let total =
        |days: &[Stretch]| Command::Tier(TierCommand::Total { person: bert, days: days.to_vec() });
    story.refuses(total(&days), Refusal::TooMany);
    story.refuses(total(&[days[1], days[0]]), Refusal::TooMany);
    // However much work a command allows itself.
    assert_eq!(story.run(seal(vec![number], story.now, 8)), Outcome::Stepped { more: true });
    assert_eq!(story.row_count::<Hot>() as u64, EVENTS - 2);
    assert_eq!(
        story.run(seal(vec![number], story.now, u32::MAX)),
        Outcome::Stepped { more: false }
    );
}

/// The rows a Timebook from before there were blocks left behind, as they were frozen.
#[test]
fn a_book_from_before_blocks_is_sealed_in_time() {
    let (mut story, ada) = Story::with_ada();
    let device = story.computer(ada).id;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compat/v1/event.hex");
    let lines = std::fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<u8>> = lines
        .lines()
        .filter_map(|line| line.split_once(' ').filter(|_| !line.starts_with('#')))
        .map(|(_, hex)| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap())
        .collect();
    let mut wanted: Vec<Event> = rows.iter().map(|row| decode::<Event>(row).unwrap()).collect();
    for (n, event) in (1..).zip(&mut wanted) {
        event.id = EventId(n);
    }
    let number = BucketNumber(7);
    let old = story.state.write(|writer| {
        let (last, others) = wanted.split_last().unwrap();
        let bucket = Bucket {
            number,
            device,
            name: bucket_name("window"),
            about: about("currentwindow"),
            created: Timestamp::EARLIEST,
            last_event: last.id,
            longest_hot_ms: others.iter().map(|event| event.duration_ms).max().unwrap(),
            base: EventId(0),
        };
        writer.put::<Buckets>(&(device, bucket.name.clone()), &bucket)?;
        for event in others {
            writer.put::<Hot>(&(number, event.start, event.id), event)?;
            writer.put::<HotIds>(&(number, event.id), &event.start)?;
        }
        writer.put::<Tails>(&number, last)
    });
    old.unwrap();
    wanted.reverse();
    assert_eq!(story.events(device, "window"), wanted);
    story.later(400 * DAY_MS * 5);
    story.seal_all(number);
    assert_eq!(story.row_count::<Hot>(), 0);
    assert!(story.row_count::<Blocks>() > 0);
    assert_eq!(story.events(device, "window"), wanted);
}
