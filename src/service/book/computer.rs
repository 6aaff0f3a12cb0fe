//! The copy of the book on a person's computer: what they may book on, their own time, and what of it was refused.

use super::Book;
use super::changes::{ChangesPage, ChangesRequest, Place, page};
use super::sight::Asker;
use super::told::COPIED;
use crate::domain::command::Actor;
use crate::domain::entry::{MOST_REFUSED_OFFERS, RefusedOffer};
use crate::domain::id::{DeviceId, UserId};
use crate::domain::lock::HeldEdit;
use crate::domain::outcome::Refusal;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// A page of a computer's copy.
#[derive(Clone, Debug)]
pub struct ComputerCopy {
    /// Whose computer it is.
    pub person: UserId,
    /// What changed, of others' time nothing.
    pub changes: ChangesPage,
    /// Edits made on that computer that could not be.
    pub refused: Vec<RefusedOffer>,
    /// Edits made on that computer about time that is closed: they count when it is open again.
    pub held: Vec<HeldEdit>,
}

impl Book {
    /// What changed since, for the computer's person.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] when the computer is not known or not any more, or its person is disabled; [`Refusal::CopyTooOld`] as
    /// [`Book::changes`].
    pub async fn computer_copy(
        &self,
        device: DeviceId,
        request: &ChangesRequest,
    ) -> Result<ComputerCopy, ServiceError> {
        let (place, most) = (request.place()?, request.page.items());
        let found = self.door.read(move |reader| copy(reader, device, place, most));
        found.await?.map_err(ServiceError::Refused)
    }
}

const WITH_WEEKS: &str = "+closed";

fn copy(
    reader: &dyn Reader,
    id: DeviceId,
    place: Place,
    most: usize,
) -> Result<Result<ComputerCopy, Refusal>, StoreError> {
    let Some(device) = read::device(reader, id)? else { return Ok(Err(Refusal::UnknownDevice)) };
    if device.revoked.is_some() {
        return Ok(Err(Refusal::DeviceRevoked));
    }
    let Some(user) = read::user(reader, device.person)? else {
        return Ok(Err(Refusal::UnknownUser));
    };
    if user.disabled.is_some() {
        return Ok(Err(Refusal::UserDisabled));
    }
    let asker = Asker::computer_of(user.id, read::people::rights(reader, &user)?);
    let mut changes = match page(reader, asker, place, (most, COPIED))? {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // A copy from before there were weeks in it begins anew.
    changes.view.push_str(WITH_WEEKS);
    Ok(Ok(ComputerCopy {
        person: user.id,
        changes,
        refused: read::entry::refused(reader, id, MOST_REFUSED_OFFERS)?,
        held: held(reader, user.id, id)?,
    }))
}

fn held(
    reader: &dyn Reader,
    person: UserId,
    device: DeviceId,
) -> Result<Vec<HeldEdit>, StoreError> {
    let all = read::timesheet::held(reader, person)?;
    let from_here = |held: &HeldEdit| held.actor == Actor::Device(device);
    Ok(all.into_iter().map(|(_, held)| held).filter(from_here).collect())
}
