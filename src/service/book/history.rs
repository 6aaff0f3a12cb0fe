//! How a record came to be, version by version, and the way back.

use super::catalog::{Asking, Catalogued};
use super::{Book, unknown};
use crate::domain::command::Actor;
use crate::domain::right::Right;
use crate::domain::sync::{Edit, Synced, Verdict};
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// One version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<N: Catalogued> {
    /// The change it came with.
    pub seq: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// From whom.
    pub actor: Actor,
    /// Whether it counted.
    pub verdict: Verdict,
    /// The record as it was then, or would have been.
    pub record: Synced<N>,
}

impl Book {
    /// The versions of a record, deleted or not, newest first; for whoever manages the book.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn history<N: Catalogued>(
        &self,
        principal: &Principal,
        id: N::Id,
    ) -> Result<Vec<Version<N>>, ServiceError> {
        principal.must_have(Right::ManageBook)?;
        let mut found = self.door.read(move |reader| versions::<N>(reader, id)).await?;
        if found.is_empty() {
            return Err(unknown::<N>());
        }
        found.reverse();
        Ok(found)
    }

    /// Brings back what was before the last change; done twice, it is as it was. What was deleted is there again.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn undo<N: Catalogued>(
        &self,
        asking: Asking<'_>,
        id: N::Id,
        expect: Option<u64>,
    ) -> Result<Synced<N>, ServiceError> {
        asking.principal.must_have(Right::ManageBook)?;
        let (current, before) = self
            .door
            .read(move |reader| {
                let mut won = versions::<N>(reader, id)?;
                won.retain(|version| version.verdict == Verdict::Won);
                won.pop();
                Ok((read::sync::record::<N>(reader, id)?, won.pop()))
            })
            .await?;
        let current = current.ok_or_else(unknown::<N>)?;
        let Some(before) = before else {
            return Err(ServiceError::bad_input(
                "nothing_to_undo",
                "There is no earlier version of this.",
                "Delete it, if it should not be there.",
            ));
        };
        // Of the version that was looked at here, so that nobody's later change is undone in its place.
        let expect = expect.or(Some(current.meta.changed_seq));
        let body = before.record.body;
        self.edit(
            asking,
            match (current.is_live(), before.record.meta.deleted) {
                (true, Some(_)) => Edit::Delete { id, expect },
                (true, None) => Edit::Set { id, expect, body },
                (false, _) => Edit::Restore { id, expect, body },
            },
        )
        .await
    }
}

/// Oldest first.
fn versions<N: Catalogued>(reader: &dyn Reader, id: N::Id) -> Result<Vec<Version<N>>, StoreError> {
    let entries = read::sync::history(reader, N::NOUN, id.into())?;
    let version = |(seq, entry): (u64, crate::domain::sync::HistoryEntry)| {
        let record = read::sync::version_of::<N>(&entry)?;
        let (at, actor, verdict) = (entry.at, entry.actor, entry.verdict);
        Ok(Version { seq, at, actor, verdict, record })
    };
    entries.into_iter().map(version).collect()
}
