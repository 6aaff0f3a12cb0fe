//! Makes up what happens in an office: commands of every kind from a seed, which meet, collide and are refused.

use super::*;
use crate::domain::activity::{ActivityCommand, BucketNumber, SkipKnown};
use crate::domain::batch::{Batch, BatchCommand, Operation};
use crate::domain::customer::Customer;
use crate::domain::day::Day;
use crate::domain::device::DeviceCommand;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::erasure::ErasureCommand;
use crate::domain::id::{CustomerId, EntryId, ProjectId, ReplicaId, TagId, TaskId};
use crate::domain::id::{InvitationId, JobId, LinkId, QuarantineId, TeamId, TokenId};
use crate::domain::invitation::{Invitation, InvitationCommand};
use crate::domain::job::{Ending, Job, JobCommand, JobKind};
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::lock::{LockCommand, LockDate};
use crate::domain::look::Look;
use crate::domain::project::Project;
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::report::Stretch;
use crate::domain::retention::RetentionCommand;
use crate::domain::right::Right;
use crate::domain::secret::Secret;
use crate::domain::session::{Session, SessionAbout};
use crate::domain::setting::SettingCommand;
use crate::domain::strike::Strike;
use crate::domain::sync::{Edit, Stamp, Syncs};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::team::{Team, TeamCommand};
use crate::domain::text::NoteText;
use crate::domain::text::SettingKey;
use crate::domain::tier::TierCommand;
use crate::domain::time::{DAY_MS, HOUR_MS};
use crate::domain::timesheet::{Decision, TimesheetCommand, Week};
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::domain::totp::{TotpCommand, seed_name};
use crate::domain::user::Grants;

/// A small generator of its own (splitmix64), so that a seed means the same on every machine and with every version of anything.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn byte(&mut self, most: u64) -> u8 {
        u8::try_from(self.below(most)).unwrap()
    }
}

/// People and computers come from a handful, so that commands meet, collide and are refused.
pub(super) struct Teller {
    chance: Chance,
    pub(super) story: Story,
}

impl Teller {
    pub(super) fn new(seed: u64) -> Self {
        Self { chance: Chance(seed), story: Story::before_founding() }
    }

    /// The first `count` commands of this seed's office, the founding first.
    pub(super) fn log(&mut self, count: usize) -> (Vec<Envelope>, Vec<Outcome>) {
        let (mut told, mut outcomes) = (Vec::new(), Vec::new());
        let mut waiting = self.first_day().into_iter();
        while told.len() < count {
            let next = match waiting.next() {
                Some(command) => self.story.envelope(command),
                None => self.tell(&told),
            };
            outcomes.push(self.story.apply(&next).outcome);
            told.push(next);
        }
        (told, outcomes)
    }

    fn person(&mut self) -> UserId {
        UserId::from_bytes([self.chance.byte(6); 16])
    }

    fn device(&mut self) -> DeviceId {
        DeviceId::from_bytes([100 + self.chance.byte(5); 16])
    }

    fn hash(&mut self) -> [u8; 32] {
        [self.chance.byte(12); 32]
    }

    fn command(&mut self) -> Command {
        match self.chance.below(24) {
            0 => self.user(),
            1 | 2 => self.session(),
            3 => self.token(),
            4 => self.invitation(),
            5 => {
                let kinds = [Self::invitation, Self::link, Self::team, Self::totp];
                kinds[usize::from(self.chance.byte(4))](self)
            }
            6 => self.setting(),
            7 => self.quarantine(),
            8 => [Self::office, Self::look, Self::week, Self::lock, Self::strike]
                [usize::from(self.chance.byte(5))](self),
            9..=11 => self.batch(),
            13..=15 => self.catalog(),
            12 if self.chance.below(8) == 0 => self.job(),
            12 => self.tier(),
            _ => self.activity(),
        }
    }

