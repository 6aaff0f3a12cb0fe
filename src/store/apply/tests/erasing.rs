//! Erasing a person: whatever was recorded about them, not a byte of it is left, and nobody else misses anything.

use super::*;
use crate::domain::activity::ActivityCommand;
use crate::domain::customer::Customer;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::erasure::{Erasure, ErasureCommand};
use crate::domain::id::{
    CustomerId, EntryId, InvitationId, JobId, LinkId, MailId, ProjectId, QuarantineId, RecordId,
    TeamId, TokenId,
};
use crate::domain::invitation::{Invitation, InvitationCommand};
use crate::domain::job::{Ending, Job, JobCommand, JobKind};
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::look::Look;
use crate::domain::mail::{MailCommand, MailKind, WaitingMail};
use crate::domain::outcome::Noun;
use crate::domain::project::Project;
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::right::Right;
use crate::domain::secret::Secret;
use crate::domain::session::SessionAbout;
use crate::domain::setting::SettingCommand;
use crate::domain::sync::Edit;
use crate::domain::team::{Team, TeamCommand};
use crate::domain::text::{NoteText, SettingKey};
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::domain::totp::{TotpCommand, seed_name};
use crate::domain::user::Grants;
use crate::store::apply::erasure::{OF_A_PERSON, OF_OTHERS};
use crate::store::tables::{ALL, content};
use crate::store::transaction::{KeyRange, Order, Reader};

/// What was the person's, each found again if it were left.
pub(super) const THEIRS: [&str; 10] = [
    "b.secret",
    "198.51.100",
    "bertram",
    "berts-box",
    "secret-window",
    "secret-app",
    "private-note",
    "berts-token",
    "berts-setting",
    "berts-bucket",
];

fn told(index: u64) -> ErasureCommand {
    ErasureCommand::Begin { person: UserId(Uuid::from_u128(index.into())) }
}

pub(super) fn step(person: UserId, rows: u32) -> Command {
    Command::Erasure(ErasureCommand::Step { person, rows })
}

fn titled(start: Timestamp, number: u64) -> NewEvent {
    let json = format!("{{\"app\":\"secret-app\",\"title\":\"secret-window {number}\"}}");
    let json = CanonicalJson::new(json).unwrap();
    let (app, title) = (Some("secret-app".to_owned()), Some(format!("secret-window {number}")));
    event(start, 1_000, EventData { json, app, title, url: None, afk: None })
}

impl Story {
    /// Every row of every table with one of these words in its key or its content.
    pub(super) fn finds(&self, words: &[&str]) -> Vec<String> {
        let scope = self.state.read().unwrap();
        let mut found = Vec::new();
        for table in ALL {
            scope
                .scan_bytes(table, KeyRange::all(), Order::Rising, &mut |key, value| {
                    let row = [key, &content(table, value)?].concat();
                    for word in words {
                        if row.windows(word.len()).any(|part| part == word.as_bytes()) {
                            found.push(format!("{} {word}", table.name));
                        }
                    }
                    Ok(std::ops::ControlFlow::Continue(()))
                })
                .unwrap();
        }
        found
    }

    fn erasure(&self, person: UserId) -> Erasure {
        read::erasure::of(&self.state.read().unwrap(), person).unwrap().unwrap()
    }

    /// A person about whom there is something in every table that can have it.
    pub(super) fn bertram(&mut self, ada: UserId) -> (UserId, Device) {
        let bert = self.person("bertram", Role::Employee);
        self.sign_in(bert);
        let device = self.computer(bert);
        let named = Device { name: label("berts-box"), ..device.clone() };
        self.state
            .write(|writer| {
                use crate::store::transaction::Write;
                writer.put::<crate::store::tables::Devices>(&device.id, &named)
            })
            .unwrap();
        self.records(&named);
        self.opens(bert, &named);
        self.works(bert, ada);
        (bert, named)
    }

