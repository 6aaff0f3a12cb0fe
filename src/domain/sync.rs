//! What every synced record has in common: a version that grows, a stamp that settles which of two edits counts, and a trace of its
//! end. Clients keep copies of these records and ask only for what changed since.

use super::command::Actor;
use super::customer::Customer;
use super::entry::Entry;
use super::id::{RecordId, ReplicaId};
use super::outcome::{Noun, Refusal};
use super::project::Project;
use super::tag::Tag;
use super::task::Task;
use super::time::Timestamp;

/// A record's history keeps at most this many versions; the oldest give way.
pub const MOST_VERSIONS: usize = 200;

/// When and where an edit was made. Of two edits of one record the greater stamp counts, whichever arrives first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// When, by the clock of its replica; held to the server's (see [`super::merge`]).
    pub modified: Timestamp,
    /// Where.
    pub replica: ReplicaId,
}

/// What is true of every synced record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// When it was made.
    pub created: Timestamp,
    /// The log index of its last change (`server_seq`): its version.
    pub changed_seq: u64,
    /// The edit that counts.
    pub stamp: Stamp,
    /// Since when it is gone. The record stays as a trace, so that who has a copy learns of it.
    pub deleted: Option<Timestamp>,
}

/// What can be synced.
pub trait Syncs: Clone + PartialEq {
    /// Its id.
    type Id: Copy + std::fmt::Debug + PartialEq + Into<RecordId>;
    /// Its sort.
    const NOUN: Noun;
    /// What is said when there is none of this id.
    const UNKNOWN: Refusal;
}

/// A synced record: what a person wrote, and what the office knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced<T: Syncs> {
    /// For ever; never reused.
    pub id: T::Id,
    /// What is true of every synced record.
    pub meta: Meta,
    /// What a person wrote.
    pub body: T,
}

impl<T: Syncs> Synced<T> {
    /// Is it still there?
    pub const fn is_live(&self) -> bool {
        self.meta.deleted.is_none()
    }
}

/// An edit made online: judged at once, and refused when somebody else was faster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit<T: Syncs> {
    /// A new record.
    Add {
        /// Fresh.
        id: T::Id,
        /// What a person wrote.
        body: T,
    },
    /// Another body.
    Set {
        /// Which.
        id: T::Id,
        /// The version the person looked at; none changes whichever there is.
        expect: Option<u64>,
        /// What a person wrote.
        body: T,
    },
    /// A deleted record is there again.
    Restore {
        /// Which.
        id: T::Id,
        /// The version the person looked at; none restores whichever there is.
        expect: Option<u64>,
        /// What a person wrote, as it was.
        body: T,
    },
    /// The end.
    Delete {
        /// Which.
        id: T::Id,
        /// The version the person looked at; none deletes whichever there is.
        expect: Option<u64>,
    },
}

impl<T: Syncs> Edit<T> {
    /// Which record.
    pub const fn id(&self) -> T::Id {
        match self {
            Self::Add { id, .. }
            | Self::Set { id, .. }
            | Self::Restore { id, .. }
            | Self::Delete { id, .. } => *id,
        }
    }
}

/// A synced record of any noun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyRecord {
    /// A customer.
    Customer(Synced<Customer>),
    /// A project.
    Project(Synced<Project>),
    /// A task.
    Task(Synced<Task>),
    /// A tag.
    Tag(Synced<Tag>),
    /// A time entry.
    Entry(Synced<Entry>),
}

/// One version of a record, as it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The record as it was stored then, or would have been.
    pub record: Vec<u8>,
    /// When it arrived.
    pub at: Timestamp,
    /// From whom.
    pub actor: Actor,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counted from then on.
    Won,
    /// A greater edit was there already; it is kept in the history only.
    Lost,
}

/// Where a reader of changes stands: after this record of this change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The change.
    pub seq: u64,
    /// The record last seen of that change; none when all of it was seen.
    pub record: Option<(Noun, RecordId)>,
}
