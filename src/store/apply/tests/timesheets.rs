//! Weeks and the lock: what is closed stays as it is, online and off, and nothing that was written is lost.

use super::entries::{add, delete, id, offer, set, worked};
use super::*;
use crate::domain::day::Day;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{EntryId, ReplicaId};
use crate::domain::lock::{Closed, HeldEdit, LockCommand, LockDate, MOST_HELD};
use crate::domain::outcome::HoursRefusal;
use crate::domain::sync::{Edit, Stamp, Synced};
use crate::domain::text::NoteText;
use crate::domain::time::{DAY_MS, HOUR_MS};
use crate::domain::timesheet::{Decision, SheetState, Timesheet, TimesheetCommand, Week};
use crate::store::read::sync as book;

/// Stories begin on Tuesday, 2023-11-14; the week before began here, on a Monday in UTC.
const MONDAY: i64 = 1_699_228_800_000;

fn monday() -> Timestamp {
    Timestamp::new(MONDAY).unwrap()
}

pub(super) fn week(first: i64) -> Week {
    let from = Timestamp::new(MONDAY + first * i64::try_from(7 * DAY_MS).unwrap()).unwrap();
    let day = Day::new(u32::try_from(from.ms().cast_unsigned() / DAY_MS).unwrap()).unwrap();
    let (last, to) = (day.plus(6), from.plus_ms(7 * DAY_MS));
    Week { first: day, last, from, to, zone: ZoneName::new("UTC").unwrap() }
}

pub(super) fn submit(person: UserId, first: i64) -> Command {
    Command::Timesheet(TimesheetCommand::Submit { person, week: week(first), expect: None })
}

pub(super) fn decision(person: UserId, first: i64) -> Decision {
    Decision { person, from: week(first).from, expect: None, note: NoteText::empty() }
}

pub(super) fn approve(person: UserId, first: i64) -> Command {
    Command::Timesheet(TimesheetCommand::Approve(decision(person, first)))
}

pub(super) fn reopen(person: UserId, first: i64) -> Command {
    Command::Timesheet(TimesheetCommand::Reopen(decision(person, first)))
}

/// So many hours after the Monday, for so many hours.
pub(super) fn hours(person: UserId, from: u64, long: u64) -> Entry {
    let start = monday().plus_ms(from * HOUR_MS);
    let end = Some(start.plus_ms(long * HOUR_MS));
    Entry { start, end, ..worked(person, start, 0, None) }
}

fn date(first: i64) -> LockDate {
    let Week { first: day, from: at, zone, .. } = week(first);
    LockDate { day, at, zone }
}

pub(super) fn advance(first: i64) -> Command {
    Command::Lock(LockCommand::Advance { date: date(first), reason: ShortText::cut("paid") })
}

pub(super) fn move_back(first: Option<i64>) -> Command {
    let (date, reason) = (first.map(date), ShortText::cut("a mistake"));
    Command::Lock(LockCommand::MoveBack { date, reason })
}

impl Story {
    fn sheet(&self, person: UserId, first: i64) -> Timesheet {
        let scope = self.state.read().unwrap();
        read::timesheet::one(&scope, person, week(first).from).unwrap().unwrap()
    }

    pub(super) fn held(&self, person: UserId) -> Vec<HeldEdit> {
        let held = read::timesheet::held(&self.state.read().unwrap(), person).unwrap();
        held.into_iter().map(|(_, held)| held).collect()
    }

