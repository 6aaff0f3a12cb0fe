//! Every change there is, as plain data.
//!
//! Time, ids and random values are chosen before a command is built, so that applying it is the same everywhere.

use super::activity::ActivityCommand;
use super::answer::AnswerCommand;
use super::audit::AuditNote;
use super::batch::BatchCommand;
use super::category::CategoryCommand;
use super::customer::Customer;
use super::device::DeviceCommand;
use super::entry::EntryCommand;
use super::erasure::ErasureCommand;
use super::id::{DeviceId, RequestId, UserId};
use super::import::ImportCommand;
use super::invitation::InvitationCommand;
use super::job::JobCommand;
use super::link::LinkCommand;
use super::lock::LockCommand;
use super::look::Look;
use super::mail::MailCommand;
use super::office::OfficeCommand;
use super::office_setting::OfficeSettingCommand;
use super::project::Project;
use super::quarantine::QuarantineCommand;
use super::redaction::RedactionCommand;
use super::retention::RetentionCommand;
use super::saved_report::SavedReportCommand;
use super::secret::SecretCommand;
use super::session::SessionCommand;
use super::setting::SettingCommand;
use super::strike::Strike;
use super::sync::Edit;
use super::tag::Tag;
use super::target::TargetCommand;
use super::task::Task;
use super::team::TeamCommand;
use super::text::ShortText;
use super::tier::TierCommand;
use super::time::{DAY_MS, MINUTE_MS, Timestamp};
use super::timesheet::TimesheetCommand;
use super::token::TokenCommand;
use super::told::{Guarded, GuardedChange, Told};
use super::totp::TotpCommand;
use super::user::UserCommand;

/// The same request id within this time is answered with the first outcome and changes nothing. Retries come within seconds;
/// every remembered outcome costs a row.
pub const REQUEST_MEMORY_MS: u64 = 2 * MINUTE_MS;
/// A request with a key of the caller's own ([`RequestId::keyed`]) is remembered this long.
pub const KEY_MEMORY_MS: u64 = DAY_MS;
/// At most this many requests with a key are remembered; the oldest give way, those of whoever has most first.
pub const MOST_KEYS: u64 = 100_000;
/// At most this many of them are one caller's: nobody pushes out what is remembered of the others.
pub const MOST_KEYS_EACH: u64 = 5_000;

/// Who asks for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Timebook itself: founding, schedules.
    System,
    /// Somebody at the server's own terminal, by operating-system user.
    Local(ShortText),
    /// A person who signed in or used a token.
    User(UserId),
    /// A device, by certificate or token.
    Device(DeviceId),
    /// Nobody known: set-up, enrolment, a sign-in that failed.
    Anyone,
}

/// A command on its way through the one door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Dedupes retries.
    pub request: RequestId,
    /// When it was asked for: the only time `apply` knows.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What.
    pub command: Command,
}

/// Every change there is, by noun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The office.
    Office(OfficeCommand),
    /// Accounts.
    User(UserCommand),
    /// Sessions.
    Session(SessionCommand),
    /// API tokens.
    Token(TokenCommand),
    /// Computers.
    Device(DeviceCommand),
    /// Invitations.
    Invitation(InvitationCommand),
    /// One-time links for people.
    Link(LinkCommand),
    /// Teams.
    Team(TeamCommand),
    /// Codes from an app.
    Totp(TotpCommand),
    /// A look at somebody else's activity.
    Look(Look),
    /// Recorded activity through a foreign door.
    Activity(ActivityCommand),
    /// A foreign client's own settings.
    Setting(SettingCommand),
    /// Recorded activity from an agent.
    Batch(BatchCommand),
    /// What was set aside.
    Quarantine(QuarantineCommand),
    /// Sealed values.
    Secret(SecretCommand),
    /// An audit entry without a change.
    Audit(AuditNote),
    /// Customers.
    Customer(Edit<Customer>),
    /// Projects.
    Project(Edit<Project>),
    /// Tasks.
    Task(Edit<Task>),
    /// Tags.
    Tag(Edit<Tag>),
    /// Time entries.
    Entry(EntryCommand),
    /// Long work.
    Job(JobCommand),
    /// The office's settings.
    OfficeSetting(OfficeSettingCommand),
    /// Mail on its way out.
    Mail(MailCommand),
    /// People's weeks.
    Timesheet(TimesheetCommand),
    /// What is closed for everyone.
    Lock(LockCommand),
    /// The end of what is recorded about a person.
    Erasure(ErasureCommand),
    /// Removing what is too old.
    Retention(RetentionCommand),
    /// An answer that is kept.
    Answer(AnswerCommand),
    /// Time brought in from another product.
    Import(ImportCommand),
    /// The office's redaction rules.
    Redaction(RedactionCommand),
    /// How long people are to work.
    Target(TargetCommand),
    /// Questions about hours that are asked again.
    SavedReport(SavedReportCommand),
    /// A change that counts only for the version somebody looked at.
    Guarded(Guarded),
    /// Recorded activity moves to where it takes less space.
    Tier(TierCommand),
    /// Categories of recorded activity.
    Category(CategoryCommand),
    /// A stretch of one's own recorded activity is struck out.
    Strike(Strike),
}

impl Command {
    /// The change, for the version of `told` that was looked at; none makes it whichever there is.
    pub fn of_version(told: Told, version: Option<u64>, change: GuardedChange) -> Self {
        match (version, change) {
            (Some(version), change) => Self::Guarded(Guarded { told, version, change }),
            (None, GuardedChange::User(command)) => Self::User(command),
            (None, GuardedChange::Team(command)) => Self::Team(command),
            (None, GuardedChange::Lock(command)) => Self::Lock(command),
            (None, GuardedChange::Target(command)) => Self::Target(command),
            (None, GuardedChange::SavedReport(command)) => Self::SavedReport(command),
            (None, GuardedChange::Setting(command)) => Self::OfficeSetting(command),
            (None, GuardedChange::Office(command)) => Self::Office(command),
            (None, GuardedChange::Device(command)) => Self::Device(command),
            (None, GuardedChange::Redaction(command)) => Self::Redaction(command),
            (None, GuardedChange::Category(command)) => Self::Category(command),
        }
    }

    /// The level at which this command can be applied everywhere.
    pub const fn level(&self) -> u32 {
        1
    }

    /// Is a retry recognised by its request id? A batch is recognised by its sequence numbers instead, and a heartbeat that comes
    /// again merges into the event it made: the commonest command of all need not be remembered one by one. Answers are remembered by
    /// themselves.
    pub const fn is_remembered(&self) -> bool {
        !matches!(
            self,
            Self::Batch(_) | Self::Answer(_) | Self::Activity(ActivityCommand::Heartbeat { .. })
        )
    }
}
