//! Projects: added, changed, deleted, and opened to other people.

use super::title::{self, Title};
use super::{Applying, entry, refused, sync};
use crate::domain::customer::Customer;
use crate::domain::id::{ProjectId, RecordId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::project::{MOST_MEMBERS, MOST_PROJECTS, Project};
use crate::domain::sync::{Edit, Synced};
use crate::domain::task::Task;
use crate::store::error::StoreError;
use crate::store::read;

pub(super) fn apply(at: &mut Applying<'_>, edit: &Edit<Project>) -> Result<Outcome, StoreError> {
    match edit {
        Edit::Add { id, body } => {
            if !sync::is_new::<Project>(at, *id)? {
                return refused(Refusal::IdTaken);
            }
            enter(at, None, *id, body)
        }
        Edit::Restore { id, expect, body } => match sync::gone::<Project>(at, *id, *expect)? {
            Ok(gone) => enter(at, Some(&gone), *id, body),
            Err(refusal) => refused(refusal),
        },
        Edit::Set { id, expect, body } => {
            let current = match sync::live::<Project>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            let body = in_order(body);
            if let Some(refusal) = fault(at, (*id).into(), Some(&current.body), &body)? {
                return refused(refusal);
            }
            title::take(at, Some(&title(&current.body)), &title(&body), (*id).into())?;
            show_anew(at, &current, &body)?;
            sync::set(at, &current, body, Audience::Everyone)
        }
        Edit::Delete { id, expect } => {
            let current = match sync::live::<Project>(at, *id, *expect)? {
                Ok(current) => current,
                Err(refusal) => return refused(refusal),
            };
            if title::any_below(at, Noun::Task, (*id).into())?
                || entry::any_on(at, Noun::Project, (*id).into())?
            {
                return refused(Refusal::InUse);
            }
            title::give_back(at, &title(&current.body))?;
            if let Some(customer) = current.body.customer {
                sync::touch::<Customer>(at, customer, Audience::Everyone)?;
            }
            sync::delete(at, &current, Audience::Everyone)
        }
    }
}

fn enter(
    at: &mut Applying<'_>,
    was: Option<&Synced<Project>>,
    id: ProjectId,
    body: &Project,
) -> Result<Outcome, StoreError> {
    if title::are_full(at, Noun::Project, MOST_PROJECTS)? {
        return refused(Refusal::TooMany);
    }
    let body = in_order(body);
    if let Some(refusal) = fault(at, id.into(), None, &body)? {
        return refused(refusal);
    }
    title::take(at, None, &title(&body), id.into())?;
    if let Some(customer) = body.customer {
        sync::touch::<Customer>(at, customer, Audience::Everyone)?;
    }
    sync::enter(at, was, id, body, Audience::Everyone)
}

/// Members rising and each once, so that two spellings of one list are the same project.
fn in_order(body: &Project) -> Project {
    let mut body = body.clone();
    if let Some(members) = &mut body.members {
        members.sort_unstable();
        members.dedup();
    }
    body
}

/// Who left the office stays a member; nobody unknown becomes one.
fn fault(
    at: &Applying<'_>,
    id: RecordId,
    was: Option<&Project>,
    body: &Project,
) -> Result<Option<Refusal>, StoreError> {
    if let Some(customer) = body.customer
        && let Err(refusal) = sync::live::<Customer>(at, customer, None)?
    {
        return Ok(Some(refusal));
    }
    let members = body.members.as_deref().unwrap_or_default();
    if members.len() > MOST_MEMBERS {
        return Ok(Some(Refusal::TooMany));
    }
    let known = was.and_then(|was| was.members.as_deref()).unwrap_or_default();
    for member in members.iter().filter(|member| known.binary_search(member).is_err()) {
        if read::user(at.writer.as_reader(), *member)?.is_none() {
            return Ok(Some(Refusal::UnknownUser));
        }
    }
    Ok((!title::is_free(at, &title(body), id)?).then_some(Refusal::TitleTaken))
}

/// Other people see the project, its tasks and its customer from now on: their copies are fetched anew, or dropped.
fn show_anew(
    at: &mut Applying<'_>,
    current: &Synced<Project>,
    body: &Project,
) -> Result<(), StoreError> {
    let (was, opened) = (&current.body, current.body.members != body.members);
    if opened {
        for task in read::catalog::tasks_of(at.writer.as_reader(), current.id)? {
            sync::touch::<Task>(at, task, Audience::Everyone)?;
        }
    }
    if opened || was.customer != body.customer {
        let mut customers = vec![was.customer, body.customer];
        customers.dedup();
        for customer in customers.into_iter().flatten() {
            sync::touch::<Customer>(at, customer, Audience::Everyone)?;
        }
    }
    Ok(())
}

fn title(project: &Project) -> Title<'_> {
    let below = project.customer.map_or(RecordId::NIL, Into::into);
    Title { noun: Noun::Project, below, name: &project.name }
}
