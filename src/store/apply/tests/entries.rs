//! Time entries: what they may be, what they stand on, and timers begun on several computers.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::customer::Customer;
use crate::domain::entry::{Entry, EntryCommand, STARTS_KEPT_MS};
use crate::domain::id::{CustomerId, EntryId, ProjectId, RecordId, ReplicaId, TagId, TaskId};
use crate::domain::project::Project;
use crate::domain::retention::RetentionCommand;
use crate::domain::sync::{Edit, Stamp, Synced, Verdict};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::NoteText;
use crate::domain::time::DAY_MS;
use crate::store::read::sync as book;
use crate::store::tables::{Entries, Table, TableName};
use crate::store::transaction::{KeyRange, Order, Reader, Visit};

const MINUTE: u64 = 60_000;

pub(super) fn id<T: From<RecordId>>(number: u8) -> T {
    T::from(RecordId(Uuid::from_bytes([number; 16])))
}

/// From so many minutes before `now` until so many.
pub(super) fn worked(person: UserId, now: Timestamp, from: u64, until: Option<u64>) -> Entry {
    Entry {
        person,
        project: None,
        task: None,
        start: now.minus_ms(from * MINUTE),
        end: until.map(|until| now.minus_ms(until * MINUTE)),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    }
}

pub(super) fn add(number: u8, body: Entry) -> Command {
    Command::Entry(EntryCommand::Edit(Edit::Add { id: id(number), body }))
}

pub(super) fn set(number: u8, body: Entry) -> Command {
    Command::Entry(EntryCommand::Edit(Edit::Set { id: id(number), expect: None, body }))
}

pub(super) fn delete(number: u8) -> Command {
    Command::Entry(EntryCommand::Edit(Edit::Delete { id: id(number), expect: None }))
}

pub(super) fn offer(number: u8, body: Entry, at: Timestamp, place: u8, deleted: bool) -> Command {
    let stamp = Stamp { modified: at, replica: ReplicaId::from_bytes([place; 16]) };
    Command::Entry(EntryCommand::Offer { id: id(number), body, stamp, deleted })
}