    fn waiting(&self) -> Vec<UserId> {
        let mut waiting = Vec::new();
        let scope = self.state.read().unwrap();
        read::timesheet::waiting(&scope, None, |_, person| {
            waiting.push(person);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        waiting
    }

    #[track_caller]
    fn done(&mut self, command: Command) {
        assert_eq!(self.run(command), Outcome::Done);
    }

    fn live(&self, number: u8) -> Option<Synced<Entry>> {
        let record = book::record::<Entry>(&self.state.read().unwrap(), id::<EntryId>(number));
        record.unwrap().filter(Synced::is_live)
    }
}

#[test]
fn a_week_is_submitted_withdrawn_approved_and_opened_again() {
    let (mut story, ada) = Story::with_ada();
    story.books(add(1, hours(ada, 9, 8)));
    // What runs over the end of the week counts up to it.
    story.books(add(2, hours(ada, 7 * 24 - 2, 5)));
    story.refuses(approve(ada, 0), Refusal::Hours(HoursRefusal::UnknownWeek));
    story.refuses(submit(UserId::from_bytes([9; 16]), 0), Refusal::UnknownUser);
    story.refuses(submit(ada, 2), Refusal::Hours(HoursRefusal::WeekNotBegun));
    let long = Week { last: week(0).last.plus(1), ..week(0) };
    let long = TimesheetCommand::Submit { person: ada, week: long, expect: None };
    story.refuses(Command::Timesheet(long), Refusal::Hours(HoursRefusal::UnknownWeek));
    story.done(submit(ada, 0));
    let sheet = story.sheet(ada, 0);
    assert_eq!((sheet.state, sheet.submitted_ms), (SheetState::Submitted, Some(10 * HOUR_MS)));
    assert_eq!(story.waiting(), [ada]);
    story.refuses(submit(ada, 0), Refusal::Hours(HoursRefusal::WeekNotOpen));
    story.refuses(reopen(ada, 0), Refusal::Hours(HoursRefusal::WeekNotApproved));
    let stale = Decision { expect: Some(1), ..decision(ada, 0) };
    let version = sheet.changed_seq;
    let approve_it = Command::Timesheet(TimesheetCommand::Approve(stale));
    story.refuses(approve_it, Refusal::Stale { version });
    story.done(Command::Timesheet(TimesheetCommand::Withdraw(decision(ada, 0))));
    assert_eq!((story.sheet(ada, 0).state, story.waiting().len()), (SheetState::Open, 0));
    story.done(submit(ada, 0));
    let note = NoteText::new("Friday is missing.").unwrap();
    let back = Decision { note: note.clone(), ..decision(ada, 0) };
    story.done(Command::Timesheet(TimesheetCommand::SendBack(back)));
    assert_eq!((story.sheet(ada, 0).state, story.sheet(ada, 0).note), (SheetState::SentBack, note));
    story.books(add(3, hours(ada, 4 * 24 + 9, 1)));
    story.done(submit(ada, 0));
    story.done(approve(ada, 0));
    let sheet = story.sheet(ada, 0);
    assert_eq!((sheet.state, sheet.approved_ms), (SheetState::Approved, Some(11 * HOUR_MS)));
    story.done(reopen(ada, 0));
    assert_eq!(story.sheet(ada, 0).approved_ms, Some(11 * HOUR_MS), "what was approved is known");
    let actions: Vec<_> =
        story.actions().into_iter().filter(|action| action.starts_with("timesheet.")).collect();
    assert_eq!(
        actions,
        ["submit", "withdraw", "submit", "send_back", "submit", "approve", "reopen"]
            .map(|action| format!("timesheet.{action}"))
    );
}

#[test]
fn a_week_with_a_running_timer_or_a_part_of_another_is_not_submitted() {
    let (mut story, ada) = Story::with_ada();
    story.books(add(1, worked(ada, monday().plus_ms(7 * DAY_MS), 60, None)));
    story.refuses(submit(ada, 0), Refusal::Hours(HoursRefusal::TimerRuns));
    story.refuses(submit(ada, 1), Refusal::Hours(HoursRefusal::TimerRuns));
    story.books(set(1, worked(ada, monday().plus_ms(7 * DAY_MS), 60, Some(30))));
    story.done(submit(ada, 0));
    let Week { first, from, .. } = week(0);
    let shifted = Week {
        first: first.plus(6),
        last: first.plus(12),
        from: from.plus_ms(6 * DAY_MS),
        to: from.plus_ms(13 * DAY_MS),
        ..week(0)
    };
    let shifted = TimesheetCommand::Submit { person: ada, week: shifted, expect: None };
    story.refuses(Command::Timesheet(shifted), Refusal::Hours(HoursRefusal::WeekOverlaps));
    story.done(submit(ada, 1));
}

#[test]
fn closed_weeks_refuse_every_change_of_what_lies_in_them_and_no_other() {
    let (mut story, ada) = Story::with_ada();
    let bo = story.person("bo", Role::Employee);
    story.books(add(1, hours(ada, 9, 8)));
    story.books(add(2, hours(ada, 7 * 24 - 2, 5)));
    story.books(add(3, hours(ada, 7 * 24 + 9, 1)));
    story.books(add(4, hours(bo, 9, 1)));
    story.books(delete(4));
    story.done(submit(ada, 0));
    for (closed, refusal) in [
        (None, Refusal::Hours(HoursRefusal::WeekSubmitted)),
        (Some(()), Refusal::Hours(HoursRefusal::WeekApproved)),
    ] {
        if closed.is_some() {
            story.done(approve(ada, 0));
        }
        story.refuses(add(5, hours(ada, 20, 1)), refusal);
        story.refuses(add(5, hours(ada, 20, 0)), refusal);
        story.refuses(set(1, hours(ada, 9, 7)), refusal);
        story.refuses(delete(1), refusal);
        story.refuses(set(1, hours(ada, 7 * 24 + 20, 1)), refusal);
        story.refuses(set(3, hours(ada, 7 * 24 - 3, 1)), refusal);
        let note = NoteText::new("late").unwrap();
        story.refuses(set(2, Entry { note, ..hours(ada, 7 * 24 - 2, 5) }), refusal);
        // The part in the open week may change, and other people's.
        story.books(set(2, hours(ada, 7 * 24 - 2, 4)));
        story.books(set(2, hours(ada, 7 * 24 - 2, 5)));
        story.books(set(3, hours(ada, 7 * 24, 1)));
        let body = hours(bo, 9, 1);
        let back = Edit::Restore { id: id(4), expect: None, body };
        story.books(Command::Entry(EntryCommand::Edit(back)));
        story.books(delete(4));
    }
    story.done(reopen(ada, 0));
    story.books(delete(1));
    let body = hours(ada, 9, 8);
    story.done(submit(ada, 0));
    let back = Edit::Restore { id: id(1), expect: None, body };
    story.refuses(
        Command::Entry(EntryCommand::Edit(back)),
        Refusal::Hours(HoursRefusal::WeekSubmitted),
    );
}

#[test]
fn what_was_booked_offline_sends_a_waiting_week_back_and_is_there() {
    let (mut story, ada) = Story::with_ada();
    story.books(add(1, hours(ada, 9, 8)));
    story.done(submit(ada, 0));
    // One that lost already changes nothing.
    story.books(offer(1, hours(ada, 9, 7), story.now.minus_ms(1), 2, false));
    assert_eq!(story.sheet(ada, 0).state, SheetState::Submitted);
    let before = story.now.minus_ms(1);
    story.books(offer(2, hours(ada, 20, 1), before, 2, false));
    let sheet = story.sheet(ada, 0);
    assert_eq!((sheet.state, sheet.by), (SheetState::SentBack, Actor::System));
    assert!(sheet.note.as_str().contains("offline") && story.live(2).is_some());
    assert_eq!((story.waiting().len(), story.held(ada).len()), (0, 0));
    assert_eq!(story.actions().last().unwrap(), "timesheet.changed_offline");
}

#[test]
fn what_was_booked_offline_about_an_approved_week_is_held_until_it_is_open() {
    let (mut story, ada) = Story::with_ada();
    story.books(add(1, hours(ada, 9, 8)));
    story.done(submit(ada, 0));
    story.done(approve(ada, 0));
    let made = story.now.plus_ms(1);
    for command in [
        offer(2, hours(ada, 20, 1), made, 2, false),
        offer(1, hours(ada, 9, 8), made, 2, true),
        offer(2, hours(ada, 20, 2), made.plus_ms(1), 2, false),
    ] {
        let Command::Entry(EntryCommand::Offer { id: entry, .. }) = command else { unreachable!() };
        assert_eq!(story.run(command.clone()), Outcome::Held { entry });
        assert_eq!(story.run(command), Outcome::Held { entry }, "the same again");
    }
    assert_eq!(story.live(2), None);
    assert!(story.live(1).is_some());
    let held = story.held(ada);
    assert_eq!((held.len(), held[0].why), (3, Closed::Approved));
    assert_eq!(story.sheet(ada, 0).state, SheetState::Approved);
    story.done(reopen(ada, 0));
    assert_eq!(story.held(ada).len(), 0);
    assert_eq!(story.live(1), None);
    assert_eq!(story.live(2).unwrap().body, hours(ada, 20, 2));
    let history = book::history(&story.state.read().unwrap(), Noun::Entry, id(2)).unwrap();
    assert_eq!(history.len(), 2);
}

#[test]
fn a_late_timer_cannot_shorten_one_in_an_approved_week() {
    let (mut story, ada) = Story::with_ada();
    let timer = |from| Entry { end: None, ..hours(ada, from, 0) };
    story.books(add(1, timer(9)));
    story.books(add(2, timer(15)));
    story.books(set(2, hours(ada, 15, 1)));
    assert_eq!(story.entry(1).body.ends(), Some(hours(ada, 15, 0).start));
    story.done(submit(ada, 0));
    story.done(approve(ada, 0));
    // Its own edit has lost already; its start would have ended the other timer at twelve.
    let lost = offer(2, timer(12), story.now.minus_ms(5), 2, false);
    assert_eq!(story.run(lost), Outcome::Held { entry: id(2) });
    assert_eq!(story.entry(1).body.ends(), Some(hours(ada, 15, 0).start));
    story.done(reopen(ada, 0));
    assert_eq!(story.entry(1).body.ends(), Some(hours(ada, 12, 0).start));
    assert_eq!(story.entry(2).body, hours(ada, 15, 1));
}

#[test]
fn the_lock_closes_time_for_everyone_until_it_is_moved_back() {
    let (mut story, ada) = Story::with_ada();
    story.books(add(1, hours(ada, 9, 8)));
    story.books(add(2, Entry { end: None, ..hours(ada, 6 * 24, 0) }));
    story.refuses(move_back(None), Refusal::Hours(HoursRefusal::LockNotEarlier));
    story.refuses(advance(2), Refusal::Hours(HoursRefusal::LockInFuture));
    story.done(advance(0));
    story.books(set(1, hours(ada, 9, 7)));
    story.done(advance(1));
    assert_eq!(story.run(advance(1)), Outcome::Already);
    story.refuses(advance(0), Refusal::Hours(HoursRefusal::LockNotLater));
    story.refuses(move_back(Some(1)), Refusal::Hours(HoursRefusal::LockNotEarlier));
    story.refuses(set(1, hours(ada, 9, 8)), Refusal::Hours(HoursRefusal::TimeLocked));
    story.refuses(delete(1), Refusal::Hours(HoursRefusal::TimeLocked));
    story.refuses(add(3, hours(ada, 7 * 24 - 1, 2)), Refusal::Hours(HoursRefusal::TimeLocked));
    story.books(add(3, hours(ada, 7 * 24, 2)));
    // A timer that ran through the lock's date is stopped after it, never before.
    let mut stopped = hours(ada, 6 * 24, 24);
    story.books(set(2, stopped.clone()));
    stopped.end = Some(stopped.start.plus_ms(HOUR_MS));
    story.refuses(set(2, stopped), Refusal::Hours(HoursRefusal::TimeLocked));
    let late = offer(4, hours(ada, 20, 1), story.now, 2, false);
    assert_eq!(story.run(late), Outcome::Held { entry: id(4) });
    assert_eq!(story.held(ada)[0].why, Closed::Locked);
    story.done(move_back(Some(0)));
    assert!(story.live(4).is_some() && story.held(ada).is_empty());
    story.done(move_back(None));
    story.books(delete(1));
    // A week in closed time cannot be opened again, one that is partly open can.
    story.done(submit(ada, 0));
    story.done(approve(ada, 0));
    story.done(advance(1));
    story.refuses(reopen(ada, 0), Refusal::Hours(HoursRefusal::TimeLocked));
    story.done(move_back(Some(0)));
    story.done(reopen(ada, 0));
}

#[test]
fn held_edits_are_bounded_and_can_be_discarded() {
    let (mut story, ada) = Story::with_ada();
    story.done(advance(1));
    let body = hours(ada, 9, 1);
    let late = |n: usize| {
        let stamp = Stamp {
            modified: monday().plus_ms(u64::try_from(n).unwrap()),
            replica: ReplicaId::from_bytes([2; 16]),
        };
        let body = body.clone();
        Command::Entry(EntryCommand::Offer { id: id(1), body, stamp, deleted: false })
    };
    for n in 0..MOST_HELD {
        assert_eq!(story.run(late(n)), Outcome::Held { entry: id(1) });
    }
    story.refuses(late(MOST_HELD), Refusal::TooMany);
    let scope = story.state.read().unwrap();
    let (number, _) = read::timesheet::held(&scope, ada).unwrap().remove(0);
    let discard = Command::Lock(LockCommand::Discard { person: ada, number });
    story.done(discard.clone());
    story.refuses(discard, Refusal::Hours(HoursRefusal::UnknownHeld));
    assert_eq!(story.run(late(MOST_HELD)), Outcome::Held { entry: id(1) });
    let people = read::timesheet::held_people(&story.state.read().unwrap()).unwrap();
    assert_eq!(people, [ada]);
}
