//! Customers, projects, tasks and tags: names, places, use, versions, and what `since` and the history keep of them.

use super::*;
use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ProjectId, RecordId, ReplicaId, TagId, TaskId};
use crate::domain::project::Project;
use crate::domain::sync::{
    AnyRecord, Edit, MOST_VERSIONS, Meta, Since, Stamp, Synced, Syncs, Verdict,
};
use crate::domain::tag::Tag;
use crate::domain::task::{MOST_DEPTH, Task};
use crate::domain::text::NoteText;
use crate::store::read::sync as book;

fn customer(name: &str) -> Customer {
    Customer { name: label(name), colour: None, note: NoteText::empty(), archived: false }
}

fn project(customer: Option<CustomerId>, name: &str) -> Project {
    Project {
        customer,
        name: label(name),
        colour: None,
        billable: true,
        budget_minutes: None,
        archived: false,
        members: None,
    }
}

fn task(project: ProjectId, parent: Option<TaskId>, name: &str) -> Task {
    let (done, archived) = (false, false);
    Task { project, parent, name: label(name), done, archived, budget_minutes: None }
}

fn tag(name: &str) -> Tag {
    Tag { name: label(name), colour: None, archived: false }
}

impl Story {
    fn fresh<T: From<RecordId>>(&mut self) -> T {
        T::from(RecordId(self.id()))
    }

    /// Runs a command that must be kept; its version.
    #[track_caller]
    fn keeps(&mut self, command: Command) -> u64 {
        match self.run(command) {
            Outcome::Kept { version, .. } => version,
            other => panic!("{other:?}"),
        }
    }

    fn customer(&mut self, name: &str) -> CustomerId {
        let id = self.fresh();
        self.keeps(Command::Customer(Edit::Add { id, body: customer(name) }));
        id
    }

    fn project(&mut self, customer: Option<CustomerId>, name: &str) -> ProjectId {
        let id = self.fresh();
        self.keeps(Command::Project(Edit::Add { id, body: project(customer, name) }));
        id
    }

    fn task(&mut self, project: ProjectId, parent: Option<TaskId>, name: &str) -> TaskId {
        let id = self.fresh();
        self.keeps(Command::Task(Edit::Add { id, body: task(project, parent, name) }));
        id
    }

    fn kept<B: book::Shelf>(&self, id: B::Id) -> Synced<B> {
        book::record::<B>(&self.state.read().unwrap(), id).unwrap().unwrap()
    }

