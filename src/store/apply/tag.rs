//! Tags: added, changed, deleted.

use super::title::{self, Title};
use super::{Applying, entry, refused, sync};
use crate::domain::id::{RecordId, TagId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::sync::{Edit, Synced};
use crate::domain::tag::{MOST_TAGS, Tag};
use crate::store::error::StoreError;

pub(super) fn apply(at: &mut Applying<'_>, edit: &Edit<Tag>) -> Result<Outcome, StoreError> {
    match edit {
        Edit::Add { id, body } => {
            if !sync::is_new::<Tag>(at, *id)? {
                return refused(Refusal::IdTaken);
            }
            enter(at, None, *id, body)
        }
        Edit::Restore { id, expect, body } => match sync::gone::<Tag>(at, *id, *expect)? {
            Ok(gone) => enter(at, Some(&gone), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Set { id, expect, body } => {
            let current = match sync::live::<Tag>(at, *id, *expect)? {
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
            let current = match sync::live::<Tag>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if entry::any_on(at, Noun::Tag, (*id).into())? {
                return refused(Refusal::InUse);
            }
            title::give_back(at, &title(&current.body))?;
            sync::delete(at, &current, Audience::Everyone)
        }
    }
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Tag>>,
    id: TagId,
    body: &Tag,
) -> Result<Outcome, StoreError> {
    if title::are_full(at, Noun::Tag, MOST_TAGS)? {
        return refused(Refusal::TooMany);
    }
    if !title::is_free(at, &title(body), id.into())? {
        return refused(Refusal::TitleTaken);
    }
    title::take(at, None, &title(body), id.into())?;
    sync::enter(at, was, id, body.clone(), Audience::Everyone)
}

const fn title(tag: &Tag) -> Title<'_> {
    Title { noun: Noun::Tag, below: RecordId::NIL, name: &tag.name }
}