    fn tier(&mut self) -> Command {
        let (from, to) = (Timestamp::EARLIEST, self.story.now);
        let (within, block_events) = (Stretch { from, to }, 4);
        let bucket = BucketNumber(1 + self.chance.below(8));
        let recent = to.minus_ms(self.chance.below(2_000_000));
        Command::Tier(match self.chance.below(12) {
            0 => TierCommand::Merge { bucket, within, work: 1_000, block_events },
            1 => {
                let from = to.minus_ms(self.chance.below(50) * HOUR_MS);
                TierCommand::Total { person: self.person(), days: vec![Stretch { from, to }] }
            }
            2 => TierCommand::Clear { rows: 3 },
            3 => {
                let drop = RetentionCommand::Drop { bucket, before: recent, rows: 3 };
                return Command::Retention(drop);
            }
            4 => {
                let thin = RetentionCommand::Thin { bucket, from, before: recent, rows: 3 };
                return Command::Retention(thin);
            }
            5 => return Command::Retention(RetentionCommand::Tell),
            6 | 7 => return self.erasure(),
            _ => {
                let buckets = (1..9).map(BucketNumber).collect();
                TierCommand::Seal { buckets, before: recent, work: 100, block_events }
            }
        })
    }

    /// Of one person only: the others go on.
    fn erasure(&mut self) -> Command {
        let person = UserId::from_bytes([5; 16]);
        match self.chance.below(4) {
            0 => Command::User(UserCommand::Disable { user: person }),
            1 => Command::Erasure(ErasureCommand::Begin { person }),
            _ => Command::Erasure(ErasureCommand::Step { person, rows: 2 }),
        }
    }

    fn user(&mut self) -> Command {
        let id = self.person();
        Command::User(match self.chance.below(24) {
            0 => UserCommand::Disable { user: id },
            20 => UserCommand::Enable { user: id },
            21 | 22 => {
                let role = [Role::Employee, Role::Manager][usize::from(self.chance.byte(2))];
                UserCommand::SetRole { user: id, role }
            }
            23 => {
                let rights = Right::ALL.into_iter().filter(|_| self.chance.below(2) == 0);
                UserCommand::SetGrants { user: id, grants: Grants { rights: rights.collect() } }
            }
            1..=4 => {
                let password = PasswordHash::new(format!("$p{}", self.chance.below(9))).unwrap();
                let keep = Some(SessionId::from_bytes([self.chance.byte(20); 16]));
                UserCommand::ChangePassword { user: id, password, keep }
            }
            5..=12 => {
                let password = PasswordHash::new(format!("$p{}", self.chance.below(9))).unwrap();
                UserCommand::SetPassword { user: id, password }
            }
            _ => {
                let role = [Role::Employee, Role::Manager, Role::Administrator]
                    [usize::from(self.chance.byte(3))];
                let name = format!("user{}", id.bytes()[0]);
                let user = User { id, ..self.story.user(&name, role) };
                UserCommand::Add { user, wrapped_key: None }
            }
        })
    }

    fn session(&mut self) -> Command {
        let session = SessionId::from_bytes([self.chance.byte(20); 16]);
        Command::Session(match self.chance.below(6) {
            0 => SessionCommand::Touch { session },
            1 => SessionCommand::Close { session },
            2 => SessionCommand::Prove { session },
            3 => {
                let (user, at) = (self.person(), self.story.now);
                let secret_hash = [session.bytes()[0]; 32];
                let about = about_session(at);
                let session = Session { id: session, secret_hash, user, opened: at, seen: at };
                SessionCommand::OpenFrom { session, about }
            }
            _ => {
                let (user, at) = (self.person(), self.story.now);
                let secret_hash = [session.bytes()[0]; 32];
                SessionCommand::Open(Session {
                    id: session,
                    secret_hash,
                    user,
                    opened: at,
                    seen: at,
                })
            }
        })
    }

