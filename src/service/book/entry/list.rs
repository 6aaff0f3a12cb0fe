//! Lists of time entries: of one person or of several, the last begin first, as far as the asker reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::no_person;
use crate::domain::entry::{Entry, MOST_LONG_MS};
use crate::domain::id::{CustomerId, EntryId, ProjectId, TagId, TaskId, TeamId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::policy::Reach;
use crate::domain::project::Project;
use crate::domain::sync::Synced;
use crate::domain::task::Task;
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::service::Principal;
use crate::service::book::Book;
use crate::service::error::ServiceError;
use crate::service::page::{Page, PageRequest};
use crate::store::{Reader, StoreError, read};

/// A page looks through at most this many entries (about half a second).
const MOST_LOOKED_AT: usize = 200_000;

/// Whose entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// The asker's own.
    #[default]
    Own,
    /// One person's, by sign-in name.
    Person(String),
    /// A team's members', as far as the asker reaches them.
    Team(TeamId),
    /// Of everyone the asker may see.
    Everyone,
}

/// An end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A day in the asker's zone, included whole.
    Day(Date),
    /// An instant.
    At(Timestamp),
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct EntriesRequest {
    /// Whose.
    pub whose: Whose,
    /// From when on: entries that reach into the period are in it.
    pub from: Option<Moment>,
    /// Until when.
    pub to: Option<Moment>,
    /// On one of this customer's projects.
    pub customer: Option<CustomerId>,
    /// On this project.
    pub project: Option<ProjectId>,
    /// On this task or one below it.
    pub task: Option<TaskId>,
    /// With this tag.
    pub tag: Option<TagId>,
    /// Billable or not.
    pub billable: Option<bool>,
    /// Running or not.
    pub running: Option<bool>,
    /// With these words in the note, whatever their case.
    pub text: Option<String>,
    /// Which part.
    pub page: PageRequest,
}

impl Book {
    /// A page of time entries, the last begin first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn entries(
        &self,
        principal: &Principal,
        request: EntriesRequest,
    ) -> Result<Page<Synced<Entry>>, ServiceError> {
        let most = request.page.items();
        let period = period(principal, &request)?;
        let after = request.page.after::<(Timestamp, EntryId)>()?;
        let before = after.unwrap_or((period.1, FIRST)).min((period.1, FIRST));
        let asker = principal.clone();
        let found = self.door.read(move |reader| {
            let people = match people(reader, &asker, &request.whose)? {
                Ok(people) => people,
                Err(error) => return Ok(Err(error)),
            };
            let wanted = Wanted::of(reader, period.0, &request)?;
            Ok(page(reader, &people, &wanted, before, most)?.ok_or_else(too_much))
        });
        let items = found.await??;
        Ok(Page::cut(items, most, |entry| (entry.body.start, entry.id)))
    }
}

const FIRST: EntryId = EntryId::from_bytes([0; 16]);

