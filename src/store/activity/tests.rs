//! The book of activity against the simplest thing that could be right: a list of events, looked through from end to end.

use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};

use super::thin::thinned;
use super::tier::Work;
use super::*;
use crate::domain::activity::{EventData, LONGEST_EVENT_MS, NewEvent, SkipKnown, merge_heartbeat};
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::text::{CanonicalJson, ShortText};
use crate::domain::tier::{Sealed, utc_month};
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
    let data = said(json);
    NewEvent { id: id.map(EventId), start: at(start_ms), duration_ms, data }
}

fn said(json: &str) -> EventData {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |key: &str| value.get(key).and_then(|text| text.as_str()).map(str::to_owned);
    let json = CanonicalJson::new(json).unwrap();
    EventData { json, app: text("app"), title: text("title"), url: text("url"), afk: None }
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
        let thin = thinned(&event.data).map(|data| data.json);
        let same = |e: &&Event| {
            let says_so = e.data.json == event.data.json || Some(&e.data.json) == thin.as_ref();
            e.start == event.start && says_so
        };
        let known = self.events.iter().filter(same);
        let known = known.max_by_key(|e| (e.duration_ms, std::cmp::Reverse(e.id))).cloned();
        if let Some(known) = known.filter(|_| skip) {
            let duration_ms = event.duration_ms.min(LONGEST_EVENT_MS);
            let grown = (duration_ms > known.duration_ms).then_some(Event { duration_ms, ..known });
            if let Some(grown) = &grown {
                self.put(grown.clone());
            }
            return grown;
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
    Seal { before: i64, work: u32, block_events: u32 },
    Merge { from: i64, to: i64, work: u32, block_events: u32 },
    MergePlanned { before: i64, work: u32, block_events: u32 },
    Drop { before: i64, rows: usize },
    Thin { from: i64, before: i64, rows: usize },
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
    let data = prop_oneof![
        Just("{}"),
        Just("{\"app\":\"x\"}"),
        Just("{\"app\":\"x\",\"title\":\"t\"}"),
        Just("{\"title\":\"u\"}"),
    ];
    (proptest::option::weighted(0.3, 1_u64..20), a_time(), a_duration(), data)
        .prop_map(|(id, start, duration, json)| new_event(id, start, duration, json))
}

fn a_policy() -> impl Strategy<Value = ActivityPolicy> {
    prop_oneof![4 => Just(ActivityPolicy::HoursOnly), 1 => Just(ActivityPolicy::FullDetail)]
}

fn a_step() -> impl Strategy<Value = Step> {
    let pulse = prop_oneof![Just(0_u64), Just(1_000), Just(5_000), Just(u64::MAX)];
    // So few that a day has several blocks, and a run of them becomes more than one.
    let block_events = prop_oneof![Just(2_u32), Just(4), Just(16), Just(u32::MAX)];
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
        4 => (a_time(), 1_u32..200, block_events.clone())
            .prop_map(|(before, work, block_events)| Step::Seal { before, work, block_events }),
        3 => (a_time(), a_time(), 1_u32..40, block_events.clone())
            .prop_map(|(from, to, work, block_events)| Step::Merge { from, to, work, block_events }),
        2 => (a_time(), 1_u32..40, block_events).prop_map(|(before, work, block_events)| {
            Step::MergePlanned { before, work, block_events }
        }),
        1 => (a_time(), 1_usize..8).prop_map(|(before, rows)| Step::Drop { before, rows }),
        1 => (a_time(), a_time(), 1_usize..8)
            .prop_map(|(from, before, rows)| Step::Thin { from, before, rows }),
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
        Step::Seal { before, work, block_events } => {
            let (before, mut work) = (at(before), Work::in_blocks_of(work, block_events));
            let more = tier::seal(writer, bucket.number, before, &mut work).unwrap();
            assert_eq!(more, tier::can_seal(writer.as_reader(), bucket.number, before).unwrap());
        }
        Step::Merge { from, to, work, block_events } => {
            let within = Stretch { from: at(from), to: at(to) };
            let work = || Work::in_blocks_of(work, block_events);
            let more = tier::merge(writer, bucket.number, within, &mut work()).unwrap();
            let left = tier::can_merge(writer.as_reader(), bucket.number, within, &work());
            assert_eq!(more, left.unwrap());
        }
        Step::MergePlanned { before, work, block_events } => {
            let work = || Work::in_blocks_of(work, block_events);
            let planned = tier::merges(writer.as_reader(), bucket.number, at(before), &work());
            for blocks in planned.unwrap() {
                assert!(utc_month(blocks.from).to <= at(before) && blocks.to <= at(before));
                let there = |writer: &dyn Writer| blocks_of(writer.as_reader(), bucket.number);
                let were = there(writer).len();
                assert!(!tier::merge(writer, bucket.number, blocks, &mut work()).unwrap());
                assert!(there(writer).len() < were, "every step that is planned makes fewer");
            }
        }
        Step::Drop { before, rows } => {
            let old = |event: &Event| event.start < at(before);
            let until = model.events.iter().filter(|event| old(event)).map(Event::end).max();
            let (mut events, mut latest) = (0, None);
            loop {
                let (gone, more) =
                    retire::drop_old(writer, bucket.number, at(before), rows).unwrap();
                events += gone.events;
                latest = latest.max(gone.until);
                if !more {
                    break;
                }
            }
            assert_eq!(events, model.events.iter().filter(|event| old(event)).count() as u64);
            assert_eq!(latest, until);
            model.events.retain(|event| !old(event));
        }
        Step::Thin { from, before, rows } => {
            let within = (at(from), at(before));
            let mut thinned_here = 0;
            loop {
                let (done, more) = retire::thin_old(writer, bucket.number, within, rows).unwrap();
                thinned_here += done;
                if !more {
                    break;
                }
            }
            let mut wanted = 0;
            for event in &mut model.events {
                if (within.0..within.1).contains(&event.start)
                    && let Some(thin) = thinned(&event.data)
                {
                    event.data = Arc::new(thin);
                    wanted += 1;
                }
            }
            assert_eq!(thinned_here, wanted);
        }
        Step::DeleteBucket => {
            let before = bucket.number;
            Pen::new(writer).delete_bucket(&bucket).unwrap();
            assert_eq!(newest(writer.as_reader(), before).unwrap(), None);
            while dropped::clear(writer, 3).unwrap() {}
            let (tail, hot, ids) = rows_of(writer.as_reader(), before);
            assert_eq!((tail, hot.len(), ids.len()), (None, 0, 0));
            assert_eq!(blocks_of(writer.as_reader(), before), []);
            let parts = KeyRange::prefix(&before);
            assert!(writer.first::<BlockParts>(parts, Order::Rising).unwrap().is_none());
            assert!(!dropped::is_any(writer.as_reader()).unwrap());
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
        is(about.detailed == events.iter().any(|event| thinned(&event.data).is_some()));
    }
    assert!(blocks.windows(2).all(|pair| pair[0].1.last() < pair[1].0), "apart from each other");
    assert!(hot.iter().all(|event| event.duration_ms <= bucket.longest_hot_ms));
    assert_eq!(bucket.last_event.0, model.last);
    for known in &model.events {
        assert_eq!(event(reader, number, known.id).unwrap().as_ref(), Some(known));
    }
    assert_eq!(event(reader, number, EventId(model.last + 1)).unwrap(), None);
}

/// The same for many events, without looking at each by itself.
fn check_reading(writer: &dyn Writer, model: &Model) {
    let all = listed(writer.as_reader(), &here(writer), 0, Timestamp::LATEST.ms(), usize::MAX);
    assert_eq!(all, model.sorted());
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
        let work = || Work::in_blocks_of(200, 150);
        assert!(tier::can_merge(writer.as_reader(), number, within, &work()).unwrap());
        let mut steps = 1;
        while tier::merge(writer, number, within, &mut work()).unwrap() {
            steps += 1;
        }
        assert!(steps > 2, "{steps} steps: each is bounded");
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 7, "runs of eight days");
        assert!(!tier::can_merge(writer.as_reader(), number, within, &work()).unwrap());
        check(writer.as_reader(), &here(writer), &model);
        assert!(!tier::merge(writer, number, within, &mut Work::new(24_000)).unwrap());
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 1);
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

