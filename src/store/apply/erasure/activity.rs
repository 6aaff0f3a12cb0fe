//! What was recorded about the person: events, buckets, the computers' own rows.

use super::{Applying, Left, blank};
use crate::domain::activity::Bucket;
use crate::domain::device::{Device, DeviceKind};
use crate::domain::erasure::Erasure;
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use crate::store::activity::{self as book, Pen, dropped};
use crate::store::apply::device;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{
    DayTotals, Devices, DroppedBuckets, MonthAppsOf, MonthHoursOf, PersonDevices, Quarantine,
    RefusedOffers, Settings, Streams, Table, Tails,
};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn erase(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    left: &mut Left,
) -> Result<(), StoreError> {
    // Months before days: what they say stands only while their days do.
    remove_all::<MonthAppsOf>(at, erasure.person, left)?;
    remove_all::<MonthHoursOf>(at, erasure.person, left)?;
    remove_all::<DayTotals>(at, erasure.person, left)?;
    if left.0 == 0 {
        return Ok(());
    }
    for device in read::devices_of(at.writer.as_reader(), erasure.person)? {
        for bucket in book::buckets(at.writer.as_reader(), device.id)? {
            events(at, erasure, &bucket, left)?;
            if left.0 == 0 {
                return Ok(());
            }
        }
        for bucket in dropped::of(at.writer.as_reader(), device.id)? {
            erasure.counts.events += dropped::remove_events(at.writer, bucket, &mut left.0)?;
            if left.0 == 0 {
                return Ok(());
            }
            at.writer.delete::<DroppedBuckets>(&(device.id, bucket))?;
        }
        settings(at, erasure, &device, left)?;
        refused(at, erasure, &device, left)?;
        if left.0 == 0 {
            return Ok(());
        }
        forget(at, erasure, &device)?;
        left.take(1);
    }
    Ok(())
}

/// The person's rows of a table of what was added up.
fn remove_all<T: Table<Key = (UserId, Timestamp)>>(
    at: &mut Applying<'_>,
    person: UserId,
    left: &mut Left,
) -> Result<(), StoreError> {
    for (key, _) in at.writer.rows::<T>(KeyRange::prefix(&person), Order::Rising, left.0)? {
        at.writer.delete::<T>(&key)?;
        left.take(1);
    }
    Ok(())
}

/// Edits of time entries that came from the computer and could not be.
fn refused(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    device: &Device,
    left: &mut Left,
) -> Result<(), StoreError> {
    let theirs = KeyRange::prefix(&device.id);
    for (key, _) in at.writer.rows::<RefusedOffers>(theirs, Order::Rising, left.0)? {
        at.writer.delete::<RefusedOffers>(&key)?;
        erasure.counts.others += 1;
        left.take(1);
    }
    Ok(())
}

fn events(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    bucket: &Bucket,
    left: &mut Left,
) -> Result<(), StoreError> {
    erasure.counts.events += dropped::remove_events(at.writer, bucket.number, &mut left.0)?;
    if left.0 == 0 {
        return Ok(());
    }
    erasure.counts.events += u64::from(at.writer.delete::<Tails>(&bucket.number)?);
    Pen::new(at.writer).delete_bucket(bucket)?;
    erasure.counts.buckets += 1;
    left.take(1);
    Ok(())
}

fn settings(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    device: &Device,
    left: &mut Left,
) -> Result<(), StoreError> {
    for (key, _) in
        at.writer.rows::<Settings>(KeyRange::prefix(&device.id), Order::Rising, left.0)?
    {
        at.writer.delete::<Settings>(&key)?;
        erasure.counts.others += 1;
        left.take(1);
    }
    Ok(())
}

/// The computer itself: one with an agent stays under its id until it has heard, a token's goes.
fn forget(at: &mut Applying<'_>, erasure: &mut Erasure, device: &Device) -> Result<(), StoreError> {
    for set_aside in read::quarantined(at.writer.as_reader())? {
        if set_aside.device == device.id {
            at.writer.delete::<Quarantine>(&set_aside.id)?;
            erasure.counts.others += 1;
        }
    }
    for (key, _) in
        at.writer.rows::<Streams>(KeyRange::prefix(&device.id), Order::Rising, usize::MAX)?
    {
        at.writer.delete::<Streams>(&key)?;
    }
    at.writer.delete::<PersonDevices>(&(erasure.person, device.id))?;
    match device.kind {
        DeviceKind::Agent { .. } => at.writer.put::<Devices>(&device.id, &blank(device))?,
        DeviceKind::Token => drop(at.writer.delete::<Devices>(&device.id)?),
    }
    // Nobody sees it any more: what is left of it belongs to nobody.
    device::tell(at, device, false)
}
