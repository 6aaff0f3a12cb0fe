//! Keeps an event that is still growing from filling the outbox: it is queued when it begins, at most once a minute while it grows,
//! and once more when it ends.
//!
//! What is held back lives in memory only and is always the newest event of its bucket, which the book has on disk: after a crash
//! [`Coalescer::recover`] queues the newest event of every bucket again, and since operations are whole values, once too often
//! changes nothing. Must be told of every change to a bucket, in order.

use std::collections::HashMap;

use super::{append, replace};
use crate::domain::activity::{Event, EventId};
use crate::domain::batch::Operation;
use crate::domain::text::BucketName;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::store::error::StoreError;
use crate::store::transaction::Writer;

/// An open event is queued again at most this often.
pub const REPEAT_OPEN_MS: u64 = MINUTE_MS;

/// The open event of each bucket.
#[derive(Debug)]
pub struct Coalescer {
    stream: u8,
    open: HashMap<BucketName, Open>,
}

/// An event that a heartbeat may still grow.
#[derive(Debug)]
struct Open {
    event: EventId,
    /// The operation that carried it last.
    seq: u64,
    queued: Timestamp,
    /// Its newest version, when that is not queued.
    held: Option<Event>,
}

impl Coalescer {
    /// Knows of nothing yet: [`Coalescer::recover`] comes first.
    pub fn new(stream: u8) -> Self {
        Self { stream, open: HashMap::new() }
    }

    /// Queues the newest event of every bucket: its last growth may have been held back when the program ended.
    ///
    /// # Errors
    /// [`StoreError`], as every function here.
    pub fn recover(
        &mut self,
        writer: &mut dyn Writer,
        newest: Vec<(BucketName, Event)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.open.clear();
        for (bucket, event) in newest {
            self.queue_open(writer, &bucket, event, now)?;
        }
        Ok(())
    }

    /// The newest event of `bucket` began or grew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn grow(
        &mut self,
        writer: &mut dyn Writer,
        bucket: &BucketName,
        event: Event,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.open.get_mut(bucket) {
            Some(open) if open.event == event.id => {
                let operation = put(bucket, event.clone());
                if replace(writer, self.stream, open.seq, operation)? {
                    open.held = None;
                    return Ok(());
                }
                if !is_due(open, now) {
                    open.held = Some(event);
                    return Ok(());
                }
            }
            _ => self.release(writer, bucket, now)?,
        }
        self.queue_open(writer, bucket, event, now)
    }

    /// Another change to `bucket`, whatever it is; what was held back goes first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change(
        &mut self,
        writer: &mut dyn Writer,
        bucket: &BucketName,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match operation {
            Operation::DeleteBucket { .. } => {}
            _ => self.release(writer, bucket, now)?,
        }
        // The event is queued as it is now; its next growth is a new operation behind this one.
        self.open.remove(bucket);
        append(writer, self.stream, operation, now)?;
        Ok(())
    }

    /// Queues what has been held back for long enough; everything with `all`, as before an orderly end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_due(
        &mut self,
        writer: &mut dyn Writer,
        all: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let due = |open: &Open| open.held.is_some() && (all || is_due(open, now));
        let buckets: Vec<BucketName> = self
            .open
            .iter()
            .filter(|(_, open)| due(open))
            .map(|(bucket, _)| bucket.clone())
            .collect();
        for bucket in buckets {
            self.release(writer, &bucket, now)?;
        }
        Ok(())
    }

    /// Is anything held back?
    pub fn holds(&self) -> bool {
        self.open.values().any(|open| open.held.is_some())
    }

    fn release(
        &mut self,
        writer: &mut dyn Writer,
        bucket: &BucketName,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.open.get_mut(bucket).and_then(|open| open.held.take()) {
            Some(event) => self.queue_open(writer, bucket, event, now),
            None => Ok(()),
        }
    }

    fn queue_open(
        &mut self,
        writer: &mut dyn Writer,
        bucket: &BucketName,
        event: Event,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = event.id;
        let seq = append(writer, self.stream, put(bucket, event), now)?;
        self.open.insert(bucket.clone(), Open { event: id, seq, queued: now, held: None });
        Ok(())
    }
}

/// A clock that was set back must not hold anything for longer.
fn is_due(open: &Open, now: Timestamp) -> bool {
    now < open.queued || now.ms_since(open.queued) >= REPEAT_OPEN_MS
}

fn put(bucket: &BucketName, event: Event) -> Operation {
    Operation::PutEvent { bucket: bucket.clone(), event }
}
