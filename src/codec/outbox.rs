//! An agent's outbox.

use super::frame::Record;
use super::layout::fields;
use crate::domain::outbox::{OutboxStream, Queued, SentBatch};

fields!(Queued { at, operation });
fields!(SentBatch { seq_from, hash, acknowledged, bytes });
fields!(OutboxStream { device_epoch, last_seq, batched_seq, batched_hash, applied_seq, safe_seq });

impl Record for Queued {
    const NAME: &'static str = "a queued operation";
}

impl Record for SentBatch {
    const NAME: &'static str = "a sent batch";
}

impl Record for OutboxStream {
    const NAME: &'static str = "an outbox stream";
}
