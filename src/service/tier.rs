//! Recorded activity grows old: what is over goes into blocks, blocks of a month that is over become few, and days are added up.
//!
//! Reads find what there is to do; each step is a command of its own that looks again. Breaking off anywhere loses nothing but time.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::error::ServiceError;
use super::{Change, day};
use crate::consensus::Door;
use crate::domain::activity::BucketNumber;
use crate::domain::command::{Actor, Command};
use crate::domain::id::UserId;
use crate::domain::outcome::Outcome;
use crate::domain::report::Stretch;
use crate::domain::retention::ROWS_A_STEP;
use crate::domain::tier::{
    BLOCK_EVENTS, MOST_BUCKETS_A_SEAL, MOST_DAYS_A_TOTAL, MOST_MONTHS_A_TOTAL, OVER_AFTER_MS,
    TierCommand, WORK_A_STEP, utc_day, utc_month,
};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::store::activity::tier::{self, Work};
use crate::store::activity::{self, dropped, months, totals};
use crate::store::{Reader, StoreError, read};

/// Days further back are added up whenever they are asked for.
const MOST_DAYS: u32 = 1_100;

/// Where recorded activity lies. Cheap to clone.
#[derive(Clone)]
pub struct Tiers {
    door: Door,
    now: fn() -> Timestamp,
}

impl Tiers {
    /// For what stands behind `door`.
    pub const fn new(door: Door, now: fn() -> Timestamp) -> Self {
        Self { door, now }
    }

    /// Seals, merges and adds up what is over, and says what it did; nothing when there was nothing.
    ///
    /// # Errors
    /// [`ServiceError`]; what was done until then is done.
    pub async fn tidy(&self) -> Result<String, ServiceError> {
        let over = (self.now)().minus_ms(OVER_AFTER_MS);
        let before = utc_day(over);
        let sealed = self.seal(before).await?;
        let merged = self.merge(before).await?;
        let days = self.add_up(over).await?;
        self.clear().await?;
        if sealed + merged + days == 0 {
            return Ok(String::new());
        }
        Ok(format!("Sealed {sealed} buckets, merged {merged} months, added up {days} days."))
    }

    async fn seal(&self, before: Timestamp) -> Result<usize, ServiceError> {
        let found = self.door.read(move |reader| {
            let mut due = Vec::new();
            for bucket in buckets(reader)? {
                if tier::can_seal(reader, bucket, before)? {
                    due.push(bucket);
                }
            }
            Ok(due)
        });
        let due = found.await?;
        for buckets in due.chunks(MOST_BUCKETS_A_SEAL) {
            let (buckets, work, block_events) = (buckets.to_vec(), WORK_A_STEP, BLOCK_EVENTS);
            self.steps(TierCommand::Seal { buckets, before, work, block_events }).await?;
        }
        Ok(due.len())
    }

    /// Until nothing becomes fewer: what one round leaves of blocks that are heavy together is looked at once more.
    async fn merge(&self, before: Timestamp) -> Result<usize, ServiceError> {
        let mut months = BTreeSet::new();
        loop {
            let due = self.door.read(move |reader| merges(reader, before)).await?;
            if due.is_empty() {
                return Ok(months.len());
            }
            for (bucket, within) in due {
                months.insert((bucket, utc_month(within.from).from));
                let (work, block_events) = (WORK_A_STEP, BLOCK_EVENTS);
                self.steps(TierCommand::Merge { bucket, within, work, block_events }).await?;
            }
        }
    }

    async fn add_up(&self, over: Timestamp) -> Result<usize, ServiceError> {
        let mut added = 0;
        for user in self.door.read(read::users).await? {
            let person = user.id;
            let (days, missing) =
                self.door.read(move |reader| missing(reader, &user, over)).await?;
            for days in missing.chunks(MOST_DAYS_A_TOTAL) {
                let command = TierCommand::Total { person, days: days.to_vec() };
                match self.step(command).await {
                    // Their person went meanwhile.
                    Err(ServiceError::Refused(_)) => break,
                    done => drop(done?),
                }
                added += days.len();
            }
            self.add_up_months(person, days).await?;
        }
        Ok(added)
    }

    /// What the days came to, by month.
    async fn add_up_months(
        &self,
        person: UserId,
        days: Vec<(Date, Stretch)>,
    ) -> Result<(), ServiceError> {
        let due = self.door.read(move |reader| {
            let stretches: Vec<Stretch> = days.iter().map(|(_, day)| *day).collect();
            let mut rest = stretches.as_slice();
            let mut of_months = Vec::new();
            for month in days.chunk_by(|(a, _), (b, _)| a.first_of_month() == b.first_of_month()) {
                let (days, after) = rest.split_at(month.len());
                of_months.push(days);
                rest = after;
            }
            months::missing(reader, person, &of_months)
        });
        for months in due.await?.chunks(MOST_MONTHS_A_TOTAL) {
            match self.step(TierCommand::Months { person, months: months.to_vec() }).await {
                // Their person went meanwhile.
                Err(ServiceError::Refused(_)) => break,
                done => drop(done?),
            }
        }
        Ok(())
    }

    /// What is left of deleted buckets goes.
    async fn clear(&self) -> Result<(), ServiceError> {
        if self.door.read(dropped::is_any).await? {
            self.steps(TierCommand::Clear { rows: ROWS_A_STEP }).await?;
        }
        Ok(())
    }

    async fn steps(&self, command: TierCommand) -> Result<(), ServiceError> {
        while self.step(command.clone()).await? == (Outcome::Stepped { more: true }) {}
        Ok(())
    }

    async fn step(&self, command: TierCommand) -> Result<Outcome, ServiceError> {
        let command = Command::Tier(command);
        Change { now: (self.now)(), actor: Actor::System, command }.commit(&self.door).await
    }
}

/// Stretches of buckets whose blocks a step each makes fewer.
fn merges(
    reader: &dyn Reader,
    before: Timestamp,
) -> Result<Vec<(BucketNumber, Stretch)>, StoreError> {
    let mut due = Vec::new();
    for bucket in buckets(reader)? {
        let merges = tier::merges(reader, bucket, before, &Work::new(WORK_A_STEP))?;
        due.extend(merges.into_iter().map(|blocks| (bucket, blocks)));
    }
    Ok(due)
}

fn buckets(reader: &dyn Reader) -> Result<Vec<BucketNumber>, StoreError> {
    let mut all = Vec::new();
    for device in read::devices(reader)? {
        all.extend(activity::buckets(reader, device.id)?.iter().map(|bucket| bucket.number));
    }
    Ok(all)
}

/// Days that are over, and those of them that are not added up.
type DaysOver = (Vec<(Date, Stretch)>, Vec<Stretch>);

/// The person's days, in their zone.
fn missing(reader: &dyn Reader, user: &User, over: Timestamp) -> Result<DaysOver, StoreError> {
    let zone = day::zone(&user.zone);
    let today = day::of(over, &zone);
    let oldest = activity::oldest_of(reader, user.id)?.and_then(|at| day::of(at, &zone));
    let (Some(oldest), Some(today)) = (oldest, today) else {
        return Ok((Vec::new(), Vec::new()));
    };
    if oldest >= today {
        return Ok((Vec::new(), Vec::new()));
    }
    // A month begins where it begins, whatever day it is today.
    let first = oldest.date().max(today.minus(MOST_DAYS).date().first_of_month());
    let days = day::days(first, today.minus(1).date(), &zone).unwrap_or_default();
    let stretches: Vec<Stretch> = days.iter().map(|(_, day)| *day).collect();
    let missing = totals::missing(reader, user.id, &stretches)?;
    Ok((days, missing))
}