impl Story {
    /// Runs a command that must be booked; what it overlaps.
    #[track_caller]
    pub(super) fn books(&mut self, command: Command) -> Vec<EntryId> {
        match self.run(command) {
            Outcome::Booked { overlaps, .. } => overlaps,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn entry(&self, number: u8) -> Synced<Entry> {
        book::record::<Entry>(&self.state.read().unwrap(), id(number)).unwrap().unwrap()
    }

    fn running(&self, person: UserId) -> Option<EntryId> {
        let scope = self.state.read().unwrap();
        read::entry::running(&scope, person).unwrap().map(|entry| entry.id)
    }

    /// The person's entries as the index says.
    fn begun(&self, person: UserId) -> Vec<EntryId> {
        let scope = self.state.read().unwrap();
        let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
        let entries = read::entry::begun_between(&scope, person, from, to, usize::MAX).unwrap();
        entries.iter().map(|entry| entry.id).collect()
    }

    /// A customer's project with a task, and a tag.
    fn stand(&mut self) {
        let (note, archived) = (NoteText::empty(), false);
        let body = Customer { name: label("Acme"), colour: None, note, archived };
        self.run(Command::Customer(Edit::Add { id: id(1), body }));
        self.run(Command::Project(Edit::Add { id: id(2), body: site(false) }));
        let name = label("Design");
        let task = Task {
            project: id(2),
            parent: None,
            name,
            done: false,
            archived,
            budget_minutes: None,
        };
        self.run(Command::Task(Edit::Add { id: id(3), body: task }));
        let tag = Tag { name: label("travel"), colour: None, archived };
        self.run(Command::Tag(Edit::Add { id: id(4), body: tag }));
    }
}

fn site(archived: bool) -> Project {
    Project {
        customer: Some(id::<CustomerId>(1)),
        name: label("Website"),
        colour: None,
        billable: true,
        budget_minutes: None,
        archived,
        members: None,
    }
}

#[test]
fn what_cannot_be_is_refused_and_an_overlap_is_only_said() {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    story.refuses(add(1, worked(ada, now, 10, Some(20))), Refusal::EndsBeforeStart);
    story.refuses(add(1, worked(ada, now, 1_500, Some(10))), Refusal::TooLong);
    let ahead = Entry { end: Some(now.plus_ms(6 * MINUTE)), ..worked(ada, now, 10, None) };
    story.refuses(add(1, ahead), Refusal::InFuture);
    story.refuses(add(1, worked(UserId::from_bytes([99; 16]), now, 9, None)), Refusal::UnknownUser);
    assert_eq!(story.books(add(1, worked(ada, now, 60, Some(30)))), []);
    assert_eq!(story.books(add(2, worked(ada, now, 30, Some(20)))), [], "neighbours");
    assert_eq!(story.books(add(3, worked(ada, now, 50, Some(25)))), [id(1), id(2)]);
    assert_eq!(story.begun(ada), [id(1), id(3), id(2)], "by start");
    let bo = story.person("bo", Role::Employee);
    assert_eq!(story.books(add(4, worked(bo, now, 50, Some(25)))), [], "somebody else's");
    story.refuses(set(4, worked(ada, now, 50, Some(25))), Refusal::OtherPerson);
    story.refuses(set(5, worked(ada, now, 50, Some(25))), Refusal::UnknownEntry);
    story.books(delete(3));
    assert_eq!(story.begun(ada), [id(1), id(2)]);
    story.books(set(1, worked(ada, now, 10, Some(5))));
    assert_eq!(story.begun(ada), [id(2), id(1)], "moved");
}

#[test]
fn time_stands_on_what_is_there_and_keeps_it_there() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let plain = worked(ada, story.now, 60, Some(30));
    let on = |project: Option<u8>, task: Option<u8>, tags: Vec<u8>| Entry {
        project: project.map(id::<ProjectId>),
        task: task.map(id::<TaskId>),
        tags: tags.into_iter().map(id::<TagId>).collect(),
        ..plain.clone()
    };
    story.refuses(add(1, on(Some(9), None, vec![])), Refusal::UnknownProject);
    story.refuses(add(1, on(Some(2), Some(9), vec![])), Refusal::UnknownTask);
    story.refuses(add(1, on(None, Some(3), vec![])), Refusal::TaskElsewhere);
    story.refuses(add(1, on(Some(2), None, vec![9])), Refusal::UnknownTag);
    let other = Project { name: label("Other"), ..site(false) };
    story.run(Command::Project(Edit::Add { id: id(5), body: other }));
    story.refuses(add(1, on(Some(5), Some(3), vec![])), Refusal::TaskElsewhere);
    story.books(add(1, on(Some(2), Some(3), vec![4, 4])));
    assert_eq!(story.entry(1).body.tags, [id(4)]);
    let archive = Command::Project(Edit::Set { id: id(2), expect: None, body: site(true) });
    story.run(archive);
    story.refuses(add(2, on(Some(2), None, vec![])), Refusal::Archived);
    let note = NoteText::new("done").unwrap();
    story.books(set(1, Entry { note, ..on(Some(2), Some(3), vec![4]) }));
    let gone: [Command; 3] = [
        Command::Tag(Edit::Delete { id: id(4), expect: None }),
        Command::Task(Edit::Delete { id: id(3), expect: None }),
        Command::Project(Edit::Delete { id: id(2), expect: None }),
    ];
    for command in &gone {
        story.refuses(command.clone(), Refusal::InUse);
    }
    story.books(delete(1));
    for command in gone {
        assert!(matches!(story.run(command), Outcome::Kept { .. }));
    }
    let back = EntryCommand::Edit(Edit::Restore { id: id(1), expect: None, body: plain.clone() });
    story.books(Command::Entry(back));
    assert_eq!(story.begun(ada), [id(1)]);
}

#[test]
fn a_new_timer_ends_the_one_that_runs() {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    story.books(add(1, worked(ada, now, 60, None)));
    assert_eq!(story.running(ada), Some(id(1)));
    let bo = story.person("bo", Role::Employee);
    story.books(add(9, worked(bo, now, 5, None)));
    let before = story.index;
    assert_eq!(story.books(add(2, worked(ada, now, 10, None))), [], "the older is no overlap");
    assert_eq!(story.entry(1).body.ends(), Some(now.minus_ms(10 * MINUTE)));
    assert_eq!(story.entry(1).meta.changed_seq, before + 1, "copies learn of it");
    assert_eq!((story.running(ada), story.running(bo)), (Some(id(2)), Some(id(9))));
    // One that began earlier cannot run; with an end it can be entered.
    story.refuses(add(3, worked(ada, now, 30, None)), Refusal::LaterTimer);
    assert_eq!(story.books(add(3, worked(ada, now, 30, Some(20)))), [id(1)]);
    // What is said of an older one does not make it run again; an end of its own does count.
    let note = NoteText::new("phone").unwrap();
    story.books(set(1, Entry { note, ..worked(ada, now, 60, None) }));
    assert_eq!(story.entry(1).body.ends(), Some(now.minus_ms(10 * MINUTE)));
    story.books(set(1, worked(ada, now, 60, Some(40))));
    assert_eq!(story.entry(1).body.ends(), Some(now.minus_ms(40 * MINUTE)));
    story.books(set(2, worked(ada, now, 10, Some(0))));
    assert_eq!(story.running(ada), None);
    story.books(set(2, worked(ada, now, 10, None)));
    assert_eq!(story.running(ada), Some(id(2)), "stopped by mistake");
    story.books(delete(2));
    assert_eq!(story.running(ada), None, "nothing begins by itself");
}

#[test]
fn only_members_and_who_manages_the_book_book_on_a_project_with_members() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let (bo, cy) = (story.person("bo", Role::Employee), story.person("cy", Role::Manager));
    let now = story.now;
    let on = |person, project: u8| Entry {
        project: Some(id(project)),
        ..worked(person, now, 60, Some(30))
    };
    let closed = Project { members: Some(vec![bo]), ..site(false) };
    let set = |members| {
        let body = Project { members, ..closed.clone() };
        Command::Project(Edit::Set { id: id(2), expect: None, body })
    };
    story.run(set(Some(vec![bo])));
    story.books(add(1, on(bo, 2)));
    story.books(add(2, on(ada, 2)));
    story.books(add(3, on(cy, 2)));
    let dee = story.person("dee", Role::Employee);
    // The project was open to everyone before, so what dee did offline then counts.
    story.refuses(add(4, on(dee, 2)), Refusal::NotAMember);
    story.books(offer(4, on(dee, 2), story.now, 2, false));
    // Never open to her: not even offline.
    let name = label("Secret");
    let secret = Project { name, members: Some(vec![bo]), ..site(false) };
    story.run(Command::Project(Edit::Add { id: id(5), body: secret }));
    story.refuses(add(6, on(dee, 5)), Refusal::NotAMember);
    story.refuses(offer(6, on(dee, 5), story.now, 2, false), Refusal::NotAMember);
    story.books(offer(7, on(bo, 5), story.now, 2, false));
    // Who ceases to be a member keeps what is booked, and books nothing more.
    story.run(set(Some(vec![])));
    let note = NoteText::new("said later").unwrap();
    story.books(self::set(1, Entry { note, ..on(bo, 2) }));
    story.refuses(add(8, on(bo, 2)), Refusal::NotAMember);
}

