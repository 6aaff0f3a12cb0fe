//! The weeks of a made-up office, and what became of them: the older ones are approved, of the last one some wait and one came back.

use jiff::tz::TimeZone;

use super::office::{Office, Person};
use super::write::Write;
use super::{DemoOptions, day, impossible};
use crate::domain::command::{Actor, Command};
use crate::domain::day::Day;
use crate::domain::text::NoteText;
use crate::domain::time::{DAY_MS, HOUR_MS, Timestamp};
use crate::domain::timesheet::{Decision, TimesheetCommand, Week};
use crate::service::error::ServiceError;

/// Every week from the first day to today, Monday first, the oldest first.
pub(super) fn all(options: &DemoOptions, zone: &TimeZone) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut first = options.first_day().week_of(0);
    while first <= options.today() {
        let last = first.plus(6);
        if let (Some(from), Some(to)) = (day::start(first, zone), day::end(last, zone)) {
            weeks.push(Week { first, last, from, to, zone: options.zone.clone() });
        }
        first = first.plus(7);
    }
    weeks
}

/// The days of a week on which there may have been work.
pub(super) fn days(options: &DemoOptions, week: &Week) -> Vec<Day> {
    let days = (0..7).map(|number| week.first.plus(number));
    days.filter(|day| *day >= options.first_day() && *day <= options.today()).collect()
}

/// People hand their weeks in on Monday, leads look at them on Tuesday; of the last week not everything is done.
///
/// # Errors
/// [`ServiceError`].
pub(super) async fn decide(
    options: &DemoOptions,
    office: &Office,
    weeks: &[Week],
    write: &Write,
) -> Result<(), ServiceError> {
    let over: Vec<&Week> = weeks.iter().filter(|week| week.to <= options.now).collect();
    for (place, week) in over.iter().enumerate() {
        let newest = place + 1 == over.len();
        let handed_in = |person: &&Person| !newest || !person.number.is_multiple_of(3);
        let mut submitted = Vec::new();
        let mut decided = Vec::new();
        for person in office.people.iter().filter(handed_in) {
            let at = week.to.plus_ms(9 * HOUR_MS).min(options.now);
            let submit = TimesheetCommand::Submit {
                person: person.user.id,
                week: (*week).clone(),
                expect: None,
            };
            submitted.push((at, Actor::User(person.user.id), Command::Timesheet(submit)));
            if let Some(decision) = decision(person, week, newest)? {
                let at = at.plus_ms(DAY_MS).min(options.now);
                decided.push((at, Actor::User(person.lead), Command::Timesheet(decision)));
            }
        }
        write.all(submitted).await?;
        write.all(decided).await?;
    }
    Ok(())
}

/// What the lead said of it, if anything yet.
fn decision(
    person: &Person,
    week: &Week,
    newest: bool,
) -> Result<Option<TimesheetCommand>, ServiceError> {
    let decided = |note: &str| -> Result<Decision, ServiceError> {
        let note = NoteText::new(note).map_err(impossible)?;
        Ok(Decision { person: person.user.id, from: week.from, expect: None, note })
    };
    Ok(match (newest, person.number % 3) {
        (false, _) => Some(TimesheetCommand::Approve(decided("")?)),
        (true, 1) if person.number % 6 == 1 => {
            Some(TimesheetCommand::SendBack(decided("Which project was Thursday afternoon?")?))
        }
        (true, _) => None,
    })
}

/// Something that happens at a moment, by somebody.
pub(super) type Happening = (Timestamp, Actor, Command);