    fn token(&mut self) -> Command {
        let id = TokenId::from_bytes([self.chance.byte(10); 16]);
        if self.chance.below(3) == 0 {
            return Command::Token(TokenCommand::Revoke { token: id });
        }
        let token = Token {
            id,
            secret_hash: [id.bytes()[0]; 32],
            user: self.person(),
            device: self.device(),
            label: label("token"),
            scopes: vec![Scope::Record, Scope::Read],
            created: self.story.now,
            revoked: None,
        };
        let device = label(if self.chance.below(2) == 0 { "pc" } else { "laptop" });
        Command::Token(TokenCommand::Create { token, device })
    }

    fn invitation(&mut self) -> Command {
        let (id, secret_hash) = (InvitationId::from_bytes([self.chance.byte(9); 16]), self.hash());
        match self.chance.below(4) {
            0 => Command::Invitation(InvitationCommand::Withdraw { invitation: id }),
            1 if self.chance.below(6) == 0 => {
                Command::Device(DeviceCommand::Revoke { device: self.device() })
            }
            2 => self.enroll(secret_hash),
            _ => {
                let person = self.person();
                self.invite(id, secret_hash, person)
            }
        }
    }

    fn link(&mut self) -> Command {
        let (id, secret_hash) = (LinkId::from_bytes([self.chance.byte(5); 16]), self.hash());
        let (name, now) = (format!("user{}", self.chance.below(6)), self.story.now);
        let user = self.story.user(&name, Role::Employee);
        let password = user.password.clone();
        Command::Link(match self.chance.below(6) {
            0 => LinkCommand::Withdraw { link: id },
            1 => LinkCommand::Reset { secret_hash, password },
            2 => LinkCommand::Join { secret_hash, user },
            chosen => {
                let purpose = if chosen == 3 {
                    LinkPurpose::Join { name: user.name, role: Role::Manager }
                } else {
                    LinkPurpose::Reset { user: self.person() }
                };
                let expires = now.plus_ms(60_000);
                LinkCommand::Make(Link { id, secret_hash, purpose, created: now, expires })
            }
        })
    }

    fn totp(&mut self) -> Command {
        let (user, step, hash) = (self.person(), self.chance.below(9), self.hash());
        Command::Totp(match self.chance.below(5) {
            0 => {
                let seed = Secret { name: seed_name(user), sealed: vec![1; 9] };
                TotpCommand::Begin { user, seed }
            }
            1 => TotpCommand::Confirm { user, step, recovery: vec![hash] },
            2 => TotpCommand::Use { user, step },
            3 => TotpCommand::UseRecovery { user, hash },
            _ => TotpCommand::Remove { user },
        })
    }

    fn team(&mut self) -> Command {
        let id = TeamId::from_bytes([self.chance.byte(4); 16]);
        if self.chance.below(4) == 0 {
            return Command::Team(TeamCommand::Delete { team: id });
        }
        let name = label(&format!("team {}", self.chance.below(3)));
        let (members, leads) = ([self.person(), self.person()].into(), [self.person()].into());
        Command::Team(TeamCommand::Put(Team { id, name, members, leads }))
    }

    fn invite(&self, id: InvitationId, secret_hash: [u8; 32], person: UserId) -> Command {
        let (created, expires) = (self.story.now, self.story.now.plus_ms(60_000));
        let invitation = Invitation { id, secret_hash, person, created, expires };
        Command::Invitation(InvitationCommand::Create(invitation))
    }

    fn enroll(&mut self, secret_hash: [u8; 32]) -> Command {
        let device = Device {
            id: self.device(),
            name: label("laptop"),
            person: self.person(),
            kind: DeviceKind::Agent { public_key: [1; 32] },
            enrolled: self.story.now,
            last_contact: None,
            revoked: None,
        };
        Command::Device(DeviceCommand::Enroll { secret_hash, device })
    }

    /// An office with one person and a few computers, so that most of what follows has somewhere to go.
    fn first_day(&mut self) -> Vec<Command> {
        let office = self.story.office();
        let person = UserId::from_bytes([0; 16]);
        let user = User { id: person, ..self.story.user("user0", Role::Administrator) };
        let add = UserCommand::Add { user, wrapped_key: None };
        let mut commands = vec![Command::Office(OfficeCommand::Found(office)), Command::User(add)];
        for secret in 50..60 {
            commands.push(self.invite(
                InvitationId::from_bytes([secret; 16]),
                [secret; 32],
                person,
            ));
            commands.push(self.enroll([secret; 32]));
        }
        commands
    }