#[test]
fn nothing_new_is_booked_below_what_is_archived() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let now = story.now;
    let part = |parent: Option<u8>, name: &str, archived| Task {
        project: id(2),
        parent: parent.map(id),
        name: label(name),
        done: false,
        archived,
        budget_minutes: None,
    };
    story.run(Command::Task(Edit::Add { id: id(6), body: part(Some(3), "Icons", false) }));
    story.run(Command::Task(Edit::Add { id: id(7), body: part(Some(6), "Arrows", false) }));
    let on = |task: Option<u8>| Entry {
        project: Some(id(2)),
        task: task.map(id),
        ..worked(ada, now, 60, Some(30))
    };
    story.books(add(1, on(Some(7))));
    let archive = |archived| {
        let body = part(None, "Design", archived);
        Command::Task(Edit::Set { id: id(3), expect: None, body })
    };
    story.run(archive(true));
    for task in [3, 6, 7] {
        story.refuses(add(2, on(Some(task))), Refusal::Archived);
    }
    let note = NoteText::new("said later").unwrap();
    story.books(set(1, Entry { note, ..on(Some(7)) }));
    story.refuses(set(1, on(Some(6))), Refusal::Archived);
    story.run(archive(false));
    story.books(add(2, on(Some(6))));
    let (note, name) = (NoteText::empty(), label("Acme"));
    let acme = Customer { name, colour: None, note, archived: true };
    story.run(Command::Customer(Edit::Set { id: id(1), expect: None, body: acme }));
    story.refuses(add(3, on(None)), Refusal::Archived);
}

