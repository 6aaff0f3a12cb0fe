//! The book of activity against the simplest thing that could be right: a list of events, looked through from end to end.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};

use super::tier::Work;
use super::*;
use crate::domain::activity::{EventData, LONGEST_EVENT_MS, NewEvent, SkipKnown, merge_heartbeat};
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::text::{CanonicalJson, ShortText};
use crate::domain::tier::Sealed;
use crate::domain::time::DAY_MS;
use crate::store::state::State;
use crate::store::tables::BlockParts;

const DEVICE: DeviceId = DeviceId::from_bytes([7; 16]);

fn state() -> State {
    let backend = redb::backends::InMemoryBackend::new();
    State::open_backend(Path::new("memory"), backend).unwrap()
}

fn name(text: &str) -> BucketName {
    BucketName::new(text).unwrap()
}

fn about() -> BucketAbout {
    let text = |t: &str| ShortText::new(t).unwrap();
    BucketAbout {
        kind: text("currentwindow"),
        client: text("test"),
        hostname: text("pc"),
        data: CanonicalJson::empty(),
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

fn new_event(id: Option<u64>, start_ms: i64, duration_ms: u64, json: &str) -> NewEvent {
    let json = CanonicalJson::new(json).unwrap();
    let data = EventData { json, app: None, title: None, url: None, afk: None };
    NewEvent { id: id.map(EventId), start: at(start_ms), duration_ms, data }
}

/// A book with one bucket between two neighbours, each with one event, that no test touches.
fn with_bucket(test: impl FnOnce(&mut dyn Writer)) {
    state()
        .write(|writer| {
            for bucket in ["a", "b", "c"] {
                create_bucket(writer, DEVICE, &name(bucket), &about(), at(0))?;
            }
            for neighbour in ["a", "c"] {
                let mut bucket = bucket(writer.as_reader(), DEVICE, &name(neighbour))?.unwrap();
                let event = new_event(None, 30_000, 1_000, "{\"of\":\"a neighbour\"}");
                let policy = ActivityPolicy::HoursOnly;
                Pen::new(writer).insert(&mut bucket, event, policy, SkipKnown::No)?;
            }
            test(writer);
            for neighbour in ["a", "c"] {
                let bucket = bucket(writer.as_reader(), DEVICE, &name(neighbour))?.unwrap();
                assert_eq!(listed(writer.as_reader(), &bucket, 0, 60_000, usize::MAX).len(), 1);
            }
            Ok(())
        })
        .unwrap();
}

fn here(writer: &dyn Writer) -> Bucket {
    bucket(writer.as_reader(), DEVICE, &name("b")).unwrap().unwrap()
}

fn listed(
    reader: &dyn Reader,
    bucket: &Bucket,
    from_ms: i64,
    to_ms: i64,
    most: usize,
) -> Vec<Event> {
    let mut events = Vec::new();
    events_newest_first(reader, bucket, at(from_ms), at(to_ms), |event| {
        events.push(event);
        if events.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .unwrap();
    events
}

/// The list that could be right.
#[derive(Default)]
struct Model {
    events: Vec<Event>,
    last: u64,
}

impl Model {
    fn sorted(&self) -> Vec<Event> {
        let mut events = self.events.clone();
        events.sort_by_key(|event| std::cmp::Reverse((event.start, event.id)));
        events
    }

    fn add(&mut self, event: NewEvent, policy: ActivityPolicy) -> Event {
        self.last += 1;
        let event = event.numbered(EventId(self.last), policy);
        self.events.push(event.clone());
        event
    }

    fn put(&mut self, event: Event) {
        self.last = self.last.max(event.id.0);
        self.events.retain(|known| known.id != event.id);
        self.events.push(event);
    }

    fn heartbeat(&mut self, beat: &NewEvent, pulsetime_ms: u64, policy: ActivityPolicy) -> Event {
        let newest = self.sorted().into_iter().next().filter(|last| last.policy == policy);
        match newest.and_then(|last| merge_heartbeat(&last, beat, pulsetime_ms)) {
            Some(merged) => {
                self.put(merged.clone());
                merged
            }
            None => self.add(beat.clone(), policy),
        }
    }

    fn insert(&mut self, event: NewEvent, policy: ActivityPolicy, skip: bool) -> Option<Event> {
        let known = |e: &Event| {
            (e.start, e.duration_ms, &e.data.json)
                == (event.start, event.duration_ms.min(LONGEST_EVENT_MS), &event.data.json)
        };
        if skip && self.events.iter().any(known) {
            return None;
        }
        match event.id {
            Some(id) if id.0 <= self.last => {
                let event = event.numbered(id, policy);
                self.put(event.clone());
                Some(event)
            }
            _ => Some(self.add(event, policy)),
        }
    }

    fn range(&self, from: i64, to: i64, most: usize) -> Vec<Event> {
        let inside = |e: &Event| from <= to && e.start <= at(to) && e.end() >= at(from);
        self.sorted().into_iter().filter(inside).take(most).collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Heartbeat { beat: NewEvent, pulsetime_ms: u64, policy: ActivityPolicy },
    Insert { event: NewEvent, policy: ActivityPolicy, skip: bool },
    Put { id: u64, event: NewEvent, policy: ActivityPolicy },
    Delete { id: u64 },
    Range { from: i64, to: i64, most: usize },
    Seal { before: i64, work: u32 },
    Merge { from: i64, to: i64, work: u32 },
    DeleteBucket,
}

/// Few distinct values, so that steps meet: the same starts, the same data, numbers that exist; and the ends of time.
fn a_time() -> impl Strategy<Value = i64> {
    let day = DAY_MS.cast_signed();
    prop_oneof![
        12 => (0_i64..40).prop_map(|s| s * 1_000),
        // Other days, in this month and the next.
        12 => (0_i64..4, 0_i64..40).prop_map(move |(days, s)| days * 12 * day + s * 1_000),
        1 => Just(0),
        1 => Just(Timestamp::LATEST.ms()),
    ]
}

fn a_duration() -> impl Strategy<Value = u64> {
    prop_oneof![
        8 => (0_u64..4).prop_map(|s| s * 500),
        2 => (0_u64..60).prop_map(|s| s * 1_000),
        1 => Just(LONGEST_EVENT_MS),
        1 => Just(u64::MAX),
    ]
}

fn an_event() -> impl Strategy<Value = NewEvent> {
    let data = prop_oneof![Just("{}"), Just("{\"app\":\"x\"}")];
    (proptest::option::weighted(0.3, 1_u64..20), a_time(), a_duration(), data)
        .prop_map(|(id, start, duration, json)| new_event(id, start, duration, json))
}

fn a_policy() -> impl Strategy<Value = ActivityPolicy> {
    prop_oneof![4 => Just(ActivityPolicy::HoursOnly), 1 => Just(ActivityPolicy::FullDetail)]
}

fn a_step() -> impl Strategy<Value = Step> {
    let pulse = prop_oneof![Just(0_u64), Just(1_000), Just(5_000), Just(u64::MAX)];
    prop_oneof![
        6 => (an_event(), pulse, a_policy())
            .prop_map(|(beat, pulsetime_ms, policy)| Step::Heartbeat { beat, pulsetime_ms, policy }),
        4 => (an_event(), a_policy(), any::<bool>())
            .prop_map(|(event, policy, skip)| Step::Insert { event, policy, skip }),
        4 => (1_u64..20, an_event(), a_policy())
            .prop_map(|(id, event, policy)| Step::Put { id, event, policy }),
        3 => (1_u64..20).prop_map(|id| Step::Delete { id }),
        4 => (a_time(), a_time(), prop_oneof![Just(1_usize), Just(3), Just(usize::MAX)])
            .prop_map(|(from, to, most)| Step::Range { from, to, most }),
        4 => (a_time(), 1_u32..200).prop_map(|(before, work)| Step::Seal { before, work }),
        2 => (a_time(), a_time(), 1_u32..200)
            .prop_map(|(from, to, work)| Step::Merge { from, to, work }),
        1 => Just(Step::DeleteBucket),
    ]
}

fn take_step(writer: &mut dyn Writer, model: &mut Model, step: Step) {
    let mut bucket = here(writer);
    match step {
        Step::Heartbeat { beat, pulsetime_ms, policy } => assert_eq!(
            Pen::new(writer).heartbeat(&mut bucket, &beat, pulsetime_ms, policy).unwrap(),
            model.heartbeat(&beat, pulsetime_ms, policy)
        ),
        Step::Insert { event, policy, skip } => {
            let known = if skip { SkipKnown::Yes } else { SkipKnown::No };
            assert_eq!(
                Pen::new(writer).insert(&mut bucket, event.clone(), policy, known).unwrap(),
                model.insert(event, policy, skip)
            );
        }
        Step::Put { id, event, policy } => {
            let event = event.numbered(EventId(id), policy);
            Pen::new(writer).put_event(&mut bucket, event.clone()).unwrap();
            model.put(event);
        }
        Step::Delete { id } => {
            let there = model.events.iter().any(|event| event.id == EventId(id));
            assert_eq!(Pen::new(writer).delete_event(bucket.number, EventId(id)).unwrap(), there);
            model.events.retain(|event| event.id != EventId(id));
        }
        Step::Range { from, to, most } => {
            let reader = writer.as_reader();
            assert_eq!(listed(reader, &bucket, from, to, most), model.range(from, to, most));
            let all = model.range(from, to, usize::MAX).len() as u64;
            assert_eq!(count(reader, &bucket, at(from), at(to)).unwrap(), all);
        }
        Step::Seal { before, work } => {
            let before = at(before);
            let more = tier::seal(writer, bucket.number, before, &mut Work::new(work)).unwrap();
            assert_eq!(more, tier::can_seal(writer.as_reader(), bucket.number, before).unwrap());
        }
        Step::Merge { from, to, work } => {
            let within = Stretch { from: at(from), to: at(to) };
            let more = tier::merge(writer, bucket.number, within, &mut Work::new(work)).unwrap();
            assert_eq!(more, tier::can_merge(writer.as_reader(), bucket.number, within).unwrap());
        }
        Step::DeleteBucket => {
            let before = bucket.number;
            Pen::new(writer).delete_bucket(&bucket).unwrap();
            let (tail, hot, ids) = rows_of(writer.as_reader(), before);
            assert_eq!((tail, hot.len(), ids.len()), (None, 0, 0));
            assert_eq!(blocks_of(writer.as_reader(), before), []);
            let parts = KeyRange::prefix(&before);
            assert!(writer.first::<BlockParts>(parts, Order::Rising).unwrap().is_none());
            let (fresh, made) = create_bucket(writer, DEVICE, &name("b"), &about(), at(0)).unwrap();
            assert!(made && fresh.number > before, "numbers are never reused");
            *model = Model::default();
        }
    }
}

type Ids = Vec<((BucketNumber, EventId), Timestamp)>;

/// Tail, hot and the index of numbers, as they stand in the tables.
fn rows_of(reader: &dyn Reader, number: BucketNumber) -> (Option<Event>, Vec<Event>, Ids) {
    let all = KeyRange::prefix(&number);
    let hot = reader.rows::<Hot>(all.clone(), Order::Falling, usize::MAX).unwrap();
    let ids = reader.rows::<HotIds>(all, Order::Rising, usize::MAX).unwrap();
    let tail = reader.get::<Tails>(&number).unwrap();
    (tail, hot.into_iter().map(|(_, event)| event).collect(), ids)
}

/// The blocks as they stand in the tables, each with its events.
fn blocks_of(reader: &dyn Reader, number: BucketNumber) -> Vec<(Place, Sealed, Vec<Event>)> {
    let rows = reader.rows::<Blocks>(KeyRange::prefix(&number), Order::Rising, usize::MAX).unwrap();
    let open = |((_, start, id), about)| {
        let block = block::open(reader, number, (start, id)).unwrap();
        ((start, id), about, block.events())
    };
    rows.into_iter().map(open).collect()
}

/// What must hold between the tables, and between them and the list.
fn check(reader: &dyn Reader, bucket: &Bucket, model: &Model) {
    let number = bucket.number;
    let (tail, hot, ids) = rows_of(reader, number);
    let sorted = model.sorted();
    assert_eq!(tail.as_ref(), sorted.first(), "the newest is where heartbeats look for it");
    assert_eq!(newest(reader, number).unwrap(), tail);
    let all = listed(reader, bucket, 0, Timestamp::LATEST.ms(), usize::MAX);
    assert_eq!(all, sorted, "newest first");
    let mut rising = Vec::new();
    while let Some(next) = page(reader, number, &rising) {
        rising.extend(next);
    }
    rising.reverse();
    assert_eq!(rising, sorted, "oldest first, a few at a time");
    assert_eq!(oldest(reader, number).unwrap(), sorted.last().map(|e| (e.start, e.id)));
    let mut wanted: Ids = hot.iter().map(|event| ((number, event.id), event.start)).collect();
    wanted.sort_by_key(|(key, _)| *key);
    assert_eq!(ids, wanted);
    let mut known: BTreeSet<EventId> = hot.iter().map(|event| event.id).collect();
    known.extend(tail.as_ref().map(|tail| tail.id));
    let blocks = blocks_of(reader, number);
    for (first, about, events) in &blocks {
        let (last, is) = (events.last().unwrap(), |found: bool| assert!(found, "{about:?}"));
        is(*first == (events[0].start, events[0].id) && about.count as usize == events.len());
        is((about.last_start, about.last_id) == (last.start, last.id));
        is(about.until == events.iter().map(Event::end).max().unwrap());
        is(events.iter().all(|event| known.insert(event.id) && about.may_hold(event.id)));
        is(events.iter().all(|event| event.duration_ms <= about.longest_ms));
        is(about.longest_ms <= bucket.longest_hot_ms);
    }
    assert!(blocks.windows(2).all(|pair| pair[0].1.last() < pair[1].0), "apart from each other");
    assert!(hot.iter().all(|event| event.duration_ms <= bucket.longest_hot_ms));
    assert_eq!(bucket.last_event.0, model.last);
    for known in &model.events {
        assert_eq!(event(reader, number, known.id).unwrap().as_ref(), Some(known));
    }
    assert_eq!(event(reader, number, EventId(model.last + 1)).unwrap(), None);
}

fn page(reader: &dyn Reader, bucket: BucketNumber, so_far: &[Event]) -> Option<Vec<Event>> {
    let after = so_far.last().map(|event| (event.start, event.id));
    let page = events_after(reader, bucket, after, 3).unwrap();
    assert!(page.len() <= 3);
    (!page.is_empty()).then_some(page)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        rng_seed: RngSeed::Fixed(0x7465),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_book_says_what_the_list_says(steps in proptest::collection::vec(a_step(), 1..60)) {
        with_bucket(|writer| {
            let mut model = Model::default();
            for step in steps {
                take_step(writer, &mut model, step);
                check(writer.as_reader(), &here(writer), &model);
            }
        });
    }
}

/// The same across transactions, and with the program started anew in between.
#[test]
fn the_book_survives_restarts_between_all_steps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[0x74; 32]),
    );
    let mut model = Model::default();
    let mut state = State::open(&path).unwrap();
    let made = |w: &mut dyn Writer| create_bucket(w, DEVICE, &name("b"), &about(), at(0)).map(drop);
    state.write(made).unwrap();
    for round in 0..150 {
        let step = a_step().new_tree(&mut runner).unwrap().current();
        state
            .write(|writer| {
                take_step(writer, &mut model, step);
                Ok(())
            })
            .unwrap();
        if round % 5 == 0 {
            state.checkpoint().unwrap();
            drop(state);
            state = State::open(&path).unwrap();
        }
        let scope = state.read().unwrap();
        let bucket = bucket(&scope, DEVICE, &name("b")).unwrap().unwrap();
        check(&scope, &bucket, &model);
    }
}

#[test]
fn a_year_of_days_becomes_a_few_blocks_and_says_the_same() {
    with_bucket(|writer| {
        let mut model = Model::default();
        let mut bucket = here(writer);
        for n in 0..600 {
            let event = new_event(None, n * 3_600_000, 1_000, "{\"app\":\"x\"}");
            Pen::new(writer)
                .insert(&mut bucket, event.clone(), ActivityPolicy::HoursOnly, SkipKnown::No)
                .unwrap();
            model.add(event, ActivityPolicy::HoursOnly);
        }
        let (number, end) = (bucket.number, at(600 * 3_600_000));
        let mut steps = 0;
        while tier::seal(writer, number, end, &mut Work::new(500)).unwrap() {
            steps += 1;
        }
        assert!(steps > 5, "{steps} steps: each is bounded");
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 25, "one a day");
        check(writer.as_reader(), &here(writer), &model);
        let within = Stretch { from: at(0), to: end };
        assert!(tier::can_merge(writer.as_reader(), number, within).unwrap());
        assert!(!tier::merge(writer, number, within, &mut Work::new(500)).unwrap());
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 1);
        assert!(!tier::can_merge(writer.as_reader(), number, within).unwrap());
        check(writer.as_reader(), &here(writer), &model);
        // What is late goes to where it belongs.
        let late = new_event(None, 5_000, 0, "{}");
        Pen::new(writer)
            .insert(&mut bucket, late.clone(), ActivityPolicy::HoursOnly, SkipKnown::No)
            .unwrap();
        model.add(late, ActivityPolicy::HoursOnly);
        assert!(!tier::seal(writer, number, end, &mut Work::new(500)).unwrap());
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 1);
        check(writer.as_reader(), &here(writer), &model);
    });
}

