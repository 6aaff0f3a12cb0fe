//! Reads of what all synced records have in common: one, all of a sort, what changed since, and how a record came to be.

use std::ops::ControlFlow;

use crate::codec::decode;
use crate::codec::key::Key;
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::RecordId;
use crate::domain::outcome::Noun;
use crate::domain::project::Project;
use crate::domain::sync::{AnyRecord, HistoryEntry, Since, Synced, Syncs};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::store::error::StoreError;
use crate::store::tables::{Changes, Customers, Entries, History, Projects, Table, Tags, Tasks};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// A sort of synced record with its table.
pub trait Shelf: Syncs<Id: Key + From<RecordId>> {
    /// Its table.
    type Table: Table<Key = Self::Id, Value = Synced<Self>>;

    /// A record as one of any sort.
    fn any(record: Synced<Self>) -> AnyRecord;
}

macro_rules! shelves {
    ($($noun:ident in $table:ident),* $(,)?) => {
        $(impl Shelf for $noun {
            type Table = $table;

            fn any(record: Synced<Self>) -> AnyRecord {
                AnyRecord::$noun(record)
            }
        })*

        /// The record of any sort, deleted or not; none for sorts that are not synced.
        ///
        /// # Errors
        /// [`StoreError`].
        pub fn any_record(reader: &dyn Reader, noun: Noun, id: RecordId) -> Result<Option<AnyRecord>, StoreError> {
            $(if noun == $noun::NOUN {
                return Ok(record::<$noun>(reader, id.into())?.map($noun::any));
            })*
            Ok(None)
        }

        /// The record in a version of its history.
        ///
        /// # Errors
        /// [`StoreError`].
        pub fn version(noun: Noun, entry: &HistoryEntry) -> Result<Option<AnyRecord>, StoreError> {
            $(if noun == $noun::NOUN {
                return Ok(Some(AnyRecord::$noun(decode(&entry.record)?)));
            })*
            Ok(None)
        }
    };
}

shelves!(Customer in Customers, Project in Projects, Task in Tasks, Tag in Tags, Entry in Entries);

/// The record of this id, deleted or not.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn record<B: Shelf>(reader: &dyn Reader, id: B::Id) -> Result<Option<Synced<B>>, StoreError> {
    reader.get::<B::Table>(&id)
}

/// Shows each record of a sort that is not deleted, oldest first, after `after`, until the visitor breaks.
///
/// # Errors
/// [`StoreError`].
pub fn each<B: Shelf>(
    reader: &dyn Reader,
    after: Option<B::Id>,
    mut visit: impl FnMut(Synced<B>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let range = after.map_or_else(KeyRange::all, |after| KeyRange::after(&after));
    reader.scan::<B::Table>(range, Order::Rising, |_, record| {
        if record.is_live() { visit(record) } else { ControlFlow::Continue(()) }
    })
}

/// The record in a version of its history, of a sort that is known.
///
/// # Errors
/// [`StoreError`].
pub fn version_of<B: Shelf>(entry: &HistoryEntry) -> Result<Synced<B>, StoreError> {
    stored::<B::Table>(&entry.record)
}

fn stored<T: Table>(bytes: &[u8]) -> Result<T::Value, StoreError> {
    Ok(decode(bytes)?)
}

/// Shows where each synced record last changed after `since`, in the order of changes, until the visitor breaks.
///
/// # Errors
/// [`StoreError`].
pub fn changes(
    reader: &dyn Reader,
    since: Since,
    mut visit: impl FnMut(u64, Noun, RecordId) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let range = match since.record {
        Some((noun, id)) => KeyRange::after(&(since.seq, noun, id)),
        None => match since.seq.checked_add(1) {
            Some(next) => KeyRange::from(&next),
            None => return Ok(()),
        },
    };
    reader.scan::<Changes>(range, Order::Rising, |(seq, noun, id), ()| visit(seq, noun, id))
}

/// Up to `most` records whose last change this was.
///
/// # Errors
/// [`StoreError`].
pub fn changed_by(
    reader: &dyn Reader,
    seq: u64,
    most: usize,
) -> Result<Vec<(Noun, RecordId)>, StoreError> {
    let rows = reader.rows::<Changes>(KeyRange::prefix(&seq), Order::Rising, most)?;
    Ok(rows.into_iter().map(|((_, noun, id), ())| (noun, id)).collect())
}

/// The versions of a record that are kept, oldest first, with the change each came with.
///
/// # Errors
/// [`StoreError`].
pub fn history(
    reader: &dyn Reader,
    noun: Noun,
    id: RecordId,
) -> Result<Vec<(u64, HistoryEntry)>, StoreError> {
    let rows = reader.rows::<History>(KeyRange::prefix(&(noun, id)), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, _, (seq, _)), entry)| (seq, entry)).collect())
}