fn split(number: u8, moment: Timestamp, second: u8) -> Command {
    let (id, second) = (id(number), id(second));
    Command::Entry(EntryCommand::Split { id, expect: None, moment, second })
}

#[test]
fn a_split_makes_both_halves_or_none() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let now = story.now;
    let whole = Entry {
        project: Some(id(2)),
        tags: vec![id(4)],
        billable: true,
        ..worked(ada, now, 60, Some(30))
    };
    story.books(add(1, whole.clone()));
    // What it stands on may be archived: it is the same time.
    story.run(Command::Project(Edit::Set { id: id(2), expect: None, body: site(true) }));
    for outside in [60, 30, 20] {
        let refused = split(1, now.minus_ms(outside * MINUTE), 2);
        story.refuses(refused, Refusal::SplitOutside);
    }
    story.refuses(split(1, now.minus_ms(40 * MINUTE), 1), Refusal::IdTaken);
    story.refuses(split(9, now.minus_ms(40 * MINUTE), 2), Refusal::UnknownEntry);
    assert_eq!(story.entry(1).body, whole, "nothing half-done");
    assert_eq!(story.books(split(1, now.minus_ms(40 * MINUTE), 2)), []);
    let half = |from, until| Entry {
        start: now.minus_ms(from * MINUTE),
        end: Some(now.minus_ms(until * MINUTE)),
        ..whole.clone()
    };
    assert_eq!(story.entry(1).body, half(60, 40));
    assert_eq!(story.entry(2).body, half(40, 30));
    assert_eq!(story.begun(ada), [id(1), id(2)]);
    // A running timer runs on as the second half.
    story.books(add(3, worked(ada, now, 20, None)));
    story.books(split(3, now.minus_ms(5 * MINUTE), 4));
    assert_eq!(story.entry(3).body, worked(ada, now, 20, Some(5)));
    assert_eq!(story.running(ada), Some(id(4)));
}

