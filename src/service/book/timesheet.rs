//! People's weeks: looked at, submitted, withdrawn, approved, sent back, opened again.
//!
//! Nobody approves their own week, unless nobody else in the office could: then it is done, and the audit log says by whom.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;

use super::approval::{Approvers, may, seen};
use super::{Asking, Book};
use crate::domain::command::Command;
use crate::domain::day::Day;
use crate::domain::hours::{by_day, counted};
use crate::domain::id::TeamId;
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::policy::Reach;
use crate::domain::report::Stretch;
use crate::domain::team::Team;
use crate::domain::text::NoteText;
use crate::domain::time::Timestamp;
use crate::domain::timesheet::{Decision, SheetState, Timesheet, TimesheetCommand, Week};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::page::{Page, PageRequest};
use crate::service::{Change, Principal, day};
use crate::store::{Reader, StoreError, read};

/// A list of one person's weeks has at most this many.
const MOST_WEEKS: usize = 60;

/// A person's week as somebody looks at it.
#[derive(Clone, Debug)]
pub struct SheetView {
    /// Whose.
    pub person: User,
    /// Which.
    pub week: Week,
    /// What was said of it; nothing: it is open.
    pub sheet: Option<Timesheet>,
    /// Each of its days with what was worked on it.
    pub days: Vec<(Day, u64)>,
    /// Does a timer run in it? It counts up to now.
    pub runs: bool,
    /// Edits about this week that came too late.
    pub held: usize,
    /// Has the office closed all of it?
    pub locked: bool,
}

/// What somebody does with a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is complete.
    Submit,
    /// It is not complete after all.
    Withdraw,
    /// It is right.
    Approve,
    /// It is not right, and why.
    SendBack(NoteText),
    /// It was approved, and is not right after all, and why.
    Reopen(NoteText),
}

impl SheetView {
    /// How far it has come.
    pub fn state(&self) -> SheetState {
        self.sheet.as_ref().map_or(SheetState::Open, |sheet| sheet.state)
    }

    /// Its version; 0 before anybody spoke of it.
    pub fn version(&self) -> u64 {
        self.sheet.as_ref().map_or(0, |sheet| sheet.changed_seq)
    }

    /// What it comes to.
    pub fn total_ms(&self) -> u64 {
        self.days.iter().map(|(_, ms)| ms).sum()
    }
}

