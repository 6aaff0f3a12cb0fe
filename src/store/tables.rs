//! Every table there is: its stored name with a version, its key, its value.
//!
//! A changed meaning is a new name and a numbered migration; a changed value layout is a new record version in `codec`.

use data_encoding::HEXLOWER;
use serde_json::Value;

use crate::codec::json::{BadJson, Json};
use crate::codec::key::Key;
use crate::codec::{CodecError, Record, decode, encode};
use crate::domain::activity::{Bucket, BucketNumber, Event, EventId};
use crate::domain::answer::Answer;
use crate::domain::audit::AuditEntry;
use crate::domain::category::Categories;
use crate::domain::customer::Customer;
use crate::domain::day::Day;
use crate::domain::device::{Device, Program, StreamState};
use crate::domain::entry::{BookCopy, Entry, OfferedEntry, RefusedOffer};
use crate::domain::erasure::Erasure;
use crate::domain::id::{
    CustomerId, DeviceId, EntryId, ImportId, InvitationId, JobId, LinkId, MailId, ProjectId,
    QuarantineId, RecordId, RequestId, SavedReportId, SessionId, TagId, TaskId, TeamId, TokenId,
    UserId,
};
use crate::domain::import::{Import, Imported};
use crate::domain::invitation::Invitation;
use crate::domain::job::Job;
use crate::domain::link::Link;
use crate::domain::lock::{HeldEdit, Lock};
use crate::domain::look::Look;
use crate::domain::mail::WaitingMail;
use crate::domain::office::Office;
use crate::domain::office_setting::SettingValue;
use crate::domain::outcome::{KeptKeys, Noun, Remembered};
use crate::domain::policy::PolicyChange;
use crate::domain::project::Project;
use crate::domain::quarantine::Quarantined;
use crate::domain::redaction::OfficeRules;
use crate::domain::retention::Swept;
use crate::domain::saved_report::SavedReport;
use crate::domain::secret::Secret;
use crate::domain::session::{Session, SessionAbout};
use crate::domain::sync::{HistoryEntry, Synced};
use crate::domain::tag::Tag;
use crate::domain::target::Target;
use crate::domain::task::Task;
use crate::domain::team::Team;
use crate::domain::text::{BucketName, CanonicalJson, FoldedName, Label, SettingKey, UserName};
use crate::domain::tier::{BlockPart, KeptTotals, MonthApps, MonthHours, Sealed};
use crate::domain::time::Timestamp;
use crate::domain::timesheet::Timesheet;
use crate::domain::token::Token;
use crate::domain::told::Mark;
use crate::domain::totp::Totp;
use crate::domain::user::{Contact, Grants, User};
use crate::domain::warning::Warned;

/// A table as the engine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableName {
    /// Its place in [`ALL`].
    pub(super) place: usize,
    /// Its stored name.
    pub name: &'static str,
}

/// A table with typed rows.
pub trait Table {
    /// As the engine knows it.
    const NAME: TableName;
    /// What it is ordered by.
    type Key: Key;
    /// What it holds.
    type Value: Record;
}

