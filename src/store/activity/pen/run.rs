//! Many events of one bucket at once: what is newest, and the bucket's row, are looked up and written once for all of them.

use super::{Pen, put_row};
use crate::domain::activity::{Bucket, Event};
use crate::domain::tier::utc_day;
use crate::domain::time::Timestamp;
use crate::store::activity::{newest, put_bucket};
use crate::store::error::StoreError;
use crate::store::tables::Tails;
use crate::store::transaction::Write;

impl Pen<'_> {
    /// As [`Pen::put_event`] with each of them in turn; but what began before `over` goes into blocks at once, where it is much.
    ///
    /// A computer sends what it recorded in order: each event is the newest, or the newest grown. Whatever is neither takes the long way.
    /// One that was away for days brings them whole: their rows would only be read again and packed by the next seal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_events(
        &mut self,
        bucket: &mut Bucket,
        events: impl IntoIterator<Item = Event>,
        over: Timestamp,
    ) -> Result<(), StoreError> {
        let mut closed = Vec::new();
        let (mut tail, mut changed) = (newest(self.reader(), bucket.number)?, false);
        for event in events {
            if let Some(tail) = &mut tail
                && tail.id == event.id
                && tail.start <= event.start
            {
                self.grew(tail, &event);
                *tail = event;
                changed = true;
            } else if follows(bucket, tail.as_ref(), &event) {
                self.touch(event.start, event.end());
                bucket.last_event = event.id;
                if let Some(older) = tail.replace(event) {
                    bucket.longest_hot_ms = bucket.longest_hot_ms.max(older.duration_ms);
                    closed.push(older);
                }
                changed = true;
            } else {
                self.end_run(bucket, tail.as_ref().filter(|_| changed), &mut closed, over)?;
                self.put_event(bucket, event)?;
                (tail, changed) = (newest(self.reader(), bucket.number)?, false);
            }
        }
        self.end_run(bucket, tail.as_ref().filter(|_| changed), &mut closed, over)
    }

    /// Writes what is newest now, and what was before: all of it newer than whatever else the bucket holds.
    fn end_run(
        &mut self,
        bucket: &Bucket,
        newest: Option<&Event>,
        closed: &mut Vec<Event>,
        over: Timestamp,
    ) -> Result<(), StoreError> {
        for day in closed.chunk_by(|a, b| utc_day(a.start) == utc_day(b.start)) {
            let is_over = day.last().is_some_and(|last| last.start < over);
            if is_over && day.len() >= FEWEST_SEALED {
                self.shelf.write(self.writer, bucket.number, day)?;
                continue;
            }
            for event in day {
                put_row(self.writer, bucket.number, event)?;
            }
        }
        closed.clear();
        let Some(newest) = newest else { return Ok(()) };
        self.writer.put::<Tails>(&bucket.number, newest)?;
        put_bucket(self.writer, bucket)
    }
}

/// Fewer events of a day than these are not worth a block of their own. Every replica seals the same: this changes with the level only.
const FEWEST_SEALED: usize = if cfg!(test) { 4 } else { 256 };

