//! Recorded activity moves to where it takes less space, and days are added up. Changes nothing that anybody reads.

use super::{Applying, erasure, refused};
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::retention::ROWS_A_STEP;
use crate::domain::tier::{
    MOST_BUCKETS_A_SEAL, MOST_DAYS_A_TOTAL, MOST_MONTHS_A_TOTAL, MOST_WORK_A_STEP, TierCommand,
};
use crate::store::activity::tier::{Work, merge, seal};
use crate::store::activity::{dropped, months, totals};
use crate::store::error::StoreError;
use crate::store::read;

pub(super) fn apply(at: &mut Applying<'_>, command: &TierCommand) -> Result<Outcome, StoreError> {
    let more = match command {
        TierCommand::Seal { buckets, before, work, block_events } => {
            if buckets.len() > MOST_BUCKETS_A_SEAL {
                return refused(Refusal::TooMany);
            }
            let mut left = Work::in_blocks_of(*work.min(&MOST_WORK_A_STEP), *block_events);
            let mut more = false;
            for bucket in buckets {
                more |= seal(at.writer, *bucket, *before, &mut left)?;
            }
            more
        }
        TierCommand::Merge { bucket, within, work, block_events } => {
            let mut work = Work::in_blocks_of(*work.min(&MOST_WORK_A_STEP), *block_events);
            merge(at.writer, *bucket, *within, &mut work)?
        }
        TierCommand::Total { person, days } => {
            let in_order = days.windows(2).all(|pair| pair[0].to <= pair[1].from);
            if days.len() > MOST_DAYS_A_TOTAL || !in_order {
                return refused(Refusal::TooMany);
            }
            if read::user(at.writer.as_reader(), *person)?.is_none() {
                return refused(Refusal::UnknownUser);
            }
            if erasure::is_under_way(at, *person)? {
                return refused(Refusal::BeingErased);
            }
            totals::keep(at.writer, *person, days)?;
            false
        }
        TierCommand::Months { person, months } => {
            let in_order = months.windows(2).all(|pair| pair[0].to <= pair[1].from);
            if months.len() > MOST_MONTHS_A_TOTAL || !in_order {
                return refused(Refusal::TooMany);
            }
            if let Some(refusal) = erasure::fault(at, *person)? {
                return refused(refusal);
            }
            months::keep(at.writer, *person, months)?;
            false
        }
        TierCommand::Clear { rows } => {
            dropped::clear(at.writer, (*rows).clamp(1, ROWS_A_STEP) as usize)?
        }
    };
    Ok(Outcome::Stepped { more })
}
