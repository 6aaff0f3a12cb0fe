//! Kept totals against adding up: whatever happens to the events, a report says the same with them as without them.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::domain::activity::{BucketAbout, Event, EventData, EventId, NewEvent, SkipKnown};
use crate::domain::device::{Device, DeviceKind};
use crate::domain::text::{BucketName, CanonicalJson, Label, ShortText};
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::store::activity::pen::Pen;
use crate::store::activity::retire;
use crate::store::activity::tier::{self, Work};
use crate::store::activity::{bucket, create_bucket};
use crate::store::state::State;
use crate::store::tables::{Devices, PersonDevices};

const ADA: UserId = UserId::from_bytes([1; 16]);
const DEVICES: [DeviceId; 2] = [DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16])];
const KINDS: [&str; 3] = [WINDOW, PRESENCE, "app.editor.activity"];
const HOUR: i64 = HOUR_MS.cast_signed();

fn state() -> State {
    let backend = redb::backends::InMemoryBackend::new();
    let state = State::open_backend(Path::new("memory"), backend).unwrap();
    let made = state.write(|writer| {
        for id in DEVICES {
            let device = Device {
                id,
                name: Label::new("pc").unwrap(),
                person: ADA,
                kind: DeviceKind::Token,
                enrolled: at(0),
                last_contact: None,
                revoked: None,
            };
            writer.put::<PersonDevices>(&(ADA, id), &id)?;
            writer.put::<Devices>(&id, &device)?;
        }
        Ok(())
    });
    made.unwrap();
    state
}

fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

fn name(kind: &str) -> BucketName {
    BucketName::new(format!("of {kind}")).unwrap()
}

fn about(kind: &str) -> BucketAbout {
    let text = |text| ShortText::new(text).unwrap();
    let (kind, client, hostname) = (text(kind), text("c"), text("pc"));
    BucketAbout { kind, client, hostname, data: CanonicalJson::empty() }
}

fn data(word: u8) -> EventData {
    let json = CanonicalJson::new(format!("{{\"w\":{word}}}")).unwrap();
    let app = Some(format!("app {}", word % 3));
    EventData { json, app, title: None, url: None, afk: Some(word.is_multiple_of(2)) }
}

/// Days in two zones: midnight at 0 h and at 7 h, and one that the clocks made shorter.
fn days(zone: bool) -> Vec<Stretch> {
    let begins: [i64; 6] = if zone { [7, 31, 54, 79, 103, 127] } else { [0, 24, 48, 72, 96, 120] };
    let begins = begins.map(|hour| at(hour * HOUR));
    begins.windows(2).map(|pair| Stretch { from: pair[0], to: pair[1] }).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Create { device: usize, kind: usize },
    Rename { device: usize, of: usize, kind: usize },
    Insert { device: usize, kind: usize, event: NewEvent, policy: ActivityPolicy, skip: bool },
    Heartbeat { device: usize, kind: usize, event: NewEvent, policy: ActivityPolicy },
    Delete { device: usize, kind: usize, id: u64 },
    DeleteBucket { device: usize, kind: usize },
    Seal { device: usize, kind: usize },
    Merge { device: usize, kind: usize },
    Drop { device: usize, kind: usize, before: i64 },
    Thin { device: usize, kind: usize, before: i64 },
    Keep { zone: bool, most_bytes: usize },
}

fn a_step() -> impl Strategy<Value = Step> {
    let event = (proptest::option::weighted(0.3, 1_u64..12), 0_i64..130, 0_u64..30, 0_u8..6)
        .prop_map(|(id, start, hours, word)| NewEvent {
            id: id.map(EventId),
            start: at(start * HOUR),
            duration_ms: hours * HOUR_MS / 2,
            data: data(word),
        });
    let policy = prop_oneof![Just(ActivityPolicy::HoursOnly), Just(ActivityPolicy::FullDetail)];
    let (device, kind) = (0_usize..2, 0_usize..3);
    let of = (device, kind.clone());
    prop_oneof![
        2 => of.clone().prop_map(|(device, kind)| Step::Create { device, kind }),
        1 => (of.clone(), kind).prop_map(|((device, of), kind)| Step::Rename { device, of, kind }),
        8 => (of.clone(), event.clone(), policy.clone(), any::<bool>())
            .prop_map(|((device, kind), event, policy, skip)| Step::Insert { device, kind, event, policy, skip }),
        4 => (of.clone(), event, policy)
            .prop_map(|((device, kind), event, policy)| Step::Heartbeat { device, kind, event, policy }),
        3 => (of.clone(), 1_u64..12).prop_map(|((device, kind), id)| Step::Delete { device, kind, id }),
        1 => of.clone().prop_map(|(device, kind)| Step::DeleteBucket { device, kind }),
        2 => of.clone().prop_map(|(device, kind)| Step::Seal { device, kind }),
        1 => of.clone().prop_map(|(device, kind)| Step::Merge { device, kind }),
        1 => (of.clone(), 0_i64..130)
            .prop_map(|((device, kind), before)| Step::Drop { device, kind, before }),
        1 => (of, 0_i64..130)
            .prop_map(|((device, kind), before)| Step::Thin { device, kind, before }),
        4 => (any::<bool>(), prop_oneof![Just(60_usize), Just(MOST_BYTES_TO_KEEP)])
            .prop_map(|(zone, most_bytes)| Step::Keep { zone, most_bytes }),
    ]
}