    fn job(&mut self) -> Command {
        let id = JobId::from_bytes([self.chance.byte(20); 16]);
        Command::Job(match self.chance.below(20) {
            0..=5 => JobCommand::Start(Job {
                id,
                kind: JobKind::ActivityCsv,
                owner: Actor::User(self.person()),
                about: ShortText::new("").unwrap(),
                started: self.story.now,
                ended: None,
            }),
            6..=11 => JobCommand::End { job: id, how: Ending::Cancelled },
            12..=16 => JobCommand::Delete { job: id },
            17 => JobCommand::BreakOff,
            _ => JobCommand::Forget,
        })
    }

    fn setting(&mut self) -> Command {
        let key = SettingKey::new(format!("k{}", self.chance.below(5))).unwrap();
        let device = self.device();
        Command::Setting(if self.chance.below(3) == 0 {
            SettingCommand::Delete { device, key }
        } else {
            let value = CanonicalJson::new(self.chance.below(99).to_string()).unwrap();
            SettingCommand::Put { device, key, value }
        })
    }

    fn quarantine(&mut self) -> Command {
        let id = QuarantineId::from_bytes([self.chance.byte(30); 16]);
        if self.chance.below(4) == 0 {
            return Command::Quarantine(QuarantineCommand::Delete { entry: id });
        }
        let detail = ShortText::new("").unwrap();
        let (device, hash, at) = (self.device(), self.hash(), self.story.now);
        let entry = Quarantined {
            id,
            device,
            why: Suspicion::Conflict,
            detail,
            at,
            hash,
            bytes: vec![7; 9],
        };
        Command::Quarantine(QuarantineCommand::Add(entry))
    }

    fn office(&mut self) -> Command {
        let policy = [ActivityPolicy::HoursOnly, ActivityPolicy::FullDetail]
            [usize::from(self.chance.byte(2))];
        let reason = ShortText::new("because").unwrap();
        Command::Office(match self.chance.below(4) {
            0 => OfficeCommand::SetPolicy { policy, reason },
            1 => OfficeCommand::WithdrawPolicy,
            _ => OfficeCommand::AnnouncePolicy { policy, reason },
        })
    }

    fn week(&mut self) -> Command {
        let from = self.story.now.minus_ms(self.chance.below(3) * DAY_MS);
        let from = Timestamp::new(from.ms() - from.ms() % 86_400_000).unwrap();
        let (person, note) = (self.person(), NoteText::empty());
        let decision = Decision { person, from, expect: None, note };
        Command::Timesheet(match self.chance.below(8) {
            0 => TimesheetCommand::Withdraw(decision),
            1 | 2 => TimesheetCommand::Approve(decision),
            3 => TimesheetCommand::SendBack(decision),
            4 | 5 => TimesheetCommand::Reopen(decision),
            _ => {
                let first = Day::new(u32::try_from(from.ms() / 86_400_000).unwrap()).unwrap();
                let (to, zone) = (from.plus_ms(DAY_MS), ZoneName::new("UTC").unwrap());
                let week = Week { first, last: first, from, to, zone };
                TimesheetCommand::Submit { person, week, expect: None }
            }
        })
    }

    fn lock(&mut self) -> Command {
        let at = self.story.now.minus_ms(self.chance.below(9) * HOUR_MS);
        let (day, zone) = (Day::new(19_000).unwrap(), ZoneName::new("UTC").unwrap());
        let (date, reason) = (LockDate { day, at, zone }, ShortText::cut("paid"));
        Command::Lock(match self.chance.below(4) {
            0 => LockCommand::Advance { date, reason },
            1 => LockCommand::MoveBack { date: Some(date), reason },
            2 => LockCommand::MoveBack { date: None, reason },
            _ => LockCommand::Discard {
                person: self.person(),
                number: (self.chance.below(2_000), 0),
            },
        })
    }

