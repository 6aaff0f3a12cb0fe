//! Writes about a person between the steps of their erasure: none gets in behind what a step has passed.

use super::entries::{add, offer, worked};
use super::erasing::{THEIRS, step};
use super::timesheets::{advance, approve, decision, hours, move_back, reopen, submit};
use super::*;
use crate::domain::activity::ActivityCommand;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::erasure::ErasureCommand;
use crate::domain::id::{EntryId, InvitationId, LinkId, QuarantineId, RecordId, TokenId};
use crate::domain::invitation::{Invitation, InvitationCommand};
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::look::Look;
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::right::Right;
use crate::domain::secret::Secret;
use crate::domain::setting::SettingCommand;
use crate::domain::sync::{Edit, Synced};
use crate::domain::target::{Target, TargetCommand, WorkingDays};
use crate::domain::text::{NoteText, SettingKey};
use crate::domain::timesheet::TimesheetCommand;
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::domain::totp::{TotpCommand, seed_name};
use crate::domain::user::Grants;
use crate::store::apply::erasure::OF_A_PERSON;
use crate::store::tables::{ALL, Entries};
use crate::store::transaction::{KeyRange, Order, Read, Reader};

/// Where a person's id may stay: in the trace of an entry, on a computer that has to hear, in what was of a project's members.
const STAYS: [&str; 3] = ["entries-1", "devices-1", "history-1"];

impl Story {
    /// Time entries of theirs that are there, or that are gone.
    fn entries_of(&self, person: UserId, live: bool) -> Vec<Synced<Entry>> {
        let all = self.state.read().unwrap();
        let all = all.rows::<Entries>(KeyRange::all(), Order::Rising, usize::MAX).unwrap();
        let all = all.into_iter().map(|(_, entry)| entry);
        all.filter(|entry| entry.body.person == person && entry.is_live() == live).collect()
    }

    /// Edits of time entries, made online and off.
    fn edits(&mut self, bert: UserId) -> Vec<Command> {
        let entry = |command| Command::Entry(command);
        let edit = |edit| Command::Entry(EntryCommand::Edit(edit));
        let note = NoteText::new("private-note").unwrap();
        let fresh = Entry { note, ..worked(bert, self.now, 9, Some(8)) };
        // Below every other id, so that a step has passed it soon.
        let low = EntryId::from(RecordId(Uuid::from_u128(0)));
        let mut edits = vec![
            add(250, fresh.clone()),
            edit(Edit::Add { id: low, body: fresh.clone() }),
            offer(251, fresh.clone(), self.now, 1, false),
            entry(EntryCommand::Stop { person: bert, end: self.now }),
            entry(EntryCommand::Discard { person: bert }),
        ];
        for gone in self.entries_of(bert, false) {
            let (id, expect, body) = (gone.id, None, fresh.clone());
            edits.push(edit(Edit::Restore { id, expect, body: body.clone() }));
            let stamp = crate::domain::sync::Stamp { modified: self.now, ..gone.meta.stamp };
            edits.push(entry(EntryCommand::Offer { id, body, stamp, deleted: false }));
        }
        for there in self.entries_of(bert, true) {
            let (id, expect) = (there.id, None);
            let body = Entry { billable: true, ..there.body.clone() };
            let (moment, second) = (there.body.start.plus_ms(1_000), super::entries::id(252));
            edits.push(edit(Edit::Set { id, expect, body: body.clone() }));
            edits.push(edit(Edit::Delete { id, expect }));
            edits.push(entry(EntryCommand::Split { id, expect, moment, second }));
            let stamp = crate::domain::sync::Stamp { modified: self.now, ..there.meta.stamp };
            edits.push(entry(EntryCommand::Offer { id, body, stamp, deleted: true }));
        }
        edits
    }

