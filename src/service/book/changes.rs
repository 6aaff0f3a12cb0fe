//! What changed in the book, for whoever keeps a copy of it.

use std::ops::ControlFlow;

use super::Book;
use super::sight::{Asker, Sight, Viewer};
use super::told::ToldRecord;
use crate::domain::id::RecordId;
use crate::domain::outcome::{Noun, Refusal};
use crate::domain::sync::Since;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::page::{Cursor, PageRequest};
use crate::store::{Reader, StoreError, read};

/// A page ends after this many changes, however many of them its reader may see.
const MOST_LOOKED_AT: usize = 20_000;
const PLACES_AT_ONCE: usize = 256;

/// What is asked for: all changes after `since`, or a page further on.
#[derive(Clone, Debug, Default)]
pub struct ChangesRequest {
    /// The last change the copy has; 0 for a new copy. A page's cursor wins over it.
    pub since: u64,
    /// The epoch it was made under, if its keeper says: under another one it is worth nothing.
    pub epoch: Option<u32>,
    /// Only these sorts; all when there are none.
    pub nouns: Vec<Noun>,
    /// Which part.
    pub page: PageRequest,
}

/// A record that changed.
#[derive(Clone, Debug)]
pub struct ChangedRecord {
    /// With which change it changed last.
    pub seq: u64,
    /// Its sort.
    pub noun: Noun,
    /// Which, in words that stay the same.
    pub id: String,
    /// As it is now; none when it is gone, or not for this person: a copy of it must go.
    pub record: Option<ToldRecord>,
}

/// A page of changes.
#[derive(Clone, Debug)]
pub struct ChangesPage {
    /// Counts restores: a copy made under another one is worth nothing.
    pub server_epoch: u32,
    /// What this person may see, as a word: a copy made under another one is worth nothing.
    pub view: String,
    /// In the order of changes.
    pub items: Vec<ChangedRecord>,
    /// Where the next page goes on; none when the copy is complete.
    pub next: Option<Cursor>,
    /// What to ask with as `since` once the copy is complete: everything up to here is in it.
    pub since: u64,
}

impl Book {
    /// How often the office was restored: a copy of another epoch begins anew.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn server_epoch(&self) -> Result<u32, ServiceError> {
        let office = self.door.read(read::office).await?;
        Ok(office.map_or(0, |office| office.server_epoch))
    }

    /// What changed since, as far as this person may see it. A page that ends within one change says so in its cursor.
    ///
    /// # Errors
    /// [`ServiceError`]; [`Refusal::CopyTooOld`] when it was made before the office was restored, or what was deleted since is not known
    /// any more.
    pub async fn changes(
        &self,
        principal: &Principal,
        request: &ChangesRequest,
    ) -> Result<ChangesPage, ServiceError> {
        let (place, asker, most) = (request.place()?, Asker::of(principal), request.page.items());
        let nouns = request.nouns.clone();
        let found = self.door.read(move |reader| page(reader, asker, place, (most, &nouns)));
        found.await?.map_err(ServiceError::Refused)
    }
}

/// Where a copy stands that is brought up to date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    since: Since,
    epoch: Option<u32>,
    /// Up to where traces of what was deleted were gone already when its first page was read; none on the first page.
    floor: Option<u64>,
}

impl Place {
    /// The floor this walk goes on with, or why it cannot: what was deleted since is not known any more. A new copy needs no traces of what
    /// went before it began; of what goes while it is read, it does.
    fn floor(&self, reader: &dyn Reader) -> Result<Result<u64, Refusal>, StoreError> {
        let floor = read::retention::swept(reader)?.floor;
        let is_known = match self.floor {
            None => self.since.seq == 0 || self.since.seq >= floor,
            Some(began) => began == floor || self.since.seq >= floor,
        };
        Ok(if is_known { Ok(self.floor.unwrap_or(floor)) } else { Err(Refusal::CopyTooOld) })
    }
}

impl ChangesRequest {
    pub(super) fn place(&self) -> Result<Place, ServiceError> {
        let epoch = self.epoch;
        Ok(match self.page.after::<PageEnd>()? {
            Some((floor, (seq, noun, id))) => {
                let since = Since { seq, record: Some((noun, id)) };
                Place { since, epoch, floor: Some(floor) }
            }
            None => Place { since: Since { seq: self.since, record: None }, epoch, floor: None },
        })
    }
}

/// What a cursor holds: the floor its walk began with, and the last record looked at.
type PageEnd = (u64, (u64, Noun, RecordId));

pub(super) fn page(
    reader: &dyn Reader,
    asker: Asker,
    place: Place,
    (most, nouns): (usize, &[Noun]),
) -> Result<Result<ChangesPage, Refusal>, StoreError> {
    let server_epoch = read::office(reader)?.map_or(0, |office| office.server_epoch);
    if place.epoch.is_some_and(|epoch| epoch != server_epoch) {
        return Ok(Err(Refusal::CopyTooOld));
    }
    let floor = match place.floor(reader)? {
        Ok(floor) => floor,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (viewer, since) = (Viewer::load(reader, asker)?, place.since);
    let (mut items, mut at, mut more, mut looked) = (Vec::new(), since, false, 0);
    // On until the page is full: a long stretch of what is hidden from this reader is not told page by page.
    'page: loop {
        let places = places(reader, at)?;
        let is_end = places.len() < PLACES_AT_ONCE;
        for (seq, noun, id) in places {
            more = items.len() >= most || looked >= MOST_LOOKED_AT;
            if more {
                break 'page;
            }
            looked += 1;
            at = Since { seq, record: Some((noun, id)) };
            if nouns.is_empty() || nouns.contains(&noun) {
                items.extend(changed(reader, &viewer, (seq, noun, id))?);
            }
        }
        if is_end {
            break;
        }
    }
    let last: Option<PageEnd> = at.record.map(|(noun, id)| (floor, (at.seq, noun, id)));
    let next = last.as_ref().filter(|_| more).map(Cursor::after);
    // Complete up to the change before the last one shown, if there may be more of that. A copy that is whole lacks nothing of what is
    // not known any more, though that may have changed after everything that is.
    let since = if next.is_some() { at.seq.saturating_sub(1) } else { at.seq.max(floor) };
    Ok(Ok(ChangesPage { server_epoch, view: viewer.view(), items, next, since }))
}

/// What a viewer is told of a record that changed last there.
fn changed(
    reader: &dyn Reader,
    viewer: &Viewer,
    (seq, noun, id): (u64, Noun, RecordId),
) -> Result<Option<ChangedRecord>, StoreError> {
    if let Some(record) = read::sync::any_record(reader, noun, id)? {
        let record = match viewer.sees(&record) {
            Sight::Shown => Some(ToldRecord::Synced(record)),
            Sight::Gone if !viewer.may_know(reader, noun, id)? => return Ok(None),
            Sight::Gone => None,
            Sight::Hidden => return Ok(None),
        };
        return Ok(Some(ChangedRecord { seq, noun, id: id.to_string(), record }));
    }
    let Some(mark) = read::told::mark(reader, noun, id)? else { return Ok(None) };
    let record = viewer.told(reader, &mark)?.ok();
    let id = mark.told.to_string();
    Ok(record.map(|record| ChangedRecord { seq, noun, id, record }))
}

fn places(reader: &dyn Reader, since: Since) -> Result<Vec<(u64, Noun, RecordId)>, StoreError> {
    let mut places = Vec::new();
    read::sync::changes(reader, since, |seq, noun, id| {
        places.push((seq, noun, id));
        let is_full = places.len() >= PLACES_AT_ONCE;
        if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(places)
}
