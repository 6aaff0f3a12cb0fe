//! Two changes of time entries that belong together: what a split made goes back, and forth again, whole or not at all.

use super::fault::{self, Wanted};
use super::{enter_unasked, remove_unasked};
use crate::domain::entry::Entry;
use crate::domain::id::EntryId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::sync::{Edit, Synced};
use crate::store::apply::{Applying, refused, sync};
use crate::store::error::StoreError;
use crate::store::tables::TimerStarts;
use crate::store::transaction::Write;

/// Both are looked at before one is written. Answers with the one that was asked about.
pub(super) fn apply(
    at: &mut Applying<'_>,
    one: &Edit<Entry>,
    other: &Edit<Entry>,
) -> Result<Outcome, StoreError> {
    let (one, other) = match (Turn::of(at, one)?, Turn::of(at, other)?) {
        (Ok(one), Ok(other)) if one.id != other.id => (one, other),
        (Err(refusal), _) | (_, Err(refusal)) => return refused(refusal),
        _ => return refused(Refusal::IdTaken),
    };
    // The timer that goes began where the other one is to run on: its begin was the split's, and nobody else's.
    let begun = match (&other.was, &other.body) {
        (Some(was), None) if was.body.end.is_none() => {
            Some((was.body.person, was.body.start, was.id))
        }
        _ => None,
    };
    let forgotten = match &begun {
        Some(start) => at.writer.delete::<TimerStarts>(start)?,
        None => false,
    };
    for turn in [&one, &other] {
        if let Some(refusal) = fault::online(at, &turn.wanted())? {
            if let Some(start) = begun.filter(|_| forgotten) {
                at.writer.put::<TimerStarts>(&start, &())?;
            }
            return refused(refusal);
        }
    }
    other.make(at)?;
    one.make(at)
}

/// One of the two.
struct Turn {
    id: EntryId,
    was: Option<Synced<Entry>>,
    body: Option<Entry>,
}

impl Turn {
    fn of(at: &Applying<'_>, edit: &Edit<Entry>) -> Result<Result<Self, Refusal>, StoreError> {
        let id = edit.id();
        let was = match edit {
            Edit::Add { .. } if sync::is_new::<Entry>(at, id)? => Ok(None),
            Edit::Add { .. } => Err(Refusal::IdTaken),
            Edit::Restore { expect, .. } => sync::gone::<Entry>(at, id, *expect)?.map(Some),
            Edit::Set { expect, .. } | Edit::Delete { expect, .. } => {
                sync::live::<Entry>(at, id, *expect)?.map(Some)
            }
        };
        let body = match edit {
            Edit::Add { body, .. } | Edit::Restore { body, .. } | Edit::Set { body, .. } => {
                Some(body.in_order())
            }
            Edit::Delete { .. } => None,
        };
        Ok(was.map(|was| Self { id, was, body }))
    }

    fn wanted(&self) -> Wanted<'_> {
        let was = self.was.as_ref();
        let before = was.map(|was| &was.body);
        Wanted { id: self.id, was, before, body: self.body.as_ref() }
    }

    fn make(self, at: &mut Applying<'_>) -> Result<Outcome, StoreError> {
        match (self.was, self.body) {
            (was, Some(body)) => enter_unasked(at, was.as_ref(), self.id, body),
            (Some(was), None) => remove_unasked(at, &was),
            (None, None) => refused(Refusal::UnknownEntry),
        }
    }
}
