//! How the server is doing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;
use crate::domain::time::Timestamp;

/// How the server is doing now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerStatus {
    /// `started`; `warned` when its end is announced; `ending`; `stopped`.
    pub state: String,
    /// The announced end; none while there is none.
    pub warning: Option<ServerWarning>,
    /// Who stopped it; none while it is not stopped, or when that is not known.
    pub stopped_by: Option<String>,
    /// Why, if they said so.
    pub stopped_reason: Option<String>,
    /// Since when it is started, or stopped.
    #[schema(format = DateTime)]
    pub since: String,
    /// So long, in milliseconds.
    pub uptime_ms: u64,
    /// Of this program.
    pub version: String,
    /// People who are signed in, the asker too.
    pub users: usize,
    /// Their open sessions.
    pub sessions: usize,
    /// Computers that may record.
    pub computers: usize,
    /// Of them, those that called in the last hour and a quarter: an idle computer calls once an hour.
    pub computers_in_touch: usize,
    /// Resident memory of the server, in bytes.
    pub memory_bytes: u64,
    /// The most it was since the start, by the system's own count; none where the system does not count it.
    pub peak_memory_bytes: Option<u64>,
    /// Processor time over the last minute, in hundredths of one processor; none in the first two minutes.
    pub cpu_percent: Option<u64>,
    /// Threads; none where the system does not tell.
    pub threads: Option<usize>,
    /// Network connections open now.
    pub connections: u64,
    /// Bytes of the data.
    pub data_bytes: u64,
    /// Bytes of the log of changes beside it.
    pub log_bytes: u64,
    /// Bytes that can still be written to the disk; none where the system does not tell.
    pub disk_free_bytes: Option<u64>,
    /// All bytes of that disk.
    pub disk_bytes: Option<u64>,
    /// Changes on their way to the disk.
    pub queued: usize,
    /// Half of the changes since the start took at most so long, in microseconds; none without changes.
    pub commit_median_us: Option<u64>,
    /// 99 of 100 took at most so long.
    pub commit_p99_us: Option<u64>,
    /// Long work that runs now: a stop breaks it off.
    pub jobs: usize,
    /// How backups stand.
    pub backups: BackupStanding,
}

/// How the backups of the office stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupStanding {
    /// When the newest was made; none while there is none.
    #[schema(format = DateTime)]
    pub last: Option<String>,
    /// When the next three are made by themselves; empty when none is.
    pub next: Vec<String>,
    /// Since when one that was due is missing; none while all is well.
    #[schema(format = DateTime)]
    pub overdue: Option<String>,
    /// Why the last try failed; none when it did not.
    pub problem: Option<String>,
    /// How the last restore ended; none when there was none.
    pub restored: Option<LastRestore>,
}

/// How the last restore ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastRestore {
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// When the backup was made that is in place now; none when it could not be restored.
    #[schema(format = DateTime)]
    pub made: Option<String>,
    /// The backup of what was there before: to restore it undoes the restore.
    pub safety: Option<String>,
    /// So many people who were erased since were erased again.
    pub erased: u64,
    /// Why it could not be done; what was there before is still there then.
    pub problem: Option<String>,
}

/// Whether the server is in service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerStanding {
    /// `started`; `warned` when its end is announced; `ending`; `stopped`.
    pub state: String,
    /// The announced end; none while there is none.
    pub warning: Option<ServerWarning>,
}

/// What everybody is told before the server ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerWarning {
    /// When it ends.
    #[schema(format = DateTime)]
    pub at: String,
    /// In so many milliseconds.
    pub in_ms: u64,
    /// Who wants that.
    pub by: String,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// Only to begin again at once?
    pub restarts: bool,
}

/// How the server is to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnd {
    /// So many seconds everybody is warned, at most 600; 0 when left out.
    #[serde(default)]
    pub grace_s: u64,
    /// Why; everybody reads it.
    pub reason: Option<String>,
}

/// A minute of the server's last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerSample {
    /// Its end.
    #[schema(format = DateTime)]
    pub at: String,
    /// Resident memory at its end, in bytes.
    pub memory_bytes: u64,
    /// Processor time in it, in hundredths of one processor.
    pub cpu_percent: u64,
    /// Network connections open at its end.
    pub connections: u64,
    /// Requests answered in it.
    pub requests: u64,
    /// Changes written in it.
    pub changes: u64,
    /// 99 of 100 of these took at most so long, in microseconds; none without changes.
    pub commit_p99_us: Option<u64>,
}

/// Something that whoever looks after the server should see to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerConcern {
    /// `backup_overdue`, `backup_failed`, `disk_full`, `network_folder`, `synced_folder`, `removable_drive`, `slept`, `clock_set`, `clock_behind`, `certificate`.
    pub kind: String,
    /// Since when, or when it was, or will be; by its kind.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// For how long, or by how much, in milliseconds.
    pub ms: Option<i64>,
    /// Bytes that are left.
    pub bytes: Option<u64>,
    /// A name, or a sentence of what failed.
    pub name: Option<String>,
}

impl ServerConcern {
    /// The same with a time.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Self {
        Self { at: Some(rfc3339(at)), ..self }
    }

    /// The same with a name.
    #[must_use]
    pub fn name(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }
}