#[test]
fn what_comes_again_as_it_was_leaves_its_block_closed() {
    with_bucket(|writer| {
        let first = put(writer, 1_000, 5);
        let second = put(writer, 2_000, 5);
        put(writer, 90_000_000, 5);
        let mut bucket = here(writer);
        tier::seal(writer, bucket.number, at(86_400_000), &mut Work::new(500)).unwrap();
        let mut pen = Pen::new(writer);
        pen.put_event(&mut bucket, first).unwrap();
        assert_eq!(pen.into_touched(), []);
        assert_eq!(blocks_of(writer.as_reader(), bucket.number).len(), 1);
        let mut pen = Pen::new(writer);
        pen.put_event(&mut bucket, Event { duration_ms: 6, ..second }).unwrap();
        assert!(!pen.into_touched().is_empty());
        assert_eq!(blocks_of(writer.as_reader(), bucket.number), []);
    });
}

fn put(writer: &mut dyn Writer, start_ms: i64, duration_ms: u64) -> Event {
    let event = new_event(None, start_ms, duration_ms, "{}");
    let mut bucket = here(writer);
    let policy = ActivityPolicy::HoursOnly;
    Pen::new(writer).insert(&mut bucket, event, policy, SkipKnown::No).unwrap().unwrap()
}

#[test]
fn a_long_event_reaches_into_a_later_range() {
    with_bucket(|writer| {
        let long = put(writer, 1_000, 50_000);
        let short = put(writer, 2_000, 100);
        let newest = put(writer, 60_000, 0);
        let found = |from, to| listed(writer.as_reader(), &here(writer), from, to, usize::MAX);
        assert_eq!(found(40_000, 41_000), std::slice::from_ref(&long));
        assert_eq!(found(51_000, 51_000), std::slice::from_ref(&long), "its last instant counts");
        assert_eq!(found(51_001, 59_999), []);
        assert_eq!(found(2_100, 60_000), [newest, short, long.clone()]);
        assert_eq!(found(0, 1_000), [long], "its first instant counts");
        assert_eq!(found(41_000, 40_000), [], "a range that ends before it begins holds nothing");
    });
}

