//! Customers: added, changed, deleted.

use super::title::{self, Title};
use super::{Applying, refused, sync};
use crate::domain::customer::{Customer, MOST_CUSTOMERS};
use crate::domain::id::{CustomerId, RecordId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::sync::{Edit, Synced};
use crate::store::error::StoreError;

pub(super) fn apply(at: &mut Applying<'_>, edit: &Edit<Customer>) -> Result<Outcome, StoreError> {
    match edit {
        Edit::Add { id, body } => {
            if !sync::is_new::<Customer>(at, *id)? {
                return refused(Refusal::IdTaken);
            }
            enter(at, None, *id, body)
        }
        Edit::Restore { id, expect, body } => match sync::gone::<Customer>(at, *id, *expect)? {
            Ok(gone) => enter(at, Some(&gone), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Set { id, expect, body } => {
            let current = match sync::live::<Customer>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if !title::is_free(at, &title(body), (*id).into())? {
                return refused(Refusal::TitleTaken);
            }
            title::take(at, Some(&title(&current.body)), &title(body), (*id).into())?;
            sync::set(at, &current, body.clone(), Audience::Everyone)
        }
        Edit::Delete { id, expect } => {
            let current = match sync::live::<Customer>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if title::any_below(at, Noun::Project, current.id.into())? {
                return refused(Refusal::InUse);
            }
            title::give_back(at, &title(&current.body))?;
            sync::delete(at, &current, Audience::Everyone)
        }
    }
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Customer>>,
    id: CustomerId,
    body: &Customer,
) -> Result<Outcome, StoreError> {
    if title::are_full(at, Noun::Customer, MOST_CUSTOMERS)? {
        return refused(Refusal::TooMany);
    }
    if !title::is_free(at, &title(body), id.into())? {
        return refused(Refusal::TitleTaken);
    }
    title::take(at, None, &title(body), id.into())?;
    sync::enter(at, was, id, body.clone(), Audience::Everyone)
}

const fn title(customer: &Customer) -> Title<'_> {
    Title { noun: Noun::Customer, below: RecordId::NIL, name: &customer.name }
}