    fn look(&mut self) -> Command {
        let (at, detail) = (self.story.now, ActivityPolicy::HoursOnly);
        let (viewer, what) = (Actor::System, ShortText::new("report").unwrap());
        Command::Look(Look { viewer, person: self.person(), at, what, from: at, to: at, detail })
    }

    fn strike(&mut self) -> Command {
        let from = self.story.now.minus_ms(self.chance.below(200_000));
        let to = from.plus_ms(self.chance.below(20_000));
        Command::Strike(Strike { person: self.person(), from, to })
    }

    fn bucket(&mut self) -> BucketName {
        bucket_name(&format!("b{}", self.chance.below(3)))
    }

    fn event(&mut self) -> NewEvent {
        let start = self.story.now.minus_ms(self.chance.below(20_000));
        let data = app(&format!("app{}", self.chance.below(3)));
        let id = (self.chance.below(4) == 0).then(|| EventId(self.chance.below(40)));
        NewEvent { id, ..event(start, self.chance.below(3_000), data) }
    }

    fn activity(&mut self) -> Command {
        let (device, name) = (self.device(), self.bucket());
        Command::Activity(match self.chance.below(14) {
            0 | 1 => ActivityCommand::CreateBucket {
                device,
                name,
                about: about("currentwindow"),
                created: None,
            },
            2 => ActivityCommand::UpdateBucket { device, name, about: about("afkstatus") },
            3 if self.chance.below(4) == 0 => ActivityCommand::DeleteBucket { device, name },
            4 => {
                let event = EventId(self.chance.below(40));
                ActivityCommand::DeleteEvent { device, name, event }
            }
            5 => {
                let events = (0..self.chance.below(6)).map(|_| self.event()).collect();
                let skip_known = [SkipKnown::No, SkipKnown::Yes][usize::from(self.chance.byte(2))];
                ActivityCommand::InsertEvents { device, name, events, skip_known }
            }
            _ => {
                let event = NewEvent { id: None, ..self.event() };
                let pulsetime_ms = self.chance.below(30_000);
                ActivityCommand::Heartbeat { device, name, event, pulsetime_ms }
            }
        })
    }

    fn batch(&mut self) -> Command {
        let (created, device) = (self.story.now, self.device());
        let operations: Vec<Operation> = (0..1 + self.chance.below(4))
            .map(|_| {
                let bucket = self.bucket();
                let id = EventId(self.chance.below(40));
                match self.chance.below(8) {
                    0 => Operation::DeleteBucket { name: bucket },
                    1 | 2 => Operation::PutBucket { name: bucket, about: about("x"), created },
                    3 => Operation::DeleteEvent { bucket, event: id },
                    _ => {
                        let event = self.event().numbered(id, ActivityPolicy::AppTotals);
                        Operation::PutEvent { bucket, event }
                    }
                }
            })
            .collect();
        // Where the stream stands is looked up half of the time, so that batches also arrive early, late and twice.
        let stood = read::stream(&self.story.state.read().unwrap(), device, 1).unwrap();
        let stood = stood.filter(|_| self.chance.below(4) != 0);
        let (seq, previous) =
            stood.map_or((self.chance.below(9), [0; 32]), |s| (s.applied_seq, s.last_hash));
        let previous = if self.chance.below(20) == 0 { self.hash() } else { previous };
        let device_epoch = stood.map_or(1, |s| s.epoch) + u32::from(self.chance.below(9) == 0);
        let (seq_from, seq_to) = (seq + 1, seq + operations.len() as u64);
        let batch = Batch {
            office: OFFICE,
            device,
            stream: 1,
            device_epoch,
            seq_from,
            seq_to,
            previous,
            created,
            operations,
        };
        let hash = self.hash();
        Command::Batch(BatchCommand::Accept { batch, hash })
    }