#[test]
fn the_ends_of_time_and_of_numbers_are_reached() {
    with_bucket(|writer| {
        let last = Timestamp::LATEST.ms();
        let (early, late) = (put(writer, 0, 0), put(writer, last, u64::MAX));
        assert_eq!(late.duration_ms, LONGEST_EVENT_MS);
        let other = put(writer, last, 5);
        assert_eq!(
            listed(writer.as_reader(), &here(writer), 0, last, usize::MAX),
            [other, late, early]
        );
    });
}

#[test]
fn a_number_never_given_makes_a_new_event() {
    with_bucket(|writer| {
        let first = put(writer, 1_000, 0);
        let far = new_event(Some(u64::MAX), 2_000, 0, "{}");
        let mut bucket = here(writer);
        let policy = ActivityPolicy::HoursOnly;
        let mut pen = Pen::new(writer);
        let second = pen.insert(&mut bucket, far, policy, SkipKnown::No).unwrap().unwrap();
        let third = put(writer, 3_000, 0);
        assert_eq!([first.id, second.id, third.id], [EventId(1), EventId(2), EventId(3)]);
    });
}

#[test]
fn a_range_of_keys_ends_where_it_should() {
    with_bucket(|writer| {
        for (bucket, start) in [(u64::MAX, 5), (u64::MAX, 6), (255, 1), (256, 1)] {
            let (number, id) = (BucketNumber(bucket), EventId(u64::MAX));
            let event = new_event(None, start, 0, "{}").numbered(id, ActivityPolicy::HoursOnly);
            writer.put::<Hot>(&(number, at(start), id), &event).unwrap();
        }
        let count = |range: KeyRange| {
            let mut keys = 0;
            writer
                .scan_bytes(Hot::NAME, range, Order::Falling, &mut |_, _| {
                    keys += 1;
                    Ok(ControlFlow::Continue(()))
                })
                .unwrap();
            keys
        };
        use crate::store::tables::Table;
        let (max, low) = (BucketNumber(u64::MAX), BucketNumber(255));
        assert_eq!(count(KeyRange::prefix(&max)), 2);
        assert_eq!(count(KeyRange::prefix(&low)), 1);
        assert_eq!(count(KeyRange::prefix(&(max, at(5)))), 1);
        assert_eq!(count(KeyRange::between(&(max, at(5)), &(max, at(6)))), 1);
        assert_eq!(count(KeyRange::between(&(max, at(6)), &(max, at(5)))), 0);
        assert_eq!(count(KeyRange::after(&(max, at(5), EventId(u64::MAX)))), 1);
        let open = KeyRange::between(&low, &max).ending_with(KeyRange::all());
        assert_eq!(open.to, Bound::Unbounded);
        assert_eq!(count(open), 4);
    });
}
