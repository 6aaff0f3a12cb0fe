//! The ordered-transaction trait everything is written against: get, put, delete and scan over named tables of ordered bytes, and
//! on top of it the same over typed tables.

use std::ops::{Bound, ControlFlow};

use super::error::StoreError;
use super::tables::{Table, TableName};
use crate::codec::key::Key;
use crate::codec::{decode, encode};

/// Which end of a range to begin at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The smallest key first.
    Rising,
    /// The greatest key first.
    Falling,
}

/// A range of keys.
#[derive(Clone, Debug)]
pub struct KeyRange {
    /// Where it begins.
    pub from: Bound<Vec<u8>>,
    /// Where it ends.
    pub to: Bound<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub const fn all() -> Self {
        Self { from: Bound::Unbounded, to: Bound::Unbounded }
    }

    /// Every key whose bytes begin with those of `prefix`.
    pub fn prefix(prefix: &impl Key) -> Self {
        let from = prefix.to_bytes();
        let mut after = from.clone();
        while after.last() == Some(&u8::MAX) {
            after.pop();
        }
        let to = match after.last_mut() {
            Some(last) => {
                *last += 1;
                Bound::Excluded(after)
            }
            None => Bound::Unbounded,
        };
        Self { from: Bound::Included(from), to }
    }

    /// From `from`, included, to `to`, not.
    pub fn between(from: &impl Key, to: &impl Key) -> Self {
        Self { from: Bound::Included(from.to_bytes()), to: Bound::Excluded(to.to_bytes()) }
    }

    /// From `from` to every key that begins with `to`, both included.
    pub fn spanning(from: &impl Key, to: &impl Key) -> Self {
        Self { from: Bound::Included(from.to_bytes()), to: Self::prefix(to).to }
    }

    /// From `key` on.
    pub fn from(key: &impl Key) -> Self {
        Self { from: Bound::Included(key.to_bytes()), to: Bound::Unbounded }
    }

    /// After `key`.
    pub fn after(key: &impl Key) -> Self {
        Self { from: Bound::Excluded(key.to_bytes()), to: Bound::Unbounded }
    }

    /// The same begin, ending where `other` ends.
    #[must_use]
    pub fn ending_with(self, other: Self) -> Self {
        Self { from: self.from, to: other.to }
    }
}

/// What a scan does with each row.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

/// A consistent view of all tables.
pub trait Reader {
    /// The value under `key`.
    ///
    /// # Errors
    /// [`StoreError`], as everywhere here.
    fn get_bytes(&self, table: TableName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows each row of `range` in `order` until the visitor breaks.
    ///
    /// # Errors
    /// [`StoreError`], the visitor's own included.
    fn scan_bytes(
        &self,
        table: TableName,
        range: KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError>;
}

/// A view that can be changed; the changes are seen by its own reads at once, by others after the commit.
pub trait Writer: Reader {
    /// Puts `value` under `key`, replacing what was there.
    ///
    /// # Errors
    /// [`StoreError`].
    fn put_bytes(&mut self, table: TableName, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes `key`; was it there?
    ///
    /// # Errors
    /// [`StoreError`].
    fn delete_bytes(&mut self, table: TableName, key: &[u8]) -> Result<bool, StoreError>;

    /// This, as a reader.
    fn as_reader(&self) -> &dyn Reader;
}

/// A typed row.
pub type Row<T> = (<T as Table>::Key, <T as Table>::Value);

/// Typed reads, for every [`Reader`].
pub trait Read: Reader {
    /// The value under `key`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn get<T: Table>(&self, key: &T::Key) -> Result<Option<T::Value>, StoreError> {
        match self.get_bytes(T::NAME, &key.to_bytes())? {
            Some(bytes) => Ok(Some(decode(&bytes)?)),
            None => Ok(None),
        }
    }

    /// Shows each row of `range` in `order` until the visitor breaks.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scan<T: Table>(
        &self,
        range: KeyRange,
        order: Order,
        mut visit: impl FnMut(T::Key, T::Value) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.scan_bytes(T::NAME, range, order, &mut |key, value| {
            Ok(visit(T::Key::from_bytes(key)?, decode(value)?))
        })
    }

    /// Up to `most` rows of `range` in `order`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn rows<T: Table>(
        &self,
        range: KeyRange,
        order: Order,
        most: usize,
    ) -> Result<Vec<Row<T>>, StoreError> {
        let mut rows = Vec::new();
        if most == 0 {
            return Ok(rows);
        }
        self.scan::<T>(range, order, |key, value| {
            rows.push((key, value));
            if rows.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(rows)
    }

    /// The first row of `range` in `order`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn first<T: Table>(&self, range: KeyRange, order: Order) -> Result<Option<Row<T>>, StoreError> {
        Ok(self.rows::<T>(range, order, 1)?.pop())
    }
}

impl<R: Reader + ?Sized> Read for R {}

/// Typed writes, for every [`Writer`].
pub trait Write: Writer {
    /// Puts `value` under `key`, replacing what was there.
    ///
    /// # Errors
    /// [`StoreError`].
    fn put<T: Table>(&mut self, key: &T::Key, value: &T::Value) -> Result<(), StoreError> {
        self.put_bytes(T::NAME, &key.to_bytes(), &encode(value))
    }

    /// Removes `key`; was it there?
    ///
    /// # Errors
    /// [`StoreError`].
    fn delete<T: Table>(&mut self, key: &T::Key) -> Result<bool, StoreError> {
        self.delete_bytes(T::NAME, &key.to_bytes())
    }
}

impl<W: Writer + ?Sized> Write for W {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next() {
        let range = KeyRange::prefix(&0x01ff_u64);
        assert_eq!(range.to, Bound::Excluded(vec![0, 0, 0, 0, 0, 0, 2]));
        assert_eq!(KeyRange::prefix(&u64::MAX).to, Bound::Unbounded);
    }
}