    /// What changed after `seq`, and that each is where `since-1` says.
    fn since(&self, seq: u64) -> Vec<(u64, RecordId)> {
        let scope = self.state.read().unwrap();
        let mut changes = Vec::new();
        book::changes(&scope, Since { seq, record: None }, |seq, noun, id| {
            changes.push((seq, noun, id));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        // The office and what else is told of stand there, too.
        changes.retain(|(_, noun, id)| book::any_record(&scope, *noun, *id).unwrap().is_some());
        for (seq, noun, id) in &changes {
            let meta = match book::any_record(&scope, *noun, *id).unwrap().unwrap() {
                AnyRecord::Customer(record) => record.meta,
                AnyRecord::Project(record) => record.meta,
                AnyRecord::Task(record) => record.meta,
                AnyRecord::Tag(record) => record.meta,
                AnyRecord::Entry(record) => record.meta,
            };
            assert_eq!(meta.changed_seq, *seq, "{noun:?} {id}");
        }
        changes.into_iter().map(|(seq, _, id)| (seq, id)).collect()
    }

    fn verdicts<B: book::Shelf>(&self, id: B::Id) -> Vec<Verdict> {
        let scope = self.state.read().unwrap();
        let history = book::history(&scope, B::NOUN, id.into()).unwrap();
        history.into_iter().map(|(_, entry)| entry.verdict).collect()
    }
}

#[test]
fn a_name_is_taken_whatever_its_case_until_it_is_given_back() {
    let mut story = Story::founded();
    let acme = story.customer("Acme");
    let id = story.fresh();
    let add = |id, name| Command::Customer(Edit::Add { id, body: customer(name) });
    story.refuses(add(id, " ACME "), Refusal::TitleTaken);
    story.refuses(add(acme, "Other"), Refusal::IdTaken);
    let other = story.customer("Other");
    let rename = |id, name| Command::Customer(Edit::Set { id, expect: None, body: customer(name) });
    story.refuses(rename(other, "acme"), Refusal::TitleTaken);
    story.keeps(rename(acme, "ACME"));
    story.keeps(rename(acme, "Acme & Co"));
    story.keeps(rename(other, "acme"));
    story.keeps(Command::Customer(Edit::Delete { id: other, expect: None }));
    story.customer("Acme");
    story.refuses(add(other, "Back"), Refusal::IdTaken);
    story.refuses(rename(other, "Back"), Refusal::UnknownCustomer);
    // Another sort, and the same sort below something else, has names of its own.
    let one = story.project(None, "Website");
    story.project(Some(acme), "Website");
    let top = story.task(one, None, "Website");
    story.task(one, Some(top), "Website");
    let id = story.fresh();
    let again = Command::Task(Edit::Add { id, body: task(one, None, "website") });
    story.refuses(again, Refusal::TitleTaken);
}

#[test]
fn an_edit_of_an_old_version_is_told_the_present_one() {
    let mut story = Story::founded();
    let id: TagId = story.fresh();
    let first = story.keeps(Command::Tag(Edit::Add { id, body: tag("one") }));
    let set = |expect, name| Command::Tag(Edit::Set { id, expect, body: tag(name) });
    let second = story.keeps(set(Some(first), "two"));
    assert!(second > first);
    story.refuses(set(Some(first), "three"), Refusal::Stale { version: second });
    let delete = |expect| Command::Tag(Edit::Delete { id, expect });
    story.refuses(delete(Some(first)), Refusal::Stale { version: second });
    assert_eq!(story.keeps(set(Some(second), "two")), second, "nothing new, no new version");
    let last = story.keeps(delete(Some(second)));
    assert_eq!(story.kept::<Tag>(id).meta.changed_seq, last);
    story.refuses(delete(None), Refusal::UnknownTag);
    assert_eq!(story.verdicts::<Tag>(id), [Verdict::Won; 3]);
}

#[test]
fn what_is_stood_upon_stays() {
    let mut story = Story::founded();
    let acme = story.customer("Acme");
    let site = story.project(Some(acme), "Website");
    let design = story.task(site, None, "Design");
    let logo = story.task(site, Some(design), "Logo");
    let delete_customer = Command::Customer(Edit::Delete { id: acme, expect: None });
    let delete_project = Command::Project(Edit::Delete { id: site, expect: None });
    let delete_task = |id| Command::Task(Edit::Delete { id, expect: None });
    story.refuses(delete_customer.clone(), Refusal::InUse);
    story.refuses(delete_project.clone(), Refusal::InUse);
    story.refuses(delete_task(design), Refusal::InUse);
    for command in [delete_task(logo), delete_task(design), delete_project, delete_customer] {
        story.keeps(command);
    }
    let (id, body) = (story.fresh(), task(site, None, "Late"));
    story.refuses(Command::Task(Edit::Add { id, body }), Refusal::UnknownProject);
    let (id, body) = (story.fresh(), project(Some(acme), "Late"));
    story.refuses(Command::Project(Edit::Add { id, body }), Refusal::UnknownCustomer);
    assert_eq!(story.since(0).len(), 4, "each has left a trace");
}

#[test]
fn a_task_stands_in_its_project_and_not_below_itself() {
    let mut story = Story::founded();
    let (one, two) = (story.project(None, "One"), story.project(None, "Two"));
    let top = story.task(one, None, "top");
    let mut below = vec![top];
    for level in 1..MOST_DEPTH {
        let parent = below.last().copied();
        below.push(story.task(one, parent, &format!("level {level}")));
    }
    let (id, bottom) = (story.fresh(), below.last().copied());
    let add = |id, body| Command::Task(Edit::Add { id, body });
    story.refuses(add(id, task(one, bottom, "deeper")), Refusal::TooDeep);
    story.refuses(add(id, task(two, Some(top), "elsewhere")), Refusal::OtherProject);
    story.refuses(add(id, task(one, Some(id), "own parent")), Refusal::TaskLoop);
    let set = |id, body| Command::Task(Edit::Set { id, expect: None, body });
    story.refuses(set(top, task(one, bottom, "top")), Refusal::TaskLoop);
    story.refuses(set(top, task(one, Some(top), "top")), Refusal::TaskLoop);
    story.refuses(set(top, task(two, None, "top")), Refusal::OtherProject);
    let other = story.task(one, None, "other");
    story.refuses(set(top, task(one, Some(other), "top")), Refusal::TooDeep);
    // The last one moves up; then there is room for one above all.
    story.keeps(set(below[MOST_DEPTH - 1], task(one, None, "moved")));
    story.keeps(set(top, task(one, Some(other), "top")));
}

#[test]
fn members_are_known_and_told_once() {
    let (mut story, ada) = Story::with_ada();
    let bo = story.person("bo", Role::Employee);
    let site = story.project(None, "Website");
    let set = |members: Vec<UserId>| {
        let body = Project { members: Some(members), ..project(None, "Website") };
        Command::Project(Edit::Set { id: site, expect: None, body })
    };
    story.refuses(set(vec![UserId::from_bytes([99; 16])]), Refusal::UnknownUser);
    let version = story.keeps(set(vec![bo, ada, bo]));
    assert_eq!(story.kept::<Project>(site).body.members, Some(vec![ada, bo]));
    assert_eq!(story.keeps(set(vec![ada, bo])), version, "the same people, said otherwise");
}

/// A project opened to other people brings its tasks and its customer along: copies elsewhere are fetched anew.
#[test]
fn a_project_opened_to_others_shows_what_belongs_to_it_anew() {
    let (mut story, ada) = Story::with_ada();
    let acme = story.customer("Acme");
    let site = story.project(Some(acme), "Website");
    let design = story.task(site, None, "Design");
    let elsewhere = story.project(None, "Elsewhere");
    story.task(elsewhere, None, "Other");
    let before = story.index;
    let body = Project { members: Some(vec![ada]), ..project(Some(acme), "Website") };
    let version = story.keeps(Command::Project(Edit::Set { id: site, expect: None, body }));
    let mut changed: Vec<RecordId> = story.since(before).into_iter().map(|(_, id)| id).collect();
    changed.sort();
    let mut expected = [acme.into(), site.into(), design.into()];
    expected.sort();
    assert_eq!(changed, expected);
    assert!(story.since(before).iter().all(|(seq, _)| *seq == version));
    assert_eq!(story.verdicts::<Task>(design), [Verdict::Won], "nobody wrote the task anew");
    // A page may end within one change and goes on after it.
    let scope = story.state.read().unwrap();
    let (mut seen, mut since) = (Vec::new(), Since { seq: before, record: None });
    loop {
        let mut next = None;
        book::changes(&scope, since, |seq, noun, id| {
            next = Some((seq, noun, id));
            std::ops::ControlFlow::Break(())
        })
        .unwrap();
        let Some((seq, noun, id)) = next else { break };
        seen.push(id);
        since = Since { seq, record: Some((noun, id)) };
    }
    seen.sort();
    assert_eq!(seen, expected);
}

/// Edits of two replicas offered in either order leave the same record, and both in its history.
#[test]
fn an_edit_that_lost_is_kept_in_the_history() {
    let id = TagId::from_bytes([7; 16]);
    let offered = |at: Timestamp, place: u8, name: &str| {
        let stamp = Stamp { modified: at, replica: ReplicaId::from_bytes([place; 16]) };
        let meta = Meta { created: Timestamp::EARLIEST, changed_seq: 0, stamp, deleted: None };
        Synced { id, meta, body: tag(name) }
    };
    let mut ends = Vec::new();
    for turned in [false, true] {
        let mut story = Story::founded();
        let mut edits = [offered(story.now, 1, "older"), offered(story.now.plus_ms(1), 2, "newer")];
        if turned {
            edits.reverse();
        }
        for edit in &edits {
            story.offer(edit);
        }
        let record = story.kept::<Tag>(id);
        let verdicts = story.verdicts::<Tag>(id);
        assert_eq!(verdicts.contains(&Verdict::Lost), turned, "{verdicts:?}");
        assert_eq!(verdicts.len(), 2);
        ends.push((record.body, record.meta.stamp));
    }
    assert_eq!(ends[0], ends[1]);
    assert_eq!(ends[0].0, tag("newer"));
}

impl Story {
    /// An edit from another replica, as it will come in a batch.
    fn offer<B: book::Shelf>(&mut self, edit: &Synced<B>) {
        self.index += 1;
        let (index, now) = (self.index, self.now);
        self.state
            .write(|writer| {
                let actor = &Actor::System;
                let mut at = Applying {
                    writer,
                    index,
                    at: now,
                    actor,
                    policy: ActivityPolicy::HoursOnly,
                    replica: ReplicaId::from_bytes([1; 16]),
                    changes: Vec::new(),
                };
                let meta = Meta { changed_seq: index, ..edit.meta };
                let edit = Synced { meta, ..edit.clone() };
                sync::offer(&mut at, &edit, Audience::Everyone)
            })
            .unwrap();
    }
}

#[test]
fn a_history_is_bounded_and_keeps_the_newest() {
    let mut story = Story::founded();
    let id: TagId = story.fresh();
    story.keeps(Command::Tag(Edit::Add { id, body: tag("tag 0") }));
    for number in 1..=MOST_VERSIONS {
        let body = tag(&format!("tag {number}"));
        story.keeps(Command::Tag(Edit::Set { id, expect: None, body }));
    }
    let scope = story.state.read().unwrap();
    let history = book::history(&scope, Tag::NOUN, id.into()).unwrap();
    assert_eq!(history.len(), MOST_VERSIONS);
    let name = |at: usize| match book::version(Tag::NOUN, &history[at].1).unwrap() {
        Some(AnyRecord::Tag(record)) => record.body.name.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (name(0), name(MOST_VERSIONS - 1)),
        ("tag 1".into(), format!("tag {MOST_VERSIONS}"))
    );
}

#[test]
fn what_was_deleted_comes_back_where_there_is_room_for_it() {
    let mut story = Story::founded();
    let acme = story.customer("Acme");
    let site = story.project(Some(acme), "Website");
    let design = story.task(site, None, "Design");
    let tag: TagId = story.fresh();
    story.keeps(Command::Tag(Edit::Add { id: tag, body: self::tag("travel") }));
    let bring_tag =
        |expect| Command::Tag(Edit::Restore { id: tag, expect, body: self::tag("travel") });
    story.refuses(bring_tag(None), Refusal::IdTaken);
    let end = story.keeps(Command::Tag(Edit::Delete { id: tag, expect: None }));
    story.refuses(bring_tag(Some(end - 1)), Refusal::Stale { version: end });
    let other = story.fresh();
    story.keeps(Command::Tag(Edit::Add { id: other, body: self::tag("Travel") }));
    story.refuses(bring_tag(None), Refusal::TitleTaken);
    story.keeps(Command::Tag(Edit::Delete { id: other, expect: None }));
    story.keeps(bring_tag(Some(end)));
    assert!(story.kept::<Tag>(tag).is_live());
    let taken = Command::Tag(Edit::Add { id: story.fresh(), body: self::tag("TRAVEL") });
    story.refuses(taken, Refusal::TitleTaken);

    let bring_task = |parent| {
        let body = task(site, parent, "Design");
        Command::Task(Edit::Restore { id: design, expect: None, body })
    };
    let bring_site = Command::Project(Edit::Restore {
        id: site,
        expect: None,
        body: project(Some(acme), "Website"),
    });
    let bring_acme =
        Command::Customer(Edit::Restore { id: acme, expect: None, body: customer("Acme") });
    story.keeps(Command::Task(Edit::Delete { id: design, expect: None }));
    story.keeps(Command::Project(Edit::Delete { id: site, expect: None }));
    story.keeps(Command::Customer(Edit::Delete { id: acme, expect: None }));
    story.refuses(bring_task(None), Refusal::UnknownProject);
    story.refuses(bring_site.clone(), Refusal::UnknownCustomer);
    story.keeps(bring_acme);
    story.keeps(bring_site);
    story.refuses(bring_task(Some(design)), Refusal::TaskLoop);
    story.keeps(bring_task(None));
    assert_eq!(story.verdicts::<Task>(design), [Verdict::Won; 3]);
    let delete = Command::Project(Edit::Delete { id: site, expect: None });
    story.refuses(delete, Refusal::InUse);
}