#[test]
fn two_changes_that_belong_together_are_made_both_or_neither() {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    let both = |one, other| {
        let (one, other) = (Box::new(one), Box::new(other));
        Command::Entry(EntryCommand::Both { one, other })
    };
    let to = |number, body| Edit::Set { id: id(number), expect: None, body };
    let gone = |number| Edit::Delete { id: id(number), expect: None };
    story.books(add(1, worked(ada, now, 60, None)));
    story.books(split(1, now.minus_ms(40 * MINUTE), 2));
    let halves = (story.entry(1), story.entry(2));
    let whole = || worked(ada, now, 60, None);
    let stale = Edit::Delete { id: id(2), expect: Some(1) };
    let version = halves.1.meta.changed_seq;
    story.refuses(both(to(1, whole()), stale), Refusal::Stale { version });
    story.refuses(both(to(1, whole()), gone(9)), Refusal::UnknownEntry);
    story.refuses(both(to(1, whole()), gone(1)), Refusal::IdTaken);
    let elsewhere = Entry { project: Some(id(9)), ..whole() };
    story.refuses(both(to(1, elsewhere), gone(2)), Refusal::UnknownProject);
    assert_eq!((story.entry(1), story.entry(2)), halves, "nothing half-done");
    assert_eq!(story.running(ada), Some(id(2)), "its begin is known still");
    // The whole runs on, as it did before it was split.
    story.books(both(to(1, whole()), gone(2)));
    assert_eq!((story.running(ada), story.begun(ada)), (Some(id(1)), vec![id(1)]));
    let back = Edit::Restore { id: id(2), expect: None, body: halves.1.body.clone() };
    story.books(both(to(1, halves.0.body.clone()), back));
    assert_eq!((story.entry(1).body, story.entry(2).body), (halves.0.body, halves.1.body));
    assert_eq!(story.running(ada), Some(id(2)));
}

#[test]
fn the_running_timer_is_stopped_or_discarded_whichever_it_is() {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    let stop = |minutes| EntryCommand::Stop { person: ada, end: now.minus_ms(minutes * MINUTE) };
    story.refuses(Command::Entry(stop(0)), Refusal::NoTimer);
    story.books(add(1, worked(ada, now, 60, None)));
    story.refuses(Command::Entry(stop(61)), Refusal::EndsBeforeStart);
    story.books(Command::Entry(stop(30)));
    assert_eq!(story.entry(1).body, worked(ada, now, 60, Some(30)));
    let discard = Command::Entry(EntryCommand::Discard { person: ada });
    story.refuses(discard.clone(), Refusal::NoTimer);
    story.books(add(2, worked(ada, now, 20, None)));
    story.books(discard);
    assert!(!story.entry(2).is_live());
    assert_eq!(story.begun(ada), [id(1)]);
}

#[test]
fn old_starts_are_forgotten_and_old_timers_stay_as_they_are() {
    let (mut story, ada) = Story::with_ada();
    let began = story.now;
    story.books(add(1, worked(ada, began, 30, None)));
    story.books(add(2, worked(ada, began, 20, None)));
    let ended = story.entry(1).body;
    assert_eq!(ended.cut, Some(began.minus_ms(20 * MINUTE)));
    let starts = |story: &Story| {
        use crate::store::tables::TimerStarts;
        use crate::store::transaction::{KeyRange, Order, Read};
        let scope = story.state.read().unwrap();
        scope.rows::<TimerStarts>(KeyRange::all(), Order::Rising, 99).unwrap().len()
    };
    assert_eq!(starts(&story), 2);
    story.now = began.plus_ms(STARTS_KEPT_MS);
    // Still the last start, so the second timer runs; then the next one comes, and it ended a day after its begin.
    assert_eq!(story.running(ada), Some(id(2)));
    let now = story.now;
    story.books(add(3, worked(ada, now, 10, None)));
    assert_eq!(starts(&story), 1, "two were forgotten");
    assert_eq!(story.entry(2).body.cut, Some(began.minus_ms(20 * MINUTE).plus_ms(DAY_MS)));
    let note = NoteText::new("said much later").unwrap();
    story.books(set(1, Entry { note: note.clone(), ..ended.clone() }));
    assert_eq!(story.entry(1).body, Entry { note, ..ended }, "it ends where it ended");
    // One that arrives too late neither runs nor lasts longer than a day.
    story.books(offer(4, worked(ada, began, 25, None), began, 2, false));
    assert_eq!(story.entry(4).body.cut, Some(began.minus_ms(25 * MINUTE).plus_ms(DAY_MS)));
    assert_eq!((story.running(ada), starts(&story)), (Some(id(3)), 1));
    // A last start stays however old it is: what began before it does not run.
    let bo = story.person("bo", Role::Employee);
    story.books(offer(5, worked(bo, began, 10, None), began, 2, false));
    assert_eq!((story.running(bo), starts(&story)), (Some(id(5)), 2));
    story.books(offer(6, worked(bo, began, 20, None), began, 2, false));
    assert_eq!((story.running(bo), starts(&story)), (Some(id(5)), 2));
    assert_eq!(story.entry(6).body.cut, Some(began.minus_ms(10 * MINUTE)));
}

