//! What an import would do, worked out against one snapshot: rows become entries of people, projects and tags are found by name or
//! made, and every row that cannot be taken says why.

mod accepted;
mod closed;
mod place;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;

pub use accepted::AcceptedRow;

use super::mapped::{Mapped, shown};
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::{CustomerId, EntryId, ProjectId, TagId, TaskId, UserId};
use crate::domain::import::{ImportEdit, Source};
use crate::domain::project::Project;
use crate::domain::right::Right;
use crate::domain::sync::{Edit, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::{FoldedName, Label};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::Principal;
use crate::service::book::sight::{Asker, Viewer};
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};
use crate::wire::import::{ImportFile, ImportMoment, ImportRow, RowFault};

/// What would happen.
#[derive(Debug, Default)]
pub struct ImportPlan {
    /// Rows that cannot be taken, by line.
    pub faults: Vec<RowFault>,
    /// The first rows that would become entries, in the order of the file.
    pub accepted: Vec<AcceptedRow>,
    /// Entries that would be added.
    pub new: u64,
    /// Entries that are there already.
    pub there: u64,
    /// What the new ones come to.
    pub total_ms: u64,
    /// Of the new ones, those whose time is booked already, at least in part.
    pub overlapping: u64,
    /// Whose they are.
    pub people: Vec<Person>,
    /// Who in the file is nobody here whose time the asker may enter, and rows of theirs; an empty name: rows that name nobody.
    pub unknown: BTreeMap<String, u64>,
    /// Customers that would be added.
    pub customers: Vec<String>,
    /// Projects that would be added.
    pub projects: Vec<String>,
    /// Tasks that would be added.
    pub tasks: Vec<String>,
    /// Tags that would be added.
    pub tags: Vec<String>,
    pub(super) catalog: Vec<ImportEdit>,
    pub(super) edits: Vec<(u64, Edit<Entry>)>,
}

/// A person of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As the file names them.
    pub in_file: String,
    /// Their sign-in name here.
    pub name: String,
    /// Rows of theirs.
    pub rows: u64,
}

impl ImportPlan {
    /// Rows of the file, those that cannot be taken too.
    pub fn rows(&self) -> u64 {
        self.new + self.there + self.faults.len() as u64
    }
}

/// Who wants what.
pub(super) struct Wish {
    principal: Principal,
    source: Source,
    zone: Option<TimeZone>,
    person: Option<String>,
    people: Mapped,
}

impl Wish {
    pub(super) fn new(
        principal: &Principal,
        source: Source,
        zone: Option<String>,
        person: Option<String>,
        people: &str,
    ) -> Result<Self, ServiceError> {
        let zone = zone.map(|name| {
            TimeZone::get(&name).map_err(|_| {
                ServiceError::bad_input(
                    "unknown_time_zone",
                    "There is no time zone of this name.",
                    "Use a name such as Europe/Berlin.",
                )
            })
        });
        let (principal, people) = (principal.clone(), Mapped::read(people)?);
        Ok(Self { principal, source, zone: zone.transpose()?, person, people })
    }
}

/// The plan, or why there is none at all.
pub(super) fn plan(
    reader: &dyn Reader,
    wish: &Wish,
    file: ImportFile,
    now: Timestamp,
) -> Result<Result<ImportPlan, ServiceError>, StoreError> {
    let mut office = Office::load(reader, wish)?;
    let may =
        |name: &String| office.people.get(name).is_some_and(|one| office.may_enter_for(wish, one));
    if !wish.person.iter().chain(wish.people.names()).all(may) {
        let refusal = crate::domain::outcome::Refusal::UnknownUser;
        return Ok(Err(ServiceError::Refused(refusal)));
    }
    let mut plan = ImportPlan { faults: file.faults, ..ImportPlan::default() };
    for row in file.rows {
        let line = row.line;
        match office.take(reader, wish, row, now, &mut plan)? {
            Ok(()) => {}
            Err(why) => plan.faults.push(RowFault { line, why }),
        }
    }
    plan.faults.sort_by_key(|fault| fault.line);
    Ok(Ok(plan))
}

