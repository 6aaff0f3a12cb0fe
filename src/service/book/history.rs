//! How a record came to be, version by version, and the way back.

use super::catalog::{Asking, Catalogued};
use super::{Book, unknown};
use crate::domain::command::Actor;
use crate::domain::right::Right;
use crate::domain::sync::{Edit, Synced, Verdict};
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::read::sync::Shelf;
use crate::store::{Reader, StoreError, read};

/// One version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<N: Shelf> {
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
        let found = self.door.read(move |reader| Undo::<N>::of(reader, id)).await?;
        let edit = found.ok_or_else(unknown::<N>)?.into_edit(expect)?;
        self.edit(asking, edit).await
    }
}

/// What an undo goes back from, and where to.
pub(super) struct Undo<N: Shelf> {
    pub(super) current: Synced<N>,
    /// The change that counts.
    pub(super) last: Option<Version<N>>,
    pub(super) before: Option<Synced<N>>,
}

impl<N: Shelf> Undo<N> {
    pub(super) fn of(reader: &dyn Reader, id: N::Id) -> Result<Option<Self>, StoreError> {
        let mut won = versions::<N>(reader, id)?;
        won.retain(|version| version.verdict == Verdict::Won);
        let last = won.pop();
        let before = won.pop().map(|version| version.record);
        Ok(read::sync::record::<N>(reader, id)?.map(|current| Self { current, last, before }))
    }

    /// The edit that brings back what was before the last change.
    pub(super) fn into_edit(self, expect: Option<u64>) -> Result<Edit<N>, ServiceError> {
        let Self { current, before, .. } = self;
        let Some(before) = before else {
            return Err(ServiceError::bad_input(
                "nothing_to_undo",
                "There is no earlier version of this.",
                "Delete it, if it should not be there.",
            ));
        };
        // Of the version that was looked at here, so that nobody's later change is undone in its place.
        let (id, expect) = (current.id, expect.or(Some(current.meta.changed_seq)));
        let body = before.body;
        Ok(match (current.is_live(), before.meta.deleted) {
            (true, Some(_)) => Edit::Delete { id, expect },
            (true, None) => Edit::Set { id, expect, body },
            (false, _) => Edit::Restore { id, expect, body },
        })
    }
}

/// Oldest first.
pub(super) fn versions<N: Shelf>(
    reader: &dyn Reader,
    id: N::Id,
) -> Result<Vec<Version<N>>, StoreError> {
    let entries = read::sync::history(reader, N::NOUN, id.into())?;
    let version = |(seq, entry): (u64, crate::domain::sync::HistoryEntry)| {
        let record = read::sync::version_of::<N>(&entry)?;
        let (at, actor, verdict) = (entry.at, entry.actor, entry.verdict);
        Ok(Version { seq, at, actor, verdict, record })
    };
    entries.into_iter().map(version).collect()
}
