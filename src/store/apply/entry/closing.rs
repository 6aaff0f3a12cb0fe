//! What of closed time a change of time entries would touch: its own, and that of the timer which ends otherwise by it.

use super::timer;
use crate::domain::entry::Entry;
use crate::domain::id::EntryId;
use crate::domain::sync::Synced;
use crate::store::apply::Applying;
use crate::store::error::StoreError;
use crate::store::read::closed::{self, Touched};

/// What an edit would touch: itself if it counts, and the timer before it in any case.
pub(super) fn touched(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    now: Option<&Entry>,
    counts: bool,
) -> Result<Touched, StoreError> {
    let was = was.filter(|was| was.is_live()).map(|was| &was.body);
    let Some(person) = now.or(was).map(|entry| entry.person) else { return Ok(Touched::default()) };
    let mut turns = Vec::new();
    if counts {
        turns.push((was, now));
    }
    let before = match now {
        Some(now) => timer::before(at, id, now)?,
        None => None,
    };
    if let Some((older, ended)) = &before {
        turns.push((Some(&older.body), Some(ended)));
    }
    closed::touched(at.writer.as_reader(), person, &turns)
}
