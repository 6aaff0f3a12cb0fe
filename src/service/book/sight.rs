//! Who sees which record of the book.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use data_encoding::HEXLOWER;

use crate::domain::customer::Customer;
use crate::domain::id::{CustomerId, ProjectId, RecordId, UserId};
use crate::domain::outcome::Noun;
use crate::domain::policy::Reach;
use crate::domain::project::Project;
use crate::domain::right::{Right, Rights};
use crate::domain::sync::{AnyRecord, Synced};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::service::Principal;
use crate::store::{Reader, StoreError, read};

/// What somebody is told of a record that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of it.
    Shown,
    /// That it is gone, as far as they are concerned: a copy of it must go.
    Gone,
    /// Nothing, not even that it is there: it never was theirs to see.
    Hidden,
}

/// Somebody who asks, and what is open to them in this snapshot.
pub(super) struct Viewer {
    /// Whose time entries are shown to them.
    pub(super) reach: Reach,
    /// None at the server's own terminal.
    pub(super) own: Option<UserId>,
    pub(super) rights: Rights,
    /// None sees everything of the catalog.
    open: Option<Open>,
}

/// What is open to somebody who does not manage the book.
#[derive(Default)]
struct Open {
    projects: BTreeMap<ProjectId, bool>,
    customers: BTreeSet<CustomerId>,
    /// Customers that were open to them once; looked up when one is gone.
    knew: OnceCell<BTreeSet<CustomerId>>,
}

/// Who asks, before a snapshot is there.
#[derive(Clone, Copy)]
pub(super) struct Asker {
    /// None at the server's own terminal.
    person: Option<UserId>,
    rights: Rights,
    /// Do the teams they lead count?
    leads: bool,
}

impl Asker {
    pub(super) fn of(principal: &Principal) -> Self {
        let person = principal.user().map(|user| user.id);
        Self { person, rights: principal.rights(), leads: true }
    }

    /// A person's own computer: nobody else's time is kept there, whoever they are.
    pub(super) fn computer_of(person: UserId, rights: Rights) -> Self {
        let kept = rights.each().filter(|right| *right == Right::ManageBook);
        Self { person: Some(person), rights: kept.collect(), leads: false }
    }
}

impl Viewer {
    pub(super) fn load(reader: &dyn Reader, asker: Asker) -> Result<Self, StoreError> {
        let Asker { person, rights, leads } = asker;
        let teams = if leads { read::people::teams(reader)? } else { Vec::new() };
        let reach = Reach::new(person, rights, &teams);
        if rights.has(Right::ManageBook) {
            return Ok(Self { reach, own: person, rights, open: None });
        }
        let mut open = Open::default();
        read::sync::each::<Project>(reader, None, |project| {
            let is_open = person.is_some_and(|person| project.body.is_open_to(person));
            open.projects.insert(project.id, is_open);
            open.customers.extend(project.body.customer.filter(|_| is_open));
            ControlFlow::Continue(())
        })?;
        Ok(Self { reach, own: person, rights, open: Some(open) })
    }

    /// What they may see, as a word. Whoever begins or ceases to manage the book, or to see somebody's time, needs another copy of it,
    /// though nothing in it changed.
    pub(super) fn view(&self) -> String {
        let mut words = vec![if self.open.is_none() { "book" } else { "own" }.to_owned()];
        let led = self.reach.led();
        if self.reach.sees_everyone() {
            words.push("everyone".to_owned());
        } else if !led.is_empty() {
            let mut hasher = blake3::Hasher::new_derive_key("timebook view of people v1");
            for person in led {
                hasher.update(&person.bytes());
            }
            words.push(HEXLOWER.encode(&hasher.finalize().as_bytes()[..8]));
        }
        // What else opens records that only copies of today's sorts keep.
        for (right, word) in [
            (Right::ApproveTime, "weeks"),
            (Right::ManagePeople, "people"),
            (Right::ManageServer, "server"),
            (Right::ManageComputers, "computers"),
        ] {
            words.extend(self.rights.has(right).then(|| word.to_owned()));
        }
        words.join("+")
    }

    pub(super) fn sees(&self, record: &AnyRecord) -> Sight {
        let shown = match record {
            AnyRecord::Customer(record) => record.is_live() && self.sees_customer(record),
            AnyRecord::Project(record) => record.is_live() && self.sees_project(record),
            AnyRecord::Task(record) => record.is_live() && self.sees_task(record),
            AnyRecord::Tag(record) => record.is_live() && self.sees_tag(record),
            AnyRecord::Entry(record) if !self.reach.sees(record.body.person) => {
                return Sight::Hidden;
            }
            AnyRecord::Entry(record) => record.is_live(),
        };
        if shown { Sight::Shown } else { Sight::Gone }
    }

