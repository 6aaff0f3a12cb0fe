//! Customers, projects, tasks and tags: listed, looked at, added, changed, deleted, all in the same way.

use std::ops::ControlFlow;

use super::sight::{Asker, Viewer};
use super::{Book, unknown};
use crate::clock;
use crate::domain::command::Command;
use crate::domain::customer::Customer;
use crate::domain::id::RecordId;
use crate::domain::outcome::Outcome;
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::sync::{Edit, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::once::OnceKey;
use crate::service::page::{Page, PageRequest};
use crate::service::{Change, Principal};
use crate::store::read;
use crate::store::read::sync::Shelf;

/// Somebody who wants a change.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// When.
    pub now: Timestamp,
    /// With a key of their own, if they may ask again.
    pub key: Option<OnceKey>,
}

/// A sort of record in the catalog.
pub trait Catalogued: Shelf<Id: Send> + Send + 'static {
    /// The command that carries an edit.
    fn command(edit: Edit<Self>) -> Command;

    #[expect(private_interfaces, reason = "only this room asks")]
    /// Does this viewer see it?
    fn is_seen(record: &Synced<Self>, viewer: &Viewer) -> bool;
}

macro_rules! catalogued {
    ($($noun:ident seen by $sees:ident),* $(,)?) => {$(
        impl Catalogued for $noun {
            fn command(edit: Edit<Self>) -> Command {
                Command::$noun(edit)
            }

            #[expect(private_interfaces, reason = "only this room asks")]
            fn is_seen(record: &Synced<Self>, viewer: &Viewer) -> bool {
                viewer.$sees(record)
            }
        }
    )*};
}

catalogued!(
    Customer seen by sees_customer,
    Project seen by sees_project,
    Task seen by sees_task,
    Tag seen by sees_tag,
);

impl Book {
    /// A page of what this person may book on and `wanted` picks, oldest first.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn list<N: Catalogued>(
        &self,
        principal: &Principal,
        page: &PageRequest,
        wanted: impl Fn(&N) -> bool + Send + 'static,
    ) -> Result<Page<Synced<N>>, ServiceError> {
        let (asker, most, after) = (Asker::of(principal), page.items(), page.after::<N::Id>()?);
        let found = self.door.read(move |reader| {
            let viewer = Viewer::load(reader, asker)?;
            let mut found = Vec::new();
            read::sync::each::<N>(reader, after, |record| {
                if wanted(&record.body) && N::is_seen(&record, &viewer) {
                    found.push(record);
                }
                if found.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            Ok(found)
        });
        Ok(Page::cut(found.await?, most, |record| record.id))
    }

    /// One record, if this person may book on it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] when there is none for them.
    pub async fn one<N: Catalogued>(
        &self,
        principal: &Principal,
        id: N::Id,
    ) -> Result<Synced<N>, ServiceError> {
        let asker = Asker::of(principal);
        let found = self.door.read(move |reader| {
            let viewer = Viewer::load(reader, asker)?;
            let record = read::sync::record::<N>(reader, id)?;
            Ok(record.filter(|record| record.is_live() && N::is_seen(record, &viewer)))
        });
        found.await?.ok_or_else(unknown::<N>)
    }

    /// One more record.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn add<N: Catalogued>(
        &self,
        asking: Asking<'_>,
        body: N,
    ) -> Result<Synced<N>, ServiceError> {
        let id = N::Id::from(RecordId(clock::ascending_id()));
        self.edit(asking, Edit::Add { id, body }).await
    }

    /// Another body.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn set<N: Catalogued>(
        &self,
        asking: Asking<'_>,
        id: N::Id,
        expect: Option<u64>,
        body: N,
    ) -> Result<Synced<N>, ServiceError> {
        self.edit(asking, Edit::Set { id, expect, body }).await
    }

    /// The end of a record.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete<N: Catalogued>(
        &self,
        asking: Asking<'_>,
        id: N::Id,
        expect: Option<u64>,
    ) -> Result<(), ServiceError> {
        self.edit(asking, Edit::<N>::Delete { id, expect }).await.map(|_| ())
    }

    /// The record as it is after the edit, which the outcome names: after a repeated request that is the one made the first time.
    pub(super) async fn edit<N: Catalogued>(
        &self,
        asking: Asking<'_>,
        edit: Edit<N>,
    ) -> Result<Synced<N>, ServiceError> {
        asking.principal.must_have(Right::ManageBook)?;
        let (now, actor, command) = (asking.now, asking.principal.actor(), N::command(edit));
        let outcome = Change { now, actor, command }.commit_once(&self.door, asking.key).await?;
        let Outcome::Kept { record, .. } = outcome else {
            return Err(ServiceError::Failed(format!("An edit ended as {outcome:?}.")));
        };
        let found = self.door.read(move |reader| read::sync::record::<N>(reader, record.into()));
        found.await?.ok_or_else(unknown::<N>)
    }
}
