//! The lock: everything before a date is closed for everyone, until it is moved back. And what was written offline about closed time and
//! arrived too late: it is held, and counts as soon as that time is open again.

use super::command::Actor;
use super::day::Day;
use super::entry::Entry;
use super::id::{EntryId, UserId};
use super::sync::Stamp;
use super::text::{ShortText, ZoneName};
use super::time::Timestamp;

/// So many held edits a person may have.
pub const MOST_HELD: usize = 1_000;

/// From where on time is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockDate {
    /// The first open day.
    pub day: Day,
    /// Where it begins, the same moment for everyone.
    pub at: Timestamp,
    /// The office's zone, which says where.
    pub zone: ZoneName,
}

/// The lock as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// From where on time is open.
    pub date: LockDate,
    /// Since when.
    pub set: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: ShortText,
}

/// A change of the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockCommand {
    /// More is closed.
    Advance {
        /// From where on time is open.
        date: LockDate,
        /// Why.
        reason: ShortText,
    },
    /// Less is closed, or nothing.
    MoveBack {
        /// From where on time is open; none: everything is.
        date: Option<LockDate>,
        /// Why.
        reason: ShortText,
    },
    /// A held edit shall never count.
    Discard {
        /// Whose.
        person: UserId,
        /// Which.
        number: HeldNumber,
    },
}

/// With which change a held edit came, and its place within that.
pub type HeldNumber = (u64, u32);

/// An edit made offline about time that was closed when it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEdit {
    /// Of which entry, new or not.
    pub entry: EntryId,
    /// What the person wrote.
    pub body: Entry,
    /// When and where.
    pub stamp: Stamp,
    /// Is the entry gone?
    pub deleted: bool,
    /// When it arrived.
    pub at: Timestamp,
    /// From whom.
    pub actor: Actor,
    /// What closed the time then.
    pub why: Closed,
}

/// What closes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The office's lock.
    Locked,
    /// The person's week was approved.
    Approved,
}

impl Closed {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Approved => "approved",
        }
    }
}
