//! How long things are kept: once a day what is older goes, in steps that hold up nobody.
//!
//! Reads find what is old; each step is a command of its own that looks again. Breaking off anywhere loses nothing but time.

mod limit;
mod room;

use super::Change;
use super::error::ServiceError;
use crate::consensus::Door;
use crate::domain::activity::BucketNumber;
use crate::domain::answer::AnswerCommand;
use crate::domain::command::{Actor, Command, KEY_MEMORY_MS};
use crate::domain::look::LOOK_LIFE_MS;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::Outcome;
use crate::domain::retention::{Limits, ROWS_A_STEP, RetentionCommand, Swept};
use crate::domain::time::Timestamp;
use crate::store::{activity, read};

/// Events that are looked at together.
const PAGE: usize = 2_000;

pub use limit::Kept;
pub use room::Room;

/// How long things are kept. Cheap to clone.
#[derive(Clone)]
pub struct Retention {
    door: Door,
    now: fn() -> Timestamp,
}

impl Retention {
    /// For what stands behind `door`.
    pub const fn new(door: Door, now: fn() -> Timestamp) -> Self {
        Self { door, now }
    }

    /// Removes what is too old, and says what that was; nothing when there was nothing.
    ///
    /// # Errors
    /// [`ServiceError`]; what was removed until then is gone, and told of by the next sweep.
    pub async fn sweep(&self) -> Result<String, ServiceError> {
        let settings = self.door.read(read::office_settings).await?;
        let now = (self.now)();
        let limits = Limits::at(
            now,
            settings.number(OfficeSetting::DetailDays),
            settings.number(OfficeSetting::TotalsMonths),
            settings.number(OfficeSetting::TraceDays),
        );
        let buckets = self.door.read(|reader| {
            let mut all = Vec::new();
            for device in read::devices(reader)? {
                all.extend(activity::buckets(reader, device.id)?.iter().map(|b| b.number));
            }
            Ok(all)
        });
        for bucket in buckets.await? {
            self.drop_old(bucket, limits.totals).await?;
            self.thin_old(bucket, limits.detail).await?;
        }
        self.purge(limits.traces).await?;
        self.forget(now.minus_ms(LOOK_LIFE_MS)).await?;
        self.forget_answers().await?;
        let Swept { events, thinned, traces, looks, .. } =
            self.door.read(read::retention::swept).await?;
        if self.step(RetentionCommand::Tell).await? == Outcome::Already {
            return Ok(String::new());
        }
        Ok(format!(
            "Deleted {events} events, {traces} traces of deleted records and {looks} looks; {thinned} events lost their detail."
        ))
    }

    async fn drop_old(&self, bucket: BucketNumber, before: Timestamp) -> Result<(), ServiceError> {
        let found = self.door.read(move |r| read::retention::is_older(r, bucket, before));
        if found.await? {
            let command = RetentionCommand::Drop { bucket, before, rows: ROWS_A_STEP };
            while self.goes_on(&command).await? {}
        }
        Ok(())
    }

    async fn thin_old(&self, bucket: BucketNumber, before: Timestamp) -> Result<(), ServiceError> {
        let (mut after, mut thinned) = (None, None);
        loop {
            let found = self
                .door
                .read(move |reader| read::retention::detailed(reader, bucket, after, before, PAGE));
            let (first, next) = found.await?;
            if let Some(from) = first {
                let so_far = Some((from, self.door.read(read::retention::swept).await?.thinned));
                if thinned == so_far {
                    tracing::warn!(
                        bucket = bucket.0,
                        "old events keep their detail: too many begin at the same instant"
                    );
                    return Ok(());
                }
                thinned = so_far;
                // One step reaches over the rows from the first on; what it left is found by the next look.
                let rows = ROWS_A_STEP;
                self.step(RetentionCommand::Thin { bucket, from, before, rows }).await?;
                continue;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn purge(&self, before: Timestamp) -> Result<(), ServiceError> {
        let (most, mut after) = (ROWS_A_STEP as usize, None);
        loop {
            let found = self.door.read(move |r| read::retention::traces(r, before, after, most));
            let records = found.await?;
            let Some(last) = records.last().copied() else { return Ok(()) };
            after = Some(last);
            self.step(RetentionCommand::Purge { records, before }).await?;
        }
    }

    async fn forget(&self, before: Timestamp) -> Result<(), ServiceError> {
        for user in self.door.read(read::users).await? {
            let person = user.id;
            let found =
                self.door.read(move |r| read::retention::is_looked_at(r, person, before)).await?;
            if found {
                let command = RetentionCommand::Forget { person, before, rows: ROWS_A_STEP };
                while self.goes_on(&command).await? {}
            }
        }
        Ok(())
    }

    /// Answers to requests with a key, soon after their day. Nobody misses them, so nobody is told.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn forget_answers(&self) -> Result<String, ServiceError> {
        let now = (self.now)();
        let before = now.minus_ms(KEY_MEMORY_MS);
        let mut more = self.door.read(move |r| read::retention::is_answered(r, before)).await?;
        while more {
            let command = Command::Answer(AnswerCommand::ForgetOld { rows: ROWS_A_STEP });
            let change = Change { now: (self.now)(), actor: Actor::System, command };
            more = change.commit(&self.door).await? == Outcome::Erased { more: true };
        }
        Ok(String::new())
    }

    async fn goes_on(&self, command: &RetentionCommand) -> Result<bool, ServiceError> {
        Ok(matches!(self.step(command.clone()).await?, Outcome::Erased { more: true }))
    }

    async fn step(&self, command: RetentionCommand) -> Result<Outcome, ServiceError> {
        let command = Command::Retention(command);
        Change { now: (self.now)(), actor: Actor::System, command }.commit(&self.door).await
    }
}
