//! The made-up office as it stands on its first day: people in teams, customers, projects, tasks, tags, targets, computers.

use std::collections::BTreeSet;

use super::DemoOptions;
use super::cast::{self, Craft};
use super::dice::Dice;
use crate::domain::colour::Colour;
use crate::domain::customer::Customer;
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::{CustomerId, DeviceId, ProjectId, TagId, TaskId, TeamId, UserId};
use crate::domain::project::Project;
use crate::domain::tag::Tag;
use crate::domain::target::{Target, WorkingDays};
use crate::domain::task::Task;
use crate::domain::team::Team;
use crate::domain::text::{BadText, Label, NoteText, UserName};
use crate::domain::user::{Role, User};

/// Everything that is there before the first day.
pub(super) struct Office {
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<Team>,
    pub(super) customers: Vec<(CustomerId, Customer)>,
    /// Paid work; what the office does for itself stands in `internal` and `absence`.
    pub(super) projects: Vec<Work>,
    pub(super) internal: Work,
    pub(super) absence: Work,
    pub(super) tags: Vec<(TagId, Tag)>,
}

/// Somebody who works there.
pub(super) struct Person {
    /// Their place in the office: what their dice are thrown with.
    pub(super) number: u64,
    pub(super) user: User,
    pub(super) craft: Craft,
    /// Who approves their weeks.
    pub(super) lead: UserId,
    pub(super) target: Target,
    pub(super) device: Device,
}

/// A project and its tasks, parents first.
pub(super) struct Work {
    pub(super) id: ProjectId,
    pub(super) project: Project,
    pub(super) tasks: Vec<(TaskId, Task)>,
}

/// What the dice of the office are thrown for; people's begin behind.
const OFFICE: u64 = u64::MAX;

impl Office {
    /// The office of this seed.
    ///
    /// # Errors
    /// None but of a wrong name in `cast`.
    pub(super) fn made(options: &DemoOptions) -> Result<Self, BadText> {
        let mut dice = Dice::of(options.seed, &[OFFICE]);
        let ids: Vec<UserId> = (0..options.people).map(|_| UserId(dice.id())).collect();
        let people = (0_u64..)
            .zip(&ids)
            .map(|(number, id)| person(options, number, *id, &ids))
            .collect::<Result<Vec<_>, _>>()?;
        let teams = teams(&mut dice, &people)?;
        let mut customers = Vec::new();
        let mut projects = Vec::new();
        for (name, works) in cast::CUSTOMERS {
            let id = CustomerId(dice.id());
            let colour = Some(colour(&mut dice));
            let note = NoteText::empty();
            customers.push((id, Customer { name: label(name)?, colour, note, archived: false }));
            for work in works {
                projects.push(paid(&mut dice, id, work)?);
            }
        }
        let mut own = |(name, tasks): (&str, &[&str])| -> Result<Work, BadText> {
            let parts: Vec<_> = tasks.iter().map(|task| (*task, &[] as &[&str])).collect();
            work(&mut dice, None, name, &parts)
        };
        let (mut internal, mut absence) = (own(cast::INTERNAL)?, own(cast::ABSENCE)?);
        let all = projects.iter_mut().chain([&mut internal, &mut absence]);
        for (work, colour) in all.zip(cast::COLOURS.into_iter().cycle()) {
            work.project.colour = Some(Colour(colour));
        }
        let mut tag = |name: &&str| -> Result<_, BadText> {
            let colour = Some(colour(&mut dice));
            Ok((TagId(dice.id()), Tag { name: label(name)?, colour, archived: false }))
        };
        let tags = cast::TAGS.iter().map(&mut tag).collect::<Result<_, _>>()?;
        Ok(Self { people, teams, customers, projects, internal, absence, tags })
    }
}

