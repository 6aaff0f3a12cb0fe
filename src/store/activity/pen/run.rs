//! Many events of one bucket at once: what is newest, and the bucket's row, are looked up and written once for all of them.

use super::{Pen, put_row};
use crate::domain::activity::{Bucket, Event};
use crate::store::activity::{newest, put_bucket};
use crate::store::error::StoreError;
use crate::store::tables::Tails;
use crate::store::transaction::Write;

impl Pen<'_> {
    /// As [`Pen::put_event`] with each of them in turn.
    ///
    /// A computer sends what it recorded in order: each event is the newest, or the newest grown. Whatever is neither takes the long way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_events(
        &mut self,
        bucket: &mut Bucket,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<(), StoreError> {
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
                    put_row(self.writer, bucket.number, &older)?;
                }
                changed = true;
            } else {
                self.end_run(bucket, tail.as_ref().filter(|_| changed))?;
                self.put_event(bucket, event)?;
                (tail, changed) = (newest(self.reader(), bucket.number)?, false);
            }
        }
        self.end_run(bucket, tail.as_ref().filter(|_| changed))
    }

    fn end_run(&mut self, bucket: &Bucket, newest: Option<&Event>) -> Result<(), StoreError> {
        let Some(newest) = newest else { return Ok(()) };
        self.writer.put::<Tails>(&bucket.number, newest)?;
        put_bucket(self.writer, bucket)
    }
}

/// Is it an event that was never there, and newer than all of them?
fn follows(bucket: &Bucket, newest: Option<&Event>, event: &Event) -> bool {
    event.id > bucket.last_event
        && newest.is_none_or(|newest| (newest.start, newest.id) <= (event.start, event.id))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::domain::activity::{BucketAbout, EventData, EventId};
    use crate::domain::id::DeviceId;
    use crate::domain::policy::ActivityPolicy;
    use crate::domain::text::{BucketName, CanonicalJson, ShortText};
    use crate::domain::time::Timestamp;
    use crate::store::State;
    use crate::store::activity::create_bucket;
    use crate::store::tables::{Buckets, Hot, HotIds, Tails};
    use crate::store::transaction::{KeyRange, Order, Read};

    fn event((id, start, duration_ms, app): (u64, i64, u64, u8)) -> Event {
        let app = Some(app.to_string());
        let data =
            EventData { json: CanonicalJson::empty(), app, title: None, url: None, afk: None };
        let (id, start) = (EventId(id), Timestamp::new(start).unwrap());
        Event { id, start, duration_ms, policy: ActivityPolicy::HoursOnly, data: Arc::new(data) }
    }

    /// Everything the bucket has after these, and what was touched.
    fn after(put: impl FnOnce(&mut Pen<'_>, &mut Bucket)) -> String {
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
        let hot = reader.rows::<Hot>(KeyRange::all(), Order::Rising, usize::MAX).unwrap();
        let ids = reader.rows::<HotIds>(KeyRange::all(), Order::Rising, usize::MAX).unwrap();
        let tail = reader.get::<Tails>(&bucket.number).unwrap();
        let kept = reader.get::<Buckets>(&(device, name)).unwrap();
        assert_eq!(kept.as_ref(), Some(&bucket));
        format!("{:#?}", (touched.unwrap(), hot, ids, tail, bucket))
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

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn many_at_once_are_each_in_turn(events in runs()) {
            let each = after(|pen, bucket| {
                for one in &events {
                    pen.put_event(bucket, event(*one)).unwrap();
                }
            });
            let together = after(|pen, bucket| {
                pen.put_events(bucket, events.iter().map(|one| event(*one))).unwrap();
            });
            prop_assert_eq!(each, together);
        }
    }
}
