//! Every record that copies are told of has its mark, every mark its row in `since-1`, and a change can be asked for of a version.

use super::*;
use crate::codec::told_id;
use crate::domain::day::Day;
use crate::domain::id::{RecordId, TeamId};
use crate::domain::retention::RetentionCommand;
use crate::domain::target::{Target, TargetCommand, WorkingDays};
use crate::domain::team::{Team, TeamCommand};
use crate::domain::time::DAY_MS;
use crate::domain::told::{GuardedChange, Mark, Told};
use crate::store::tables::{
    Changes, HeldEdits, Locks, Marks, OfficeCategories, OfficeSettings, Offices, OwnCategories,
    PersonDevices, RedactionRules, SavedReports, Table, Targets, Teams, Timesheets, Users,
};
use crate::store::transaction::{KeyRange, Order, Read};

impl Drop for Story {
    /// Whatever was told: nothing was forgotten.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.marks_are_whole();
        }
    }
}

impl Story {
    fn rows<T: Table>(&self) -> Vec<(T::Key, T::Value)> {
        self.state.read().unwrap().rows::<T>(KeyRange::all(), Order::Rising, usize::MAX).unwrap()
    }

    fn marks_are_whole(&self) {
        let mut there: Vec<Told> = Vec::new();
        there.extend(self.rows::<Users>().into_iter().map(|(id, _)| Told::User(id)));
        there.extend(self.rows::<Teams>().into_iter().map(|(id, _)| Told::Team(id)));
        let sheets = self.rows::<Timesheets>().into_iter();
        there.extend(sheets.map(|((person, from), _)| Told::Timesheet { person, from }));
        let held = self.rows::<HeldEdits>().into_iter();
        there.extend(
            held.map(|((person, seq, at), _)| Told::HeldEdit { person, number: (seq, at) }),
        );
        let targets = self.rows::<Targets>().into_iter();
        there.extend(targets.map(|((person, from), _)| Told::Target { person, from }));
        there.extend(self.rows::<SavedReports>().into_iter().map(|(id, _)| Told::SavedReport(id)));
        there.extend(self.rows::<Locks>().into_iter().map(|_| Told::Lock));
        let settings = self.rows::<OfficeSettings>().into_iter();
        let settings = settings.map(|(key, _)| {
            Told::Setting(
                crate::domain::office_setting::OfficeSetting::from_key(key.as_str()).unwrap(),
            )
        });
        there.extend(settings);
        there.extend(self.rows::<Offices>().into_iter().map(|_| Told::Office));
        // A computer's own row may outlive whose it was.
        let computers = self.rows::<PersonDevices>().into_iter();
        there.extend(computers.map(|((_, device), _)| Told::Device(device)));
        there.extend(self.rows::<RedactionRules>().into_iter().map(|_| Told::Redaction));
        let own = self.rows::<OwnCategories>().into_iter();
        there.extend(own.map(|(owner, _)| Told::Category { owner: Some(owner) }));
        let office = self.rows::<OfficeCategories>().into_iter();
        there.extend(office.map(|_| Told::Category { owner: None }));
        let marks: Vec<Mark> = self.rows::<Marks>().into_iter().map(|(_, mark)| mark).collect();
        for told in &there {
            let mark = marks.iter().find(|mark| mark.told == *told);
            assert!(mark.is_some_and(|mark| mark.gone.is_none()), "copies miss {told:?}");
        }
        let scope = self.state.read().unwrap();
        for mark in &marks {
            let is_setting = matches!(mark.told, Told::Setting(_));
            let is_there = mark.gone.is_none();
            assert!(is_setting || is_there == there.contains(&mark.told), "{mark:?}");
            let row = (mark.seq, mark.told.noun(), told_id(&mark.told));
            assert!(scope.get::<Changes>(&row).unwrap().is_some(), "{mark:?} stands nowhere");
        }
        for ((seq, noun, id), ()) in self.rows::<Changes>() {
            let synced = read::sync::any_record(&scope, noun, id).unwrap();
            let mark = read::told::mark(&scope, noun, id).unwrap();
            let is_its = synced.is_some() || mark.is_some_and(|mark| mark.seq == seq);
            assert!(is_its, "a stray row of {noun:?}");
        }
    }

    fn version(&self, told: &Told) -> u64 {
        read::told::version(&self.state.read().unwrap(), told).unwrap()
    }
}

