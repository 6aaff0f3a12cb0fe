//! Another name to sign in with. Everything names people by id but JSON, which says their name: copies of what says it are told.

use super::put;
use crate::domain::audit;
use crate::domain::id::UserId;
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::text::UserName;
use crate::domain::told::Told;
use crate::domain::user::User;
use crate::store::apply::{Applying, device, erasure, refused, saved_report, team, told};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{HeldEdits, Targets, Timesheets, UserNames};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(
    at: &mut Applying<'_>,
    user: &User,
    name: &UserName,
) -> Result<Outcome, StoreError> {
    if erasure::is_under_way(at, user.id)? {
        return refused(Refusal::BeingErased);
    }
    if user.name == *name {
        return Ok(Outcome::Already);
    }
    if at.writer.get::<UserNames>(name)?.is_some() {
        return refused(Refusal::NameTaken);
    }
    at.writer.delete::<UserNames>(&user.name)?;
    put(at, &User { name: name.clone(), ..user.clone() })?;
    reports(at, user, name)?;
    teams(at, user.id)?;
    for device in read::devices_of(at.writer.as_reader(), user.id)? {
        device::tell(at, &device, true)?;
    }
    weeks(at, user.id)?;
    // Neither name: the log names nobody but by id.
    at.audit("user.rename", &audit::person(user.id))?;
    Ok(Outcome::Done)
}

/// Reports that ask about them by name ask on, and those of theirs say whose they are.
fn reports(at: &mut Applying<'_>, user: &User, name: &UserName) -> Result<(), StoreError> {
    for report in read::target::saved_reports(at.writer.as_reader())? {
        let renamed = report.renamed(&user.name, name);
        if renamed.is_some() || report.owner == Some(user.id) {
            saved_report::write(at, &renamed.unwrap_or(report))?;
        }
    }
    Ok(())
}

fn teams(at: &mut Applying<'_>, person: UserId) -> Result<(), StoreError> {
    for team in read::people::teams(at.writer.as_reader())? {
        if team.members.contains(&person) || team.leads.contains(&person) {
            team::write(at, &team)?;
        }
    }
    Ok(())
}

/// Weeks that were spoken of, targets, and edits that came too late.
fn weeks(at: &mut Applying<'_>, person: UserId) -> Result<(), StoreError> {
    let (theirs, audience) = (|| KeyRange::prefix(&person), Audience::Person(person));
    let mut says = Vec::new();
    for ((_, from), _) in at.writer.rows::<Timesheets>(theirs(), Order::Rising, usize::MAX)? {
        says.push(Told::Timesheet { person, from });
    }
    for ((_, from), _) in at.writer.rows::<Targets>(theirs(), Order::Rising, usize::MAX)? {
        says.push(Told::Target { person, from });
    }
    for ((_, seq, place), _) in at.writer.rows::<HeldEdits>(theirs(), Order::Rising, usize::MAX)? {
        says.push(Told::HeldEdit { person, number: (seq, place) });
    }
    for told in &says {
        told::tell(at, *told, true, audience)?;
    }
    for noun in [Noun::Timesheet, Noun::Target, Noun::HeldEdit] {
        if says.iter().any(|told| told.noun() == noun) {
            at.changed(noun, person.bytes(), audience);
        }
    }
    Ok(())
}