    fn records(&mut self, device: &Device) {
        let (id, name) = (device.id, bucket_name("berts-bucket"));
        let create = ActivityCommand::CreateBucket {
            device: id,
            name: name.clone(),
            about: about("currentwindow"),
            created: None,
        };
        assert_eq!(self.run(Command::Activity(create)), Outcome::Done);
        for n in 0..25 {
            let event = titled(self.now.minus_ms(100_000 - n * 2_000), n);
            let (device, name) = (id, name.clone());
            let beat = ActivityCommand::Heartbeat { device, name, event, pulsetime_ms: 0 };
            assert!(matches!(self.run(Command::Activity(beat)), Outcome::Event(_)));
        }
        let key = SettingKey::new("k").unwrap();
        let value = CanonicalJson::new("\"berts-setting\"").unwrap();
        self.run(Command::Setting(SettingCommand::Put { device: id, key, value }));
        let set_aside = Quarantined {
            id: QuarantineId(self.id()),
            device: id,
            why: Suspicion::Conflict,
            detail: ShortText::cut(""),
            at: self.now,
            hash: [7; 32],
            bytes: b"secret-window".to_vec(),
        };
        self.run(Command::Quarantine(QuarantineCommand::Add(set_aside)));
        let revoke = crate::domain::device::DeviceCommand::Revoke { device: id };
        self.run(Command::Device(revoke));
    }

    fn opens(&mut self, bert: UserId, device: &Device) {
        let token = Token {
            id: TokenId(self.id()),
            secret_hash: [3; 32],
            user: bert,
            device: DeviceId(self.id()),
            label: label("berts-token"),
            scopes: vec![Scope::Record],
            created: self.now,
            revoked: None,
        };
        let create = TokenCommand::Create { token, device: device.name.clone() };
        assert!(matches!(self.run(Command::Token(create)), Outcome::Device { .. }));
        let expires = self.now.plus_ms(1_000_000);
        let invitation = Invitation {
            id: InvitationId(self.id()),
            secret_hash: [4; 32],
            person: bert,
            created: self.now,
            expires,
        };
        self.run(Command::Invitation(InvitationCommand::Create(invitation)));
        let purpose = LinkPurpose::Reset { user: bert };
        let (id, created) = (LinkId(self.id()), self.now);
        let link = Link { id, secret_hash: [5; 32], purpose, created, expires };
        self.run(Command::Link(LinkCommand::Make(link)));
        let grants = Grants { rights: [Right::Export].into() };
        self.run(Command::User(UserCommand::SetGrants { user: bert, grants }));
        let seed = Secret { name: seed_name(bert), sealed: vec![1; 9] };
        self.run(Command::Totp(TotpCommand::Begin { user: bert, seed }));
        let mail = WaitingMail {
            id: MailId(self.id()),
            kind: MailKind::Reset,
            to: label("Bertram@office.example"),
            sealed: vec![1; 9],
            queued: self.now,
            tries: 1,
            next_try: self.now,
            why: ShortText::cut("550 <bertram@office.example>: unknown"),
        };
        self.run(Command::Mail(MailCommand::Queue(mail.clone())));
        let address = Some(label("b.secret@private.example"));
        let set = UserCommand::SetMail { user: bert, address };
        assert_eq!(self.run(Command::User(set)), Outcome::Done);
        let to = label("b.secret@private.example");
        let warning = WaitingMail { id: MailId(self.id()), kind: MailKind::Warning, to, ..mail };
        self.run(Command::Mail(MailCommand::Warn { audit: 1, letters: vec![warning] }));
        for (n, address) in ["192.0.2.77", "198.51.100.7"].into_iter().enumerate() {
            let secret_hash = [0x70 + u8::try_from(n).unwrap(); 32];
            let session = Session { secret_hash, ..self.session(bert) };
            let address = ShortText::cut(address);
            let about = SessionAbout { address, agent: ShortText::cut("x"), proven: self.now };
            let open = SessionCommand::OpenFrom { session, about };
            assert_eq!(self.run(Command::Session(open)), Outcome::Done);
        }
        assert!(self.actions().contains(&"session.new_place".to_owned()));
    }

