//! Reads of categories.

use super::Result;
use crate::domain::category::Categories;
use crate::domain::id::UserId;
use crate::store::tables::{OfficeCategories, OwnCategories};
use crate::store::transaction::{Read, Reader};

/// The categories a person made for themselves.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn own(reader: &dyn Reader, person: UserId) -> Result<Option<Categories>> {
    reader.get::<OwnCategories>(&person)
}

/// The office's.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn office(reader: &dyn Reader) -> Result<Option<Categories>> {
    reader.get::<OfficeCategories>(&())
}
