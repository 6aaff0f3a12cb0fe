//! Names that are taken: unique among what stands below the same thing, whatever their case. Deleted records hold no name.

use std::ops::ControlFlow;

use super::Applying;
use crate::domain::id::RecordId;
use crate::domain::outcome::Noun;
use crate::domain::text::Label;
use crate::store::error::StoreError;
use crate::store::tables::{Table, Titles};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// A name in its place.
pub(super) struct Title<'a> {
    /// Of which sort.
    pub(super) noun: Noun,
    /// Below what; nothing is [`RecordId::NIL`].
    pub(super) below: RecordId,
    /// As written.
    pub(super) name: &'a Label,
}

/// May `id` have this name?
pub(super) fn is_free(
    at: &Applying<'_>,
    title: &Title<'_>,
    id: RecordId,
) -> Result<bool, StoreError> {
    let key = (title.noun, title.below, title.name.folded());
    Ok(at.writer.get::<Titles>(&key)?.is_none_or(|holder| holder == id))
}

/// `id` has this name from now on, and not the one it had.
pub(super) fn take(
    at: &mut Applying<'_>,
    had: Option<&Title<'_>>,
    title: &Title<'_>,
    id: RecordId,
) -> Result<(), StoreError> {
    if let Some(had) = had {
        give_back(at, had)?;
    }
    at.writer.put::<Titles>(&(title.noun, title.below, title.name.folded()), &id)
}

/// The name is free again.
pub(super) fn give_back(at: &mut Applying<'_>, title: &Title<'_>) -> Result<(), StoreError> {
    at.writer.delete::<Titles>(&(title.noun, title.below, title.name.folded()))?;
    Ok(())
}

/// Does anything of this sort stand below this?
pub(super) fn any_below(
    at: &Applying<'_>,
    noun: Noun,
    below: RecordId,
) -> Result<bool, StoreError> {
    Ok(at.writer.first::<Titles>(KeyRange::prefix(&(noun, below)), Order::Rising)?.is_some())
}

/// Are there `most` of this sort, wherever they stand?
pub(super) fn are_full(at: &Applying<'_>, noun: Noun, most: usize) -> Result<bool, StoreError> {
    let mut count = 0;
    at.writer.scan_bytes(Titles::NAME, KeyRange::prefix(&noun), Order::Rising, &mut |_, _| {
        count += 1;
        Ok(if count < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(count >= most)
}
