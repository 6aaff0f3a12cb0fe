//! Who looked at whose recorded activity.

use super::Result;
use crate::domain::id::UserId;
use crate::domain::look::Look;
use crate::domain::time::Timestamp;
use crate::store::tables::Looks;
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Up to `most` looks at a person's activity before `before`, newest first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn of(
    reader: &dyn Reader,
    person: UserId,
    before: Timestamp,
    most: usize,
) -> Result<Vec<Look>> {
    let range = KeyRange::between(&(person, Timestamp::EARLIEST, 0_u64), &(person, before, 0_u64));
    let rows = reader.rows::<Looks>(range, Order::Falling, most)?;
    Ok(rows.into_iter().map(|(_, look)| look).collect())
}
