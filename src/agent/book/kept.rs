//! What is kept here, month by month, and when it goes: only what the office keeps no longer, was delivered, and is in a verified backup.

use std::collections::BTreeMap;

use super::{ActivityBook, HERE, look};
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::agent::identity::Identity;
use crate::agent::keeping::Keeping;
use crate::agent::status::{Kept, KeptMonth};
use crate::codec::batch::SignedBatch;
use crate::domain::batch::ACTIVITY_STREAM;
use crate::domain::retention::Limits;
use crate::domain::tier::utc_month;
use crate::domain::time::Timestamp;
use crate::store::{Reader, StoreError, activity, outbox, read};
use crate::wire::v1::rfc3339;

/// Up to where things may go now; nothing while none may.
pub(super) fn limits(
    reader: &dyn Reader,
    keeping: Option<Keeping>,
    public_key: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Limits>, StoreError> {
    let Some(keeping) = keeping.filter(|keeping| keeping.counts(now)) else { return Ok(None) };
    let Some(safe) = safe_before(reader, public_key)? else { return Ok(None) };
    let limits = keeping.limits(now);
    let month = utc_month(safe).from;
    let (detail, totals) = (limits.detail.min(month), limits.totals.min(month));
    Ok(Some(Limits { detail, totals, ..limits }))
}

fn safe_before(
    reader: &dyn Reader,
    public_key: &[u8; 32],
) -> Result<Option<Timestamp>, StoreError> {
    outbox::safe_before(reader, ACTIVITY_STREAM, |bytes| {
        SignedBatch::parse(bytes).ok()?.open(public_key).ok()
    })
}

impl ActivityBook {
    /// What is kept here and when it goes; nothing before the office has said how long.
    ///
    /// # Errors
    /// [`AgentError::File`], [`AgentError::Store`].
    pub(in crate::agent) async fn kept(&self, now: Timestamp) -> Result<Option<Kept>, AgentError> {
        let Some(keeping) = Keeping::read(&self.shared.folder)? else { return Ok(None) };
        let key = self.shared.public_key;
        Ok(Some(look(self.state.clone(), move |reader| tell(reader, keeping, &key, now)).await?))
    }

    /// The same of a book that is not open; also nothing when there is no book, or somebody has just opened it.
    ///
    /// # Errors
    /// As [`ActivityBook::kept`].
    pub(in crate::agent) fn kept_at_rest(
        folder: &Folder,
        now: Timestamp,
    ) -> Result<Option<Kept>, AgentError> {
        let (Some(keeping), Some(identity)) = (Keeping::read(folder)?, Identity::read(folder)?)
        else {
            return Ok(None);
        };
        let key = identity.key.verifying_key().to_bytes();
        Ok(Self::see_at_rest(folder, |reader| tell(reader, keeping, &key, now))?.transpose()?)
    }
}

fn tell(
    reader: &dyn Reader,
    keeping: Keeping,
    public_key: &[u8; 32],
    now: Timestamp,
) -> Result<Kept, StoreError> {
    // Events by the begin of their month, and whether some of it still has its detail.
    let mut months: BTreeMap<Timestamp, (u64, bool)> = BTreeMap::new();
    for bucket in activity::buckets(reader, HERE)? {
        let number = bucket.number;
        let Some((oldest, _)) = activity::oldest(reader, number)? else { continue };
        let (detailed, _) =
            read::retention::detailed(reader, number, None, Timestamp::LATEST, usize::MAX)?;
        let mut month = utc_month(oldest);
        while month.from <= now {
            // An event that reaches over the end of a month counts in both: this is for a person to read.
            let events = activity::count(reader, &bucket, month.from, month.to.minus_ms(1))?;
            if events > 0 {
                let (all, has_detail) = months.entry(month.from).or_default();
                *all += events;
                *has_detail |= detailed.is_some_and(|first| first < month.to);
            }
            month = utc_month(month.to);
        }
    }
    let shown = |(from, (events, has_detail)): (Timestamp, (u64, bool))| {
        let (detail_goes, goes) = keeping.goes(utc_month(from).to);
        let month = rfc3339(from).chars().take(MONTH_CHARS).collect();
        let detail_goes = has_detail.then(|| rfc3339(detail_goes));
        KeptMonth { month, events, detail_goes, goes: rfc3339(goes) }
    };
    let held = if !keeping.counts(now) {
        Some("late")
    } else if safe_before(reader, public_key)?.is_none() {
        Some("unsafe")
    } else {
        None
    };
    Ok(Kept {
        detail_days: keeping.detail_days,
        totals_months: keeping.totals_months,
        months: months.into_iter().map(shown).collect(),
        held: held.map(str::to_owned),
    })
}

/// `2026-11`.
const MONTH_CHARS: usize = 7;
