//! Categories: set and reset. Who may, and that they read, is asked above.

use super::Applying;
use crate::domain::audit;
use crate::domain::category::{Categories, CategoryCommand};
use crate::domain::id::UserId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::told::Told;
use crate::store::apply::{refused, told};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{OfficeCategories, OwnCategories};
use crate::store::transaction::Write;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &CategoryCommand,
) -> Result<Outcome, StoreError> {
    let (CategoryCommand::Set { owner, .. } | CategoryCommand::Reset { owner }) = command;
    if let Some(owner) = owner
        && read::user(at.writer.as_reader(), *owner)?.is_none()
    {
        return refused(Refusal::UnknownUser);
    }
    let action = match command {
        CategoryCommand::Set { owner, tree } => {
            let categories = Categories { tree: tree.clone(), changed: at.at };
            match owner {
                Some(owner) => at.writer.put::<OwnCategories>(owner, &categories)?,
                None => at.writer.put::<OfficeCategories>(&(), &categories)?,
            }
            "category.set"
        }
        CategoryCommand::Reset { owner } => {
            match owner {
                Some(owner) => at.writer.delete::<OwnCategories>(owner)?,
                None => at.writer.delete::<OfficeCategories>(&())?,
            };
            "category.reset"
        }
    };
    tell(at, *owner, matches!(command, CategoryCommand::Set { .. }))?;
    let whose = owner.map_or_else(|| "office".to_owned(), audit::person);
    at.audit(action, &whose)?;
    Ok(Outcome::Done)
}

pub(super) fn tell(
    at: &mut Applying<'_>,
    owner: Option<UserId>,
    is_there: bool,
) -> Result<(), StoreError> {
    let audience = owner.map_or(Audience::Everyone, Audience::Person);
    told::tell(at, Told::Category { owner }, is_there, audience)?;
    at.changed(Noun::Category, owner.map_or([0; 16], UserId::bytes), audience);
    Ok(())
}
