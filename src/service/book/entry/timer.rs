//! The running timer: one's own, at most one.

use super::{Booked, EntryDraft, fresh, no_person};
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{EntryId, UserId};
use crate::domain::sync::{Edit, Synced};
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::book::{Asking, Book};
use crate::service::error::ServiceError;
use crate::store::read;

impl Book {
    /// The timer that runs.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn timer(
        &self,
        principal: &Principal,
    ) -> Result<Option<Synced<Entry>>, ServiceError> {
        let person = own(principal)?;
        Ok(self.door.read(move |reader| read::entry::running(reader, person)).await?)
    }

    /// Starts one; the one that runs ends there.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn start_timer(
        &self,
        asking: Asking<'_>,
        draft: EntryDraft,
    ) -> Result<Booked, ServiceError> {
        own(asking.principal)?;
        self.add_entry(asking, EntryDraft { person: None, end: None, ..draft }).await
    }

    /// Starts one on the same as an earlier entry, whose ever that was.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn continue_entry(
        &self,
        asking: Asking<'_>,
        id: EntryId,
    ) -> Result<Booked, ServiceError> {
        let person = own(asking.principal)?;
        let (earlier, _) = self.reached(asking.principal, id).await?;
        let (start, end) = (asking.now, None);
        let body = Entry { person, start, end, cut: None, ..earlier.body };
        self.book(asking, EntryCommand::Edit(Edit::Add { id: fresh(), body })).await
    }

    /// Stops the one that runs, now or when it is said.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn stop_timer(
        &self,
        asking: Asking<'_>,
        end: Option<Timestamp>,
    ) -> Result<Booked, ServiceError> {
        let (person, end) = (own(asking.principal)?, end.unwrap_or(asking.now));
        self.book(asking, EntryCommand::Stop { person, end }).await
    }

    /// Deletes the one that runs.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn discard_timer(&self, asking: Asking<'_>) -> Result<(), ServiceError> {
        let person = own(asking.principal)?;
        self.book(asking, EntryCommand::Discard { person }).await.map(|_| ())
    }
}

fn own(principal: &Principal) -> Result<UserId, ServiceError> {
    principal.user().map(|user| user.id).ok_or_else(no_person)
}
