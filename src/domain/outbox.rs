//! What an agent still has to deliver, and what it delivered but still keeps.

use super::batch::Operation;
use super::time::Timestamp;

/// An operation that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// When it was put here, by the agent's clock.
    pub at: Timestamp,
    /// What.
    pub operation: Operation,
}

/// A signed batch as it was sent. Sent again byte for byte until acknowledged; kept until a verified backup covers it or
/// [`super::batch::KEEP_ACKNOWLEDGED_MS`] have passed, so that a restored server is healed from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBatch {
    /// Its first sequence number; the last is its key.
    pub seq_from: u64,
    /// BLAKE3 of its payload.
    pub hash: [u8; 32],
    /// When the server acknowledged it.
    pub acknowledged: Option<Timestamp>,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

/// An agent's place in one of its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxStream {
    /// Counts fresh starts.
    pub device_epoch: u32,
    /// The highest sequence number given to an operation.
    pub last_seq: u64,
    /// The highest sequence number put into a batch.
    pub batched_seq: u64,
    /// BLAKE3 of the payload of the last batch made; zeros before the first.
    pub batched_hash: [u8; 32],
    /// The highest sequence number the server acknowledged.
    pub applied_seq: u64,
    /// The highest sequence number covered by a verified backup.
    pub safe_seq: u64,
}

impl OutboxStream {
    /// Before the first operation.
    pub const fn start(device_epoch: u32) -> Self {
        Self {
            device_epoch,
            last_seq: 0,
            batched_seq: 0,
            batched_hash: [0; 32],
            applied_seq: 0,
            safe_seq: 0,
        }
    }
}
