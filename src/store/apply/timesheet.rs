//! People's weeks: submitted, withdrawn, approved, sent back, opened again. Each step is audited.

use std::ops::ControlFlow;

use super::{Applying, erasure, lock, refused, told};
use crate::domain::audit;
use crate::domain::command::Actor;
use crate::domain::id::UserId;
use crate::domain::outcome::{Audience, HoursRefusal, Noun, Outcome, Refusal};
use crate::domain::text::NoteText;
use crate::domain::time::MINUTE_MS;
use crate::domain::timesheet::{
    Decision, SheetState, Timesheet, TimesheetCommand, Week, part_within,
};
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Timesheets, WaitingSheets};
use crate::store::transaction::Write;

/// What a week says that came back because of time booked offline.
const CHANGED_OFFLINE: &str = "Time that was booked offline arrived after this week was submitted.";

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &TimesheetCommand,
) -> Result<Outcome, StoreError> {
    if erasure::is_under_way(at, command.person())? {
        return refused(Refusal::BeingErased);
    }
    match command {
        TimesheetCommand::Submit { person, week, expect } => submit(at, *person, week, *expect),
        TimesheetCommand::Withdraw(decision) => {
            let sheet = match known(at, decision, SheetState::Submitted)? {
                Ok(sheet) => sheet,
                Err(refusal) => return refused(refusal),
            };
            turn(at, sheet, SheetState::Open, &decision.note, "timesheet.withdraw")
        }
        TimesheetCommand::Approve(decision) => {
            let sheet = match known(at, decision, SheetState::Submitted)? {
                Ok(sheet) => sheet,
                Err(refusal) => return refused(refusal),
            };
            let sheet = Timesheet { approved_ms: sheet.submitted_ms, ..sheet };
            turn(at, sheet, SheetState::Approved, &decision.note, "timesheet.approve")
        }
        TimesheetCommand::SendBack(decision) => {
            let sheet = match known(at, decision, SheetState::Submitted)? {
                Ok(sheet) => sheet,
                Err(refusal) => return refused(refusal),
            };
            turn(at, sheet, SheetState::SentBack, &decision.note, "timesheet.send_back")
        }
        TimesheetCommand::Reopen(decision) => {
            let sheet = match known(at, decision, SheetState::Approved)? {
                Ok(sheet) => sheet,
                Err(refusal) => return refused(refusal),
            };
            let lock = read::timesheet::lock(at.writer.as_reader())?;
            if lock.is_some_and(|lock| sheet.week.to <= lock.date.at) {
                return refused(Refusal::Hours(HoursRefusal::TimeLocked));
            }
            let person = sheet.person;
            turn(at, sheet, SheetState::SentBack, &decision.note, "timesheet.reopen")?;
            lock::take_up(at, person)?;
            Ok(Outcome::Done)
        }
    }
}

/// A week that waited came back to its person: time booked offline has changed it.
pub(super) fn return_changed(at: &mut Applying<'_>, sheet: Timesheet) -> Result<(), StoreError> {
    let note = NoteText::new(CHANGED_OFFLINE).unwrap_or_else(|_| NoteText::empty());
    turn(at, sheet, SheetState::SentBack, &note, "timesheet.changed_offline").map(|_| ())
}

