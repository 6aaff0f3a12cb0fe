//! Imports, and what is left of what they added.

use super::{Result, values};
use crate::domain::id::{ImportId, RecordId};
use crate::domain::import::Import;
use crate::domain::outcome::Noun;
use crate::store::tables::{ImportRecords, Imports};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// The import of this id.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn of(reader: &dyn Reader, id: ImportId) -> Result<Option<Import>> {
    reader.get::<Imports>(&id)
}

/// Every import, the oldest first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn all(reader: &dyn Reader) -> Result<Vec<Import>> {
    values::<Imports>(reader, KeyRange::all())
}

/// Up to `most` records that an import added and that were not taken out, before this one in the order in which they can go: time
/// entries first, then what they stand on.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn records(
    reader: &dyn Reader,
    id: ImportId,
    before: Option<(Noun, RecordId)>,
    most: usize,
) -> Result<Vec<(Noun, RecordId)>> {
    let all = KeyRange::prefix(&id);
    let range = match before {
        Some((noun, record)) => KeyRange::between(&id, &(id, noun, record)),
        None => all,
    };
    let rows = reader.rows::<ImportRecords>(range, Order::Falling, most)?;
    Ok(rows.into_iter().map(|((_, noun, record), _)| (noun, record)).collect())
}