fn take(writer: &mut dyn Writer, step: Step) -> Result<(), StoreError> {
    let find = |writer: &dyn Writer, device: usize, kind: usize| {
        bucket(writer.as_reader(), DEVICES[device], &name(KINDS[kind]))
    };
    match step {
        Step::Create { device, kind } => {
            let mut pen = Pen::new(writer);
            pen.create_bucket(DEVICES[device], &name(KINDS[kind]), &about(KINDS[kind]), at(0))?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::Rename { device, of, kind } => {
            let Some(was) = find(writer, device, of)? else { return Ok(()) };
            let now = Bucket { about: about(KINDS[kind]), ..was.clone() };
            let mut pen = Pen::new(writer);
            pen.put_bucket(&was, &now)?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::Insert { device, kind, event, policy, skip } => {
            let Some(mut bucket) = find(writer, device, kind)? else { return Ok(()) };
            let mut pen = Pen::new(writer);
            let skip = if skip { SkipKnown::Yes } else { SkipKnown::No };
            pen.insert(&mut bucket, event, policy, skip)?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::Heartbeat { device, kind, event, policy } => {
            let Some(mut bucket) = find(writer, device, kind)? else { return Ok(()) };
            let mut pen = Pen::new(writer);
            pen.heartbeat(&mut bucket, &event, 5 * HOUR_MS, policy)?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::Delete { device, kind, id } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let mut pen = Pen::new(writer);
            pen.delete_event(bucket.number, EventId(id))?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::DeleteBucket { device, kind } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let mut pen = Pen::new(writer);
            pen.delete_bucket(&bucket)?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)
        }
        Step::Seal { device, kind } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let mut work = Work::in_blocks_of(100, 3);
            tier::seal(writer, bucket.number, at(90 * HOUR), &mut work).map(drop)
        }
        Step::Merge { device, kind } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let all = Stretch { from: at(0), to: at(200 * HOUR) };
            let mut work = Work::in_blocks_of(10, 5);
            tier::merge(writer, bucket.number, all, &mut work).map(drop)
        }
        Step::Drop { device, kind, before } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let (gone, _) = retire::drop_old(writer, bucket.number, at(before * HOUR), 3)?;
            let Some(to) = gone.until else { return Ok(()) };
            forget(writer, ADA, vec![Stretch { from: Timestamp::EARLIEST, to }])
        }
        Step::Thin { device, kind, before } => {
            let Some(bucket) = find(writer, device, kind)? else { return Ok(()) };
            let old = (Timestamp::EARLIEST, at(before * HOUR));
            retire::thin_old(writer, bucket.number, old, 3).map(drop)
        }
        Step::Keep { zone, most_bytes } => {
            let days = days(zone);
            let missing = missing(writer.as_reader(), ADA, &days)?;
            keep_within(writer, ADA, &missing, most_bytes)?;
            assert_eq!(super::missing(writer.as_reader(), ADA, &days)?, []);
            Ok(())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(0x70741),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_kept_is_what_adding_up_says(steps in proptest::collection::vec(a_step(), 1..50)) {
        let state = state();
        for step in steps {
            state.write(|writer| take(writer, step)).unwrap();
            let scope = state.read().unwrap();
            for zone in [false, true] {
                let days = days(zone);
                let kept = of_days(&scope, ADA, &days, |_| true).unwrap().unwrap();
                for (day, kept) in days.iter().zip(kept) {
                    // One day alone: the days around it must not matter.
                    let added = add(&scope, ADA, std::slice::from_ref(day)).unwrap().unwrap();
                    prop_assert_eq!(&[kept][..], &added[..]);
                }
            }
        }
    }
}

#[test]
fn what_is_recorded_now_leaves_past_days_alone() {
    let state = state();
    let kept = state.write(|writer| {
        let (mut bucket, _) =
            create_bucket(writer, DEVICES[0], &name(WINDOW), &about(WINDOW), at(0))?;
        let insert = |writer: &mut dyn Writer, bucket: &mut Bucket, start: i64| {
            let event = NewEvent { id: None, start: at(start), duration_ms: 10, data: data(0) };
            let policy = ActivityPolicy::FullDetail;
            let mut pen = Pen::new(writer);
            let inserted = pen.insert(bucket, event, policy, SkipKnown::No)?;
            let touched = pen.into_touched();
            forget(writer, ADA, touched)?;
            Ok::<Option<Event>, StoreError>(inserted)
        };
        insert(writer, &mut bucket, HOUR)?;
        insert(writer, &mut bucket, 30 * HOUR)?;
        keep(writer, ADA, &days(false))?;
        insert(writer, &mut bucket, 500 * HOUR)?;
        let all = missing(writer.as_reader(), ADA, &days(false))?;
        insert(writer, &mut bucket, 25 * HOUR)?;
        let one = missing(writer.as_reader(), ADA, &days(false))?;
        Ok((all, one))
    });
    assert_eq!(kept.unwrap(), (Vec::new(), vec![days(false)[1]]));
}
