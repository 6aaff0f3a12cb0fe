//! Answers to requests with a key: begun once, given once, forgotten after [`KEY_MEMORY_MS`].
//!
//! They are numbered as they come, by caller and all together, so that none is pushed out but by the same caller, or by one who has fewer.

use std::ops::ControlFlow;

use super::{Applying, refused};
use crate::domain::answer::{
    Answer, AnswerCommand, MOST_ANSWERS, MOST_ANSWERS_EACH, ROWS_A_STEP, UNTOLD_CALLER,
};
use crate::domain::command::KEY_MEMORY_MS;
use crate::domain::id::RequestId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::store::error::StoreError;
use crate::store::tables::{
    AnswerNumbers, AnswerOrder, Answers, CallerAnswers, KeyedRequests, Table,
};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// Forgetting keeps pace with remembering, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

pub(super) fn apply(at: &mut Applying<'_>, command: &AnswerCommand) -> Result<Outcome, StoreError> {
    match command {
        AnswerCommand::Begin { key } => begin(at, UNTOLD_CALLER, *key),
        AnswerCommand::BeginFor { caller, key } => begin(at, *caller, *key),
        AnswerCommand::Give { key, given } => {
            let Some(answer) = at.writer.get::<Answers>(key)? else { return Ok(Outcome::Already) };
            at.writer.put::<Answers>(key, &Answer { given: Some(given.clone()), ..answer })?;
            Ok(Outcome::Done)
        }
        AnswerCommand::Forget { key } => {
            if at.writer.delete::<Answers>(key)?
                && let Some(place) = place(at, *key)?
            {
                at.writer.delete::<AnswerNumbers>(&place)?;
                at.writer.delete::<CallerAnswers>(&(place.1, place.0))?;
            }
            Ok(Outcome::Done)
        }
        AnswerCommand::ForgetOld { rows } => {
            let rows = (*rows).clamp(1, ROWS_A_STEP) as usize;
            let more = forget_old(at, rows)? == rows || empty_order(at, rows)? == rows;
            Ok(Outcome::Erased { more })
        }
    }
}

fn begin(at: &mut Applying<'_>, caller: u64, key: RequestId) -> Result<Outcome, StoreError> {
    let mut caller_and_key = [0; 8];
    caller_and_key.copy_from_slice(&key.bytes()[..8]);
    let same_key = KeyRange::prefix(&u64::from_be_bytes(caller_and_key));
    for (known, answer) in at.writer.rows::<Answers>(same_key, Order::Rising, usize::MAX)? {
        // What is too old may still stand there.
        if is_old(at, &answer) {
            continue;
        }
        if known != key {
            return refused(Refusal::KeyReused);
        }
        return Ok(Outcome::Answered(answer));
    }
    let carried = KeyRange::prefix(&u64::from_be_bytes(caller_and_key));
    let carried = at.writer.rows::<KeyedRequests>(carried, Order::Rising, usize::MAX)?;
    if carried.iter().any(|(_, known)| at.at.ms_since(known.at) < KEY_MEMORY_MS) {
        return refused(Refusal::KeyReused);
    }
    forget_old(at, FORGET_AT_ONCE)?;
    make_room(at, caller)?;
    let newest = at.writer.first::<AnswerNumbers>(KeyRange::all(), Order::Falling)?;
    let number = newest.map_or(0, |((number, _), _)| number + 1);
    at.writer.put::<AnswerNumbers>(&(number, caller), &key)?;
    at.writer.put::<CallerAnswers>(&(caller, number), &key)?;
    at.writer.put::<Answers>(&key, &Answer { at: at.at, given: None })?;
    Ok(Outcome::Done)
}