#[test]
fn a_timer_stays_as_long_as_it_was_when_the_trace_of_the_one_that_ended_it_goes() {
    let (mut story, ada) = Story::with_ada();
    let began = story.now;
    story.books(add(1, worked(ada, began, 60, None)));
    story.books(add(2, worked(ada, began, 55, None)));
    let ended = story.entry(1).body;
    story.books(delete(2));
    story.later(100 * DAY_MS);
    let records = vec![(Noun::Entry, id(2))];
    let purge = RetentionCommand::Purge { records, before: story.now.minus_ms(DAY_MS) };
    story.run(Command::Retention(purge));
    let gone = book::record::<Entry>(&story.state.read().unwrap(), id(2)).unwrap();
    assert_eq!(gone, None, "the trace is purged");
    let note = NoteText::new("said much later").unwrap();
    story.books(set(1, Entry { note: note.clone(), ..ended.clone() }));
    assert_eq!(story.entry(1).body, Entry { note, ..ended.clone() });
    let now = story.now;
    story.books(add(3, worked(ada, now, 10, None)));
    assert_eq!(story.entry(1).body.cut, ended.cut);
}

#[test]
fn an_entry_is_as_old_as_its_oldest_edit_whichever_arrives_first() {
    for turned in [false, true] {
        let (mut story, ada) = Story::with_ada();
        let now = story.now;
        let mut edits = vec![(now.minus_ms(9 * MINUTE), 2), (now.minus_ms(5 * MINUTE), 3)];
        if turned {
            edits.reverse();
        }
        for (made, place) in edits {
            story.books(offer(1, worked(ada, now, 60, Some(30)), made, place, false));
        }
        let meta = story.entry(1).meta;
        assert_eq!(meta.created, now.minus_ms(9 * MINUTE));
        assert_eq!(meta.stamp.modified, now.minus_ms(5 * MINUTE));
    }
}

#[test]
fn offline_work_on_what_is_archived_or_gone_by_now_is_kept() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let body = Entry { project: Some(id(5)), ..worked(ada, story.now, 60, Some(30)) };
    let other = Project { name: label("Other"), ..site(true) };
    story.run(Command::Project(Edit::Add { id: id(5), body: other }));
    story.run(Command::Project(Edit::Delete { id: id(5), expect: None }));
    story.books(offer(1, body.clone(), story.now, 2, false));
    assert_eq!(story.entry(1).body, body);
    let nowhere = Entry { project: Some(id(99)), ..body.clone() };
    story.refuses(offer(2, nowhere, story.now, 2, false), Refusal::UnknownProject);
    // The same edit again says nothing new.
    story.books(offer(1, body, story.now, 2, false));
    let scope = story.state.read().unwrap();
    let history = book::history(&scope, crate::domain::outcome::Noun::Entry, id(1)).unwrap();
    assert_eq!(history.iter().map(|(_, entry)| entry.verdict).collect::<Vec<_>>(), [Verdict::Won]);
}

