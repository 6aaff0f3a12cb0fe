//! The end of what is recorded about a person: asked for once, carried out in steps, and finished on each of their computers.
//!
//! What others need stays under the person's id, which stands for nobody any more.

use super::command::Actor;
use super::id::{DeviceId, EntryId, OfficeId, UserId};
use super::time::Timestamp;

/// One step looks at so many rows: a person of ten years must not hold up everybody's writes.
pub const ROWS_A_STEP: u32 = 500;
/// What a computer is called once its person is erased.
pub const NO_NAME: &str = "erased";

/// The erasure of one person, under way or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose.
    pub person: UserId,
    /// When it was asked for.
    pub asked: Timestamp,
    /// By whom.
    pub by: Actor,
    /// When nothing was left on the server; `None` while steps remain.
    pub ended: Option<Timestamp>,
    /// The last time entry that was looked at; `None` before the first.
    pub looked: Option<EntryId>,
    /// What was removed so far.
    pub counts: ErasedCounts,
    /// Computers with an agent, which erase their own copy.
    pub computers: Vec<ErasedComputer>,
}

/// How many records were removed, by sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedCounts {
    /// Recorded events.
    pub events: u64,
    /// Buckets they stood in.
    pub buckets: u64,
    /// Time entries, deleted ones too.
    pub entries: u64,
    /// Versions of time entries.
    pub versions: u64,
    /// Looks at their activity.
    pub looks: u64,
    /// Sessions, tokens, links, invitations: ways in.
    pub ways_in: u64,
    /// Anything else: settings, jobs, letters, batches that were set aside, places in teams and projects.
    pub others: u64,
}

impl ErasedCounts {
    /// All of them together.
    pub const fn total(&self) -> u64 {
        let Self { events, buckets, entries, versions, looks, ways_in, others } = *self;
        events + buckets + entries + versions + looks + ways_in + others
    }
}

/// A computer that is told to erase its own copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasedComputer {
    /// Which.
    pub device: DeviceId,
    /// When it said that its copy is gone.
    pub confirmed: Option<Timestamp>,
}

impl Erasure {
    /// Is it done everywhere?
    pub fn is_whole(&self) -> bool {
        self.ended.is_some() && self.computers.iter().all(|computer| computer.confirmed.is_some())
    }
}

/// What a computer is told, signed by the office: erase what was recorded here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EraseOrder {
    /// By whom.
    pub office: OfficeId,
    /// Which computer.
    pub device: DeviceId,
    /// When it was asked for.
    pub asked: Timestamp,
}

/// A change to erasures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureCommand {
    /// It begins: every way in is closed. Only for who is disabled.
    Begin {
        /// Whose.
        person: UserId,
    },
    /// It goes on by at most so many rows.
    Step {
        /// Whose.
        person: UserId,
        /// How many rows.
        rows: u32,
    },
    /// A computer says that its copy is gone.
    Confirm {
        /// Which.
        device: DeviceId,
    },
}