/// The first person runs the office; the first of each craft leads the others of it.
fn person(
    options: &DemoOptions,
    number: u64,
    id: UserId,
    ids: &[UserId],
) -> Result<Person, BadText> {
    let mut dice = Dice::of(options.seed, &[number]);
    let crafts = Craft::ALL.len();
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let first_of_craft = place < crafts;
    let leads = ids[if first_of_craft { 0 } else { place % crafts }];
    let name = cast::PEOPLE[place % cast::PEOPLE.len()];
    let round = place / cast::PEOPLE.len();
    let name = if round == 0 { name.to_owned() } else { format!("{name}{}", round + 1) };
    let part_time = !first_of_craft && dice.in_hundred(25);
    let week_minutes = if part_time { 24 * 60 } else { 40 * 60 };
    let user = User {
        id,
        name: UserName::new(name.as_str())?,
        role: Role::Employee,
        zone: options.zone.clone(),
        password: options.password.clone(),
        created: options.founded(),
        disabled: None,
    };
    let device = Device {
        id: DeviceId(dice.id()),
        name: label(&format!("{name}-laptop"))?,
        person: id,
        kind: DeviceKind::Agent { public_key: *blake3::hash(id.bytes().as_slice()).as_bytes() },
        enrolled: options.founded(),
        last_contact: None,
        revoked: None,
    };
    let days = WorkingDays::new(if part_time { 0b0_0111 } else { 0b1_1111 });
    let target = Target {
        person: id,
        from: options.first_day(),
        week_minutes,
        days: days.unwrap_or(WorkingDays::NONE),
    };
    Ok(Person { number, user, craft: Craft::ALL[place % crafts], lead: leads, target, device })
}

fn teams(dice: &mut Dice, people: &[Person]) -> Result<Vec<Team>, BadText> {
    let crafts = Craft::ALL.into_iter();
    let of = |craft| {
        let members: Vec<UserId> =
            people.iter().filter(|person| person.craft == craft).map(|p| p.user.id).collect();
        members
    };
    let teams = crafts.map(|craft| (craft, of(craft))).filter(|(_, members)| !members.is_empty());
    teams
        .map(|(craft, members)| {
            let leads = members.first().copied().into_iter().collect::<BTreeSet<_>>();
            let members = members.into_iter().collect();
            Ok(Team { id: TeamId(dice.id()), name: label(craft.team())?, members, leads })
        })
        .collect()
}

fn paid(dice: &mut Dice, customer: CustomerId, name: &str) -> Result<Work, BadText> {
    let mut made = work(dice, Some(customer), name, &cast::TASKS)?;
    made.project.billable = true;
    let hours = u32::try_from(dice.between(20, 160)).unwrap_or(20) * 10;
    made.project.budget_minutes = Some(hours * 60);
    Ok(made)
}

fn work(
    dice: &mut Dice,
    customer: Option<CustomerId>,
    name: &str,
    parts: &[(&str, &[&str])],
) -> Result<Work, BadText> {
    let id = ProjectId(dice.id());
    let project = Project {
        customer,
        name: label(name)?,
        // Given in turn, when all are known: neighbours in a chart must not look alike.
        colour: None,
        billable: false,
        budget_minutes: None,
        archived: false,
        members: None,
    };
    let mut tasks = Vec::new();
    for (name, smaller) in parts {
        let parent = TaskId(dice.id());
        tasks.push((parent, task(id, None, name)?));
        for name in *smaller {
            tasks.push((TaskId(dice.id()), task(id, Some(parent), name)?));
        }
    }
    Ok(Work { id, project, tasks })
}

fn task(project: ProjectId, parent: Option<TaskId>, name: &str) -> Result<Task, BadText> {
    let name = label(name)?;
    Ok(Task { project, parent, name, done: false, archived: false, budget_minutes: None })
}

fn colour(dice: &mut Dice) -> Colour {
    Colour(*dice.pick(&cast::COLOURS))
}

fn label(name: &str) -> Result<Label, BadText> {
    Label::new(name)
}
