//! Reads of what copies are told of beside the synced records.

use super::Result;
use crate::codec::told_id;
use crate::domain::id::RecordId;
use crate::domain::outcome::Noun;
use crate::domain::told::{Mark, Told};
use crate::store::tables::Marks;
use crate::store::transaction::{Read, Reader};

/// The mark of the record of this sort.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn mark(reader: &dyn Reader, noun: Noun, id: RecordId) -> Result<Option<Mark>> {
    reader.get::<Marks>(&(noun, id))
}

/// The version of a record; 0 when there is none.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn version(reader: &dyn Reader, told: &Told) -> Result<u64> {
    let mark = mark(reader, told.noun(), told_id(told))?;
    Ok(mark.map_or(0, |mark| mark.version()))
}
