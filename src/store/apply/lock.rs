//! The lock: moved on, moved back. And edits that came too late: held, taken up when their time is open again, or discarded.

use super::entry::{Offered, attempt};
use super::{Applying, erasure, refused, told};
use crate::domain::audit;
use crate::domain::id::UserId;
use crate::domain::lock::{Closed, HeldEdit, HeldNumber, Lock, LockCommand, LockDate, MOST_HELD};
use crate::domain::merge;
use crate::domain::outcome::{Audience, HoursRefusal, Noun, Outcome, Refusal};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{HeldEdits, Locks};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &LockCommand) -> Result<Outcome, StoreError> {
    let was = read::timesheet::lock(at.writer.as_reader())?;
    let place = |date: Option<&LockDate>| date.map(|date| date.at);
    match command {
        LockCommand::Advance { date, reason } => {
            let before = was.as_ref().map(|was| &was.date);
            if before == Some(date) {
                return Ok(Outcome::Already);
            }
            if place(before).is_some_and(|before| date.at <= before) {
                return refused(Refusal::Hours(HoursRefusal::LockNotLater));
            }
            if date.at > at.at {
                return refused(Refusal::Hours(HoursRefusal::LockInFuture));
            }
            let (set, by) = (at.at, at.actor.clone());
            let lock = Lock { date: date.clone(), set, by, reason: reason.clone() };
            at.writer.put::<Locks>(&(), &lock)?;
            moved(at, before, Some(date), "lock.advance", reason.as_str())?;
        }
        LockCommand::MoveBack { date, reason } => {
            let Some(was) = was else {
                return refused(Refusal::Hours(HoursRefusal::LockNotEarlier));
            };
            if date.as_ref().is_some_and(|date| date.at >= was.date.at) {
                return refused(Refusal::Hours(HoursRefusal::LockNotEarlier));
            }
            match date {
                None => {
                    at.writer.delete::<Locks>(&())?;
                }
                Some(date) => {
                    let (set, by) = (at.at, at.actor.clone());
                    let lock = Lock { date: date.clone(), set, by, reason: reason.clone() };
                    at.writer.put::<Locks>(&(), &lock)?;
                }
            }
            moved(at, Some(&was.date), date.as_ref(), "lock.move_back", reason.as_str())?;
            for person in read::timesheet::held_people(at.writer.as_reader())? {
                take_up(at, person)?;
            }
        }
        LockCommand::Discard { person, number: (seq, place) } => {
            let key = (*person, *seq, *place);
            let Some(held) = at.writer.get::<HeldEdits>(&key)? else {
                return refused(Refusal::Hours(HoursRefusal::UnknownHeld));
            };
            at.writer.delete::<HeldEdits>(&key)?;
            note(at, (*person, (*seq, *place)), &held, "entry.discard")?;
        }
    }
    Ok(Outcome::Done)
}

/// Keeps an edit that came too late. The same one again is held once.
pub(super) fn hold(
    at: &mut Applying<'_>,
    offered: &Offered<'_>,
    why: Closed,
) -> Result<Outcome, StoreError> {
    let person = offered.body.person;
    let held = HeldEdit {
        entry: offered.id,
        body: offered.body.clone(),
        stamp: merge::clamped(offered.stamp, at.at),
        deleted: offered.deleted,
        at: at.at,
        actor: at.actor.clone(),
        why,
    };
    let is_same = |other: &HeldEdit| {
        (other.entry, &other.body, other.stamp, other.deleted)
            == (held.entry, &held.body, held.stamp, held.deleted)
    };
    let others = read::timesheet::held(at.writer.as_reader(), person)?;
    if others.iter().any(|(_, other)| is_same(other)) {
        return Ok(Outcome::Held { entry: held.entry });
    }
    if others.len() >= MOST_HELD {
        return refused(Refusal::TooMany);
    }
    let of_this_change = KeyRange::prefix(&(person, at.index));
    let newest = at.writer.first::<HeldEdits>(of_this_change, Order::Falling)?;
    let number = newest.map_or(0, |((_, _, number), _)| number + 1);
    at.writer.put::<HeldEdits>(&(person, at.index, number), &held)?;
    note(at, (person, (at.index, number)), &held, "entry.hold")?;
    Ok(Outcome::Held { entry: held.entry })
}

/// A person's held edits count from now on, in the order they came, as far as their time is open.
pub(super) fn take_up(at: &mut Applying<'_>, person: UserId) -> Result<(), StoreError> {
    // Nothing may become an entry that a step has passed.
    if erasure::is_under_way(at, person)? {
        return Ok(());
    }
    for ((seq, place), held) in read::timesheet::held(at.writer.as_reader(), person)? {
        let offered =
            Offered { id: held.entry, body: &held.body, stamp: held.stamp, deleted: held.deleted };
        // Who wrote it is who handed it over, not who opened the time.
        let mut theirs = Applying {
            writer: &mut *at.writer,
            index: at.index,
            at: at.at,
            actor: &held.actor,
            policy: at.policy,
            replica: at.replica,
            changes: Vec::new(),
        };
        let attempt = attempt(&mut theirs, &offered)?;
        let changes = theirs.changes;
        at.changes.extend(changes);
        // What is still closed, or cannot be for another reason, stays where it can be seen.
        if matches!(attempt, Ok(Outcome::Booked { .. })) {
            at.writer.delete::<HeldEdits>(&(person, seq, place))?;
            note(at, (person, (seq, place)), &held, "entry.take_up")?;
        }
    }
    Ok(())
}

fn note(
    at: &mut Applying<'_>,
    (person, number): (UserId, HeldNumber),
    held: &HeldEdit,
    action: &str,
) -> Result<(), StoreError> {
    let told = Told::HeldEdit { person, number };
    told::tell(at, told, action == "entry.hold", Audience::Person(person))?;
    at.changed(Noun::HeldEdit, held.entry.bytes(), Audience::Person(person));
    at.audit(action, &format!("{} {}", audit::person(person), held.entry))
}

fn moved(
    at: &mut Applying<'_>,
    was: Option<&LockDate>,
    now: Option<&LockDate>,
    action: &str,
    reason: &str,
) -> Result<(), StoreError> {
    let word = |date: Option<&LockDate>| {
        date.map_or_else(|| "(none)".to_owned(), |date| date.day.to_string())
    };
    told::tell(at, Told::Lock, now.is_some(), Audience::Everyone)?;
    at.changed(Noun::Lock, [], Audience::Everyone);
    at.audit(action, &format!("{} -> {}: {reason}", word(was), word(now)))
}