#[test]
fn a_change_counts_for_the_version_that_was_looked_at_only() {
    let (mut story, ada) = Story::with_ada();
    let team = Team {
        id: TeamId::from_bytes([7; 16]),
        name: label("Site"),
        members: [ada].into(),
        leads: [].into(),
    };
    let told = Told::Team(team.id);
    let put = |team: &Team, version| {
        let change = GuardedChange::Team(TeamCommand::Put(team.clone()));
        Command::of_version(told, version, change)
    };
    story.refuses(put(&team, Some(1)), Refusal::Stale { version: 0 });
    assert_eq!(story.run(put(&team, Some(0))), Outcome::Done, "0 is: there is none yet");
    let first = story.version(&told);
    assert_eq!(first, story.index);
    let other = Team { name: label("Yard"), ..team.clone() };
    story.refuses(put(&other, Some(0)), Refusal::Stale { version: first });
    assert_eq!(story.run(put(&other, Some(first))), Outcome::Done);
    let second = story.version(&told);
    assert!(second > first);
    story.refuses(put(&team, Some(first)), Refusal::Stale { version: second });
    assert_eq!(story.run(put(&team, None)), Outcome::Done, "none takes whichever there is");
    let delete = TeamCommand::Delete { team: team.id };
    assert_eq!(story.run(Command::Team(delete)), Outcome::Done);
    assert_eq!(story.version(&told), 0, "what is gone is not there");
}

#[test]
fn a_trace_of_what_is_gone_is_kept_for_a_while_and_then_purged() {
    let (mut story, ada) = Story::with_ada();
    let from = Day::new(20_451).unwrap();
    let days = WorkingDays::new(1).unwrap();
    let target = Target { person: ada, from, week_minutes: 60, days };
    assert_eq!(story.run(Command::Target(TargetCommand::Set(target))), Outcome::Done);
    let remove = TargetCommand::Remove { person: ada, from };
    assert_eq!(story.run(Command::Target(remove)), Outcome::Done);
    let (removed, at) = (story.now, story.index);
    let told = Told::Target { person: ada, from };
    let id: RecordId = told_id(&told);
    let traces = |story: &Story, before| {
        read::retention::traces(&story.state.read().unwrap(), before, None, 10).unwrap()
    };
    assert_eq!(traces(&story, removed), []);
    story.later(DAY_MS);
    let records = traces(&story, story.now);
    assert_eq!(records, [(told.noun(), id)]);
    // Not one that is there, nor one that went later.
    let others = vec![(Noun::User, RecordId::from_bytes(ada.bytes())), (told.noun(), id)];
    let purge = |records, before| Command::Retention(RetentionCommand::Purge { records, before });
    story.run(purge(others, removed));
    assert_eq!(traces(&story, story.now).len(), 1);
    story.run(purge(records, story.now));
    assert_eq!(traces(&story, story.now), []);
    let swept = read::retention::swept(&story.state.read().unwrap()).unwrap();
    assert_eq!((swept.traces, swept.floor), (1, at), "older copies are told to begin anew");
}

#[test]
fn rules_categories_and_the_policy_change_in_the_version_that_was_looked_at_only() {
    use crate::domain::category::CategoryCommand;
    use crate::domain::redaction::RedactionCommand;
    use crate::domain::text::{CanonicalJson, RuleSheet};
    let (mut story, ada) = Story::with_ada();
    let owner = Some(ada);
    let tree = CanonicalJson::new("[]").unwrap();
    let sheet =
        |text: &str| GuardedChange::Redaction(RedactionCommand::Set(RuleSheet::new(text).unwrap()));
    let set = CategoryCommand::Set { owner, tree };
    let policy = OfficeCommand::SetPolicy {
        policy: ActivityPolicy::FullDetail,
        reason: ShortText::cut("agreed"),
    };
    let founded = story.version(&Told::Office);
    assert!(founded > 0, "founding is a change");
    for (told, first, change) in [
        (Told::Redaction, 0, sheet("drop app = a")),
        (Told::Category { owner }, 0, GuardedChange::Category(set)),
        (Told::Office, founded, GuardedChange::Office(policy)),
    ] {
        let of = |version| Command::of_version(told, Some(version), change.clone());
        story.refuses(of(first + 7), Refusal::Stale { version: first });
        assert_eq!(story.run(of(first)), Outcome::Done, "{told:?}");
        let second = story.version(&told);
        assert_eq!(second, story.index);
        story.refuses(of(first), Refusal::Stale { version: second });
    }
    let reset = GuardedChange::Category(CategoryCommand::Reset { owner });
    let version = story.version(&Told::Category { owner });
    assert_eq!(
        story.run(Command::of_version(Told::Category { owner }, Some(version), reset)),
        Outcome::Done
    );
    assert_eq!(story.version(&Told::Category { owner }), 0, "a trace is no version");
}