/// A book with so many events, one a minute, all but the newest sealed in one block.
fn sealed(writer: &mut dyn Writer, count: i64) -> Model {
    let mut model = Model::default();
    let mut bucket = here(writer);
    let policy = ActivityPolicy::HoursOnly;
    for n in 0..count {
        let event = new_event(None, n * 60_000, 1_000, "{\"app\":\"x\"}");
        Pen::new(writer).insert(&mut bucket, event.clone(), policy, SkipKnown::No).unwrap();
        model.add(event, policy);
    }
    let all = Stretch { from: at(0), to: at(count * 60_000) };
    while tier::seal(writer, bucket.number, all.to, &mut Work::new(24_000)).unwrap() {}
    while tier::merge(writer, bucket.number, all, &mut Work::new(24_000)).unwrap() {}
    assert_eq!(blocks_of(writer.as_reader(), bucket.number).len(), 1);
    model
}

/// Six blocks of a part each are too much for one step here.
#[test]
fn heavy_blocks_are_merged_a_few_at_a_time() {
    with_bucket(|writer| {
        let mut model = Model::default();
        let mut bucket = here(writer);
        let day = DAY_MS.cast_signed();
        for n in 0..13 {
            let event = new_event(None, n * day, 1_000, &format!("{{\"title\":\"{n}\"}}"));
            let policy = ActivityPolicy::HoursOnly;
            Pen::new(writer).insert(&mut bucket, event.clone(), policy, SkipKnown::No).unwrap();
            model.add(event, policy);
        }
        let (number, before) = (bucket.number, at(31 * day));
        while tier::seal(writer, number, before, &mut Work::new(8_192)).unwrap() {}
        let blocks = |writer: &dyn Writer| blocks_of(writer.as_reader(), number).len();
        assert_eq!(blocks(writer), 12, "one a day, and the newest");
        let plan = |writer: &dyn Writer, before| {
            tier::merges(writer.as_reader(), number, before, &Work::new(8_192)).unwrap()
        };
        assert_eq!(plan(writer, at(30 * day)), [], "the month is not over");
        let planned = plan(writer, before);
        let ends = planned.iter().map(|blocks| (blocks.from.ms() / day, blocks.to.ms() / day));
        assert_eq!(ends.collect::<Vec<_>>(), [(0, 4), (5, 9), (10, 11)]);
        for blocks in planned {
            assert!(!tier::merge(writer, number, blocks, &mut Work::new(8_192)).unwrap());
        }
        assert_eq!(blocks(writer), 3);
        while let [blocks, ..] = plan(writer, before)[..] {
            assert!(!tier::merge(writer, number, blocks, &mut Work::new(8_192)).unwrap());
        }
        assert_eq!(blocks(writer), 1);
        check(writer.as_reader(), &here(writer), &model);
    });
}