fn submit(
    at: &mut Applying<'_>,
    person: UserId,
    week: &Week,
    expect: Option<u64>,
) -> Result<Outcome, StoreError> {
    let reader = at.writer.as_reader();
    if read::user(reader, person)?.is_none() {
        return refused(Refusal::UnknownUser);
    }
    if !week.is_sound() {
        return refused(Refusal::Hours(HoursRefusal::UnknownWeek));
    }
    if week.from > at.at {
        return refused(Refusal::Hours(HoursRefusal::WeekNotBegun));
    }
    let was = read::timesheet::one(reader, person, week.from)?;
    let version = was.as_ref().map_or(0, |was| was.changed_seq);
    if expect.is_some_and(|expect| expect != version) {
        return refused(Refusal::Stale { version });
    }
    if was.as_ref().is_some_and(|was| was.state.is_closed()) {
        return refused(Refusal::Hours(HoursRefusal::WeekNotOpen));
    }
    let mut near = read::timesheet::within(reader, person, week.from, week.to)?;
    near.retain(|sheet| sheet.week.from != week.from);
    if !near.is_empty() {
        return refused(Refusal::Hours(HoursRefusal::WeekOverlaps));
    }
    let Some(total_ms) = total_ms(at, person, week)? else {
        return refused(Refusal::Hours(HoursRefusal::TimerRuns));
    };
    let sheet = Timesheet {
        person,
        week: week.clone(),
        state: SheetState::Open,
        changed_seq: version,
        changed: at.at,
        by: at.actor.clone(),
        note: NoteText::empty(),
        submitted_ms: Some(total_ms),
        approved_ms: was.and_then(|was| was.approved_ms),
    };
    turn(at, sheet, SheetState::Submitted, &NoteText::empty(), "timesheet.submit")
}

/// The week of a decision, if it is there, of the version looked at, and in this state.
fn known(
    at: &Applying<'_>,
    decision: &Decision,
    state: SheetState,
) -> Result<Result<Timesheet, Refusal>, StoreError> {
    let sheet = read::timesheet::one(at.writer.as_reader(), decision.person, decision.from)?;
    Ok(match sheet {
        None => Err(Refusal::Hours(HoursRefusal::UnknownWeek)),
        Some(sheet) if decision.expect.is_some_and(|expect| expect != sheet.changed_seq) => {
            Err(Refusal::Stale { version: sheet.changed_seq })
        }
        Some(sheet) if sheet.state != state && state == SheetState::Approved => {
            Err(Refusal::Hours(HoursRefusal::WeekNotApproved))
        }
        Some(sheet) if sheet.state != state => Err(Refusal::Hours(HoursRefusal::WeekNotSubmitted)),
        Some(sheet) => Ok(sheet),
    })
}

fn turn(
    at: &mut Applying<'_>,
    sheet: Timesheet,
    state: SheetState,
    note: &NoteText,
    action: &str,
) -> Result<Outcome, StoreError> {
    let by = if action == "timesheet.changed_offline" { Actor::System } else { at.actor.clone() };
    let sheet =
        Timesheet { state, changed_seq: at.index, changed: at.at, by, note: note.clone(), ..sheet };
    let (person, from) = (sheet.person, sheet.week.from);
    at.writer.put::<Timesheets>(&(person, from), &sheet)?;
    if state == SheetState::Submitted {
        at.writer.put::<WaitingSheets>(&(from, person), &())?;
    } else {
        at.writer.delete::<WaitingSheets>(&(from, person))?;
    }
    told::tell(at, Told::Timesheet { person, from }, true, Audience::Person(person))?;
    at.changed(Noun::Timesheet, person.bytes(), Audience::Person(person));
    let name = audit::person(person);
    let minutes = sheet.submitted_ms.unwrap_or_default() / MINUTE_MS;
    let week = &sheet.week;
    let words =
        format!("{name} {}..{} ({}:{:02})", week.first, week.last, minutes / 60, minutes % 60);
    at.audit(action, &words)?;
    Ok(Outcome::Done)
}

/// What a week comes to; none while a timer runs in it.
fn total_ms(at: &Applying<'_>, person: UserId, week: &Week) -> Result<Option<u64>, StoreError> {
    let mut total = Some(0);
    read::worked::each(at.writer.as_reader(), person, week.from, week.to, |entry| {
        let Some((from, to)) = part_within(&entry.body, week.from, week.to) else {
            return ControlFlow::Continue(());
        };
        total =
            total.filter(|_| entry.body.ends().is_some()).map(|sum: u64| sum + to.ms_since(from));
        if total.is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(total)
}
