//! Whether whoever began an import, or takes one out, still may: it takes a while, and people cease to lead and to manage meanwhile.

use crate::consensus::Door;
use crate::domain::entry::Entry;
use crate::domain::id::{RecordId, UserId};
use crate::domain::import::ImportEdit;
use crate::domain::outcome::Noun;
use crate::domain::right::Right;
use crate::domain::sync::Edit;
use crate::service::Principal;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// Goes on only when they may add this at this moment.
pub(super) async fn must_add(
    door: &Door,
    principal: &Principal,
    edit: &ImportEdit,
) -> Result<(), ServiceError> {
    let whose = match edit {
        ImportEdit::Entry(Edit::Add { body, .. } | Edit::Restore { body, .. }) => Some(body.person),
        _ => None,
    };
    let principal = principal.clone();
    if door.read(move |reader| may(reader, &principal, whose)).await? {
        return Ok(());
    }
    Err(ServiceError::Forbidden("You may not do this any more."))
}

/// May they change this record at this moment? What is not there any more is anybody's.
pub(super) async fn may_change(
    door: &Door,
    principal: &Principal,
    noun: Noun,
    record: RecordId,
) -> Result<bool, ServiceError> {
    let principal = principal.clone();
    let may = door.read(move |reader| {
        if noun != Noun::Entry {
            return may(reader, &principal, None);
        }
        match read::sync::record::<Entry>(reader, record.into())? {
            Some(entry) => may(reader, &principal, Some(entry.body.person)),
            None => Ok(true),
        }
    });
    Ok(may.await?)
}

/// Somebody's time is changed by themselves and by whoever approves it; nobody's is the catalog.
fn may(
    reader: &dyn Reader,
    principal: &Principal,
    whose: Option<UserId>,
) -> Result<bool, StoreError> {
    let Some(now) = principal.renewed(reader)? else { return Ok(false) };
    let Some(person) = whose else { return Ok(now.may(Right::ManageBook)) };
    let own = now.user().is_some_and(|user| user.id == person);
    Ok(own || now.reach(reader)?.may_approve(person))
}