impl Book {
    /// The week of a person that holds this day.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn week(
        &self,
        principal: &Principal,
        name: &str,
        day: Day,
        now: Timestamp,
    ) -> Result<SheetView, ServiceError> {
        let (asker, name) = (principal.clone(), name.to_owned());
        let found = self.door.read(move |reader| {
            let (person, _) = match seen(reader, &asker, &name)? {
                Ok(seen) => seen,
                Err(error) => return Ok(Err(error)),
            };
            Ok(Weeks::load(reader)?.view(reader, person, day, now)?.ok_or_else(unknown))
        });
        found.await?
    }

    /// A person's weeks that have a day from `from` to `to`, oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn weeks(
        &self,
        principal: &Principal,
        name: &str,
        (from, to): (Day, Day),
        now: Timestamp,
    ) -> Result<Vec<SheetView>, ServiceError> {
        let (asker, name) = (principal.clone(), name.to_owned());
        let found = self.door.read(move |reader| {
            let (person, _) = match seen(reader, &asker, &name)? {
                Ok(seen) => seen,
                Err(error) => return Ok(Err(error)),
            };
            let (weeks, mut views, mut day) = (Weeks::load(reader)?, Vec::new(), from);
            while day <= to {
                if views.len() == MOST_WEEKS {
                    return Ok(Err(too_many_weeks()));
                }
                let view = weeks.view(reader, person.clone(), day, now)?;
                let next = view.as_ref().map_or(day, |view| view.week.last).plus(1);
                views.extend(view);
                if next <= day {
                    break;
                }
                day = next;
            }
            Ok(Ok(views))
        });
        found.await?
    }

    /// The week that holds this day, of everybody the principal sees and who can sign in, by name; with a team, of its members among them.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn everybodys_week(
        &self,
        principal: &Principal,
        (day, team): (Day, Option<TeamId>),
        now: Timestamp,
    ) -> Result<Vec<SheetView>, ServiceError> {
        let asker = principal.clone();
        let found = self.door.read(move |reader| {
            let (weeks, reach) = (Weeks::load(reader)?, asker.reach(reader)?);
            let mut people = read::users(reader)?;
            people.retain(|user| user.disabled.is_none() && reach.sees(user.id));
            if let Some(team) = team {
                let team = read::people::team(reader, team)?;
                let Some(team) = team.filter(|team| is_theirs(&asker, &reach, team)) else {
                    return Ok(Err(ServiceError::Refused(Refusal::UnknownTeam)));
                };
                people.retain(|user| team.members.contains(&user.id));
            }
            people.sort_by(|a, b| a.name.cmp(&b.name));
            let mut views = Vec::with_capacity(people.len());
            for person in people {
                views.extend(weeks.view(reader, person, day, now)?);
            }
            Ok(Ok(views))
        });
        found.await?
    }

    /// A page of the weeks that wait and that the principal may approve, oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn waiting_weeks(
        &self,
        principal: &Principal,
        page: &PageRequest,
        now: Timestamp,
    ) -> Result<Page<SheetView>, ServiceError> {
        let (asker, most, after) = (principal.clone(), page.items(), page.after()?);
        let found = self.door.read(move |reader| {
            let (weeks, mut waiting) = (Weeks::load(reader)?, Vec::new());
            let approvers = Approvers::load(reader, &asker)?;
            read::timesheet::waiting(reader, after, |from, person| {
                if approvers.may(person) {
                    waiting.push((from, person));
                }
                if waiting.len() > most {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            let mut views = Vec::new();
            for (from, person) in waiting {
                let sheet = read::timesheet::one(reader, person, from)?;
                let person = read::user(reader, person)?;
                if let (Some(sheet), Some(person)) = (sheet, person) {
                    views.push(weeks.of_sheet(reader, person, sheet, now)?);
                }
            }
            Ok(views)
        });
        Ok(Page::cut(found.await?, most, |view| (view.week.from, view.person.id)))
    }

    /// Does something with the week of a person that holds this day, if it is of the version looked at; the week as it is then.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn step_week(
        &self,
        asking: Asking<'_>,
        (name, day): (&str, Day),
        expect: Option<u64>,
        step: Step,
    ) -> Result<SheetView, ServiceError> {
        let (asker, named, now) = (asking.principal.clone(), name.to_owned(), asking.now);
        let wanted = step.clone();
        let found = self.door.read(move |reader| {
            let (person, reach) = match seen(reader, &asker, &named)? {
                Ok(seen) => seen,
                Err(error) => return Ok(Err(error)),
            };
            if let Err(error) = may(reader, &asker, &reach, person.id, &wanted)? {
                return Ok(Err(error));
            }
            let week = Weeks::load(reader)?.week(reader, &person, day)?;
            Ok(week.map(|week| (person, week)).ok_or_else(unknown))
        });
        let (person, week) = found.await??;
        let decision = |note| Decision { person: person.id, from: week.from, expect, note };
        let none = NoteText::empty();
        let command = Command::Timesheet(match step {
            Step::Submit => TimesheetCommand::Submit { person: person.id, week, expect },
            Step::Withdraw => TimesheetCommand::Withdraw(decision(none)),
            Step::Approve => TimesheetCommand::Approve(decision(none)),
            Step::SendBack(note) => TimesheetCommand::SendBack(decision(note)),
            Step::Reopen(note) => TimesheetCommand::Reopen(decision(note)),
        });
        let actor = asking.principal.actor();
        Change { now, actor, command }.commit_once(&self.door, asking.key).await?;
        self.week(asking.principal, name, day, now).await
    }
}

/// Where weeks begin, and what the office has closed.
struct Weeks {
    /// 0 for Monday.
    start: u32,
    locked: Timestamp,
}

impl Weeks {
    fn load(reader: &dyn Reader) -> Result<Self, StoreError> {
        let settings = read::office_settings(reader)?;
        let lock = read::timesheet::lock(reader)?;
        let locked = lock.map_or(Timestamp::EARLIEST, |lock| lock.date.at);
        Ok(Self { start: week_start(&settings), locked })
    }

    /// A person's week that holds this day. One that was spoken of stays as it was, wherever weeks begin by now, and the others give way
    /// to it.
    fn week(
        &self,
        reader: &dyn Reader,
        person: &User,
        of: Day,
    ) -> Result<Option<Week>, StoreError> {
        let zone = day::zone(&person.zone);
        let (mut first, mut last) = (of.week_of(self.start), of.week_of(self.start).plus(6));
        // A day more on each side: they may have lived in another zone.
        let bounds = (day::start(first.minus(1), &zone), day::end(last.plus(1), &zone));
        let (Some(from), Some(to)) = bounds else { return Ok(None) };
        let near = read::timesheet::within(reader, person.id, from, to)?;
        let mut edges = (Timestamp::EARLIEST, Timestamp::LATEST);
        for Timesheet { week, .. } in near {
            if week.first <= of && of <= week.last {
                return Ok(Some(week));
            }
            if week.last < of {
                first = first.max(week.last.plus(1));
                edges.0 = edges.0.max(week.to);
            } else {
                last = last.min(week.first.minus(1));
                edges.1 = edges.1.min(week.from);
            }
        }
        let (Some(from), Some(to)) = (day::start(first, &zone), day::end(last, &zone)) else {
            return Ok(None);
        };
        let (from, to) = (from.max(edges.0), to.min(edges.1));
        let week = Week { first, last, from, to, zone: person.zone.clone() };
        Ok(Some(week).filter(Week::is_sound))
    }

    fn view(
        &self,
        reader: &dyn Reader,
        person: User,
        of: Day,
        now: Timestamp,
    ) -> Result<Option<SheetView>, StoreError> {
        let Some(week) = self.week(reader, &person, of)? else { return Ok(None) };
        let sheet = read::timesheet::one(reader, person.id, week.from)?;
        self.filled(reader, person, week, sheet, now).map(Some)
    }

    fn of_sheet(
        &self,
        reader: &dyn Reader,
        person: User,
        sheet: Timesheet,
        now: Timestamp,
    ) -> Result<SheetView, StoreError> {
        self.filled(reader, person, sheet.week.clone(), Some(sheet), now)
    }

    fn filled(
        &self,
        reader: &dyn Reader,
        person: User,
        week: Week,
        sheet: Option<Timesheet>,
        now: Timestamp,
    ) -> Result<SheetView, StoreError> {
        let bounds = bounds(&week, &day::zone(&week.zone));
        let mut sums = vec![0; bounds.len()];
        let mut runs = false;
        read::worked::each(reader, person.id, week.from, week.to, |entry| {
            runs |= entry.body.ends().is_none();
            by_day(&bounds, counted(&entry.body, now), |at, ms| sums[at] += ms);
            ControlFlow::Continue(())
        })?;
        let days = (0..).map(|number| week.first.plus(number)).zip(sums).collect();
        let held = read::timesheet::held(reader, person.id)?;
        let about = held.iter().filter(|(_, held)| {
            let worked = counted(&held.body, now);
            week.overlaps(worked.from, worked.to.max(worked.from.plus_ms(1)))
        });
        let (held, locked) = (about.count(), week.to <= self.locked);
        Ok(SheetView { person, week, sheet, days, runs, held, locked })
    }
}

/// The stretch of each day of a week.
fn bounds(week: &Week, zone: &TimeZone) -> Vec<Stretch> {
    let days = day::days(week.first.date(), week.last.date(), zone).unwrap_or_default();
    let within = |stretch: Stretch| Stretch {
        from: stretch.from.max(week.from),
        to: stretch.to.min(week.to).max(stretch.from.max(week.from)),
    };
    days.into_iter().map(|(_, stretch)| within(stretch)).collect()
}

pub(super) fn week_start(settings: &OfficeSettings) -> u32 {
    match settings.text(OfficeSetting::WeekStart).as_deref() {
        Some("saturday") => 5,
        Some("sunday") => 6,
        _ => 0,
    }
}

/// Do they lead it, or see everybody?
fn is_theirs(principal: &Principal, reach: &Reach, team: &Team) -> bool {
    reach.sees_everyone() || principal.user().is_some_and(|user| team.leads.contains(&user.id))
}

const fn unknown() -> ServiceError {
    ServiceError::Refused(Refusal::Hours(HoursRefusal::UnknownWeek))
}

fn too_many_weeks() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!("A list has at most {MOST_WEEKS} weeks."),
        "Choose a shorter range.",
    )
}
