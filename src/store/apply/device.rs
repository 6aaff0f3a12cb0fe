//! Computers: enrolled, revoked, in contact.

use super::{Applying, refused, told};
use crate::domain::audit;
use crate::domain::device::{Device, DeviceCommand, Program};
use crate::domain::id::DeviceId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::time::MINUTE_MS;
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{DevicePrograms, Devices, Invitations, PersonDevices};
use crate::store::transaction::{Read, Write};

/// The last contact is written down at most this often: a heartbeat a second must not become a row a second.
const CONTACT_EVERY_MS: u64 = MINUTE_MS;

pub(super) fn apply(at: &mut Applying<'_>, command: &DeviceCommand) -> Result<Outcome, StoreError> {
    match command {
        DeviceCommand::Enroll { secret_hash, device } => {
            let found = read::invitation_by_secret(at.writer.as_reader(), secret_hash)?;
            let Some(invitation) = found.filter(|invitation| at.at < invitation.expires) else {
                return refused(Refusal::InvitationClosed);
            };
            let Some(person) = read::user(at.writer.as_reader(), invitation.person)? else {
                return refused(Refusal::UnknownUser);
            };
            if person.disabled.is_some() {
                return refused(Refusal::UserDisabled);
            }
            at.writer.delete::<Invitations>(&invitation.id)?;
            at.changed(Noun::Invitation, invitation.id.bytes(), Audience::Administrators);
            let device = Device { person: person.id, enrolled: at.at, ..device.clone() };
            put(at, &device)?;
            at.audit(
                "device.enroll",
                &format!("{} for {}", audit::computer(device.id), audit::person(person.id)),
            )?;
            Ok(Outcome::Device { device: device.id, person: person.id })
        }
        DeviceCommand::Revoke { device } => {
            let Some(device) = at.writer.get::<Devices>(device)? else {
                return refused(Refusal::UnknownDevice);
            };
            if device.revoked.is_some() {
                return Ok(Outcome::Already);
            }
            put(at, &Device { revoked: Some(at.at), ..device.clone() })?;
            at.audit("device.revoke", &audit::computer(device.id))?;
            Ok(Outcome::Done)
        }
        DeviceCommand::Introduce { device, program } => introduce(at, *device, program),
    }
}

/// No change of the device itself: what runs there is the computer's affair, and no copy of the book needs it.
fn introduce(
    at: &mut Applying<'_>,
    device: DeviceId,
    program: &Program,
) -> Result<Outcome, StoreError> {
    let device = match live(at, device)? {
        Ok(device) => device,
        Err(refusal) => return refused(refusal),
    };
    if at.writer.get::<DevicePrograms>(&device.id)?.as_ref() == Some(program) {
        return Ok(Outcome::Already);
    }
    at.writer.put::<DevicePrograms>(&device.id, program)?;
    at.changed(Noun::Device, device.id.bytes(), Audience::Person(device.person));
    Ok(Outcome::Done)
}

/// Writes the device's row, finds it from its person, and tells of it.
pub(super) fn put(at: &mut Applying<'_>, device: &Device) -> Result<(), StoreError> {
    at.writer.put::<Devices>(&device.id, device)?;
    at.writer.put::<PersonDevices>(&(device.person, device.id), &device.id)?;
    tell(at, device, true)
}

/// Copies hear of the device: of one that is not there any more, that it is gone.
pub(super) fn tell(
    at: &mut Applying<'_>,
    device: &Device,
    is_there: bool,
) -> Result<(), StoreError> {
    let audience = Audience::Person(device.person);
    told::tell(at, Told::Device(device.id), is_there, audience)?;
    at.changed(Noun::Device, device.id.bytes(), audience);
    Ok(())
}

/// The device, if it may deliver.
pub(super) fn live(
    at: &Applying<'_>,
    device: DeviceId,
) -> Result<Result<Device, Refusal>, StoreError> {
    Ok(match at.writer.get::<Devices>(&device)? {
        None => Err(Refusal::UnknownDevice),
        Some(device) if device.revoked.is_some() => Err(Refusal::DeviceRevoked),
        Some(device) => Ok(device),
    })
}

/// Notes that the device delivered something. Only once it is certain that the command is not refused: a refusal changes nothing.
///
/// Told to nobody: a contact a minute says when somebody is at their computer.
pub(super) fn note_contact(at: &mut Applying<'_>, device: &Device) -> Result<(), StoreError> {
    if device.last_contact.is_none_or(|last| at.at.ms_since(last) >= CONTACT_EVERY_MS) {
        let device = Device { last_contact: Some(at.at), ..device.clone() };
        at.writer.put::<Devices>(&device.id, &device)?;
    }
    Ok(())
}
