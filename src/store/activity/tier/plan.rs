//! Which blocks one step makes fewer: chosen by whoever asks for the step.
//!
//! What a step does with a stretch is the same on every server, and a year's log replays to the same blocks. Which stretch it is given may
//! be decided by anything: by how long the packed bytes are, too, which no two builds need agree on.

use std::ops::Range;

use super::super::block::{self, Closed};
use super::{Work, blocks_within, next_run};
use crate::domain::activity::BucketNumber;
use crate::domain::report::Stretch;
use crate::domain::tier::utc_month;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::transaction::Reader;

/// Blocks with more than this in packed bytes are not merged in one step: some three times what a month's long block has, and as much as
/// texts let any block have. Two neighbours of which each is nearly that long would not become one block anyway.
const MOST_BYTES_A_MERGE: usize = if cfg!(test) { 5 * 1_280 } else { 320 * 1024 };

/// The stretches in which one step each makes the bucket's blocks fewer, in months that ended before `before`. What one of them leaves may
/// become fewer once more: that is found the next time.
///
/// # Errors
/// [`StoreError`].
pub fn merges(
    reader: &dyn Reader,
    bucket: BucketNumber,
    before: Timestamp,
    work: &Work,
) -> Result<Vec<Stretch>, StoreError> {
    let blocks = blocks_within(reader, bucket, Stretch { from: Timestamp::EARLIEST, to: before })?;
    let month = |closed: &Closed| utc_month(closed.first.0);
    let mut found = Vec::new();
    for blocks in blocks.chunk_by(|a, b| month(a) == month(b)) {
        if month(&blocks[0]).to > before {
            continue;
        }
        let mut rest = blocks;
        while let Some(Range { start, end }) = next_run(rest, work) {
            let light = light(reader, bucket, &rest[start..end])?;
            let run = &rest[start..start + light];
            if work.could_be_fewer(run) {
                found.extend(stretch(run));
            }
            rest = &rest[start + light.max(1)..];
        }
    }
    Ok(found)
}

/// How many of these blocks, from the first on, are light enough together for one step.
fn light(reader: &dyn Reader, bucket: BucketNumber, run: &[Closed]) -> Result<usize, StoreError> {
    let mut bytes = 0;
    for (taken, closed) in run.iter().enumerate() {
        bytes += block::most_bytes(reader, bucket, closed.first)?;
        if bytes > MOST_BYTES_A_MERGE {
            return Ok(taken);
        }
    }
    Ok(run.len())
}

/// Where they begin.
fn stretch(run: &[Closed]) -> Option<Stretch> {
    let (first, last) = (run.first()?, run.last()?);
    Some(Stretch { from: first.first.0, to: last.first.0.plus_ms(1) })
}
