//! Answers to requests with a key: begun once, given once, forgotten after [`KEY_MEMORY_MS`].

use super::{Applying, refused};
use crate::domain::answer::{Answer, AnswerCommand, MOST_ANSWERS};
use crate::domain::command::KEY_MEMORY_MS;
use crate::domain::id::RequestId;
use crate::domain::outcome::{Outcome, Refusal};
use crate::store::error::StoreError;
use crate::store::tables::{AnswerOrder, Answers, KeyedRequests};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// Forgetting keeps pace with remembering, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

pub(super) fn apply(at: &mut Applying<'_>, command: &AnswerCommand) -> Result<Outcome, StoreError> {
    match command {
        AnswerCommand::Begin { key } => begin(at, *key),
        AnswerCommand::Give { key, given } => {
            let Some(answer) = at.writer.get::<Answers>(key)? else { return Ok(Outcome::Already) };
            at.writer.put::<Answers>(key, &Answer { given: Some(given.clone()), ..answer })?;
            Ok(Outcome::Done)
        }
        AnswerCommand::Forget { key } => {
            at.writer.delete::<Answers>(key)?;
            Ok(Outcome::Done)
        }
    }
}

fn begin(at: &mut Applying<'_>, key: RequestId) -> Result<Outcome, StoreError> {
    let mut caller_and_key = [0; 8];
    caller_and_key.copy_from_slice(&key.bytes()[..8]);
    let same_key = KeyRange::prefix(&u64::from_be_bytes(caller_and_key));
    for (known, answer) in at.writer.rows::<Answers>(same_key, Order::Rising, usize::MAX)? {
        // What is too old may still stand there.
        if at.at.ms_since(answer.at) >= KEY_MEMORY_MS {
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
    let newest = at.writer.first::<AnswerOrder>(KeyRange::all(), Order::Falling)?;
    let number = newest.map_or(0, |(number, _)| number + 1);
    for (oldest, request) in
        at.writer.rows::<AnswerOrder>(KeyRange::all(), Order::Rising, FORGET_AT_ONCE)?
    {
        let known = at.writer.get::<Answers>(&request)?;
        let is_old = known.is_none_or(|known| at.at.ms_since(known.at) >= KEY_MEMORY_MS);
        if !is_old && number - oldest < MOST_ANSWERS {
            break;
        }
        at.writer.delete::<AnswerOrder>(&oldest)?;
        at.writer.delete::<Answers>(&request)?;
    }
    at.writer.put::<AnswerOrder>(&number, &key)?;
    at.writer.put::<Answers>(&key, &Answer { at: at.at, given: None })?;
    Ok(Outcome::Done)
}
