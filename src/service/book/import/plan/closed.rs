//! What a row runs into that is there already: time that is closed, a project that is not its person's, hours that are booked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use crate::domain::entry::{Entry, MOST_A_DAY, MOST_LONG_MS};
use crate::domain::id::UserId;
use crate::domain::lock::Lock;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::domain::timesheet::{SheetState, Timesheet, same_within};
use crate::domain::user::User;
use crate::store::{Reader, StoreError, read};

/// What is closed, looked up once a person.
#[derive(Default)]
pub(super) struct Standing {
    lock: Option<Lock>,
    people: BTreeMap<UserId, Own>,
}

/// What a row of this person may run into.
struct Own {
    closed: Vec<Timesheet>,
    manages: bool,
}

impl Standing {
    pub(super) fn load(reader: &dyn Reader) -> Result<Self, StoreError> {
        Ok(Self { lock: read::timesheet::lock(reader)?, people: BTreeMap::new() })
    }

    /// Why this entry of this person could not be added as it is.
    pub(super) fn refusal(
        &mut self,
        reader: &dyn Reader,
        person: &User,
        body: &Entry,
    ) -> Result<Option<Refusal>, StoreError> {
        let changes = |from, to| !same_within(None, Some(body), from, to);
        if self.lock.as_ref().is_some_and(|lock| changes(Timestamp::EARLIEST, lock.date.at)) {
            return Ok(Some(Refusal::Hours(HoursRefusal::TimeLocked)));
        }
        let own = self.of(reader, person)?;
        if let Some(sheet) = own.closed.iter().find(|s| changes(s.week.from, s.week.to)) {
            return Ok(Some(Refusal::Hours(match sheet.state {
                SheetState::Approved => HoursRefusal::WeekApproved,
                _ => HoursRefusal::WeekSubmitted,
            })));
        }
        let Some(project) = body.project.filter(|_| !own.manages) else { return Ok(None) };
        // One that the import makes is open to everyone.
        let project = read::sync::record::<Project>(reader, project)?;
        let shut = project.is_some_and(|project| !project.body.is_open_to(person.id));
        Ok(shut.then_some(Refusal::NotAMember))
    }

    fn of(&mut self, reader: &dyn Reader, person: &User) -> Result<&Own, StoreError> {
        match self.people.entry(person.id) {
            Slot::Occupied(known) => Ok(known.into_mut()),
            Slot::Vacant(slot) => {
                let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
                let mut closed = read::timesheet::within(reader, person.id, from, to)?;
                closed.retain(|sheet| sheet.state.is_closed());
                let manages = read::people::rights(reader, person)?.has(Right::ManageBook);
                Ok(slot.insert(Own { closed, manages }))
            }
        }
    }
}

/// Is some of its time booked already?
pub(super) fn overlaps(
    reader: &dyn Reader,
    body: &Entry,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (from, to) = (body.start.minus_ms(MOST_LONG_MS), body.ends().unwrap_or(body.start));
    let near = read::entry::begun_between(reader, body.person, from, to, 2 * MOST_A_DAY)?;
    Ok(near.iter().any(|near| near.body.overlaps(body, now)))
}
