//! Backups of the whole office.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A backup in the server's own folder, as it says of itself: whether it is sound shows when it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backup {
    /// Its name.
    pub name: String,
    /// How long the file is.
    pub bytes: u64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub made: Option<String>,
    /// On which computer.
    pub host: Option<String>,
    /// By which version of Timebook.
    pub version: Option<String>,
    /// People with an account.
    pub people: Option<u64>,
    /// Time entries, deleted ones too.
    pub entries: Option<u64>,
    /// Recorded events.
    pub events: Option<u64>,
    /// Until when the office's rule keeps it at most; null when it goes as soon as newer ones take its place, or stays.
    #[schema(format = DateTime)]
    pub kept_until: Option<String>,
    /// Why it cannot be used; null when nothing is known against it.
    pub problem: Option<String>,
}

/// The secret key of the bucket that copies of backups go to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Secret {
    /// Empty: none from now on.
    pub secret: String,
}