/// What there is as far as the asker sees it, and what the plan adds to it.
struct Office {
    /// By sign-in name.
    people: BTreeMap<String, User>,
    viewer: Viewer,
    manages: bool,
    customers: BTreeMap<FoldedName, (CustomerId, bool)>,
    /// By name first: a file may say nothing of customers.
    projects: BTreeMap<(FoldedName, Option<CustomerId>), (ProjectId, bool, bool)>,
    tasks: BTreeMap<(ProjectId, FoldedName), (TaskId, bool)>,
    tags: BTreeMap<FoldedName, (TagId, bool)>,
    standing: closed::Standing,
    /// Rows that said the same so far.
    same: BTreeMap<[u8; 32], u64>,
    /// Where a person of the file stands in the plan.
    counted: BTreeMap<(String, UserId), usize>,
}

/// A row is taken, or says why not.
type Taken<T> = Result<Result<T, String>, StoreError>;

impl Office {
    fn load(reader: &dyn Reader, wish: &Wish) -> Result<Self, StoreError> {
        let users = read::users(reader)?.into_iter();
        let mut office = Self {
            people: users.map(|user| (user.name.to_string(), user)).collect(),
            viewer: Viewer::load(reader, Asker::of(&wish.principal))?,
            manages: wish.principal.may(Right::ManageBook),
            customers: BTreeMap::new(),
            projects: BTreeMap::new(),
            tasks: BTreeMap::new(),
            tags: BTreeMap::new(),
            standing: closed::Standing::load(reader)?,
            same: BTreeMap::new(),
            counted: BTreeMap::new(),
        };
        read::sync::each::<Customer>(reader, None, |customer| {
            if office.viewer.sees_customer(&customer) {
                let body = customer.body;
                office.customers.insert(body.name.folded(), (customer.id, body.archived));
            }
            ControlFlow::Continue(())
        })?;
        read::sync::each::<Project>(reader, None, |project| {
            if office.viewer.sees_project(&project) {
                let body = project.body;
                let key = (body.name.folded(), body.customer);
                office.projects.insert(key, (project.id, body.archived, body.billable));
            }
            ControlFlow::Continue(())
        })?;
        read::sync::each::<Task>(reader, None, |task| {
            if task.body.parent.is_none() && office.viewer.sees_task(&task) {
                let key = (task.body.project, task.body.name.folded());
                office.tasks.insert(key, (task.id, task.body.archived));
            }
            ControlFlow::Continue(())
        })?;
        read::sync::each::<Tag>(reader, None, |tag| {
            office.tags.insert(tag.body.name.folded(), (tag.id, tag.body.archived));
            ControlFlow::Continue(())
        })?;
        Ok(office)
    }

    fn take(
        &mut self,
        reader: &dyn Reader,
        wish: &Wish,
        row: ImportRow,
        now: Timestamp,
        plan: &mut ImportPlan,
    ) -> Taken<()> {
        let (person, in_file) = match self.person(wish, &row) {
            Ok(found) => found,
            Err(why) => {
                *plan.unknown.entry(shown(&row)).or_default() += 1;
                return Ok(Err(why));
            }
        };
        if person.disabled.is_some() {
            return Ok(Err(format!("The account {} is disabled.", person.name)));
        }
        let zone = wish.zone.clone();
        let zone = zone.or_else(|| TimeZone::get(person.zone.as_str()).ok());
        let zone = zone.unwrap_or(TimeZone::UTC);
        let (Some(start), Some(end)) = (moment(row.start, &zone), moment(row.end, &zone)) else {
            return Ok(Err("Its time is none that can be kept.".to_owned()));
        };
        let id = self.id(wish, &row, person.id, (start, end));
        let known = read::sync::record::<Entry>(reader, id)?;
        if known.as_ref().is_some_and(|known| known.body.person != person.id) {
            return Ok(Err(TAKEN.to_owned()));
        }
        if known.as_ref().is_some_and(Synced::is_live) {
            plan.there += 1;
            self.count(plan, in_file, &person);
            return Ok(Ok(()));
        }
        let placed = match self.place(&row, plan) {
            Ok(placed) => placed,
            Err(why) => return Ok(Err(why)),
        };
        let body = Entry {
            person: person.id,
            project: placed.project,
            task: placed.task,
            start,
            end: Some(end),
            cut: None,
            note: row.note,
            tags: placed.tags,
            billable: row.billable.unwrap_or(placed.billable),
        };
        let body = body.in_order();
        if let Some(refusal) = body.fault(now) {
            return Ok(Err(refusal.sentence().to_owned()));
        }
        if let Some(refusal) = self.standing.refusal(reader, &person, &body)? {
            return Ok(Err(refusal.sentence().to_owned()));
        }
        plan.overlapping += u64::from(closed::overlaps(reader, &body, now)?);
        plan.new += 1;
        plan.show(row.line, &person, row.project.as_ref(), &body);
        plan.total_ms += end.ms_since(start);
        self.count(plan, in_file, &person);
        let expect = None;
        plan.edits.push((
            row.line,
            match known {
                Some(_) => Edit::Restore { id, expect, body },
                None => Edit::Add { id, body },
            },
        ));
        Ok(Ok(()))
    }