/// Every table, by name, for whoever empties them all.
pub fn every() -> impl Iterator<Item = TableName> {
    ALL.into_iter()
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident $name:literal: $key:ty => $value:ty;)*) => {
        enum Place { $($table,)* Consensus, Count }

        $($(#[$doc])*
        #[derive(Debug)]
        pub struct $table;

        impl Table for $table {
            const NAME: TableName = TableName { place: Place::$table as usize, name: $name };
            type Key = $key;
            type Value = $value;
        })*

        /// Raft's own position in the state: how far the log is applied, and the membership. Rows are `consensus`'s own.
        pub const CONSENSUS: TableName = TableName { place: Place::Consensus as usize, name: "consensus-1" };

        pub(super) const COUNT: usize = Place::Count as usize;
        /// Every table, in the order of places.
        pub(super) const ALL: [TableName; COUNT] = [$($table::NAME,)* CONSENSUS];

        /// The stored form of a row's value in today's layout, whichever version stands on disk: what the state hash covers.
        pub(super) fn content(table: TableName, value: &[u8]) -> Result<Vec<u8>, CodecError> {
            $(if table == $table::NAME {
                return Ok(encode(&decode::<$value>(value)?));
            })*
            Ok(value.to_vec())
        }

        /// A row's key and value as JSON, by the names of `FORMAT.md`; the engine's own bytes in hexadecimal.
        pub(super) fn to_json(
            table: TableName,
            key: &[u8],
            value: &[u8],
        ) -> Result<(Value, Value), CodecError> {
            $(if table == $table::NAME {
                let key = <$key as Key>::from_bytes(key)?;
                return Ok((key.to_json(), decode::<$value>(value)?.to_json()));
            })*
            let hex = |bytes: &[u8]| Value::String(HEXLOWER.encode(bytes));
            Ok((hex(key), hex(value)))
        }

        /// The row of this key and value.
        pub(super) fn from_json(
            table: TableName,
            key: Value,
            value: Value,
        ) -> Result<(Vec<u8>, Vec<u8>), BadJson> {
            $(if table == $table::NAME {
                let key = <$key>::from_json(key)?.to_bytes();
                return Ok((key, encode(&<$value>::from_json(value)?)));
            })*
            let bytes = |hex: Value| {
                let hex = String::from_json(hex)?;
                HEXLOWER.decode(hex.as_bytes()).map_err(BadJson::new)
            };
            Ok((bytes(key)?, bytes(value)?))
        }
    };
}

