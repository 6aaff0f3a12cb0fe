//! The local book grows old like the server's: days that are over go into blocks, blocks of months that are over become few.

use super::{ActivityBook, HERE, look};
use crate::domain::activity::BucketNumber;
use crate::domain::report::Stretch;
use crate::domain::tier::{OVER_AFTER_MS, utc_day};
use crate::domain::time::Timestamp;
use crate::store::activity::tier::Work;
use crate::store::activity::{self, tier};
use crate::store::{Reader, StoreError};

/// One step holds up heartbeats for a few milliseconds.
const WORK_A_STEP: u32 = 8_000;

impl ActivityBook {
    /// Moves what is over to where it takes less space, in small transactions; nothing is written when there is nothing to move.
    ///
    /// # Errors
    /// A sentence; what was moved until then is moved.
    pub(in crate::agent) async fn tidy(&self, now: Timestamp) -> Result<(), String> {
        let before = utc_day(now.minus_ms(OVER_AFTER_MS));
        let found = look(self.state.clone(), move |reader| due(reader, before)).await;
        let (to_seal, to_merge) = found.map_err(|error| error.to_string())?;
        for bucket in to_seal {
            while self.step(move |work, writer| tier::seal(writer, bucket, before, work)).await? {}
        }
        for (bucket, month) in to_merge {
            while self.step(move |work, writer| tier::merge(writer, bucket, month, work)).await? {}
        }
        Ok(())
    }

    async fn step(
        &self,
        step: impl FnOnce(&mut Work, &mut dyn crate::store::Writer) -> Result<bool, StoreError>
        + Send
        + 'static,
    ) -> Result<bool, String> {
        let done = self.write(move |desk| {
            if desk.erased { Ok(false) } else { step(&mut Work::new(WORK_A_STEP), desk.writer) }
        });
        done.await.map_err(|_| "the book has ended".to_owned())
    }
}

type Due = (Vec<BucketNumber>, Vec<(BucketNumber, Stretch)>);

fn due(reader: &dyn Reader, before: Timestamp) -> Result<Due, StoreError> {
    let (mut to_seal, mut to_merge) = (Vec::new(), Vec::new());
    for bucket in activity::buckets(reader, HERE)? {
        if tier::can_seal(reader, bucket.number, before)? {
            to_seal.push(bucket.number);
        }
        let months = tier::months_to_merge(reader, bucket.number, before, &Work::new(WORK_A_STEP))?;
        to_merge.extend(months.into_iter().map(|month| (bucket.number, month)));
    }
    Ok((to_seal, to_merge))
}