#[test]
fn an_event_leaves_its_block_with_a_few_around_it() {
    with_bucket(|writer| {
        let mut model = sealed(writer, 2_500);
        let number = here(writer).number;
        let mut pen = Pen::new(writer);
        for id in [1_000, 1_001, 999, 2_400, 1, 2_498] {
            assert!(pen.delete_event(number, EventId(id)).unwrap());
            model.events.retain(|event| event.id != EventId(id));
        }
        let rows = rows_of(writer.as_reader(), number).1.len();
        assert!((100..400).contains(&rows), "{rows} of 2 500");
        assert!(blocks_of(writer.as_reader(), number).len() < 6);
        check_reading(writer, &model);
        // The newest, and the next, and the next.
        for id in [2_500, 2_499, 2_497] {
            assert!(Pen::new(writer).delete_event(number, EventId(id)).unwrap());
            model.events.retain(|event| event.id != EventId(id));
            check_reading(writer, &model);
        }
        let all = Stretch { from: at(0), to: at(2_500 * 60_000) };
        while tier::seal(writer, number, all.to, &mut Work::new(24_000)).unwrap() {}
        while tier::merge(writer, number, all, &mut Work::new(24_000)).unwrap() {}
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 1, "joined again");
        check_reading(writer, &model);
    });
}

