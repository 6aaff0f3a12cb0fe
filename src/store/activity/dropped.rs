//! Deleted buckets: nobody sees their events from then on, and in steps these go. One may have had a million.

use super::block;
use crate::domain::activity::{Bucket, BucketNumber};
use crate::domain::id::DeviceId;
use crate::store::error::StoreError;
use crate::store::tables::{Blocks, DroppedBuckets, Hot, HotIds};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// Is there one?
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn is_any(reader: &dyn Reader) -> Result<bool, StoreError> {
    Ok(reader.first::<DroppedBuckets>(KeyRange::all(), Order::Rising)?.is_some())
}

/// Removes up to `rows` of their events, but blocks whole; are there more?
///
/// # Errors
/// [`StoreError`].
pub fn clear(writer: &mut dyn Writer, rows: usize) -> Result<bool, StoreError> {
    let mut left = rows;
    while let Some(((device, bucket), ())) =
        writer.first::<DroppedBuckets>(KeyRange::all(), Order::Rising)?
    {
        remove_events(writer, bucket, &mut left)?;
        if left == 0 {
            return Ok(true);
        }
        writer.delete::<DroppedBuckets>(&(device, bucket))?;
        left -= 1;
        if left == 0 {
            return is_any(writer.as_reader());
        }
    }
    Ok(false)
}

/// Those of the device.
///
/// # Errors
/// [`StoreError`].
pub(in crate::store) fn of(
    reader: &dyn Reader,
    device: DeviceId,
) -> Result<Vec<BucketNumber>, StoreError> {
    let rows =
        reader.rows::<DroppedBuckets>(KeyRange::prefix(&device), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, bucket), ())| bucket).collect())
}

/// The bucket has lost its own row and its newest event: what else there is of it goes later.
pub(super) fn add(writer: &mut dyn Writer, bucket: &Bucket) -> Result<(), StoreError> {
    let of_it = || KeyRange::prefix(&bucket.number);
    let has_rows = writer.first::<Hot>(of_it(), Order::Rising)?.is_some();
    if has_rows || writer.first::<Blocks>(of_it(), Order::Rising)?.is_some() {
        writer.put::<DroppedBuckets>(&(bucket.device, bucket.number), &())?;
    }
    Ok(())
}

/// Removes events of the bucket, but not its newest, until `left` comes to nothing; with how many went. A block counts as its events do.
///
/// # Errors
/// [`StoreError`].
pub(in crate::store) fn remove_events(
    writer: &mut dyn Writer,
    bucket: BucketNumber,
    left: &mut usize,
) -> Result<u64, StoreError> {
    let mut gone = 0;
    while *left > 0
        && let Some(about) = block::drop_first(writer, bucket, None)?
    {
        gone += u64::from(about.count);
        *left = left.saturating_sub(about.count as usize);
    }
    for (key, event) in writer.rows::<Hot>(KeyRange::prefix(&bucket), Order::Rising, *left)? {
        writer.delete::<Hot>(&key)?;
        writer.delete::<HotIds>(&(bucket, event.id))?;
        gone += 1;
        *left -= 1;
    }
    Ok(gone)
}
