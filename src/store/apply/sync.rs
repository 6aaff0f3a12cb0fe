//! The common ground of all synced records: what every change of one leaves in the tables.
//!
//! A record is only ever written here, so that its row in `since-1` and its history never part from it.

use std::ops::ControlFlow;

use super::Applying;
use crate::codec::encode;
use crate::domain::id::RecordId;
use crate::domain::merge;
use crate::domain::outcome::{Audience, Outcome, Refusal};
use crate::domain::sync::{HistoryEntry, MOST_VERSIONS, Meta, Synced, Verdict};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::read::sync::Shelf;
use crate::store::tables::{Changes, History, Table};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// The record an edit made online is about, if it is there and of the version the person looked at.
pub(super) fn live<B: Shelf>(
    at: &Applying<'_>,
    id: B::Id,
    expect: Option<u64>,
) -> Result<Result<Synced<B>, Refusal>, StoreError> {
    Ok(match at.writer.get::<B::Table>(&id)?.filter(Synced::is_live) {
        None => Err(B::UNKNOWN),
        Some(record) if expect.is_some_and(|version| version != record.meta.changed_seq) => {
            Err(Refusal::Stale { version: record.meta.changed_seq })
        }
        Some(record) => Ok(record),
    })
}

/// The deleted record that is to be there again, if it is of the version the person looked at.
pub(super) fn gone<B: Shelf>(
    at: &Applying<'_>,
    id: B::Id,
    expect: Option<u64>,
) -> Result<Result<Synced<B>, Refusal>, StoreError> {
    Ok(match at.writer.get::<B::Table>(&id)? {
        None => Err(B::UNKNOWN),
        Some(record) if expect.is_some_and(|version| version != record.meta.changed_seq) => {
            Err(Refusal::Stale { version: record.meta.changed_seq })
        }
        // It is there: nobody deleted it, or somebody restored it already.
        Some(record) if record.is_live() => Err(Refusal::IdTaken),
        Some(record) => Ok(record),
    })
}

/// Was this id never used?
pub(super) fn is_new<B: Shelf>(at: &Applying<'_>, id: B::Id) -> Result<bool, StoreError> {
    Ok(at.writer.get::<B::Table>(&id)?.is_none())
}

fn add<B: Shelf>(
    at: &mut Applying<'_>,
    id: B::Id,
    body: B,
    audience: Audience,
) -> Result<Outcome, StoreError> {
    let stamp = merge::online(at.at, None, at.replica);
    let meta = Meta { created: at.at, changed_seq: at.index, stamp, deleted: None };
    offer(at, &Synced { id, meta, body }, audience)
}

/// A record that is there from now on, made online: a new one, or one that was deleted.
pub(super) fn enter<B: Shelf>(
    at: &mut Applying<'_>,
    was: Option<&Synced<B>>,
    id: B::Id,
    body: B,
    audience: Audience,
) -> Result<Outcome, StoreError> {
    match was {
        Some(gone) => set(at, gone, body, audience),
        None => add(at, id, body, audience),
    }
}

/// Another body, given online.
pub(super) fn set<B: Shelf>(
    at: &mut Applying<'_>,
    current: &Synced<B>,
    body: B,
    audience: Audience,
) -> Result<Outcome, StoreError> {
    if current.is_live() && body == current.body {
        return Ok(kept(current));
    }
    let stamp = merge::online(at.at, Some(current.meta.stamp), at.replica);
    let meta = Meta { changed_seq: at.index, stamp, deleted: None, ..current.meta };
    offer(at, &Synced { id: current.id, meta, body }, audience)
}

/// The end of a record, online. It stays as a trace.
pub(super) fn delete<B: Shelf>(
    at: &mut Applying<'_>,
    current: &Synced<B>,
    audience: Audience,
) -> Result<Outcome, StoreError> {
    let stamp = merge::online(at.at, Some(current.meta.stamp), at.replica);
    let deleted = Some(stamp.modified);
    let meta = Meta { changed_seq: at.index, stamp, deleted, ..current.meta };
    offer(at, &Synced { id: current.id, meta, body: current.body.clone() }, audience)
}

/// An edit from anywhere, its stamp clamped already: the merge rule says whether it counts. What does not count is kept in the history.
pub(super) fn offer<B: Shelf>(
    at: &mut Applying<'_>,
    offered: &Synced<B>,
    audience: Audience,
) -> Result<Outcome, StoreError> {
    let current = at.writer.get::<B::Table>(&offered.id)?;
    let Some(verdict) = merge::judge(current.as_ref(), offered) else {
        return Ok(kept(offered));
    };
    remember(at, offered, verdict)?;
    match (verdict, current) {
        (Verdict::Lost, Some(current)) => Ok(kept(&current)),
        (_, current) => {
            put(at, current.as_ref(), offered, audience)?;
            Ok(kept(offered))
        }
    }
}