    /// Everything else about them.
    fn others(&mut self, bert: UserId, device: DeviceId) -> Vec<Command> {
        let (now, expires) = (self.now, self.now.plus_ms(1_000_000));
        let days = WorkingDays::from_names(["monday"]).unwrap();
        let from = crate::domain::day::Day::new(20_000).unwrap();
        let target = Target { person: bert, from, week_minutes: 90, days };
        let look = Look {
            viewer: Actor::System,
            person: bert,
            at: now,
            what: ShortText::cut("report"),
            from: now,
            to: now,
            detail: ActivityPolicy::HoursOnly,
        };
        let set_aside = Quarantined {
            id: QuarantineId(self.id()),
            device,
            why: Suspicion::Conflict,
            detail: ShortText::cut(""),
            at: now,
            hash: [0x71; 32],
            bytes: b"secret-window".to_vec(),
        };
        let token = Token {
            id: TokenId(self.id()),
            secret_hash: [0x31; 32],
            user: bert,
            device: DeviceId(self.id()),
            label: label("berts-token"),
            scopes: vec![Scope::Record],
            created: now,
            revoked: None,
        };
        let invitation = Invitation {
            id: InvitationId(self.id()),
            secret_hash: [0x41; 32],
            person: bert,
            created: now,
            expires,
        };
        let (purpose, id) = (LinkPurpose::Reset { user: bert }, LinkId(self.id()));
        let link = Link { id, secret_hash: [0x51; 32], purpose, created: now, expires };
        let event = event(now, 1_000, app("secret-app"));
        let beat = ActivityCommand::Heartbeat {
            device,
            name: bucket_name("berts-bucket"),
            event,
            pulsetime_ms: 0,
        };
        let (key, value) = (SettingKey::new("k").unwrap(), CanonicalJson::new("1").unwrap());
        let session = self.session(bert);
        vec![
            submit(bert, -1),
            Command::Timesheet(TimesheetCommand::Withdraw(decision(bert, 0))),
            Command::Timesheet(TimesheetCommand::SendBack(decision(bert, 0))),
            approve(bert, 0),
            reopen(bert, 0),
            Command::Target(TargetCommand::Set(target)),
            Command::Target(TargetCommand::Remove { person: bert, from }),
            Command::Look(look),
            Command::Quarantine(QuarantineCommand::Add(set_aside)),
            Command::Setting(SettingCommand::Put { device, key, value }),
            Command::Activity(beat),
            Command::Token(TokenCommand::Create { token, device: label("berts-box") }),
            Command::Invitation(InvitationCommand::Create(invitation)),
            Command::Link(LinkCommand::Make(link)),
            Command::Session(SessionCommand::Open(session)),
            Command::User(UserCommand::SetGrants {
                user: bert,
                grants: Grants { rights: [Right::Export].into() },
            }),
            Command::Totp(TotpCommand::Begin {
                user: bert,
                seed: Secret { name: seed_name(bert), sealed: vec![1; 9] },
            }),
        ]
    }

    /// Tables that say the person's id, but for those that may.
    fn says(&self, person: UserId) -> Vec<&'static str> {
        let scope = self.state.read().unwrap();
        let tables = ALL.into_iter().filter(|table| OF_A_PERSON.contains(&table.name));
        let mut found = Vec::new();
        for table in tables.filter(|table| !STAYS.contains(&table.name)) {
            scope
                .scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, value| {
                    let is_theirs = |bytes: &[u8]| bytes.windows(16).any(|id| id == person.bytes());
                    if is_theirs(key) || is_theirs(value) {
                        found.push(table.name);
                    }
                    Ok(std::ops::ControlFlow::Continue(()))
                })
                .unwrap();
        }
        found
    }
}

#[test]
fn nothing_is_written_about_a_person_between_the_steps_of_their_erasure() {
    let (mut story, ada) = Story::with_ada();
    let (bert, device) = story.bertram(ada);
    // An approved week, closed for all, and an edit that waits for it to be open again.
    story.books(add(200, hours(bert, 9, 8)));
    for command in [submit(bert, 0), approve(bert, 0), advance(1)] {
        assert_eq!(story.run(command), Outcome::Done);
    }
    let late = Entry { note: NoteText::new("private-note").unwrap(), ..hours(bert, 30, 2) };
    let late = offer(201, late, story.now, 1, false);
    assert!(matches!(story.run(late), Outcome::Held { .. }));
    assert!(!story.says(bert).is_empty());
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    let held = story.held(bert).len();
    assert_eq!(story.run(move_back(None)), Outcome::Done);
    assert_eq!(story.held(bert).len(), held, "nothing becomes an entry any more");
    let mut steps = 0;
    loop {
        let mut commands = story.edits(bert);
        commands.extend(story.others(bert, device.id));
        assert!(commands.len() > 20);
        for command in commands {
            let outcome = story.run(command.clone());
            assert!(matches!(outcome, Outcome::Refused(_)), "step {steps}: {command:?}");
            if steps == 0 && matches!(command, Command::Entry(_) | Command::Timesheet(_)) {
                assert_eq!(outcome, Outcome::Refused(Refusal::BeingErased), "{command:?}");
            }
        }
        let step = step(bert, 7);
        if story.run(step) != (Outcome::Erased { more: true }) {
            break;
        }
        steps += 1;
        assert!(steps < 100, "it comes to an end");
    }
    assert!(steps > 5, "in bounded steps: {steps}");
    assert_eq!(story.finds(&THEIRS), Vec::<String>::new());
    assert_eq!(story.says(bert), Vec::<&str>::new());
    assert_eq!(story.entries_of(bert, true), []);
}
