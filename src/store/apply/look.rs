//! Looks at somebody else's recorded activity: added, and forgotten when their time is over. Nothing else removes one.

use super::{Applying, erasure, refused};
use crate::domain::audit;
use crate::domain::look::{LOOK_LIFE_MS, Look};
use crate::domain::outcome::{Audience, Noun, Outcome};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::Looks;
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// Forgetting keeps pace with adding, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

pub(super) fn apply(at: &mut Applying<'_>, look: &Look) -> Result<Outcome, StoreError> {
    let person = look.person;
    if let Some(refusal) = erasure::fault(at, person)? {
        return refused(refusal);
    }
    // When and by whom is the command's own word.
    let look = Look { viewer: at.actor.clone(), at: at.at, ..look.clone() };
    at.writer.put::<Looks>(&(person, at.at, at.index), &look)?;
    let over = KeyRange::between(
        &(person, Timestamp::EARLIEST, 0_u64),
        &(person, at.at.minus_ms(LOOK_LIFE_MS), 0_u64),
    );
    for (key, _) in at.writer.rows::<Looks>(over, Order::Rising, FORGET_AT_ONCE)? {
        at.writer.delete::<Looks>(&key)?;
    }
    at.changed(Noun::Look, person.bytes(), Audience::Person(person));
    at.audit("activity.view", &format!("{} ({})", audit::person(person), look.what))?;
    Ok(Outcome::Done)
}
