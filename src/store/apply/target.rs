//! Targets: set from a day on, and removed.

use super::{Applying, erasure, refused, told};
use crate::domain::audit;
use crate::domain::outcome::{Audience, HoursRefusal, Noun, Outcome, Refusal};
use crate::domain::target::{MOST_TARGETS, TargetCommand};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::Targets;
use crate::store::transaction::{Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &TargetCommand) -> Result<Outcome, StoreError> {
    let (person, from) = match command {
        TargetCommand::Set(target) => (target.person, target.from),
        TargetCommand::Remove { person, from } => (*person, *from),
    };
    if let Some(refusal) = erasure::fault(at, person)? {
        return refused(refusal);
    }
    let was = at.writer.get::<Targets>(&(person, from))?;
    match command {
        TargetCommand::Set(target) => {
            if !target.is_sound() {
                return refused(Refusal::Hours(HoursRefusal::BadTarget));
            }
            if was.as_ref() == Some(target) {
                return Ok(Outcome::Already);
            }
            let others = read::target::of(at.writer.as_reader(), person)?.len();
            if was.is_none() && others >= MOST_TARGETS {
                return refused(Refusal::TooMany);
            }
            at.writer.put::<Targets>(&(person, from), target)?;
            let (minutes, days) = (target.week_minutes, target.days.names().join(" "));
            let whose = audit::person(person);
            let words = format!("{whose} from {from}: {minutes} min a week, {days}");
            at.audit("target.set", &words)?;
        }
        TargetCommand::Remove { .. } => {
            if was.is_none() {
                return refused(Refusal::Hours(HoursRefusal::UnknownTarget));
            }
            at.writer.delete::<Targets>(&(person, from))?;
            at.audit("target.remove", &format!("{} from {from}", audit::person(person)))?;
        }
    }
    let is_there = matches!(command, TargetCommand::Set(_));
    told::tell(at, Told::Target { person, from }, is_there, Audience::Person(person))?;
    at.changed(Noun::Target, person.bytes(), Audience::Person(person));
    Ok(Outcome::Done)
}
