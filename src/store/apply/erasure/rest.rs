//! Everything else with the person in it: looks, tokens, letters, jobs, places in teams and projects.

use std::ops::ControlFlow;

use super::{Applying, Left};
use crate::domain::command::Actor;
use crate::domain::erasure::Erasure;
use crate::domain::job::Job;
use crate::domain::outcome::{Audience, Noun};
use crate::domain::project::Project;
use crate::domain::text::{ShortText, UserName};
use crate::store::apply::{mail, sync, team, token};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Contacts, Jobs, Looks, MailAbouts};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn erase(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    left: &mut Left,
) -> Result<(), StoreError> {
    let looks = KeyRange::prefix(&erasure.person);
    for (key, _) in at.writer.rows::<Looks>(looks, Order::Rising, left.0)? {
        at.writer.delete::<Looks>(&key)?;
        erasure.counts.looks += 1;
        left.take(1);
    }
    if left.0 == 0 {
        return Ok(());
    }
    // What follows is bounded by limits of its own, and few.
    erasure.counts.ways_in += token::delete_all(at, erasure.person)?;
    if let Some(user) = read::user(at.writer.as_reader(), erasure.person)? {
        letters(at, erasure, &user.name)?;
        jobs(at, erasure, &user.name)?;
    }
    teams(at, erasure)?;
    projects(at, erasure)
}

/// Their address, and letters that wait: for it, or for one with the sign-in name in it, and those that name them.
fn letters(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    name: &UserName,
) -> Result<(), StoreError> {
    let contact = at.writer.get::<Contacts>(&erasure.person)?;
    for letter in read::mails(at.writer.as_reader())? {
        let to = letter.to.as_str();
        let is_theirs = contact.as_ref().is_some_and(|contact| contact.mail == letter.to);
        let local = to.rsplit_once('@').map_or(to, |(local, _)| local).to_ascii_lowercase();
        let names_them = at.writer.get::<MailAbouts>(&letter.id)? == Some(erasure.person);
        if is_theirs
            || names_them
            || to.eq_ignore_ascii_case(name.as_str())
            || local == name.as_str()
        {
            mail::remove(at, letter.id)?;
            erasure.counts.others += 1;
        }
    }
    if at.writer.delete::<Contacts>(&erasure.person)? {
        erasure.counts.others += 1;
    }
    Ok(())
}

/// Jobs of theirs and about them; of one that still runs, the words.
fn jobs(at: &mut Applying<'_>, erasure: &mut Erasure, name: &UserName) -> Result<(), StoreError> {
    for job in read::jobs(at.writer.as_reader())? {
        if job.owner != Actor::User(erasure.person) && !says(job.about.as_str(), name) {
            continue;
        }
        if job.ended.is_some() {
            at.writer.delete::<Jobs>(&job.id)?;
        } else {
            let about = ShortText::cut(super::NO_NAME);
            at.writer.put::<Jobs>(&job.id, &Job { about, ..job.clone() })?;
        }
        at.changed(Noun::Job, job.id.bytes(), Audience::Administrators);
        erasure.counts.others += 1;
    }
    Ok(())
}

/// Is the name one of the words?
fn says(text: &str, name: &UserName) -> bool {
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    text.split(|c| !is_of_names(c)).any(|word| word.eq_ignore_ascii_case(name.as_str()))
}

fn teams(at: &mut Applying<'_>, erasure: &mut Erasure) -> Result<(), StoreError> {
    for mut team in read::people::teams(at.writer.as_reader())? {
        let (member, lead) =
            (team.members.remove(&erasure.person), team.leads.remove(&erasure.person));
        if member || lead {
            team::write(at, &team)?;
            erasure.counts.others += 1;
        }
    }
    Ok(())
}

fn projects(at: &mut Applying<'_>, erasure: &mut Erasure) -> Result<(), StoreError> {
    let mut theirs = Vec::new();
    read::sync::each::<Project>(at.writer.as_reader(), None, |project| {
        let members = project.body.members.as_deref().unwrap_or_default();
        if project.is_live() && members.contains(&erasure.person) {
            theirs.push(project);
        }
        ControlFlow::Continue(())
    })?;
    for project in theirs {
        let mut body = project.body.clone();
        if let Some(members) = &mut body.members {
            members.retain(|member| *member != erasure.person);
        }
        sync::set(at, &project, body, Audience::Everyone)?;
        erasure.counts.others += 1;
    }
    Ok(())
}
