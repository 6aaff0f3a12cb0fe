//! The made-up office goes through the one door, as a real one does.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;

use super::activity::Watchers;
use super::office::{Office, Person, Work};
use super::weeks::Happening;
use super::{Change, DemoOptions, DemoProgress, impossible, weeks, workday};
use crate::consensus::Door;
use crate::domain::batch::{ACTIVITY_STREAM, Batch, BatchCommand, MOST_OPERATIONS, Operation};
use crate::domain::command::{Actor, Command};
use crate::domain::device::DeviceCommand;
use crate::domain::entry::{Entry, EntryCommand};
use crate::domain::id::{InvitationId, OfficeId};
use crate::domain::invitation::{INVITATION_LIFE_MS, Invitation, InvitationCommand};
use crate::domain::office::OfficeCommand;
use crate::domain::outcome::{Outcome, Refusal};
use crate::domain::policy::ActivityPolicy;
use crate::domain::sync::Edit;
use crate::domain::target::TargetCommand;
use crate::domain::team::TeamCommand;
use crate::domain::text::ShortText;
use crate::domain::time::Timestamp;
use crate::domain::timesheet::Week;
use crate::domain::user::{Role, User, UserCommand};
use crate::service::error::ServiceError;
use crate::store::read;

/// On its way to the office, person by person and week by week.
pub(super) struct Write {
    door: Door,
    id: OfficeId,
    /// Of each person, in their order.
    streams: Vec<Stream>,
}

/// What a computer has delivered.
struct Stream {
    watchers: Watchers,
    seq: u64,
    hash: [u8; 32],
}

/// Changes under way at once; the door makes one flush of those that wait.
const AT_ONCE: usize = 512;
/// A window stays in front this long on average.
const SECONDS_A_WINDOW: u64 = 55;

impl Write {
    pub(super) async fn new(door: &Door) -> Result<Self, ServiceError> {
        let office = door.read(read::office).await?;
        let id = office.ok_or(ServiceError::Refused(Refusal::NotFounded))?.id;
        Ok(Self { door: door.clone(), id, streams: Vec::new() })
    }

    /// Everything that is there on the first day.
    pub(super) async fn office(
        &mut self,
        options: &DemoOptions,
        office: &Office,
    ) -> Result<(), ServiceError> {
        let at = options.founded();
        let system = |command| (at, Actor::System, command);
        let reason = ShortText::cut("So that everybody sees which programs help us.");
        let policy = OfficeCommand::SetPolicy { policy: ActivityPolicy::AppTotals, reason };
        self.all(vec![system(Command::Office(policy))]).await?;
        let people = office.people.iter().map(|person| {
            // One of them may see everybody's time without running the server.
            let role = if person.number == 0 { Role::Manager } else { Role::Employee };
            let user = User { role, ..person.user.clone() };
            system(Command::User(UserCommand::Add { user, wrapped_key: None }))
        });
        self.all(people.collect()).await?;
        let add = |id, body| Command::Customer(Edit::Add { id, body });
        let customers = office.customers.iter().map(|(id, body)| system(add(*id, body.clone())));
        let teams = office.teams.iter().map(|t| system(Command::Team(TeamCommand::Put(t.clone()))));
        let tags = office.tags.iter();
        let tags =
            tags.map(|(id, body)| system(Command::Tag(Edit::Add { id: *id, body: body.clone() })));
        let targets = office.people.iter();
        let targets =
            targets.map(|p| system(Command::Target(TargetCommand::Set(p.target.clone()))));
        self.all(customers.chain(teams).chain(tags).chain(targets).collect()).await?;
        let works = || office.projects.iter().chain([&office.internal, &office.absence]);
        let project = |work: &Work| {
            system(Command::Project(Edit::Add { id: work.id, body: work.project.clone() }))
        };
        self.all(works().map(project).collect()).await?;
        // A part of a task comes after it.
        for parts in [false, true] {
            let tasks = works().flat_map(|work| &work.tasks);
            let tasks = tasks.filter(|(_, task)| task.parent.is_some() == parts);
            let add = |id, body| system(Command::Task(Edit::Add { id, body }));
            self.all(tasks.map(|(id, task)| add(*id, task.clone())).collect()).await?;
        }
        self.computers(at, office).await
    }

