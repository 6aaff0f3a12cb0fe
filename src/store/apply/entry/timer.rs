//! Where timers that nobody stopped end: at the next start of another one.
//!
//! The starts are a set that only grows, whatever becomes of the edits that gave them, so the order in which edits arrive does not
//! matter. What is old enough leaves it: see [`forget`].

use crate::domain::entry::{Entry, STARTS_KEPT_MS};
use crate::domain::id::{EntryId, UserId};
use crate::domain::outcome::Audience;
use crate::domain::sync::Synced;
use crate::domain::time::Timestamp;
use crate::store::apply::{Applying, sync};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Entries, TimerStarts};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// One start that comes makes at most this many go.
const MOST_FORGOTTEN: usize = 16;

/// The start of a timer is known from now on, and the timer before it ends there.
pub(super) fn begin(at: &mut Applying<'_>, id: EntryId, body: &Entry) -> Result<(), StoreError> {
    let key = (body.person, body.start, id);
    if body.end.is_some() || at.writer.get::<TimerStarts>(&key)?.is_some() {
        return Ok(());
    }
    let before = before(at, id, body)?;
    at.writer.put::<TimerStarts>(&key, &())?;
    if let Some((older, ended)) = before {
        sync::settle(at, &older, ended, Audience::Person(body.person))?;
    }
    forget(at, body.person)
}

/// The timer that ends otherwise once this start is known, and how. Whatever began before the one before is cut by that one.
pub(super) fn before(
    at: &Applying<'_>,
    id: EntryId,
    body: &Entry,
) -> Result<Option<(Synced<Entry>, Entry)>, StoreError> {
    let key = (body.person, body.start, id);
    if body.end.is_some() || at.writer.get::<TimerStarts>(&key)?.is_some() {
        return Ok(None);
    }
    let before = KeyRange::between(&body.person, &key);
    let before = at.writer.first::<TimerStarts>(before, Order::Falling)?;
    let Some(((_, _, other), ())) = before.filter(|((_, _, other), ())| *other != id) else {
        return Ok(None);
    };
    let older = at.writer.get::<Entries>(&other)?;
    let Some(older) = older.filter(Synced::is_live) else { return Ok(None) };
    let mut ended = cut(at, Some(&older), other, older.body.clone())?;
    let settled = older.body.cut.is_some() && older.body.start < oldest_kept(at);
    if ended.end.is_none() && !settled && (ended.start, other) < (body.start, id) {
        let here = ended.cut_at(body.start);
        ended.cut = Some(ended.cut.map_or(here, |cut| cut.min(here)));
    }
    Ok((ended != older.body).then_some((older, ended)))
}

/// The entry with the end that follows from the person's other timers, if nobody stopped it.
pub(super) fn cut(
    at: &Applying<'_>,
    was: Option<&Synced<Entry>>,
    id: EntryId,
    body: Entry,
) -> Result<Entry, StoreError> {
    if body.end.is_some() {
        return Ok(Entry { cut: None, ..body });
    }
    // The starts that ended it then may be forgotten by now; none that matters to it is new.
    let settled = was.filter(|was| was.body.start == body.start).and_then(|was| was.body.cut);
    if settled.is_some() && body.start < oldest_kept(at) {
        return Ok(Entry { cut: settled, ..body });
    }
    let next = read::entry::next_start(at.writer.as_reader(), body.person, body.start, id)?;
    Ok(Entry { cut: next.map(|next| body.cut_at(next)), ..body })
}

/// Forgets the person's starts that are older than any edit still to come is about, but for the last one.
///
/// Why that is safe: a start S matters only to a timer without an end that began before S with no other start between. All edits that
/// arrive within [`STARTS_KEPT_MS`] of their begins find every start they ever could, in whatever order they come, because S leaves only
/// when it is older than that, and then every begin before S is, too. That there is *some* later start, so that an old timer does not run
/// on, the person's last start says, which stays. Where a timer ended already stands in the timer itself ([`cut`]).
fn forget(at: &mut Applying<'_>, person: UserId) -> Result<(), StoreError> {
    let old = KeyRange::between(&person, &(person, oldest_kept(at)));
    let mut old = at.writer.rows::<TimerStarts>(old, Order::Rising, MOST_FORGOTTEN)?;
    let last = at.writer.first::<TimerStarts>(KeyRange::prefix(&person), Order::Falling)?;
    old.retain(|row| Some(row) != last.as_ref());
    for (key, ()) in old {
        at.writer.delete::<TimerStarts>(&key)?;
    }
    Ok(())
}

fn oldest_kept(at: &Applying<'_>) -> Timestamp {
    at.at.minus_ms(STARTS_KEPT_MS)
}