tables! {
    /// The office: one row.
    Offices "office-1": () => Office;
    /// A looser activity policy to come, or one that came: one row.
    PolicyChanges "policy-changes-1": () => PolicyChange;
    /// What the policy was, each from its time on, as soon as there was more than one.
    PolicyPasts "policy-past-1": Timestamp => PolicyChange;
    /// Looks at people's recorded activity, by person, time and log index.
    Looks "looks-1": (UserId, Timestamp, u64) => Look;
    /// Everyone with an account.
    Users "users-1": UserId => User;
    /// What people may do beyond their roles.
    GrantsOf "grants-1": UserId => Grants;
    /// Where people are written to.
    Contacts "contacts-1": UserId => Contact;
    /// Networks that people signed in from, and when last.
    Places "places-1": (UserId, Label) => Timestamp;
    /// Up to where people were warned: one row.
    WarnedUpTo "warned-1": () => Warned;
    /// Apps that people have codes from.
    Totps "totps-1": UserId => Totp;
    /// Teams.
    Teams "teams-1": TeamId => Team;
    /// Sign-in names.
    UserNames "user-names-1": UserName => UserId;
    /// Open sessions.
    Sessions "sessions-1": SessionId => Session;
    /// Where an open session is, and when it last proved who it is.
    SessionAbouts "session-abouts-1": SessionId => SessionAbout;
    /// Hash of a session's secret.
    SessionSecrets "session-secrets-1": [u8; 32] => SessionId;
    /// API tokens, revoked ones too.
    Tokens "tokens-1": TokenId => Token;
    /// Hash of a token's secret.
    TokenSecrets "token-secrets-1": [u8; 32] => TokenId;
    /// Computers and pseudo-devices, revoked ones too.
    Devices "devices-1": DeviceId => Device;
    /// A person's devices.
    PersonDevices "person-devices-1": (UserId, DeviceId) => DeviceId;
    /// Invitations that are neither used nor withdrawn.
    Invitations "invitations-1": InvitationId => Invitation;
    /// One-time links for people that are neither used nor withdrawn.
    Links "links-1": LinkId => Link;
    /// Who made a link that can still be used; none when the terminal did.
    LinkMakers "link-makers-1": LinkId => UserId;
    /// Where a link to join was sent: the address of whoever joins by it.
    LinkContacts "link-contacts-1": LinkId => Contact;
    /// What each computer's agent said it is.
    DevicePrograms "device-programs-1": DeviceId => Program;
    /// How far each stream of a device is applied.
    Streams "streams-1": (DeviceId, u8) => StreamState;
    /// Buckets by device and the watcher's name.
    Buckets "buckets-1": (DeviceId, BucketName) => Bucket;
    /// The highest bucket number given: one row.
    LastBucket "last-bucket-1": () => BucketNumber;
    /// The newest event of each bucket, by start and then number: all that a merging heartbeat touches.
    Tails "tail-1": BucketNumber => Event;
    /// Every other event.
    Hot "hot-1": (BucketNumber, Timestamp, EventId) => Event;
    /// Where the events in [`Hot`] are.
    HotIds "hot-ids-1": (BucketNumber, EventId) => Timestamp;
    /// Blocks of older events, by the start and number of their first one. No two of a bucket reach into each other.
    Blocks "blocks-1": (BucketNumber, Timestamp, EventId) => Sealed;
    /// Their bytes, piece by piece.
    BlockParts "block-parts-1": ((BucketNumber, Timestamp, EventId), u32) => BlockPart;
    /// Buckets that were deleted and still have rows of events.
    DroppedBuckets "dropped-buckets-1": (DeviceId, BucketNumber) => ();
    /// What days of people came to, by where they begin.
    DayTotals "day-totals-1": (UserId, Timestamp) => KeptTotals;
    /// How long people were active on the days of a month, by where its first day begins.
    MonthHoursOf "month-hours-1": (UserId, Timestamp) => MonthHours;
    /// What these days came to together, by the same key.
    MonthAppsOf "month-apps-1": (UserId, Timestamp) => MonthApps;
    /// Foreign clients' settings.
    Settings "settings-1": (DeviceId, SettingKey) => CanonicalJson;
    /// Batches that were set aside.
    Quarantine "quarantine-1": QuarantineId => Quarantined;
    /// Values sealed with the office key.
    Secrets "secrets-1": Label => Secret;
    /// Long work, running and ended.
    Jobs "jobs-1": JobId => Job;
    /// What was recorded about people who are erased, and the computers that still have to.
    Erasures "erasures-1": UserId => Erasure;
    /// Imports.
    Imports "imports-1": ImportId => Import;
    /// What they added and nobody took out.
    ImportRecords "import-records-1": (ImportId, Noun, RecordId) => Imported;
    /// What was removed because it was too old: one row.
    Sweeps "sweeps-1": () => Swept;
    /// Mail on its way out.
    Mails "mails-1": MailId => WaitingMail;
    /// Whom a waiting letter names, if that is somebody with an account.
    MailAbouts "mail-abouts-1": MailId => UserId;
    /// What the office set, by key.
    OfficeSettings "office-settings-1": Label => SettingValue;
    /// The office's redaction rules: one row, or none.
    RedactionRules "redaction-1": () => OfficeRules;
    /// The audit log.
    Audit "audit-1": u64 => AuditEntry;
    /// Outcomes of recent requests.
    Requests "requests-1": RequestId => Remembered;
    /// Outcomes of requests that carried a key of the caller's own.
    KeyedRequests "keyed-requests-1": RequestId => Remembered;
    /// The same in the order they came, before callers were told apart: only emptied any more.
    KeyedRequestOrder "keyed-request-order-1": u64 => RequestId;
    /// The same by number as they came, by caller, and by number of theirs.
    KeyNumbers "key-numbers-1": (u64, u64, u64) => RequestId;
    /// The same by caller, number of theirs, and number as they came.
    CallerKeys "caller-keys-1": (u64, u64, u64) => RequestId;
    /// How many have a number: one row, or none.
    KeyCounts "key-count-1": () => KeptKeys;
    /// Answers to requests that carried a key of the caller's own, on routes whose command does not.
    Answers "answers-1": RequestId => Answer;
    /// The same in the order they came, before callers were told apart: only emptied any more.
    AnswerOrder "answer-order-1": u64 => RequestId;
    /// The same by number, rising as they came, and by caller.
    AnswerNumbers "answer-numbers-1": (u64, u64) => RequestId;
    /// The same by caller and number.
    CallerAnswers "caller-answers-1": (u64, u64) => RequestId;
    /// Customers; this and every synced record stays as a trace when deleted.
    Customers "customers-1": CustomerId => Synced<Customer>;
    /// Projects.
    Projects "projects-1": ProjectId => Synced<Project>;
    /// Tasks.
    Tasks "tasks-1": TaskId => Synced<Task>;
    /// Tags.
    Tags "tags-1": TagId => Synced<Tag>;
    /// Time entries.
    Entries "entries-1": EntryId => Synced<Entry>;
    /// A person's time entries by start, deleted ones not.
    PersonEntries "person-entries-1": (UserId, Timestamp, EntryId) => ();
    /// Every start of the last 400 days that an edit gave a person's timer, whatever became of it: where older timers end. The last start stays.
    TimerStarts "timer-starts-1": (UserId, Timestamp, EntryId) => ();
    /// The time entries on a project, a task, a tag, deleted ones not.
    EntryUses "entry-uses-1": (Noun, RecordId, EntryId) => ();
    /// People's weeks that somebody spoke of, by where they begin.
    Timesheets "timesheets-1": (UserId, Timestamp) => Timesheet;
    /// The weeks among them that wait for approval, oldest first.
    WaitingSheets "waiting-sheets-1": (Timestamp, UserId) => ();
    /// What is closed for everyone: one row, or none.
    Locks "lock-1": () => Lock;
    /// Edits that came too late, by person, log index and place within that.
    HeldEdits "held-edits-1": (UserId, u64, u32) => HeldEdit;
    /// Edits of time entries made offline that could not be, by the computer they came from.
    RefusedOffers "refused-offers-1": (DeviceId, EntryId) => RefusedOffer;
    /// On an agent: time entries edited on its computer that the office's copy does not have yet.
    OfferedEntries "offered-entries-1": EntryId => OfferedEntry;
    /// On an agent: of what its copy of the book is, one row.
    BookCopies "book-copy-1": () => BookCopy;
    /// On an agent: buckets whose last heartbeat was not written down, by the watcher's name.
    Interrupted "interrupted-1": BucketName => ();
    /// How long people are to work, by the day from which it counts.
    Targets "targets-1": (UserId, Day) => Target;
    /// Categories that people made for themselves.
    OwnCategories "own-categories-1": UserId => Categories;
    /// Categories of everybody else: one row, or none.
    OfficeCategories "office-categories-1": () => Categories;
    /// Questions about hours that are asked again.
    SavedReports "saved-reports-1": SavedReportId => SavedReport;
    /// A project's tasks, deleted ones not.
    ProjectTasks "project-tasks-1": (ProjectId, TaskId) => ();
    /// Names that are taken, by sort and by what they stand below (nothing: the nil id), folded.
    Titles "titles-1": (Noun, RecordId, FoldedName) => RecordId;
    /// The last change of every record that copies are told of: what `since` walks along.
    Changes "since-1": (u64, Noun, RecordId) => ();
    /// The last change of every other record that copies are told of.
    Marks "marks-1": (Noun, RecordId) => Mark;
    /// Versions of synced records, by change and by their number within it.
    History "history-1": (Noun, RecordId, (u64, u32)) => HistoryEntry;
    /// An agent's operations on their way to the server, by stream and sequence number.
    Outbox "outbox-1": (u8, u64) => crate::domain::outbox::Queued;
    /// An agent's batches that were sent, by stream and last sequence number.
    SentBatches "sent-batches-1": (u8, u64) => crate::domain::outbox::SentBatch;
    /// An agent's place in each of its streams.
    OutboxStreams "outbox-streams-1": u8 => crate::domain::outbox::OutboxStream;
}
