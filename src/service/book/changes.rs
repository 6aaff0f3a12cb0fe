//! What changed in the book, for whoever keeps a copy of it.

use std::ops::ControlFlow;

use super::Book;
use super::sight::{Asker, Sight, Viewer};
use crate::domain::id::RecordId;
use crate::domain::outcome::Noun;
use crate::domain::sync::{AnyRecord, Since};
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::service::page::{Cursor, PageRequest};
use crate::store::{Reader, StoreError, read};

/// What is asked for: all changes after `since`, or a page further on.
#[derive(Clone, Debug, Default)]
pub struct ChangesRequest {
    /// The last change the copy has; 0 for a new copy. A page's cursor wins over it.
    pub since: u64,
    /// Which part.
    pub page: PageRequest,
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRecord {
    /// With which change it changed last.
    pub seq: u64,
    /// Its sort.
    pub noun: Noun,
    /// Which.
    pub id: RecordId,
    /// As it is now; none when it is gone, or not for this person: a copy of it must go.
    pub record: Option<AnyRecord>,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangesPage {
    /// Counts restores: a copy made under another one is worth nothing.
    pub server_epoch: u32,
    /// What this person may see, as a word: a copy made under another one is worth nothing.
    pub view: &'static str,
    /// In the order of changes.
    pub items: Vec<ChangedRecord>,
    /// Where the next page goes on; none when the copy is complete.
    pub next: Option<Cursor>,
    /// What to ask with as `since` once the copy is complete: everything up to here is in it.
    pub since: u64,
}

impl Book {
    /// What changed since, as far as this person may see it. A page that ends within one change says so in its cursor.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn changes(
        &self,
        principal: &Principal,
        request: &ChangesRequest,
    ) -> Result<ChangesPage, ServiceError> {
        let since = match request.page.after::<(u64, Noun, RecordId)>()? {
            Some((seq, noun, id)) => Since { seq, record: Some((noun, id)) },
            None => Since { seq: request.since, record: None },
        };
        let (asker, most) = (Asker::of(principal), request.page.items());
        Ok(self.door.read(move |reader| page(reader, asker, since, most)).await?)
    }
}

fn page(
    reader: &dyn Reader,
    asker: Asker,
    since: Since,
    most: usize,
) -> Result<ChangesPage, StoreError> {
    let viewer = Viewer::load(reader, asker)?;
    let server_epoch = read::office(reader)?.map_or(0, |office| office.server_epoch);
    let (mut places, mut more) = (Vec::new(), false);
    read::sync::changes(reader, since, |seq, noun, id| {
        more = places.len() >= most;
        if more {
            return ControlFlow::Break(());
        }
        places.push((seq, noun, id));
        ControlFlow::Continue(())
    })?;
    let mut items = Vec::new();
    for (seq, noun, id) in &places {
        let Some(record) = read::sync::any_record(reader, *noun, *id)? else { continue };
        let record = match viewer.sees(&record) {
            Sight::Shown => Some(record),
            Sight::Gone => None,
            Sight::Hidden => continue,
        };
        items.push(ChangedRecord { seq: *seq, noun: *noun, id: *id, record });
    }
    let last = places.last();
    let next = last.filter(|_| more).map(Cursor::after);
    // Complete up to the change before the last one shown, if there may be more of that.
    let since = last.map_or(since.seq, |(seq, ..)| if more { seq.saturating_sub(1) } else { *seq });
    Ok(ChangesPage { server_epoch, view: asker.view(), items, next, since })
}