    /// May they know that there was such a record: is it theirs to see, or was it?
    pub(super) fn may_know(
        &self,
        reader: &dyn Reader,
        noun: Noun,
        id: RecordId,
    ) -> Result<bool, StoreError> {
        let (Some(open), Some(person)) = (&self.open, self.own) else {
            return Ok(
                self.open.is_none() || !matches!(noun, Noun::Customer | Noun::Project | Noun::Task)
            );
        };
        if noun != Noun::Customer {
            return read::catalog::is_known_to(reader, noun, id, person);
        }
        let known = match open.knew.get() {
            Some(known) => known,
            None => {
                let known = read::catalog::customers_known_to(reader, person)?;
                open.knew.get_or_init(|| known)
            }
        };
        Ok(known.contains(&id.into()))
    }

    pub(super) fn sees_customer(&self, customer: &Synced<Customer>) -> bool {
        self.open.as_ref().is_none_or(|open| open.customers.contains(&customer.id))
    }

    pub(super) fn sees_project(&self, project: &Synced<Project>) -> bool {
        self.may_book_on(project.id)
    }

    pub(super) fn sees_task(&self, task: &Synced<Task>) -> bool {
        self.may_book_on(task.body.project)
    }

    pub(super) const fn sees_tag(&self, _tag: &Synced<Tag>) -> bool {
        true
    }

    fn may_book_on(&self, project: ProjectId) -> bool {
        self.open.as_ref().is_none_or(|open| open.projects.get(&project).is_some_and(|open| *open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entry::Entry;
    use crate::domain::id::{EntryId, ReplicaId, TeamId};
    use crate::domain::sync::{Meta, Stamp};
    use crate::domain::team::Team;
    use crate::domain::text::{Label, NoteText};
    use crate::domain::time::Timestamp;

    fn person(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    fn viewer(who: Option<u8>, rights: &[Right], led: &[u8]) -> Viewer {
        let team = Team {
            id: TeamId::from_bytes([1; 16]),
            name: Label::new("Site").unwrap(),
            members: led.iter().copied().map(person).collect(),
            leads: who.map(person).into_iter().collect(),
        };
        let rights = rights.iter().copied().collect();
        let own = who.map(person);
        Viewer { reach: Reach::new(own, rights, [&team]), own, rights, open: None }
    }

    #[test]
    fn time_entries_are_shown_to_who_reaches_their_person_and_hidden_from_everybody_else() {
        let at = Timestamp::EARLIEST;
        let entry = |deleted| {
            let stamp = Stamp { modified: at, replica: ReplicaId::from_bytes([1; 16]) };
            let body = Entry {
                person: person(1),
                project: None,
                task: None,
                start: at,
                end: None,
                cut: None,
                note: NoteText::empty(),
                tags: Vec::new(),
                billable: false,
            };
            let meta = Meta { created: at, changed_seq: 1, stamp, deleted };
            AnyRecord::Entry(Synced { id: EntryId::from_bytes([1; 16]), meta, body })
        };
        let reach = [
            viewer(Some(1), &[], &[]),
            viewer(Some(2), &[], &[1]),
            viewer(Some(2), &[Right::SeeTeamReports], &[]),
            viewer(None, &[Right::SeeTeamReports], &[]),
        ];
        for viewer in reach {
            assert_eq!(viewer.sees(&entry(None)), Sight::Shown);
            assert_eq!(viewer.sees(&entry(Some(at))), Sight::Gone);
        }
        let others = [viewer(Some(2), &[Right::ManageBook], &[3]), viewer(None, &[], &[])];
        for viewer in others {
            assert_eq!(viewer.sees(&entry(None)), Sight::Hidden);
            assert_eq!(viewer.sees(&entry(Some(at))), Sight::Hidden);
        }
    }

    #[test]
    fn the_view_is_another_word_when_other_people_are_seen() {
        let views = [
            viewer(Some(1), &[], &[]).view(),
            viewer(Some(1), &[], &[2]).view(),
            viewer(Some(1), &[], &[2, 3]).view(),
            viewer(Some(1), &[Right::SeeTeamReports], &[2]).view(),
        ];
        let different: BTreeSet<_> = views.iter().collect();
        assert_eq!(different.len(), 4, "{views:?}");
        assert_eq!(viewer(Some(1), &[], &[1]).view(), views[0], "one sees oneself in any case");
        assert_eq!(viewer(Some(9), &[], &[2, 3]).view(), views[2]);
    }
}