    /// Whose the row is: as was said, or by mail address, or by name; the asker's own when the file names nobody.
    fn person(&self, wish: &Wish, row: &ImportRow) -> Result<(User, String), String> {
        let in_file = row.email.clone().or_else(|| row.user.clone()).unwrap_or_default();
        let by_name = |name: &str| self.people.get(&name.to_lowercase());
        let found = match wish.person.as_ref().or_else(|| wish.people.of(row)) {
            Some(name) => by_name(name),
            None if in_file.is_empty() => {
                wish.principal.user().and_then(|own| self.people.get(own.name.as_str()))
            }
            None => {
                let email = row.email.as_deref();
                let local = email.and_then(|email| email.split_once('@')).map(|(local, _)| local);
                email
                    .and_then(by_name)
                    .or_else(|| local.and_then(by_name))
                    .or_else(|| row.user.as_deref().and_then(by_name))
            }
        };
        let shown = shown(row);
        let Some(person) = found.filter(|person| self.may_enter_for(wish, person)) else {
            return Err(if in_file.is_empty() {
                "It names nobody: say whose it is.".to_owned()
            } else {
                format!(
                    "There is nobody here for {shown:?} whose time you may enter: add the person, or say whose it is."
                )
            });
        };
        Ok((person.clone(), shown))
    }

    /// Who else there is, and who is disabled, is not told to whoever tries names.
    fn may_enter_for(&self, wish: &Wish, person: &User) -> bool {
        let own = wish.principal.user().is_some_and(|user| user.id == person.id);
        own || self.viewer.reach.may_approve(person.id)
    }

    /// The same row always has the same id: by the product's own, or by everything it says, and of two that say the same the second
    /// is another.
    fn id(
        &mut self,
        wish: &Wish,
        row: &ImportRow,
        person: UserId,
        (start, end): (Timestamp, Timestamp),
    ) -> EntryId {
        let name = |label: &Option<Label>| label.as_ref().map(ToString::to_string);
        let what = match &row.key {
            Some(key) => format!("key\n{key}"),
            None => format!(
                "row\n{}\n{}\n{:?}\n{:?}\n{:?}\n{}",
                start.ms(),
                end.ms(),
                name(&row.customer),
                name(&row.project),
                name(&row.task),
                row.note.as_str()
            ),
        };
        let mut hasher = blake3::Hasher::new_derive_key("timebook imported entry v1");
        for part in [wish.source.name().as_bytes(), &person.bytes(), what.as_bytes()] {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let same = self.same.entry(*hasher.finalize().as_bytes()).or_default();
        hasher.update(&same.to_be_bytes());
        *same += 1;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        EntryId::from_bytes(bytes)
    }

    fn count(&mut self, plan: &mut ImportPlan, in_file: String, person: &User) {
        let next = plan.people.len();
        let place = *self.counted.entry((in_file.clone(), person.id)).or_insert(next);
        if place == next {
            plan.people.push(Person { in_file, name: person.name.to_string(), rows: 0 });
        }
        plan.people[place].rows += 1;
    }
}

/// Somebody made an entry under the id that a row would have.
const TAKEN: &str = "A time entry of somebody else has the id that this row would get. Whoever sees everybody's time finds and deletes it.";

fn moment(moment: ImportMoment, zone: &TimeZone) -> Option<Timestamp> {
    match moment {
        ImportMoment::At(at) => Some(at),
        ImportMoment::Wall(wall) => {
            let at = wall.to_zoned(zone.clone()).ok()?;
            Timestamp::new(at.timestamp().as_millisecond())
        }
    }
}
