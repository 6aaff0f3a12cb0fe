//! What copies are told of beside the synced records: each change of one leaves its mark, and its row in `since-1`.
//!
//! Whoever writes or deletes such a record calls [`tell`] after it; a test walks all of them and misses none.

use super::{
    Applying, category, device, lock, office, office_setting, redaction, refused, saved_report,
    target, team, user,
};
use crate::codec::told_id;
use crate::domain::office::Office;
use crate::domain::outcome::{Audience, Outcome, Refusal};
use crate::domain::told::{Guarded, GuardedChange, Mark, Told};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Changes, Marks};
use crate::store::transaction::{Read, Write};

/// The record was written, or it is gone. What everybody could see once, everybody hears of from then on.
pub(super) fn tell(
    at: &mut Applying<'_>,
    told: Told,
    is_there: bool,
    audience: Audience,
) -> Result<(), StoreError> {
    let key = (told.noun(), told_id(&told));
    let was = at.writer.get::<Marks>(&key)?;
    let whose = match audience {
        Audience::Person(person) if was.is_none_or(|was| was.whose.is_some()) => Some(person),
        _ => None,
    };
    let gone = (!is_there).then_some(at.at);
    if let Some(was) = was {
        at.writer.delete::<Changes>(&(was.seq, key.0, key.1))?;
    }
    at.writer.put::<Marks>(&key, &Mark { told, seq: at.index, whose, gone })?;
    at.writer.put::<Changes>(&(at.index, key.0, key.1), &())
}

/// Makes the change if what it is about is of the version that was looked at.
pub(super) fn apply_guarded(
    at: &mut Applying<'_>,
    of: Option<Office>,
    guarded: &Guarded,
) -> Result<Outcome, StoreError> {
    let version = read::told::version(at.writer.as_reader(), &guarded.told)?;
    if version != guarded.version {
        return refused(Refusal::Stale { version });
    }
    match &guarded.change {
        GuardedChange::User(command) => user::apply(at, command),
        GuardedChange::Team(command) => team::apply(at, command),
        GuardedChange::Lock(command) => lock::apply(at, command),
        GuardedChange::Target(command) => target::apply(at, command),
        GuardedChange::SavedReport(command) => saved_report::apply(at, command),
        GuardedChange::Setting(command) => office_setting::apply(at, of, command),
        GuardedChange::Office(command) => office::apply(at, of, command),
        GuardedChange::Device(command) => device::apply(at, command),
        GuardedChange::Redaction(command) => redaction::apply(at, command),
        GuardedChange::Category(command) => category::apply(at, command),
    }
}

/// Leaves nothing of a record that is gone: the version of its trace.
pub(super) fn purge(
    at: &mut Applying<'_>,
    key: (crate::domain::outcome::Noun, crate::domain::id::RecordId),
    before: crate::domain::time::Timestamp,
) -> Result<Option<u64>, StoreError> {
    let Some(mark) = at.writer.get::<Marks>(&key)? else { return Ok(None) };
    if mark.gone.is_none_or(|gone| gone >= before) {
        return Ok(None);
    }
    at.writer.delete::<Changes>(&(mark.seq, key.0, key.1))?;
    at.writer.delete::<Marks>(&key)?;
    Ok(Some(mark.seq))
}
