//! People who are erased, and the computers that still have to be.

use super::{Result, values};
use crate::domain::erasure::Erasure;
use crate::domain::id::{DeviceId, UserId};
use crate::store::tables::{Devices, Erasures};
use crate::store::transaction::{KeyRange, Read, Reader};

/// The erasure of this person.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn of(reader: &dyn Reader, person: UserId) -> Result<Option<Erasure>> {
    reader.get::<Erasures>(&person)
}

/// The erasure this computer has to follow, or followed.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn of_device(reader: &dyn Reader, device: DeviceId) -> Result<Option<Erasure>> {
    match reader.get::<Devices>(&device)? {
        Some(device) => of(reader, device.person),
        None => Ok(None),
    }
}

/// Every erasure, the person who came first first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn all(reader: &dyn Reader) -> Result<Vec<Erasure>> {
    values::<Erasures>(reader, KeyRange::all())
}
