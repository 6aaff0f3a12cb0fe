//! The way back from the last change of a time entry. A split made two of one: its way back takes the second half away in the same
//! command, and the way forth again brings it back, so that no time counts twice or is lost.

use super::UNKNOWN;
use crate::domain::entry::{Entry, EntryCommand, MOST_A_DAY};
use crate::domain::id::EntryId;
use crate::domain::outcome::Noun;
use crate::domain::sync::{Edit, Synced, Verdict};
use crate::domain::time::DAY_MS;
use crate::service::book::history::{Undo, Version, versions};
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// Of what came with one change, this many are looked at.
const MOST_CHANGED: usize = 1_000;

/// The command that brings back what was before the last change.
pub(super) fn command(
    reader: &dyn Reader,
    id: EntryId,
    expect: Option<u64>,
) -> Result<Result<EntryCommand, ServiceError>, StoreError> {
    let Some(mut undo) = Undo::<Entry>::of(reader, id)? else { return Ok(Err(UNKNOWN)) };
    let other = match other_half(reader, &undo)? {
        Ok(other) => other,
        Err(error) => return Ok(Err(error)),
    };
    let ended = !undo.current.is_live() || undo.current.body.end.is_some();
    if let Some(before) = undo.before.as_mut().filter(|_| ended) {
        // It was ended by a timer that there is still: it does not run on.
        before.body.end = before.body.ends();
    }
    Ok(undo.into_edit(expect).map(|one| match other {
        Some(other) => EntryCommand::Both { one: Box::new(one), other: Box::new(other) },
        None => EntryCommand::Edit(one),
    }))
}

/// What is to become of the other half, where the last change was a split, or the way back from one.
fn other_half(
    reader: &dyn Reader,
    undo: &Undo<Entry>,
) -> Result<Result<Option<Edit<Entry>>, ServiceError>, StoreError> {
    let (Some(last), Some(before)) = (&undo.last, &undo.before) else { return Ok(Ok(None)) };
    if !undo.current.is_live() || !before.is_live() || before.body.start != last.record.body.start {
        return Ok(Ok(None));
    }
    let (whole, first) = (&before.body, &last.record.body);
    if is_half(first, whole) {
        return second_half(reader, whole, first, last.seq);
    }
    if is_half(whole, first) {
        return Ok(Ok(half_that_went(reader, first, whole, last.seq)?));
    }
    Ok(Ok(None))
}

fn is_half(first: &Entry, whole: &Entry) -> bool {
    let Some(end) = first.end else { return false };
    whole.split(end).is_some_and(|(before, _)| before.in_order() == first.in_order())
}

fn is_split(whole: &Entry, first: &Entry, second: &Entry) -> bool {
    whole.split(second.start).is_some_and(|(before, after)| {
        before.in_order() == first.in_order() && after.in_order() == second.in_order()
    })
}

/// The half that the split made goes, if nobody changed it since.
fn second_half(
    reader: &dyn Reader,
    whole: &Entry,
    first: &Entry,
    seq: u64,
) -> Result<Result<Option<Edit<Entry>>, ServiceError>, StoreError> {
    let end = first.end.unwrap_or(first.start);
    let (from, to) = (end.minus_ms(DAY_MS), end.plus_ms(2 * DAY_MS));
    let near = read::entry::begun_between(reader, whole.person, from, to, 3 * MOST_A_DAY)?;
    for entry in near {
        let won = won(reader, entry.id)?;
        let Some(made) = won.iter().position(|made| made.seq == seq) else { continue };
        if !is_split(whole, first, &won[made].record.body) {
            continue;
        }
        if made + 1 < won.len() {
            return Ok(Err(changed_since()));
        }
        let expect = Some(entry.meta.changed_seq);
        return Ok(Ok(Some(Edit::Delete { id: entry.id, expect })));
    }
    Ok(Ok(None))
}

/// The half that went with the way back is there again.
fn half_that_went(
    reader: &dyn Reader,
    whole: &Entry,
    first: &Entry,
    seq: u64,
) -> Result<Option<Edit<Entry>>, StoreError> {
    for (noun, id) in read::sync::changed_by(reader, seq, MOST_CHANGED)? {
        let id = EntryId::from(id);
        if noun != Noun::Entry {
            continue;
        }
        let gone = read::sync::record::<Entry>(reader, id)?.filter(|entry| !entry.is_live());
        let Some(Synced { meta, body, .. }) = gone else { continue };
        if body.person == whole.person && is_split(whole, first, &body) {
            return Ok(Some(Edit::Restore { id, expect: Some(meta.changed_seq), body }));
        }
    }
    Ok(None)
}

fn won(reader: &dyn Reader, id: EntryId) -> Result<Vec<Version<Entry>>, StoreError> {
    let mut won = versions::<Entry>(reader, id)?;
    won.retain(|version| version.verdict == Verdict::Won);
    Ok(won)
}

fn changed_since() -> ServiceError {
    ServiceError::bad_input(
        "half_changed",
        "It was split, and the second half was changed since.",
        "Delete the second half first, then undo.",
    )
}
