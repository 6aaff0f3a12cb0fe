//! Kept totals against adding up: whatever happens to the events, a report says the same with them as without them.

use std::collections::BTreeMap;
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
use crate::store::tables::{Devices, MonthAppsOf, PersonDevices};

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

/// Days in three zones: midnight at 0 h and at 7 h, with one that the clocks made shorter; in the third some days begin as in the first and
/// are of another length.
fn days(zone: usize) -> Vec<Stretch> {
    let begins: [[i64; 6]; 3] =
        [[0, 24, 48, 72, 96, 120], [7, 31, 54, 79, 103, 127], [0, 23, 48, 72, 97, 120]];
    let begins = begins[zone].map(|hour| at(hour * HOUR));
    begins.windows(2).map(|pair| Stretch { from: pair[0], to: pair[1] }).collect()
}

/// The same days as two months, the second of which is not over.
fn months(zone: usize) -> [Stretch; 2] {
    let days = days(zone);
    [(0, 2), (3, 4)].map(|(first, last)| Stretch { from: days[first].from, to: days[last].to })
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
    Keep { zone: usize, days: usize, most_bytes: usize },
    KeepMonths { zone: usize },
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
        5 => (0_usize..3, 1_usize..6, prop_oneof![1 => Just(60_usize), 3 => Just(MOST_BYTES_TO_KEEP)])
            .prop_map(|(zone, days, most_bytes)| Step::Keep { zone, days, most_bytes }),
        4 => (0_usize..3).prop_map(|zone| Step::KeepMonths { zone }),
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
        Step::Keep { zone, days: most, most_bytes } => {
            let days = days(zone);
            let missing = missing(writer.as_reader(), ADA, &days[..most])?;
            keep_within(writer, ADA, &missing, most_bytes)?;
            assert_eq!(super::missing(writer.as_reader(), ADA, &days[..most])?, []);
            Ok(())
        }
        Step::KeepMonths { zone } => {
            let days = days(zone);
            months::keep(writer, ADA, &months(zone))?;
            let of_months = [&days[..3], &days[3..]];
            assert_eq!(months::missing(writer.as_reader(), ADA, &of_months)?, []);
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
            for zone in 0..3 {
                let days = days(zone);
                let kept = of_days(&scope, ADA, &days, |_| true).unwrap().unwrap();
                for (day, kept) in days.iter().zip(&kept) {
                    // One day alone: the days around it must not matter.
                    let added = add(&scope, ADA, std::slice::from_ref(day)).unwrap().unwrap();
                    prop_assert_eq!(kept, &added[0]);
                }
                for asked in [0..5, 0..3, 1..5, 2..4] {
                    let told = by_months(&scope, &days[asked.clone()]);
                    prop_assert_eq!(told, together(&kept[asked]));
                }
                let hours = months::hours(&scope, ADA, &days).unwrap();
                for (day, known) in days.iter().zip(hours) {
                    let row = scope.get::<Kept>(&(ADA, day.from)).unwrap();
                    let to = row.filter(|row| row.totals.is_some()).map(|row| row.to);
                    prop_assert!(known.is_none() || to == Some(day.to), "a month without its days");
                }
            }
        }
    }
}

type Told = (Vec<u64>, BTreeMap<(String, ActivityPolicy), (u64, u64)>);

fn count(apps: &mut BTreeMap<(String, ActivityPolicy), (u64, u64)>, app: AppTotal) {
    let all = apps.entry((app.app, app.recorded)).or_default();
    *all = (all.0 + app.ms, all.1 + app.stretches);
}

/// What months say of the days.
fn by_months(reader: &dyn Reader, days: &[Stretch]) -> Told {
    let mut apps = BTreeMap::new();
    let add = &mut |_, app| count(&mut apps, app);
    let active = months::of_days(reader, ADA, days, &mut MOST_BYTES.clone(), Some(add));
    let active = active.unwrap().unwrap();
    let hours = months::of_days(reader, ADA, days, &mut MOST_BYTES.clone(), None);
    assert_eq!(hours.unwrap().unwrap(), active);
    (active, apps)
}

fn together(days: &[DayTotals]) -> Told {
    let mut apps = BTreeMap::new();
    days.iter().flat_map(|day| &day.apps).for_each(|app| count(&mut apps, app.clone()));
    (days.iter().map(|day| day.active_ms).collect(), apps)
}

#[test]
fn a_month_is_kept_as_far_as_its_days_and_goes_with_any_of_them() {
    let state = state();
    let insert = |writer: &mut dyn Writer, start: i64| {
        let mut bucket = bucket(writer.as_reader(), DEVICES[0], &name(WINDOW))?.unwrap();
        let event = NewEvent { id: None, start: at(start), duration_ms: 10, data: data(0) };
        let mut pen = Pen::new(writer);
        pen.insert(&mut bucket, event, ActivityPolicy::FullDetail, SkipKnown::No)?;
        let touched = pen.into_touched();
        forget(writer, ADA, touched)
    };
    let (days, month) = (days(0), Stretch { from: at(0), to: at(120 * HOUR) });
    let known = |writer: &dyn Writer| -> Vec<bool> {
        let hours = months::hours(writer.as_reader(), ADA, &days).unwrap();
        hours.iter().map(Option::is_some).collect()
    };
    let due = |writer: &dyn Writer| months::missing(writer.as_reader(), ADA, &[&days]).unwrap();
    let done = state.write(|writer| {
        create_bucket(writer, DEVICES[0], &name(WINDOW), &about(WINDOW), at(0))?;
        (0..5).try_for_each(|day| insert(writer, (24 * day + 1) * HOUR))?;
        keep(writer, ADA, &days[..1])?;
        keep(writer, ADA, &days[2..3])?;
        assert_eq!(due(writer), [month]);
        months::keep(writer, ADA, &[month])?;
        assert_eq!(known(writer), [true, false, false, false, false], "a gap ends it");
        assert_eq!(due(writer), []);
        keep(writer, ADA, &days)?;
        assert_eq!(due(writer), [month]);
        months::keep(writer, ADA, &[month])?;
        assert_eq!(known(writer), [true; 5]);
        // What was too much to keep ends it as well, and is no reason to try again and again.
        keep_within(writer, ADA, &days[3..4], 1)?;
        assert_eq!(known(writer), [false; 5], "a day became another");
        months::keep(writer, ADA, &[month])?;
        assert_eq!(known(writer), [true, true, true, false, false]);
        assert_eq!(due(writer), []);
        let mut most = 0;
        assert_eq!(months::of_days(writer.as_reader(), ADA, &days, &mut most, None)?, None);
        insert(writer, 30 * HOUR)?;
        assert_eq!(known(writer), [false; 5]);
        let rows = writer.rows::<MonthAppsOf>(KeyRange::all(), Order::Rising, usize::MAX)?;
        assert_eq!(rows, []);
        Ok(())
    });
    done.unwrap();
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
        keep(writer, ADA, &days(0))?;
        insert(writer, &mut bucket, 500 * HOUR)?;
        let all = missing(writer.as_reader(), ADA, &days(0))?;
        insert(writer, &mut bucket, 25 * HOUR)?;
        let one = missing(writer.as_reader(), ADA, &days(0))?;
        Ok((all, one))
    });
    assert_eq!(kept.unwrap(), (Vec::new(), vec![days(0)[1]]));
}