/// A day of several blocks, and what came late at its beginning and its end.
#[test]
fn a_step_of_sealing_opens_no_more_than_one_block() {
    with_bucket(|writer| {
        let mut model = Model::default();
        let mut bucket = here(writer);
        let policy = ActivityPolicy::HoursOnly;
        let mut insert = |writer: &mut dyn Writer, start| {
            let event = new_event(None, start, 10, "{}");
            Pen::new(writer).insert(&mut bucket, event.clone(), policy, SkipKnown::No).unwrap();
            model.add(event, policy);
        };
        for n in 0..101 {
            insert(writer, n * 100_000);
        }
        let (number, end) = (here(writer).number, at(10_000_000));
        let work = |work| Work::in_blocks_of(work, 20);
        while tier::seal(writer, number, end, &mut work(160)).unwrap() {}
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 5);
        insert(writer, 5);
        insert(writer, 9_000_005);
        let rows = |writer: &mut dyn Writer| rows_of(writer.as_reader(), number).1.len();
        assert_eq!(rows(writer), 2);
        assert!(tier::seal(writer, number, end, &mut work(30)).unwrap());
        assert_eq!(rows(writer), 1, "the other waits for the next step");
        assert!(!tier::seal(writer, number, end, &mut work(30)).unwrap());
        assert_eq!(blocks_of(writer.as_reader(), number).len(), 7, "two were full");
        // With more to do at once, each still goes into the block it reaches into.
        for start in [6, 3_000_005, 6_000_005, 9_000_006] {
            insert(writer, start);
        }
        assert!(!tier::seal(writer, number, end, &mut work(1_000)).unwrap());
        check(writer.as_reader(), &here(writer), &model);
    });
}

#[test]
fn long_events_make_full_blocks_and_short_steps() {
    with_bucket(|writer| {
        let mut model = Model::default();
        let mut bucket = here(writer);
        let policy = ActivityPolicy::HoursOnly;
        let mut insert = |writer: &mut dyn Writer, start, json: &str| {
            let event = new_event(None, start, 10, json);
            Pen::new(writer).insert(&mut bucket, event.clone(), policy, SkipKnown::No).unwrap();
            model.add(event, policy);
        };
        let long = |n: i64| format!("{{\"n\":{n},\"w\":\"{}\"}}", "w".repeat(60_000));
        let hour = 3_600_000;
        for n in 0..60 {
            let json = if n % 3 == 2 { "{}".to_owned() } else { long(n) };
            insert(writer, (24 + n * 2) * hour, &json);
        }
        let (number, all) = (here(writer).number, Stretch { from: at(0), to: at(142 * hour) });
        let mut steps = 1;
        while tier::seal(writer, number, all.to, &mut Work::new(4_000)).unwrap() {
            steps += 1;
        }
        assert!(steps > 3, "{steps} steps: long events count as several");
        let work = || Work::new(24_000);
        assert!(tier::can_merge(writer.as_reader(), number, all, &work()).unwrap());
        while tier::merge(writer, number, all, &mut work()).unwrap() {}
        let blocks = blocks_of(writer.as_reader(), number);
        let full = blocks.iter().filter(|(_, about, _)| about.full).count();
        assert!((1..8).contains(&full) && blocks.len() == full + 1, "{full} of {}", blocks.len());
        // A short one before a full one stays alone, too.
        insert(writer, hour, "{}");
        while tier::seal(writer, number, all.to, &mut Work::new(24_000)).unwrap() {}
        assert_eq!(blocks_of(writer.as_reader(), number)[0].1.count, 1);
        assert!(!tier::can_merge(writer.as_reader(), number, all, &work()).unwrap());
        check_reading(writer, &model);
    });
}

/// Another cut is another state on a server that runs another build: whoever changes how much a step does or where blocks end changes
/// what `TierCommand` says, or the level.
#[test]
fn blocks_are_cut_where_they_were_cut() {
    with_bucket(|writer| {
        let model = sealed(writer, 2_500);
        let number = here(writer).number;
        Pen::new(writer).delete_event(number, EventId(1_000)).unwrap();
        let cut = |writer: &mut dyn Writer| {
            let blocks = blocks_of(writer.as_reader(), number);
            let rows = rows_of(writer.as_reader(), number).1.len();
            (blocks.iter().map(|(_, about, _)| about.count).collect::<Vec<_>>(), rows)
        };
        assert_eq!(cut(writer), (vec![950, 1_450], 98));
        let all = Stretch { from: at(0), to: at(2_500 * 60_000) };
        assert!(tier::seal(writer, number, all.to, &mut Work::in_blocks_of(400, 8_192)).unwrap());
        assert_eq!(cut(writer), (vec![950, 50, 1_450], 48));
        assert!(!tier::seal(writer, number, all.to, &mut Work::in_blocks_of(400, 60)).unwrap());
        assert_eq!(cut(writer), (vec![950, 50, 48, 1_450], 0));
        let mut work = Work::in_blocks_of(2_000, 800);
        assert!(!tier::merge(writer, number, all, &mut work).unwrap());
        assert_eq!(cut(writer), (vec![524, 524, 1_450], 0));
        assert_eq!(model.events.len(), 2_500);
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
