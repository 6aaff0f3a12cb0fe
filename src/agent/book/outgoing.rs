//! The next batch for the office: what was queued before the rules were changed is held against those of now, first.
//!
//! What is packed already stays as it is: it may have arrived.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use ed25519_dalek::SigningKey;

use super::writer::Desk;
use super::{ActivityBook, Closed, HERE, put_event};
use crate::codec;
use crate::domain::activity::{Event, EventData, EventId};
use crate::domain::batch::{ACTIVITY_STREAM, Operation};
use crate::domain::id::{DeviceId, OfficeId};
use crate::domain::outbox::SentBatch;
use crate::domain::text::BucketName;
use crate::domain::time::Timestamp;
use crate::store::{Reader, StoreError, activity, outbox};
use crate::wire::activitywatch::Redacted;

/// What is to be sent now.
#[derive(Debug)]
pub(in crate::agent) enum Outgoing {
    /// This.
    Batch(SentBatch),
    /// The office has everything.
    Nothing,
    /// What waits may not go before the rules read.
    Held,
}

impl ActivityBook {
    /// What is to be sent now, signed and written down.
    ///
    /// # Errors
    /// [`Closed`].
    pub(in crate::agent) async fn next_batch(
        &self,
        who: (OfficeId, DeviceId),
        key: SigningKey,
        now: Timestamp,
    ) -> Result<Outgoing, Closed> {
        self.write(move |desk| {
            if !heed_rules(desk)? {
                return Ok(Outgoing::Held);
            }
            let sign = |batch: &_| codec::batch::sign(batch, &key);
            let batch = outbox::next_batch(desk.writer, ACTIVITY_STREAM, who, now, sign)?;
            Ok(batch.map_or(Outgoing::Nothing, Outgoing::Batch))
        })
        .await
    }
}

/// Holds what the next batch is made of against the rules of now, where it was queued under others. May it go? Not while a sheet does not
/// read: whatever it said would be taken for a no, and what goes out as deleted does not come back.
fn heed_rules(desk: &mut Desk<'_>) -> Result<bool, StoreError> {
    let stands = outbox::stream(desk.writer.as_reader(), ACTIVITY_STREAM)?;
    if stands.batched_seq >= *desk.unheeded || desk.sheets.are_empty() {
        return Ok(true);
    }
    let mut waiting = outbox::unpacked(desk.writer.as_reader(), ACTIVITY_STREAM)?;
    waiting.retain(|(seq, _)| *seq <= *desk.unheeded);
    if !waiting.is_empty() && !desk.sheets.faults().is_empty() {
        return Ok(false);
    }
    let whole = whole(desk.writer.as_reader(), &waiting)?;
    for (seq, operation) in waiting {
        let Operation::PutEvent { bucket, event } = operation else { continue };
        let place = (bucket, event.id);
        let data = whole.get(&place).unwrap_or(&event.data);
        let (bucket, id) = place.clone();
        let left = match desk.sheets.hold_over(bucket.as_str(), data) {
            Redacted::Kept => continue,
            Redacted::Changed(data) => {
                let event = Event { data: Arc::new(data), ..event };
                put_event(&bucket, event, desk.share_titles)
            }
            Redacted::Dropped => Operation::DeleteEvent { bucket, event: id },
        };
        outbox::replace(desk.writer, ACTIVITY_STREAM, seq, left)?;
    }
    Ok(true)
}

/// What these events say in the book here: a rule looks at the whole, whatever little of it waits.
fn whole(
    reader: &dyn Reader,
    waiting: &[(u64, Operation)],
) -> Result<HashMap<(BucketName, EventId), Arc<EventData>>, StoreError> {
    let mut wanted: BTreeMap<&BucketName, HashMap<EventId, Timestamp>> = BTreeMap::new();
    for (_, operation) in waiting {
        if let Operation::PutEvent { bucket, event } = operation {
            wanted.entry(bucket).or_default().insert(event.id, event.start);
        }
    }
    let mut whole = HashMap::new();
    for (name, mut events) in wanted {
        let Some(bucket) = activity::bucket(reader, HERE, name)? else { continue };
        let (Some(first), Some(last)) = (events.values().min(), events.values().max()) else {
            continue;
        };
        let range = (*first, *last);
        // A block is opened once for all of them.
        activity::events_newest_first(reader, &bucket, range.0, range.1, |event| {
            if events.remove(&event.id).is_some() {
                whole.insert((name.clone(), event.id), event.data);
            }
            if events.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        // It begins elsewhere by now.
        for id in events.into_keys() {
            if let Some(event) = activity::event(reader, bucket.number, id)? {
                whole.insert((name.clone(), id), event.data);
            }
        }
    }
    Ok(whole)
}