    /// A week that came back with a note, and an edit that waits for open time.
    fn closes(&mut self, bert: UserId) {
        use crate::domain::day::Day;
        use crate::domain::entry::{EntryOffer, RefusedOffer};
        use crate::domain::lock::{Closed, HeldEdit};
        use crate::domain::sync::Stamp;
        use crate::domain::timesheet::{SheetState, Timesheet, Week};
        use crate::store::tables::{HeldEdits, RefusedOffers, Timesheets, WaitingSheets};
        use crate::store::transaction::Write;
        let (now, note) = (self.now, NoteText::new("private-note").unwrap());
        let day = Day::new(20_000).unwrap();
        let zone = ZoneName::new("UTC").unwrap();
        let week = Week { first: day, last: day, from: now, to: now.plus_ms(1), zone };
        let sheet = Timesheet {
            person: bert,
            week,
            state: SheetState::SentBack,
            changed_seq: 1,
            changed: now,
            by: Actor::System,
            note: note.clone(),
            submitted_ms: None,
            approved_ms: None,
        };
        let body = Entry {
            person: bert,
            project: None,
            task: None,
            start: now,
            end: None,
            cut: None,
            note,
            tags: Vec::new(),
            billable: false,
        };
        let replica = crate::domain::id::ReplicaId::from_bytes([1; 16]);
        let held = HeldEdit {
            entry: EntryId::from_bytes([0x77; 16]),
            body,
            stamp: Stamp { modified: now, replica },
            deleted: false,
            at: now,
            actor: Actor::User(bert),
            why: Closed::Locked,
        };
        let (id, body) = (held.entry, held.body.clone());
        let offer = EntryOffer { id, body, modified: now, deleted: false };
        let refused = RefusedOffer { offer, at: now, refusal: Refusal::TooLong };
        let devices = read::devices_of(&self.state.read().unwrap(), bert).unwrap();
        assert!(!devices.is_empty());
        self.plans(bert, day);
        self.state
            .write(|writer| {
                for device in &devices {
                    writer.put::<RefusedOffers>(&(device.id, id), &refused)?;
                }
                writer.put::<Timesheets>(&(bert, now), &sheet)?;
                writer.put::<WaitingSheets>(&(now, bert), &())?;
                writer.put::<HeldEdits>(&(bert, 1, 0), &held)
            })
            .unwrap();
    }

    /// What they are to work, what they ask, and what others ask about them by name.
    fn plans(&mut self, bert: UserId, from: crate::domain::day::Day) {
        use crate::domain::id::SavedReportId;
        use crate::domain::saved_report::{SavedReport, SavedReportCommand};
        use crate::domain::target::{Target, TargetCommand, WorkingDays};
        let days = WorkingDays::from_names(["monday"]).unwrap();
        let target = Target { person: bert, from, week_minutes: 60, days };
        self.run(Command::Target(TargetCommand::Set(target)));
        let tree = CanonicalJson::new("[{\"name\":[\"private-category\"]}]").unwrap();
        let set = crate::domain::category::CategoryCommand::Set { owner: Some(bert), tree };
        self.run(Command::Category(set));
        for (owner, query) in
            [(Some(bert), "{}"), (None, "{\"people\":[\"ada\",\"bertram\"],\"per\":\"day\"}")]
        {
            let (id, changed) = (SavedReportId(self.id()), self.now);
            let query = CanonicalJson::new(query).unwrap();
            let name = label("private-question");
            let report = SavedReport { id, owner, name, shared: true, query, changed };
            self.run(Command::SavedReport(SavedReportCommand::Put(report)));
        }
    }

