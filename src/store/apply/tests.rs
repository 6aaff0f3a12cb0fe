//! Stories of an office, told to `apply` command by command over a state in memory; time and ids are the story's own.

mod accounts;
mod activity;
mod answers;
mod audit;
mod backed_up;
mod batches;
mod catalog;
mod devices;
mod entries;
mod erasing;
mod erasing_midway;
mod founding;
mod jobs;
mod links;
mod looking;
mod office_settings;
mod replicas;
mod requests;
mod sameness;
mod shelf;
mod standing;
mod striking;
mod teller;
mod tiers;
mod timesheets;
mod told;
mod totp;

use std::path::Path;

use uuid::Uuid;

use super::*;
use crate::domain::activity::{BucketAbout, Event, EventData, EventId, NewEvent};
use crate::domain::device::{Device, DeviceKind};
use crate::domain::id::{ClusterId, DeviceId, OfficeId, RequestId, SessionId, UserId};
use crate::domain::office::{Office, OfficeCommand, SETUP_LIFE_MS, Setup};
use crate::domain::session::{Session, SessionCommand};
use crate::domain::text::{BucketName, CanonicalJson, Label, PasswordHash, UserName, ZoneName};
use crate::domain::user::{Role, User, UserCommand};
use crate::store::hash::state_hash;
use crate::store::state::State;

const OFFICE: OfficeId = OfficeId::from_bytes([1; 16]);
const SETUP_SECRET: [u8; 32] = [9; 32];

struct Story {
    state: State,
    index: u64,
    now: Timestamp,
    ids: u128,
}

impl Story {
    /// A fresh state without an office.
    fn before_founding() -> Self {
        let backend = redb::backends::InMemoryBackend::new();
        let state = State::open_backend(Path::new("memory"), backend).unwrap();
        Self { state, index: 0, now: Timestamp::new(1_700_000_000_000).unwrap(), ids: 0 }
    }

    /// An office with an open set-up link and nobody in it.
    fn founded() -> Self {
        let mut story = Self::before_founding();
        let office = story.office();
        assert_eq!(story.run(Command::Office(OfficeCommand::Found(office))), Outcome::Done);
        story
    }

    /// An office with its first administrator.
    fn with_ada() -> (Self, UserId) {
        let mut story = Self::founded();
        let ada = story.user("ada", Role::Administrator);
        let id = ada.id;
        assert_eq!(story.run(first(ada, SETUP_SECRET)), Outcome::Done);
        (story, id)
    }

    fn office(&self) -> Office {
        Office {
            id: OFFICE,
            cluster: ClusterId::from_bytes([2; 16]),
            server_epoch: 1,
            level: 1,
            name: None,
            policy: ActivityPolicy::HoursOnly,
            receipt_key: [3; 32],
            founded: self.now,
            wrapped_key: None,
            setup: Some(Setup {
                secret_hash: SETUP_SECRET,
                expires: self.now.plus_ms(SETUP_LIFE_MS),
            }),
        }
    }

    /// Ids rise, as those of `clock` do.
    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn user(&mut self, name: &str, role: Role) -> User {
        User {
            id: UserId(self.id()),
            name: UserName::new(name).unwrap(),
            role,
            zone: ZoneName::new("Europe/Berlin").unwrap(),
            password: PasswordHash::new("$argon2id$first").unwrap(),
            created: self.now,
            disabled: None,
        }
    }

    /// Adds a person.
    fn person(&mut self, name: &str, role: Role) -> UserId {
        let user = self.user(name, role);
        let id = user.id;
        let add = UserCommand::Add { user, wrapped_key: None };
        assert_eq!(self.run(Command::User(add)), Outcome::Done);
        id
    }

    fn session(&mut self, user: UserId) -> Session {
        let id = SessionId(self.id());
        let mut secret_hash = [0; 32];
        secret_hash[..16].copy_from_slice(&id.bytes());
        Session { id, secret_hash, user, opened: self.now, seen: self.now }
    }