    /// Names and ids come from a handful, so that edits meet, collide, and stand on each other.
    fn catalog(&mut self) -> Command {
        let name = label(&format!("name {}", self.chance.below(6)));
        let (noun, customer) = (self.chance.below(6), CustomerId::from_bytes(self.record()));
        let (project, task) =
            (ProjectId::from_bytes(self.record()), TaskId::from_bytes(self.record()));
        let archived = self.chance.below(2) == 0;
        match noun {
            0 => {
                let (colour, note) = (None, NoteText::empty());
                let body = Customer { name, colour, note, archived };
                Command::Customer(self.edit(customer, body))
            }
            1 => {
                let customer = (self.chance.below(2) == 0).then_some(customer);
                let members =
                    (self.chance.below(3) == 0).then(|| vec![self.person(), self.person()]);
                let (colour, budget_minutes) = (None, Some(60));
                let body = Project {
                    customer,
                    name,
                    colour,
                    billable: archived,
                    budget_minutes,
                    archived,
                    members,
                };
                Command::Project(self.edit(project, body))
            }
            2 => {
                let parent = (self.chance.below(2) == 0).then(|| TaskId::from_bytes(self.record()));
                let body =
                    Task { project, parent, name, done: archived, archived, budget_minutes: None };
                Command::Task(self.edit(task, body))
            }
            3 | 4 => self.entry(project, task),
            _ => {
                let body = Tag { name, colour: None, archived };
                let tag = TagId::from_bytes(self.record());
                Command::Tag(self.edit(tag, body))
            }
        }
    }

    fn entry(&mut self, project: ProjectId, task: TaskId) -> Command {
        let (person, id) = (self.person(), EntryId::from_bytes(self.record()));
        let start = self.story.now.minus_ms(self.chance.below(90_000_000));
        let end = start.plus_ms(self.chance.below(90_000_000));
        let body = Entry {
            person,
            project: (self.chance.below(2) == 0).then_some(project),
            task: (self.chance.below(6) == 0).then_some(task),
            start,
            end: (self.chance.below(2) == 0).then_some(end),
            cut: None,
            note: NoteText::empty(),
            tags: Vec::new(),
            billable: false,
        };
        match self.chance.below(9) {
            0..4 => return Command::Entry(EntryCommand::Edit(self.edit(id, body))),
            4 => {
                let (moment, second) = (end, EntryId::from_bytes(self.record()));
                return Command::Entry(EntryCommand::Split { id, expect: None, moment, second });
            }
            5 => {
                let end = self.story.now;
                return Command::Entry(EntryCommand::Stop { person, end });
            }
            6 => return Command::Entry(EntryCommand::Discard { person }),
            _ => {}
        }
        let replica = ReplicaId::from_bytes(self.record());
        let stamp = Stamp { modified: start, replica };
        let deleted = self.chance.below(6) == 0;
        Command::Entry(EntryCommand::Offer { id, body, stamp, deleted })
    }

    fn record(&mut self) -> [u8; 16] {
        [self.chance.byte(4); 16]
    }

    fn edit<T: Syncs>(&mut self, id: T::Id, body: T) -> Edit<T> {
        let expect = (self.chance.below(9) == 0).then(|| self.chance.below(2_000));
        match self.chance.below(8) {
            0 => Edit::Delete { id, expect },
            1 | 2 => Edit::Restore { id, expect, body },
            3 | 4 => Edit::Add { id, body },
            _ => Edit::Set { id, expect, body },
        }
    }

    /// The next envelope, now and then one that was told before.
    fn tell(&mut self, told: &[Envelope]) -> Envelope {
        if let Some(again) = (self.chance.below(15) == 0).then(|| told.last()).flatten() {
            return again.clone();
        }
        let step = self.chance.below(3_000);
        self.story.later(step);
        let command = self.command();
        self.story.envelope(command)
    }
}

fn about_session(at: Timestamp) -> SessionAbout {
    let text = |text| ShortText::new(text).unwrap();
    SessionAbout { address: text("192.168.1.7"), agent: text("Firefox"), proven: at }
}
