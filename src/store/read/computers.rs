//! Computers, what runs there, and how far their streams are applied.

use super::{Result, values};
use crate::domain::device::{Device, Program, StreamState};
use crate::domain::id::{DeviceId, UserId};
use crate::store::tables::{DevicePrograms, Devices, PersonDevices, Streams};
use crate::store::transaction::{KeyRange, Read, Reader};

/// The device of this id.
///
/// # Errors
/// [`StoreError`].
pub fn device(reader: &dyn Reader, id: DeviceId) -> Result<Option<Device>> {
    reader.get::<Devices>(&id)
}

/// What a device's agent said it is.
///
/// # Errors
/// [`StoreError`].
pub fn program(reader: &dyn Reader, id: DeviceId) -> Result<Option<Program>> {
    reader.get::<DevicePrograms>(&id)
}

/// Every device, oldest first, revoked ones too.
///
/// # Errors
/// [`StoreError`].
pub fn devices(reader: &dyn Reader) -> Result<Vec<Device>> {
    values::<Devices>(reader, KeyRange::all())
}

/// A person's devices, oldest first, revoked ones too.
///
/// # Errors
/// [`StoreError`].
pub fn devices_of(reader: &dyn Reader, person: UserId) -> Result<Vec<Device>> {
    let mut devices = Vec::new();
    for id in values::<PersonDevices>(reader, KeyRange::prefix(&person))? {
        devices.extend(device(reader, id)?);
    }
    Ok(devices)
}

/// How far a stream of a device is applied.
///
/// # Errors
/// [`StoreError`].
pub fn stream(reader: &dyn Reader, device: DeviceId, stream: u8) -> Result<Option<StreamState>> {
    reader.get::<Streams>(&(device, stream))
}
