//! The local book grows old like the server's: days that are over go into blocks, blocks of months that are over become few, and what the
//! office does not keep any longer loses its detail or goes. Of what goes here nothing is sent: the office keeps its own time.

use tokio::sync::oneshot;

use super::writer::Work as Asked;
use super::{ActivityBook, HERE, kept, look};
use crate::agent::keeping::Keeping;
use crate::domain::activity::BucketNumber;
use crate::domain::report::Stretch;
use crate::domain::retention::{Limits, ROWS_A_STEP};
use crate::domain::tier::{OVER_AFTER_MS, utc_day};
use crate::domain::time::Timestamp;
use crate::store::activity::tier::Work;
use crate::store::activity::{self, dropped, retire, tier};
use crate::store::{Reader, StoreError, Writer, read};

/// One step holds up heartbeats for a few milliseconds.
const WORK_A_STEP: u32 = 8_000;
const ROWS: usize = ROWS_A_STEP as usize;

impl ActivityBook {
    /// Moves what is over to where it takes less space, and removes what is too old, in small transactions; nothing is written when there
    /// is nothing to do.
    ///
    /// # Errors
    /// A sentence; what was done until then is done.
    pub(in crate::agent) async fn tidy(&self, now: Timestamp) -> Result<(), String> {
        let before = utc_day(now.minus_ms(OVER_AFTER_MS));
        let keeping = Keeping::read(&self.shared.folder).map_err(|error| error.to_string())?;
        let public_key = self.shared.public_key;
        let found = look(self.state.clone(), move |reader| {
            due(reader, before, kept::limits(reader, keeping, &public_key, now)?)
        });
        let due = found.await.map_err(|error| error.to_string())?;
        if due.to_clear {
            while self.step(|writer| dropped::clear(writer, ROWS)).await? {}
        }
        for bucket in due.to_seal {
            let seal = move |writer: &mut dyn Writer| {
                tier::seal(writer, bucket, before, &mut Work::new(WORK_A_STEP))
            };
            while self.step(seal).await? {}
        }
        if let Some(limits) = due.limits {
            for bucket in due.buckets {
                self.drop_old(bucket, limits.totals).await?;
                self.thin_old(bucket, limits.detail).await?;
            }
        }
        for (bucket, blocks) in due.to_merge {
            let merge = move |writer: &mut dyn Writer| {
                tier::merge(writer, bucket, blocks, &mut Work::new(WORK_A_STEP))
            };
            while self.step(merge).await? {}
        }
        self.give_back().await
    }

    /// Gives back to the disk what the file does not need any more. Whoever records waits as long as copying what is in use takes.
    async fn give_back(&self) -> Result<(), String> {
        let state = self.state.clone();
        let room = tokio::task::spawn_blocking(move || state.room()).await;
        let room = room.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        if !room.is_worth_it() {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        let ended = "the book has ended";
        self.work.send(Asked::Renew { reply }).await.map_err(|_| ended)?;
        if answer.await.map_err(|_| ended)? {
            tracing::info!(before = room.file, used = room.used, "the book's file is shorter");
        }
        Ok(())
    }

    async fn drop_old(&self, bucket: BucketNumber, before: Timestamp) -> Result<(), String> {
        let is_older = move |reader: &dyn Reader| read::retention::is_older(reader, bucket, before);
        if look(self.state.clone(), is_older).await.map_err(|error| error.to_string())? {
            let drop = move |writer: &mut dyn Writer| {
                retire::drop_old(writer, bucket, before, ROWS).map(|(_, more)| more)
            };
            while self.step(drop).await? {}
        }
        Ok(())
    }

    async fn thin_old(&self, bucket: BucketNumber, before: Timestamp) -> Result<(), String> {
        loop {
            let found = look(self.state.clone(), move |reader| {
                read::retention::detailed(reader, bucket, None, before, usize::MAX)
            });
            let (first, _) = found.await.map_err(|error| error.to_string())?;
            let Some(from) = first else { return Ok(()) };
            let thin = move |writer: &mut dyn Writer| {
                retire::thin_old(writer, bucket, (from, before), ROWS).map(|(done, _)| done)
            };
            // Should there be no way on, the next time is soon.
            if self.step(thin).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn step<T: Default + Send + 'static>(
        &self,
        step: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, String> {
        let done =
            self.write(move |desk| if desk.erased { Ok(T::default()) } else { step(desk.writer) });
        done.await.map_err(|_| "the book has ended".to_owned())
    }
}

/// What there is to do.
#[derive(Default)]
struct Due {
    to_clear: bool,
    to_seal: Vec<BucketNumber>,
    /// Up to where things go; nothing while none may.
    limits: Option<Limits>,
    buckets: Vec<BucketNumber>,
    to_merge: Vec<(BucketNumber, Stretch)>,
}

fn due(reader: &dyn Reader, before: Timestamp, limits: Option<Limits>) -> Result<Due, StoreError> {
    let mut due = Due { to_clear: dropped::is_any(reader)?, limits, ..Due::default() };
    for bucket in activity::buckets(reader, HERE)? {
        let number = bucket.number;
        due.buckets.push(number);
        if tier::can_seal(reader, number, before)? {
            due.to_seal.push(number);
        }
        let merges = tier::merges(reader, number, before, &Work::new(WORK_A_STEP))?;
        due.to_merge.extend(merges.into_iter().map(|blocks| (number, blocks)));
    }
    Ok(due)
}
