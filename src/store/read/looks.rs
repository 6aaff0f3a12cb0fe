//! Who looked at whose recorded activity.

use super::Result;
use crate::domain::id::UserId;
use crate::domain::look::Look;
use crate::domain::time::Timestamp;
use crate::store::tables::Looks;
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Up to `most` looks at a person's activity before this place, newest first, each with its place: several may be of one moment.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn of(
    reader: &dyn Reader,
    person: UserId,
    (before, index): (Timestamp, u64),
    most: usize,
) -> Result<Vec<((Timestamp, u64), Look)>> {
    let range = KeyRange::between(&(person, Timestamp::EARLIEST, 0_u64), &(person, before, index));
    let rows = reader.rows::<Looks>(range, Order::Falling, most)?;
    Ok(rows.into_iter().map(|((_, at, index), look)| ((at, index), look)).collect())
}

/// Up to `most` looks at a person's activity after this place, oldest first, each with its place.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn after(
    reader: &dyn Reader,
    person: UserId,
    after: Option<(Timestamp, u64)>,
    most: usize,
) -> Result<Vec<((Timestamp, u64), Look)>> {
    let all = KeyRange::prefix(&person);
    let range = match after {
        Some((at, index)) => KeyRange::after(&(person, at, index)).ending_with(all),
        None => all,
    };
    let rows = reader.rows::<Looks>(range, Order::Rising, most)?;
    Ok(rows.into_iter().map(|((_, at, index), look)| ((at, index), look)).collect())
}