    fn works(&mut self, bert: UserId, ada: UserId) {
        let members = Some(vec![ada, bert]);
        let body = Project {
            customer: None,
            name: label("Website"),
            colour: None,
            billable: true,
            budget_minutes: None,
            archived: false,
            members,
        };
        let project = ProjectId::from(RecordId(self.id()));
        self.run(Command::Project(Edit::Add { id: project, body }));
        for n in 1..8 {
            let id = EntryId::from(RecordId(self.id()));
            let body = Entry {
                person: bert,
                project: Some(project),
                task: None,
                start: self.now.minus_ms(n * 60_000),
                end: (n > 1).then(|| self.now.minus_ms(n * 60_000 - 30_000)),
                cut: None,
                note: NoteText::new("private-note").unwrap(),
                tags: Vec::new(),
                billable: false,
            };
            let add = EntryCommand::Edit(Edit::Add { id, body: body.clone() });
            assert!(matches!(self.run(Command::Entry(add)), Outcome::Booked { .. }));
            if n == 7 {
                let delete = EntryCommand::Edit(Edit::Delete { id, expect: None });
                self.run(Command::Entry(delete));
            }
        }
        self.closes(bert);
        let (id, name) = (TeamId(self.id()), label("Studio"));
        let team = Team { id, name, members: [bert, ada].into(), leads: [bert].into() };
        self.run(Command::Team(TeamCommand::Put(team)));
        for (owner, about, ends) in [
            (Actor::User(bert), "bertram, 2026-01-01 to 2026-02-01", true),
            (Actor::User(ada), "bertram, 2026-01-01 to 2026-02-01", false),
        ] {
            let job = Job {
                id: JobId(self.id()),
                kind: JobKind::ActivityCsv,
                owner,
                about: ShortText::cut(about),
                started: self.now,
                ended: None,
            };
            let id = job.id;
            self.run(Command::Job(JobCommand::Start(job)));
            if ends {
                self.run(Command::Job(JobCommand::End { job: id, how: Ending::Cancelled }));
            }
        }
        for _ in 0..3 {
            self.later(1_000);
            let look = Look {
                viewer: Actor::User(ada),
                person: bert,
                at: self.now,
                what: ShortText::cut("report"),
                from: self.now,
                to: self.now,
                detail: ActivityPolicy::HoursOnly,
            };
            assert_eq!(self.run(Command::Look(look)), Outcome::Done);
        }
    }
}

#[test]
fn not_a_byte_of_a_person_is_left_and_the_log_is_whole() {
    let (mut story, ada) = Story::with_ada();
    let (bert, device) = story.bertram(ada);
    let found = story.finds(&THEIRS);
    for word in THEIRS {
        assert!(found.iter().any(|row| row.ends_with(word)), "{word} is nowhere to begin with");
    }
    let begin = || Command::Erasure(ErasureCommand::Begin { person: bert });
    story.refuses(begin(), Refusal::StillEnabled);
    story.refuses(Command::Erasure(told(999)), Refusal::UnknownUser);
    story.refuses(step(bert, 9), Refusal::UnknownErasure);
    story.run(Command::User(UserCommand::Disable { user: bert }));
    assert_eq!(story.run(begin()), Outcome::Erased { more: true });
    assert_eq!(story.run(begin()), Outcome::Already);
    story.refuses(Command::User(UserCommand::Enable { user: bert }), Refusal::BeingErased);
    let mut steps = 0;
    while story.run(step(bert, 10)) == (Outcome::Erased { more: true }) {
        steps += 1;
        assert!(steps < 50, "it comes to an end");
    }
    assert!(steps > 3, "in bounded steps: {steps}");
    assert_eq!(story.finds(&THEIRS), Vec::<String>::new());
    let erasure = story.erasure(bert);
    let counts = erasure.counts;
    assert_eq!((counts.events, counts.buckets, counts.entries), (25, 1, 7));
    assert_eq!((counts.versions, counts.looks), (8, 3));
    assert_eq!(erasure.computers.len(), 1);
    assert!(!erasure.is_whole());
    let scope = story.state.read().unwrap();
    assert_eq!(read::broken_audit_entry(&scope).unwrap(), None);
    assert_eq!(read::user(&scope, bert).unwrap(), None);
    assert_eq!(read::users(&scope).unwrap().len(), 1, "ada stays");
    drop(scope);
    // The computer says that its copy is gone, once.
    let confirm = || Command::Erasure(ErasureCommand::Confirm { device: device.id });
    assert_eq!(story.run(confirm()), Outcome::Done);
    assert_eq!(story.run(confirm()), Outcome::Already);
    assert!(story.erasure(bert).is_whole());
    let actions = story.actions();
    for action in [
        "erasure.begin",
        "erasure.certificate",
        "erasure.copies",
        "erasure.confirm",
        "erasure.whole",
    ] {
        assert_eq!(actions.iter().filter(|known| *known == action).count(), 1, "{action}");
    }
    let log = read::audit(&story.state.read().unwrap(), 0, 1_000).unwrap();
    let copies = log.iter().find(|entry| entry.action.as_str() == "erasure.copies").unwrap();
    let said = "this server knows of no backup; copies of its data made elsewhere before 20";
    assert!(copies.subject.as_str().contains(said), "{:?}", copies.subject);
    let stranger = story.computer(ada).id;
    let confirm = Command::Erasure(ErasureCommand::Confirm { device: stranger });
    story.refuses(confirm, Refusal::UnknownErasure);
    assert_eq!(story.run(step(bert, 10)), Outcome::Erased { more: false }, "nothing is left");
    // The name is free for somebody else.
    story.person("bertram", Role::Employee);
}