    fn sign_in(&mut self, user: UserId) -> Session {
        let session = self.session(user);
        assert_eq!(
            self.run(Command::Session(SessionCommand::Open(session.clone()))),
            Outcome::Done
        );
        session
    }

    /// A computer of `person` that may deliver, put there without an invitation.
    fn computer(&mut self, person: UserId) -> Device {
        let device = Device {
            id: DeviceId(self.id()),
            name: label("laptop"),
            person,
            kind: DeviceKind::Agent { public_key: [5; 32] },
            enrolled: self.now,
            last_contact: Some(self.now),
            revoked: None,
        };
        use crate::codec::told_id;
        use crate::domain::told::{Mark, Told};
        use crate::store::tables::{Changes, Devices, Marks, PersonDevices};
        use crate::store::transaction::Write;
        let (told, seq) = (Told::Device(device.id), self.index);
        let id = told_id(&told);
        self.state
            .write(|writer| {
                let mark = Mark { told, seq, whose: Some(person), gone: None };
                writer.put::<Marks>(&(told.noun(), id), &mark)?;
                writer.put::<Changes>(&(seq, told.noun(), id), &())?;
                writer.put::<PersonDevices>(&(person, device.id), &device.id)?;
                writer.put::<Devices>(&device.id, &device)
            })
            .unwrap();
        device
    }

    fn envelope(&mut self, command: Command) -> Envelope {
        let actor = Actor::Local(ShortText::new("root").unwrap());
        Envelope { request: RequestId(self.id()), at: self.now, actor, command }
    }

    fn apply(&mut self, envelope: &Envelope) -> Applied {
        self.index += 1;
        self.state.write(|writer| apply(writer, self.index, envelope)).unwrap()
    }

    fn run(&mut self, command: Command) -> Outcome {
        let envelope = self.envelope(command);
        self.apply(&envelope).outcome
    }

    /// Runs a command that must be refused, and proves that it left nothing behind.
    fn refuses(&mut self, command: Command, refusal: Refusal) {
        let (envelope, before) = (self.envelope(command), self.hash());
        let applied = self.apply(&envelope);
        assert_eq!(applied.outcome, Outcome::Refused(refusal));
        assert_eq!(applied.changes, []);
        assert!(self.hash() == before, "a refused command changed the state: {envelope:?}");
    }

    fn later(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
    }

    fn hash(&self) -> [u8; 32] {
        state_hash(&self.state.read().unwrap()).unwrap()
    }

    /// What the audit log says was done, in order.
    fn actions(&self) -> Vec<String> {
        let entries = read::audit(&self.state.read().unwrap(), 0, usize::MAX).unwrap();
        entries.iter().map(|entry| entry.action.as_str().to_owned()).collect()
    }

    /// All events of a bucket, newest first.
    fn events(&self, device: DeviceId, bucket: &str) -> Vec<Event> {
        let scope = self.state.read().unwrap();
        let mut events = Vec::new();
        let Some(bucket) =
            crate::store::activity::bucket(&scope, device, &bucket_name(bucket)).unwrap()
        else {
            return events;
        };
        let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
        crate::store::activity::events_newest_first(&scope, &bucket, from, to, |event| {
            events.push(event);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        events
    }
}

fn first(user: User, secret_hash: [u8; 32]) -> Command {
    let office = label("Lovelace & Co");
    Command::User(UserCommand::First { secret_hash, user, office, wrapped_key: vec![4; 8] })
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn bucket_name(text: &str) -> BucketName {
    BucketName::new(text).unwrap()
}

fn about(kind: &str) -> BucketAbout {
    let text = |t: &str| ShortText::new(t).unwrap();
    let data = CanonicalJson::empty();
    BucketAbout { kind: text(kind), client: text("test"), hostname: text("pc"), data }
}

fn app(name: &str) -> EventData {
    let json = CanonicalJson::new(format!("{{\"app\":\"{name}\"}}")).unwrap();
    EventData { json, app: Some(name.to_owned()), title: None, url: None, afk: None }
}

fn event(start: Timestamp, duration_ms: u64, data: EventData) -> NewEvent {
    NewEvent { id: None, start, duration_ms, data }
}