/// An edit made offline: of which entry, from and until when, and whether it is its end.
type Made = (u8, u64, Option<u64>, bool);

/// An entry by number, a minute long, so many milliseconds before now.
fn many(number: u128, person: UserId, now: Timestamp, before_ms: u64) -> Command {
    let start = now.minus_ms(before_ms);
    let body = Entry { start, end: Some(start.plus_ms(1)), ..worked(person, now, 1, None) };
    let id = EntryId::from(RecordId(Uuid::from_u128(1_000_000 + number)));
    Command::Entry(EntryCommand::Edit(Edit::Add { id, body }))
}

#[test]
fn a_thousand_entries_a_day_is_the_most_in_whichever_order_they_come() {
    for falls in [true, false] {
        let (mut story, ada) = Story::with_ada();
        let now = story.now;
        let before = |number: u64| if falls { 1_000 * number } else { 1_000 * (2_000 - number) };
        for number in 0..1_000 {
            story.books(many(u128::from(number), ada, now, before(number)));
        }
        story.refuses(many(1_000, ada, now, before(1_000)), Refusal::TooMany);
        story.refuses(many(1_000, ada, now, before(500) + 1), Refusal::TooMany);
        // Another day has room.
        story.books(many(1_000, ada, now, 3 * DAY_MS));
    }
}

/// A writer that counts how many time entries are read.
struct Counting<'a> {
    inner: &'a mut dyn Writer,
    entries: std::cell::Cell<usize>,
}

impl Counting<'_> {
    fn count(&self, table: TableName) {
        self.entries.set(self.entries.get() + usize::from(table == Entries::NAME));
    }
}

impl Reader for Counting<'_> {
    fn get_bytes(&self, table: TableName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.count(table);
        self.inner.get_bytes(table, key)
    }

    fn scan_bytes(
        &self,
        table: TableName,
        range: KeyRange,
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.inner.scan_bytes(table, range, order, &mut |key, value| {
            self.count(table);
            visit(key, value)
        })
    }
}

impl Writer for Counting<'_> {
    fn put_bytes(&mut self, table: TableName, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.inner.put_bytes(table, key, value)
    }

    fn delete_bytes(&mut self, table: TableName, key: &[u8]) -> Result<bool, StoreError> {
        self.inner.delete_bytes(table, key)
    }

    fn as_reader(&self) -> &dyn Reader {
        self
    }
}

#[test]
fn an_edit_made_offline_reads_no_other_entries_however_full_the_day_is() {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    for number in 0..900 {
        story.books(many(u128::from(number), ada, now, 1_000 * number));
    }
    let body = worked(ada, now, 9, Some(1));
    let envelope = story.envelope(offer(250, body.clone(), now, 7, false));
    let (outcome, read) = story
        .state
        .write(|inner| {
            let mut counting = Counting { inner, entries: std::cell::Cell::new(0) };
            let applied = apply(&mut counting, 5_000, &envelope)?;
            Ok((applied.outcome, counting.entries.get()))
        })
        .unwrap();
    assert!(read < 10, "{read} entries were read");
    let Outcome::Booked { overlaps, .. } = outcome else { panic!("{outcome:?}") };
    assert!(overlaps.is_empty(), "nobody is there to be warned");
    let overlaps = story.books(add(251, Entry { billable: true, ..body }));
    assert_eq!(overlaps.len(), crate::domain::entry::MOST_OVERLAPS, "online somebody is");
}