/// Up to one more than `most` entries that begin before the place `before`; none when that takes too long to find.
fn page(
    reader: &dyn Reader,
    people: &BTreeSet<UserId>,
    wanted: &Wanted,
    before: (Timestamp, EntryId),
    most: usize,
) -> Result<Option<Vec<Synced<Entry>>>, StoreError> {
    let (mut last, mut looked) = (BTreeMap::new(), 0);
    let from = wanted.from.minus_ms(MOST_LONG_MS);
    for person in people {
        read::entry::last_first(reader, *person, from, before, |entry| {
            looked += 1;
            let place = (entry.body.start, entry.id);
            let is_late =
                last.len() <= most || last.first_key_value().is_none_or(|(k, _)| place > *k);
            if looked > MOST_LOOKED_AT || !is_late {
                return ControlFlow::Break(());
            }
            if wanted.wants(&entry.body) {
                last.insert(place, entry);
            }
            if last.len() > most + 1 {
                last.pop_first();
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok((looked <= MOST_LOOKED_AT).then(|| last.into_values().rev().collect()))
}

/// What an entry must be.
struct Wanted {
    from: Timestamp,
    /// None is any.
    projects: Option<BTreeSet<ProjectId>>,
    tasks: Option<BTreeSet<TaskId>>,
    tag: Option<TagId>,
    billable: Option<bool>,
    running: Option<bool>,
    text: Option<String>,
}

impl Wanted {
    fn of(
        reader: &dyn Reader,
        from: Timestamp,
        request: &EntriesRequest,
    ) -> Result<Self, StoreError> {
        let mut projects = request.project.map(|project| BTreeSet::from([project]));
        if let Some(customer) = request.customer {
            let mut of_customer = BTreeSet::new();
            read::sync::each::<Project>(reader, None, |project| {
                of_customer.extend((project.body.customer == Some(customer)).then_some(project.id));
                ControlFlow::Continue(())
            })?;
            if let Some(project) = request.project {
                of_customer.retain(|of_customer| *of_customer == project);
            }
            projects = Some(of_customer);
        }
        Ok(Self {
            from,
            projects,
            tasks: request.task.map(|task| below(reader, task)).transpose()?,
            tag: request.tag,
            billable: request.billable,
            running: request.running,
            text: request.text.as_ref().map(|text| text.to_lowercase()),
        })
    }

    fn wants(&self, entry: &Entry) -> bool {
        let is_one = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        let ends = entry.ends().unwrap_or(entry.start.plus_ms(MOST_LONG_MS));
        (entry.start >= self.from || ends > self.from)
            && self
                .projects
                .as_ref()
                .is_none_or(|any| entry.project.is_some_and(|p| any.contains(&p)))
            && self.tasks.as_ref().is_none_or(|any| entry.task.is_some_and(|t| any.contains(&t)))
            && self.tag.is_none_or(|tag| entry.tags.contains(&tag))
            && is_one(self.billable, entry.billable)
            && is_one(self.running, entry.ends().is_none())
            && self.text.as_ref().is_none_or(|t| entry.note.as_str().to_lowercase().contains(t))
    }
}

/// The task and those below it.
fn below(reader: &dyn Reader, task: TaskId) -> Result<BTreeSet<TaskId>, StoreError> {
    let mut found = BTreeSet::from([task]);
    let Some(top) = read::sync::record::<Task>(reader, task)? else { return Ok(found) };
    let mut rest = Vec::new();
    for id in read::catalog::tasks_of(reader, top.body.project)? {
        rest.extend(read::sync::record::<Task>(reader, id)?);
    }
    // No task stands below itself: each round finds a level further down, or none.
    loop {
        let known = found.len();
        let is_below = |task: &&Synced<Task>| task.body.parent.is_some_and(|p| found.contains(&p));
        let more: Vec<TaskId> = rest.iter().filter(is_below).map(|task| task.id).collect();
        found.extend(more);
        if found.len() == known {
            return Ok(found);
        }
    }
}

type Asked<T> = Result<T, ServiceError>;

fn people(
    reader: &dyn Reader,
    principal: &Principal,
    whose: &Whose,
) -> Result<Asked<BTreeSet<UserId>>, StoreError> {
    let reach = principal.reach(reader)?;
    Ok(match whose {
        Whose::Own => principal.user().map(|user| BTreeSet::from([user.id])).ok_or_else(no_person),
        Whose::Person(name) => {
            let name = UserName::new(name.as_str()).ok();
            let found = name.map(|name| read::user_by_name(reader, &name)).transpose()?.flatten();
            reached(&reach, found.map(|user| user.id), Refusal::UnknownUser)
        }
        Whose::Team(team) => {
            let team = read::people::team(reader, *team)?;
            let leads = principal.user().is_some_and(|user| {
                team.as_ref().is_some_and(|team| team.leads.contains(&user.id))
            });
            match team {
                _ if !leads && !reach.sees_everyone() => Err(not_theirs()),
                Some(team) => Ok(team.members),
                None => Err(ServiceError::Refused(Refusal::UnknownTeam)),
            }
        }
        Whose::Everyone if reach.sees_everyone() => {
            Ok(read::users(reader)?.into_iter().map(|user| user.id).collect())
        }
        Whose::Everyone => {
            let own = principal.user().map(|user| user.id);
            Ok(reach.led().iter().copied().chain(own).collect())
        }
    })
}

/// Whoever may not see others learns nothing about who there is.
fn reached(reach: &Reach, person: Option<UserId>, unknown: Refusal) -> Asked<BTreeSet<UserId>> {
    match person {
        Some(person) if reach.sees(person) => Ok(BTreeSet::from([person])),
        None if reach.sees_everyone() => Err(ServiceError::Refused(unknown)),
        _ => Err(not_theirs()),
    }
}

/// From the first instant on, up to the last, that not.
fn period(
    principal: &Principal,
    request: &EntriesRequest,
) -> Result<(Timestamp, Timestamp), ServiceError> {
    let zone = principal.user().and_then(|user| TimeZone::get(user.zone.as_str()).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let begin = |day: Date| {
        let begin = day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
        Timestamp::new(begin)
    };
    let from = match request.from {
        None => Some(Timestamp::EARLIEST),
        Some(Moment::At(at)) => Some(at),
        Some(Moment::Day(day)) => begin(day),
    };
    let to = match request.to {
        None => Some(Timestamp::LATEST),
        Some(Moment::At(at)) => Some(at),
        Some(Moment::Day(day)) => day.tomorrow().ok().and_then(begin),
    };
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Ok((from, to)),
        _ => Err(ServiceError::bad_input(
            "bad_range",
            "The period ends before it begins, or lies outside what can be recorded.",
            "Check `from` and `to`.",
        )),
    }
}

fn not_theirs() -> ServiceError {
    ServiceError::Forbidden("You may see only your own time, and that of a team you lead.")
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "There are too many time entries to look through at once.",
        "Ask for a shorter period, or for fewer people.",
    )
}