/// One caller keeps so many, and all together so many: then the oldest of them all goes, unless who comes keeps more than whose it is.
fn make_room(at: &mut Applying<'_>, caller: u64) -> Result<(), StoreError> {
    let own = of_caller(at, caller)?;
    let own_oldest = own.first().map(|number| (*number, caller));
    let goes = if own.len() >= MOST_ANSWERS_EACH {
        own_oldest
    } else if is_full(at)? {
        let oldest = at.writer.first::<AnswerNumbers>(KeyRange::all(), Order::Rising)?;
        match oldest {
            Some(((number, other), _)) if of_caller(at, other)?.len() > own.len() => {
                Some((number, other))
            }
            oldest => own_oldest.or_else(|| oldest.map(|(place, _)| place)),
        }
    } else {
        None
    };
    match goes {
        Some(place) => forget_place(at, place),
        None => Ok(()),
    }
}

/// The numbers of a caller's answers, the oldest first.
fn of_caller(at: &Applying<'_>, caller: u64) -> Result<Vec<u64>, StoreError> {
    let theirs = KeyRange::prefix(&caller);
    let rows = at.writer.rows::<CallerAnswers>(theirs, Order::Rising, MOST_ANSWERS_EACH)?;
    Ok(rows.into_iter().map(|((_, number), _)| number).collect())
}

fn is_full(at: &Applying<'_>) -> Result<bool, StoreError> {
    let end = |order| at.writer.first::<AnswerNumbers>(KeyRange::all(), order);
    let (Some(((oldest, _), _)), Some(((newest, _), _))) =
        (end(Order::Rising)?, end(Order::Falling)?)
    else {
        return Ok(false);
    };
    // Numbers of what was forgotten are free: they are counted only when they may be enough.
    if newest - oldest < MOST_ANSWERS - 1 {
        return Ok(false);
    }
    let mut count = 0;
    let all = KeyRange::all();
    at.writer.scan_bytes(AnswerNumbers::NAME, all, Order::Rising, &mut |_, _| {
        count += 1;
        Ok(if count < MOST_ANSWERS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(count >= MOST_ANSWERS)
}

/// Forgets up to so many that are too old; how many went.
fn forget_old(at: &mut Applying<'_>, most: usize) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    for (place, key) in at.writer.rows::<AnswerNumbers>(KeyRange::all(), Order::Rising, most)? {
        let known = at.writer.get::<Answers>(&key)?;
        if known.is_some_and(|known| !is_old(at, &known)) {
            break;
        }
        forget_place(at, place)?;
        forgotten += 1;
    }
    Ok(forgotten)
}

/// What was numbered before callers were told apart goes, too, once it is too old.
fn empty_order(at: &mut Applying<'_>, most: usize) -> Result<usize, StoreError> {
    let mut forgotten = 0;
    for (number, key) in at.writer.rows::<AnswerOrder>(KeyRange::all(), Order::Rising, most)? {
        let known = at.writer.get::<Answers>(&key)?;
        if known.is_some_and(|known| !is_old(at, &known)) {
            break;
        }
        at.writer.delete::<AnswerOrder>(&number)?;
        // A key that came again since has a number of its own.
        if place(at, key)?.is_none() {
            at.writer.delete::<Answers>(&key)?;
        }
        forgotten += 1;
    }
    Ok(forgotten)
}

fn forget_place(at: &mut Applying<'_>, place: (u64, u64)) -> Result<(), StoreError> {
    if let Some(key) = at.writer.get::<AnswerNumbers>(&place)? {
        at.writer.delete::<Answers>(&key)?;
    }
    at.writer.delete::<AnswerNumbers>(&place)?;
    at.writer.delete::<CallerAnswers>(&(place.1, place.0))?;
    Ok(())
}

/// Number and caller of an answer; what is asked for came lately.
fn place(at: &Applying<'_>, key: RequestId) -> Result<Option<(u64, u64)>, StoreError> {
    let mut found = None;
    at.writer.scan::<AnswerNumbers>(KeyRange::all(), Order::Falling, |place, known| {
        if known != key {
            return ControlFlow::Continue(());
        }
        found = Some(place);
        ControlFlow::Break(())
    })?;
    Ok(found)
}

fn is_old(at: &Applying<'_>, answer: &Answer) -> bool {
    at.at.ms_since(answer.at) >= KEY_MEMORY_MS
}
