//! The lock, and edits that came too late.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Entry, office, rfc3339};
use crate::domain::lock;

/// What the office has closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lock {
    /// Grows with each change; 0 while nothing is closed.
    pub version: u64,
    /// Everything before this day is closed; none: nothing is.
    #[schema(format = Date)]
    pub before: Option<String>,
    /// Where that day begins, the same moment for everyone.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// The office's zone, which says where.
    pub time_zone: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    pub set: Option<String>,
    /// By whom: `local:NAME` or `user:ID`.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl From<(Option<lock::Lock>, u64)> for Lock {
    fn from((lock, version): (Option<lock::Lock>, u64)) -> Self {
        let Some(lock) = lock else { return Self { version, ..Self::default() } };
        Self {
            version,
            before: Some(lock.date.day.to_string()),
            at: Some(rfc3339(lock.date.at)),
            time_zone: Some(lock.date.zone.to_string()),
            set: Some(rfc3339(lock.set)),
            by: Some(office::named(&lock.by)),
            reason: Some(lock.reason.to_string()),
        }
    }
}

/// What the office closes, or opens again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLock {
    /// Everything before this day; none, where that can be said: nothing.
    #[schema(format = Date)]
    pub before: Option<String>,
    /// Why; everybody reads it.
    pub reason: String,
}

/// An edit made offline about time that was closed when it arrived. It counts as soon as that time is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldEdit {
    /// Names it.
    pub id: String,
    /// Whose, by sign-in name.
    pub person: String,
    /// What closed its time: `locked` or `approved`.
    pub why: String,
    /// When it arrived.
    #[schema(format = DateTime)]
    pub arrived: String,
    /// When the person wrote it.
    #[schema(format = DateTime)]
    pub modified: String,
    /// Is the entry gone by it?
    pub deletes: bool,
    /// The entry as it would be; its version is not said.
    pub entry: Entry,
}