/// Is it an event that was never there, and newer than all of them?
fn follows(bucket: &Bucket, newest: Option<&Event>, event: &Event) -> bool {
    event.id > bucket.last_event
        && newest.is_none_or(|newest| (newest.start, newest.id) <= (event.start, event.id))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::domain::activity::{BucketAbout, EventData, EventId};
    use crate::domain::id::DeviceId;
    use crate::domain::policy::ActivityPolicy;
    use crate::domain::text::{BucketName, CanonicalJson, ShortText};
    use crate::store::State;
    use crate::store::activity::{self, create_bucket, events_newest_first};
    use crate::store::tables::{Blocks, Buckets};
    use crate::store::transaction::{KeyRange, Order, Read};

    fn event((id, start, duration_ms, app): (u64, i64, u64, u8)) -> Event {
        let app = Some(app.to_string());
        let data =
            EventData { json: CanonicalJson::empty(), app, title: None, url: None, afk: None };
        let (id, start) = (EventId(id), Timestamp::new(start).unwrap());
        Event { id, start, duration_ms, policy: ActivityPolicy::HoursOnly, data: Arc::new(data) }
    }

    /// Everything the bucket has after these, and what was touched.
    fn after(put: impl FnOnce(&mut Pen<'_>, &mut Bucket)) -> (String, bool) {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state.redb")).unwrap();
        let text = || ShortText::new("x").unwrap();
        let about = BucketAbout {
            kind: text(),
            client: text(),
            hostname: text(),
            data: CanonicalJson::empty(),
        };
        let (device, name) = (DeviceId::from_bytes([1; 16]), BucketName::new("b").unwrap());
        let made = state.write(|w| create_bucket(w, device, &name, &about, Timestamp::EARLIEST));
        let (mut bucket, _) = made.unwrap();
        let touched = state.write(|writer| {
            let mut pen = Pen::new(writer);
            put(&mut pen, &mut bucket);
            Ok(pen.into_touched())
        });
        let reader = state.read().unwrap();
        let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
        let mut events = Vec::new();
        let show = |event| {
            events.push(event);
            ControlFlow::Continue(())
        };
        events_newest_first(&reader, &bucket, from, to, show).unwrap();
        for event in &events {
            let found = activity::event(&reader, bucket.number, event.id).unwrap();
            assert_eq!(found.as_ref(), Some(event));
        }
        let sealed = reader.first::<Blocks>(KeyRange::all(), Order::Rising).unwrap().is_some();
        let kept = reader.get::<Buckets>(&(device, name)).unwrap();
        assert_eq!(kept.as_ref(), Some(&bucket));
        let said = format!("{:#?}", (touched.unwrap(), events, bucket));
        (said, sealed)
    }

    fn runs() -> impl Strategy<Value = Vec<(u64, i64, u64, u8)>> {
        // Mostly one after the other, some of them growing; some out of order.
        let next = prop_oneof![4 => Just(1_u64), 2 => Just(0), 1 => 2_u64..4];
        let step = (next, prop_oneof![6 => 0_i64..9, 1 => -20_i64..0], 0_u64..9, 0_u8..3);
        prop::collection::vec((step, prop::option::weighted(0.1, 1_u64..9)), 1..40).prop_map(
            |steps| {
                let (mut id, mut start) = (1, 1_000);
                let one =
                    |((next, gap, duration, app), other): ((u64, i64, u64, u8), Option<u64>)| {
                        id += next;
                        start += if next == 0 { 0 } else { gap };
                        (other.unwrap_or(id), start, duration, app)
                    };
                steps.into_iter().map(one).collect()
            },
        )
    }

    fn config() -> ProptestConfig {
        let rng_seed = RngSeed::Fixed(0x9e37);
        ProptestConfig {
            cases: 48,
            rng_seed,
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    #[test]
    fn a_day_that_is_over_is_sealed_at_once_but_for_the_newest() {
        let events = || (1..=FEWEST_SEALED as u64 + 1).map(|id| event((id, 1_000, 5, 0)));
        let after = |over| after(|pen, bucket| pen.put_events(bucket, events(), over).unwrap());
        let (rows, block) = (after(Timestamp::EARLIEST), after(Timestamp::LATEST));
        assert_eq!((rows.1, block.1), (false, true));
        assert_eq!(rows.0, block.0);
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn many_at_once_are_each_in_turn(events in runs()) {
            let each = after(|pen, bucket| {
                for one in &events {
                    pen.put_event(bucket, event(*one)).unwrap();
                }
            });
            for over in [Timestamp::EARLIEST, Timestamp::LATEST] {
                let (together, sealed) = after(|pen, bucket| {
                    let (first, second) = events.split_at(events.len() / 2);
                    for part in [first, second] {
                        pen.put_events(bucket, part.iter().map(|one| event(*one)), over).unwrap();
                    }
                });
                prop_assert_eq!(&each.0, &together);
                prop_assert!(!sealed || over == Timestamp::LATEST);
            }
        }
    }
}