#[test]
fn what_was_booked_offline_on_something_gone_is_still_mended_and_stopped_online() {
    let (mut story, ada) = Story::with_ada();
    story.stand();
    let now = story.now;
    for edit in [
        Command::Tag(Edit::Delete { id: id(4), expect: None }),
        Command::Task(Edit::Delete { id: id(3), expect: None }),
        Command::Project(Edit::Delete { id: id(2), expect: None }),
    ] {
        assert!(!matches!(story.run(edit), Outcome::Refused(_)));
    }
    let timer = Entry {
        project: Some(id(2)),
        task: Some(id(3)),
        tags: vec![id(4)],
        ..worked(ada, now, 30, None)
    };
    story.books(offer(9, timer.clone(), now.minus_ms(30 * MINUTE), 7, false));
    let note = NoteText::new("at the site").unwrap();
    story.books(set(9, Entry { note, ..timer.clone() }));
    story.books(Command::Entry(EntryCommand::Stop { person: ada, end: now }));
    assert_eq!(story.entry(9).body.end, Some(now));
    // Nothing else is booked on it.
    story.refuses(add(10, timer), Refusal::UnknownProject);
}

/// What stands there after the edits in this order, the first made first.
fn told(edits: &[Made], order: &[usize]) -> BTreeMap<u8, (Entry, Stamp, bool)> {
    let (mut story, ada) = Story::with_ada();
    let now = story.now;
    for number in order {
        let (entry, from, until, deleted) = edits[*number];
        let (made, place) = (now.minus_ms(10_000 - u64::try_from(*number).unwrap()), *number % 3);
        let body = worked(ada, now, from, until.map(|until| until.min(from)));
        story.books(offer(entry, body, made, u8::try_from(place).unwrap(), deleted));
    }
    let mut ends = BTreeMap::new();
    for entry in 1..=4 {
        let record = book::record::<Entry>(&story.state.read().unwrap(), id(entry)).unwrap();
        if let Some(record) = record {
            let live = record.is_live();
            ends.insert(entry, (record.body, record.meta.stamp, live));
        }
    }
    // At most one runs, the one that is said to; and the index has exactly what is there.
    let is_open = |(body, _, live): &&(Entry, Stamp, bool)| *live && body.ends().is_none();
    let open: Vec<EntryId> =
        ends.iter().filter(|(_, entry)| is_open(entry)).map(|(n, _)| id(*n)).collect();
    assert!(open.len() <= 1, "several run: {ends:?}");
    assert_eq!(story.running(ada), open.first().copied());
    let mut by_start: Vec<(Timestamp, EntryId)> = ends
        .iter()
        .filter(|(_, (_, _, live))| *live)
        .map(|(n, (body, ..))| (body.start, id(*n)))
        .collect();
    by_start.sort();
    assert_eq!(story.begun(ada), by_start.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    ends
}

fn made() -> impl Strategy<Value = Made> {
    let until = prop_oneof![2 => Just(None), 1 => (0_u64..40).prop_map(Some)];
    (1_u8..=4, 0_u64..60, until, prop::bool::weighted(0.15))
}

fn edits_and_order() -> impl Strategy<Value = (Vec<Made>, Vec<usize>)> {
    prop::collection::vec(made(), 1..14).prop_flat_map(|edits| {
        let order = (0..edits.len()).collect::<Vec<_>>();
        (Just(edits), Just(order).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever the order in which offline edits arrive, the same entries end at the same times and the same timer runs.
    #[test]
    fn offline_timers_converge_in_any_order((edits, order) in edits_and_order()) {
        let as_made: Vec<usize> = (0..edits.len()).collect();
        prop_assert_eq!(told(&edits, &as_made), told(&edits, &order));
        let twice: Vec<usize> = order.iter().chain(&order).copied().collect();
        prop_assert_eq!(told(&edits, &as_made), told(&edits, &twice), "told twice");
    }
}

#[test]
fn of_two_offline_timers_the_newer_start_wins_and_the_older_ends_there() {
    let edits = [(1, 50, None, false), (2, 30, None, false), (3, 40, None, false)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
        let ends = told(&edits, &order);
        let end = |entry: u8| ends[&entry].0.ends();
        assert_eq!((end(1), end(3)), (Some(ends[&3].0.start), Some(ends[&2].0.start)));
        assert_eq!(end(2), None);
    }
}