/// Leaves nothing of a record but that it was there and is gone: an empty body, and no version. Says how many versions there were.
/// Copies hear of it as of any deletion.
pub(super) fn erase<B: Shelf>(
    at: &mut Applying<'_>,
    current: &Synced<B>,
    empty: B,
    audience: Audience,
) -> Result<u64, StoreError> {
    let stamp = merge::online(at.at, Some(current.meta.stamp), at.replica);
    let deleted = Some(stamp.modified);
    let meta = Meta { created: at.at, changed_seq: at.index, stamp, deleted };
    put(at, Some(current), &Synced { id: current.id, meta, body: empty }, audience)?;
    let versions = KeyRange::prefix(&(B::NOUN, current.id.into()));
    let versions = at.writer.rows::<History>(versions, Order::Rising, usize::MAX)?;
    for (key, _) in &versions {
        at.writer.delete::<History>(key)?;
    }
    Ok(versions.len() as u64)
}

/// The record is as old as its oldest edit, whichever arrives first.
pub(super) fn backdate<B: Shelf>(
    at: &mut Applying<'_>,
    id: B::Id,
    created: Timestamp,
    audience: Audience,
) -> Result<(), StoreError> {
    let Some(current) = at.writer.get::<B::Table>(&id)? else { return Ok(()) };
    if created >= current.meta.created {
        return Ok(());
    }
    let meta = Meta { created, changed_seq: at.index, ..current.meta };
    put(at, Some(&current), &Synced { meta, ..current.clone() }, audience)
}

/// Leaves nothing at all of a record that is gone, nor of its versions.
pub(super) fn purge<B: Shelf>(at: &mut Applying<'_>, gone: &Synced<B>) -> Result<(), StoreError> {
    let id: RecordId = gone.id.into();
    at.writer.delete::<Changes>(&(gone.meta.changed_seq, B::NOUN, id))?;
    at.writer.delete::<B::Table>(&gone.id)?;
    for (key, _) in
        at.writer.rows::<History>(KeyRange::prefix(&(B::NOUN, id)), Order::Rising, usize::MAX)?
    {
        at.writer.delete::<History>(&key)?;
    }
    Ok(())
}

/// Writes what follows from other records: the same edit by the same stamp, and no version of its own.
pub(super) fn settle<B: Shelf>(
    at: &mut Applying<'_>,
    current: &Synced<B>,
    body: B,
    audience: Audience,
) -> Result<(), StoreError> {
    let meta = Meta { changed_seq: at.index, ..current.meta };
    put(at, Some(current), &Synced { id: current.id, meta, body }, audience)
}

/// Lets every copy be fetched anew though nothing was written: what may be seen of the record has changed.
pub(super) fn touch<B: Shelf>(
    at: &mut Applying<'_>,
    id: B::Id,
    audience: Audience,
) -> Result<(), StoreError> {
    let Some(current) = at.writer.get::<B::Table>(&id)? else { return Ok(()) };
    let meta = Meta { changed_seq: at.index, ..current.meta };
    let touched = Synced { meta, ..current.clone() };
    put(at, Some(&current), &touched, audience)
}

fn put<B: Shelf>(
    at: &mut Applying<'_>,
    current: Option<&Synced<B>>,
    record: &Synced<B>,
    audience: Audience,
) -> Result<(), StoreError> {
    let id: RecordId = record.id.into();
    if let Some(current) = current {
        at.writer.delete::<Changes>(&(current.meta.changed_seq, B::NOUN, id))?;
    }
    at.writer.put::<B::Table>(&record.id, record)?;
    at.writer.put::<Changes>(&(record.meta.changed_seq, B::NOUN, id), &())?;
    at.changed(B::NOUN, id.bytes(), audience);
    Ok(())
}

fn remember<B: Shelf>(
    at: &mut Applying<'_>,
    offered: &Synced<B>,
    verdict: Verdict,
) -> Result<(), StoreError> {
    let id: RecordId = offered.id.into();
    forget_oldest(at, B::NOUN, id)?;
    let newest =
        at.writer.first::<History>(KeyRange::prefix(&(B::NOUN, id, at.index)), Order::Falling)?;
    let number = newest.map_or(0, |((_, _, (_, number)), _)| number + 1);
    let record = stored::<B::Table>(offered);
    let entry = HistoryEntry { record, at: at.at, actor: at.actor.clone(), verdict };
    at.writer.put::<History>(&(B::NOUN, id, (at.index, number)), &entry)
}

fn forget_oldest(
    at: &mut Applying<'_>,
    noun: crate::domain::outcome::Noun,
    id: RecordId,
) -> Result<(), StoreError> {
    let (mut count, mut oldest) = (0, None);
    at.writer.scan_bytes(
        History::NAME,
        KeyRange::prefix(&(noun, id)),
        Order::Rising,
        &mut |key, _| {
            count += 1;
            oldest.get_or_insert_with(|| key.to_vec());
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if let Some(oldest) = oldest.filter(|_| count >= MOST_VERSIONS) {
        at.writer.delete_bytes(History::NAME, &oldest)?;
    }
    Ok(())
}

fn stored<T: Table>(value: &T::Value) -> Vec<u8> {
    encode(value)
}

fn kept<B: Shelf>(record: &Synced<B>) -> Outcome {
    Outcome::Kept { record: record.id.into(), version: record.meta.changed_seq }
}
