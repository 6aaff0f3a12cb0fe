//! What an agent sends and what it gets back: signed batches and signed receipts.

use super::activity::{BucketAbout, Event, EventId};
use super::entry::EntryOffer;
use super::id::{DeviceId, OfficeId};
use super::text::BucketName;
use super::time::{DAY_MS, Timestamp};

/// At most this many operations in one batch.
pub const MOST_OPERATIONS: usize = 2_000;
/// A signed batch is at most this long on the wire.
pub const MOST_BATCH_BYTES: usize = 1024 * 1024;
/// An agent keeps acknowledged batches this long at most when no verified backup covers them.
pub const KEEP_ACKNOWLEDGED_MS: u64 = 35 * DAY_MS;
/// The stream that carries recorded activity.
pub const ACTIVITY_STREAM: u8 = 1;

/// A run of operations of one stream of one device. Sequence numbers count operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The office it is meant for.
    pub office: OfficeId,
    /// The device that made it.
    pub device: DeviceId,
    /// Which of its streams.
    pub stream: u8,
    /// Counts the device's fresh starts.
    pub device_epoch: u32,
    /// The first operation's sequence number, from 1.
    pub seq_from: u64,
    /// The last one's, included.
    pub seq_to: u64,
    /// BLAKE3 of the payload of the batch before; zeros for the first.
    pub previous: [u8; 32],
    /// When it was made, by the device's clock.
    pub created: Timestamp,
    /// What happened, in order.
    pub operations: Vec<Operation>,
}

/// One thing that happened on a device. Whole values, so that applying one twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The bucket is there and is this.
    PutBucket {
        /// The watcher's id for it.
        name: BucketName,
        /// What it is.
        about: BucketAbout,
        /// When it was made.
        created: Timestamp,
    },
    /// The bucket and its events are gone.
    DeleteBucket {
        /// Which.
        name: BucketName,
    },
    /// The event is there and is this.
    PutEvent {
        /// In which bucket.
        bucket: BucketName,
        /// What.
        event: Event,
    },
    /// The event is gone.
    DeleteEvent {
        /// From which bucket.
        bucket: BucketName,
        /// Which.
        event: EventId,
    },
    /// The person edited a time entry.
    OfferEntry(EntryOffer),
}

/// What the server has of one stream of a device, signed by the office's receipt key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The office.
    pub office: OfficeId,
    /// Counts restores: a smaller `applied_seq` under a higher epoch is not an error.
    pub server_epoch: u32,
    /// The device.
    pub device: DeviceId,
    /// Which of its streams.
    pub stream: u8,
    /// The device's fresh start this counts in.
    pub device_epoch: u32,
    /// Applied up to here.
    pub applied_seq: u64,
    /// BLAKE3 of the payload of the last applied batch; zeros before the first. The agent finds its place again with it.
    pub applied_hash: [u8; 32],
    /// Covered by a verified backup up to here.
    pub safe_seq: u64,
}

/// A change by a device's batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchCommand {
    /// A batch whose signature was checked, with the hash of its payload.
    Accept {
        /// What it says.
        batch: Batch,
        /// BLAKE3 of the signed payload.
        hash: [u8; 32],
    },
}