    /// One week of everybody: what they wrote down, and what their computers recorded.
    pub(super) async fn week(
        &mut self,
        options: &DemoOptions,
        office: &Office,
        week: &Week,
        zone: &TimeZone,
        progress: &mut DemoProgress,
    ) -> Result<(), ServiceError> {
        let mut written = Vec::new();
        let mut recorded = Vec::new();
        for (person, stream) in office.people.iter().zip(&mut self.streams) {
            let mut operations = Vec::new();
            for day in weeks::days(options, week) {
                let blocks = workday::blocks(options, office, person, day, zone);
                for block in blocks.map_err(impossible)? {
                    operations.extend(stream.watchers.record(
                        options,
                        person,
                        &block,
                        SECONDS_A_WINDOW,
                    )?);
                    let at = block.until.min(options.now);
                    let edit = Edit::<Entry>::Add { id: block.id, body: block.entry };
                    let command = Command::Entry(EntryCommand::Edit(edit));
                    written.push((at, Actor::User(person.user.id), command));
                    progress.entries += 1;
                }
            }
            progress.events += u64::try_from(operations.len()).unwrap_or(u64::MAX);
            let at = week.to.min(options.now);
            recorded.push(stream.batches(self.id, person, at, operations));
        }
        self.all(written).await?;
        // Of one computer one after the other, of all at once.
        let delivered = stream::iter(recorded).map(|batches| async {
            for batch in batches {
                self.one(batch).await?;
            }
            Ok::<_, ServiceError>(())
        });
        delivered.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// Changes that need not wait for each other.
    ///
    /// # Errors
    /// The first refusal.
    pub(super) async fn all(&self, happenings: Vec<Happening>) -> Result<(), ServiceError> {
        let made = stream::iter(happenings).map(|happening| self.one(happening));
        made.buffered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn one(&self, (now, actor, command): Happening) -> Result<(), ServiceError> {
        match (Change { now, actor, command }).commit(&self.door).await? {
            Outcome::Gap(_) | Outcome::Conflict(_) => Err(ServiceError::Failed(
                "What a computer of the demo recorded did not fit on what it had recorded before."
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    async fn computers(&mut self, at: Timestamp, office: &Office) -> Result<(), ServiceError> {
        let mut invited = Vec::new();
        let mut enrolled = Vec::new();
        let mut buckets = Vec::new();
        for person in &office.people {
            let secret_hash = *blake3::hash(&person.device.id.bytes()).as_bytes();
            let invitation = Invitation {
                id: InvitationId(person.device.id.0),
                secret_hash,
                person: person.user.id,
                created: at,
                expires: at.plus_ms(INVITATION_LIFE_MS),
            };
            let invite = Command::Invitation(InvitationCommand::Create(invitation));
            invited.push((at, Actor::System, invite));
            let enroll = DeviceCommand::Enroll { secret_hash, device: person.device.clone() };
            enrolled.push((at, Actor::Anyone, Command::Device(enroll)));
            let watchers = Watchers::of(person).map_err(impossible)?;
            let made = watchers.buckets(at);
            let mut stream = Stream { watchers, seq: 0, hash: [0; 32] };
            buckets.extend(stream.batches(self.id, person, at, made));
            self.streams.push(stream);
        }
        self.all(invited).await?;
        self.all(enrolled).await?;
        self.all(buckets).await
    }
}

impl Stream {
    /// The next batches of this computer.
    fn batches(
        &mut self,
        office: OfficeId,
        person: &Person,
        at: Timestamp,
        operations: Vec<Operation>,
    ) -> Vec<Happening> {
        let device = person.device.id;
        let batches = operations.chunks(MOST_OPERATIONS).map(|operations| {
            let (seq_from, previous) = (self.seq + 1, self.hash);
            self.seq += u64::try_from(operations.len()).unwrap_or(u64::MAX);
            // Stands for the hash of the signed payload: it only has to be another one for each batch.
            self.hash =
                *blake3::hash(&[&device.bytes()[..], &self.seq.to_le_bytes()].concat()).as_bytes();
            let batch = Batch {
                office,
                device,
                stream: ACTIVITY_STREAM,
                device_epoch: 1,
                seq_from,
                seq_to: self.seq,
                previous,
                created: at,
                operations: operations.to_vec(),
            };
            let command = Command::Batch(BatchCommand::Accept { batch, hash: self.hash });
            (at, Actor::Device(device), command)
        });
        batches.collect()
    }
}