#[test]
fn copies_hear_that_entries_are_gone_and_no_late_edit_brings_one_back() {
    let (mut story, ada) = Story::with_ada();
    let (bert, _) = story.bertram(ada);
    let entry = {
        let scope = story.state.read().unwrap();
        let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
        read::entry::begun_between(&scope, bert, from, to, 1).unwrap().remove(0)
    };
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    while story.run(step(bert, 500)) == (Outcome::Erased { more: true }) {}
    let gone = {
        let scope = story.state.read().unwrap();
        read::sync::record::<Entry>(&scope, entry.id).unwrap().unwrap()
    };
    assert!(!gone.is_live() && gone.meta.changed_seq > entry.meta.changed_seq);
    assert_eq!(gone.body.note, NoteText::empty());
    let stamp = crate::domain::sync::Stamp { modified: story.now, ..entry.meta.stamp };
    let (id, body) = (entry.id, entry.body);
    let late = EntryCommand::Offer { id, body, stamp, deleted: false };
    story.refuses(Command::Entry(late), Refusal::UnknownUser);
}

#[test]
fn whoever_listens_hears_of_all_that_goes() {
    let (mut story, ada) = Story::with_ada();
    let (bert, _) = story.bertram(ada);
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    let (mut heard, mut more) = (Vec::new(), true);
    while more {
        let envelope = story.envelope(step(bert, 50));
        let applied = story.apply(&envelope);
        heard.extend(applied.changes.iter().map(|change| change.noun));
        more = applied.outcome == Outcome::Erased { more: true };
    }
    for noun in [
        Noun::Entry,
        Noun::HeldEdit,
        Noun::Timesheet,
        Noun::Target,
        Noun::SavedReport,
        Noun::Job,
        Noun::User,
        Noun::Erasure,
    ] {
        assert!(heard.contains(&noun), "{noun:?} of {heard:?}");
    }
}

#[test]
fn every_table_is_either_a_persons_or_others() {
    for table in ALL {
        let said = OF_A_PERSON.contains(&table.name) as u8 + OF_OTHERS.contains(&table.name) as u8;
        assert_eq!(
            said, 1,
            "say in store/apply/erasure.rs what an erasure does with {}",
            table.name
        );
    }
    assert_eq!(
        OF_A_PERSON.len() + OF_OTHERS.len(),
        ALL.len(),
        "a table is named that is not there"
    );
}

#[test]
fn a_customer_of_the_same_name_stays() {
    let (mut story, ada) = Story::with_ada();
    let (bert, _) = story.bertram(ada);
    let body = Customer {
        name: label("bertram ltd"),
        colour: None,
        note: NoteText::empty(),
        archived: false,
    };
    let id = CustomerId::from(RecordId(story.id()));
    story.run(Command::Customer(Edit::Add { id, body }));
    story.run(Command::User(UserCommand::Disable { user: bert }));
    story.run(Command::Erasure(ErasureCommand::Begin { person: bert }));
    while story.run(step(bert, 500)) == (Outcome::Erased { more: true }) {}
    let left = story.finds(&["bertram"]);
    let catalog = ["customers-1", "titles-1", "history-1"];
    assert!(
        !left.is_empty()
            && left.iter().all(|row| catalog.iter().any(|table| row.starts_with(table))),
        "only people know whom it means: {left:?}"
    );
}
