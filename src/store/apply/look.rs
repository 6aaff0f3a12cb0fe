//! Looks at somebody else's recorded activity: added, and forgotten when their time is over. Nothing else removes one.

use super::{Applying, refused};
use crate::domain::audit;
use crate::domain::look::{LOOK_LIFE_MS, Look};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::tables::{Looks, Users};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// Forgetting keeps pace with adding, with a little to spare.
const FORGET_AT_ONCE: usize = 3;

pub(super) fn apply(at: &mut Applying<'_>, look: &Look) -> Result<Outcome, StoreError> {
    let Some(person) = at.writer.get::<Users>(&look.person)? else {
        return refused(Refusal::UnknownUser);
    };
    // When and by whom is the command's own word.
    let look = Look { viewer: at.actor.clone(), at: at.at, ..look.clone() };
    at.writer.put::<Looks>(&(person.id, at.at, at.index), &look)?;
    let over = KeyRange::between(
        &(person.id, Timestamp::EARLIEST, 0_u64),
        &(person.id, at.at.minus_ms(LOOK_LIFE_MS), 0_u64),
    );
    for (key, _) in at.writer.rows::<Looks>(over, Order::Rising, FORGET_AT_ONCE)? {
        at.writer.delete::<Looks>(&key)?;
    }
    at.changed(Noun::Look, person.id.bytes(), Audience::Person(person.id));
    at.audit("activity.view", &format!("{} ({})", audit::person(person.id), look.what))?;
    Ok(Outcome::Done)
}
