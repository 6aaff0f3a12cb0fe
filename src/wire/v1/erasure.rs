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
    /// The server's backups that were made before the end and so may hold everything still.
    pub backups: Vec<ErasureBackup>,
    /// What this server cannot reach.
    pub copies: String,
}

/// A backup that may hold what was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErasureBackup {
    /// Its name in the folder of backups.
    pub name: String,
    /// When it was made; null when it does not say.
    #[schema(format = DateTime)]
    pub made: Option<String>,
    /// Until when its folder's rules keep it; null when it stays until somebody deletes it.
    #[schema(format = DateTime)]
    pub kept_until: Option<String>,
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

impl Erasure {
    /// What became of `erasure`, with the backups that may hold what went.
    pub fn of(erasure: &erasure::Erasure, backups: Vec<ErasureBackup>) -> Self {
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
                "{} Copies that were made elsewhere before {asked} still hold everything: delete them by hand, and exports that were downloaded. The server writes both its data files anew without what was erased; until that is done, it is tried again every minute, after a restart, too. What a disk itself keeps of a file that was replaced is beyond it.",
                told(&backups)
            ),
            backups,
            asked,
        }
    }
}

/// Which backups may hold what went, in a sentence.
fn told(backups: &[ErasureBackup]) -> String {
    if backups.is_empty() {
        return "The server's folder of backups has none that holds what was erased.".to_owned();
    }
    let one = |backup: &ErasureBackup| match &backup.kept_until {
        Some(until) => format!("{} (kept until {until})", backup.name),
        None => format!("{} (kept until somebody deletes it)", backup.name),
    };
    let all: Vec<String> = backups.iter().map(one).collect();
    format!(
        "These backups of the server still hold what was erased: {}. Whoever restores one of them erases it again.",
        all.join(", ")
    )
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
