//! What people may do beyond their roles, and their teams.

use super::{Result, values};
use crate::domain::id::{TeamId, UserId};
use crate::domain::right::Rights;
use crate::domain::team::Team;
use crate::domain::text::Label;
use crate::domain::time::Timestamp;
use crate::domain::totp::Totp;
use crate::domain::user::{Grants, User};
use crate::domain::warning::Warned;
use crate::store::tables::{Contacts, GrantsOf, Places, Teams, Totps, WarnedUpTo};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// What a person was granted beyond their role.
///
/// # Errors
/// [`crate::store::StoreError`], as every function here.
pub fn grants(reader: &dyn Reader, user: UserId) -> Result<Grants> {
    Ok(reader.get::<GrantsOf>(&user)?.unwrap_or_default())
}

/// What a person may do: by role and by grant.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn rights(reader: &dyn Reader, user: &User) -> Result<Rights> {
    Ok(Rights::of_role(user.role).with(grants(reader, user.id)?.rights))
}

/// A person's app, confirmed or not.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn totp(reader: &dyn Reader, user: UserId) -> Result<Option<Totp>> {
    reader.get::<Totps>(&user)
}

/// Where a person is written to, if that is known.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn mail(reader: &dyn Reader, user: UserId) -> Result<Option<Label>> {
    Ok(reader.get::<Contacts>(&user)?.map(|contact| contact.mail))
}

/// The networks a person signed in from, and when last.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn places(reader: &dyn Reader, user: UserId) -> Result<Vec<(Label, Timestamp)>> {
    let rows = reader.rows::<Places>(KeyRange::prefix(&user), Order::Rising, usize::MAX)?;
    Ok(rows.into_iter().map(|((_, place), seen)| (place, seen)).collect())
}

/// Up to where people were warned; none before the first look.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn warned(reader: &dyn Reader) -> Result<Option<Warned>> {
    reader.get::<WarnedUpTo>(&())
}

/// Every team, oldest first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn teams(reader: &dyn Reader) -> Result<Vec<Team>> {
    values::<Teams>(reader, KeyRange::all())
}

/// The team of this id.
///
/// # Errors
/// [`crate::store::StoreError`].
pub fn team(reader: &dyn Reader, id: TeamId) -> Result<Option<Team>> {
    reader.get::<Teams>(&id)
}
