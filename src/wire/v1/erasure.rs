//! The end of what is recorded about a person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::office::named;
use super::rfc3339;
use crate::domain::erasure;

/// The erasure of a person, under way or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Erasure {
    /// Whose id it was.
    pub person: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub asked: String,
    /// By whom: `local:NAME` or `user:ID`.
    pub by: String,
    /// `erasing`, `waiting` for computers, or `done`.
    pub state: String,
    /// When nothing was left on the server.
    #[schema(format = DateTime)]
    pub ended: Option<String>,
    /// What was removed so far.
    pub counts: ErasedCounts,
    /// Computers that erase their own copy when they come next.
    pub computers: Vec<ErasedComputer>,
    /// What this server cannot reach.
    pub copies: String,
}

/// How many records were removed, by sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Sessions, tokens, links and invitations.
    pub ways_in: u64,
    /// Anything else.
    pub others: u64,
}

/// A computer that erases its own copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErasedComputer {
    /// Which.
    pub id: String,
    /// `pending` until it says that its copy is gone, then `done`.
    pub state: String,
    /// When it said so.
    #[schema(format = DateTime)]
    pub confirmed: Option<String>,
}

/// A person is being erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErasureBegun {
    /// How far it is.
    pub erasure: Erasure,
    /// Records of the catalog that say the person's sign-in name: look whether it means them. Told this once.
    pub mentions: Vec<Mention>,
}

/// A record that says a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mention {
    /// Its sort: `customer`, `project`, `task` or `tag`.
    pub noun: String,
    /// Which.
    pub id: String,
}

impl From<&erasure::Erasure> for Erasure {
    fn from(erasure: &erasure::Erasure) -> Self {
        let state = match (erasure.ended.is_some(), erasure.is_whole()) {
            (false, _) => "erasing",
            (true, false) => "waiting",
            (true, true) => "done",
        };
        let asked = rfc3339(erasure.asked);
        let erasure::ErasedCounts { events, buckets, entries, versions, looks, ways_in, others } =
            erasure.counts;
        Self {
            person: erasure.person.to_string(),
            by: named(&erasure.by),
            state: state.to_owned(),
            ended: erasure.ended.map(rfc3339),
            counts: ErasedCounts { events, buckets, entries, versions, looks, ways_in, others },
            computers: erasure.computers.iter().map(Into::into).collect(),
            copies: format!(
                "This server makes no backups of its own yet, so it knows of none. Copies of its data directory that were made elsewhere before {asked} still hold everything: delete them by hand, and exports that were downloaded. The server writes both its data files anew without what was erased; until that is done, it is tried again every minute, after a restart, too. What a disk itself keeps of a file that was replaced is beyond it."
            ),
            asked,
        }
    }
}

impl From<&erasure::ErasedComputer> for ErasedComputer {
    fn from(computer: &erasure::ErasedComputer) -> Self {
        let state = if computer.confirmed.is_some() { "done" } else { "pending" };
        Self {
            id: computer.device.to_string(),
            state: state.to_owned(),
            confirmed: computer.confirmed.map(rfc3339),
        }
    }
}
