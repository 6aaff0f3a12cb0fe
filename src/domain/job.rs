//! Jobs: long work somebody asked for, and what became of it.
//!
//! How far a running job is lives only where it runs ([`Progress`]); that there is one, and how it ended, is kept.

use super::command::Actor;
use super::id::JobId;
use super::text::{Label, ShortText};
use super::time::{HOUR_MS, SECOND_MS, Timestamp};

/// So many jobs of one person may run at once.
pub const MOST_RUNNING_EACH: usize = 2;
/// So many jobs may run at once.
pub const MOST_RUNNING: usize = 8;
/// So many jobs of one person are kept, running ones included; the one that ended first gives way.
pub const MOST_KEPT_EACH: usize = 50;
/// A job that ended is kept for this long, its result too.
pub const KEPT_MS: u64 = 12 * HOUR_MS;

/// What sort of work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Recorded activity as CSV.
    ActivityCsv,
    /// Everything recorded about a person.
    PersonData,
    /// Recorded activity as ActivityWatch exports it.
    ActivityWatch,
    /// Time from another product comes in.
    Import,
    /// An import goes out again.
    ImportUndo,
    /// Time entries as CSV.
    EntriesCsv,
    /// The whole office in one file.
    Backup,
    /// Whether such a file is sound.
    BackupCheck,
}

impl JobKind {
    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActivityCsv => "activity_csv",
            Self::PersonData => "person_data",
            Self::ActivityWatch => "activitywatch",
            Self::Import => "import",
            Self::ImportUndo => "import_undo",
            Self::EntriesCsv => "entries_csv",
            Self::Backup => "backup",
            Self::BackupCheck => "backup_check",
        }
    }
}

/// Long work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// For ever.
    pub id: JobId,
    /// What sort of work.
    pub kind: JobKind,
    /// Who asked for it; nobody else gets its result.
    pub owner: Actor,
    /// What is worked on, as a person reads it.
    pub about: ShortText,
    /// When it was asked for.
    pub started: Timestamp,
    /// When and how it ended; `None` while it runs.
    pub ended: Option<Ended>,
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: Ending,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With a result.
    Done {
        /// What it brought, for a person.
        sentence: ShortText,
        /// The file offered for download.
        file: Option<ResultFile>,
    },
    /// It could not be done.
    Failed {
        /// Why, and what to do.
        sentence: ShortText,
    },
    /// Somebody wanted it no more.
    Cancelled,
    /// The server stopped while it ran.
    BrokenOff,
}

/// A file that a job made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFile {
    /// What a download is called.
    pub name: Label,
    /// How long it is.
    pub bytes: u64,
}

impl Ending {
    /// The state of a job that ended so, as a stable word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::BrokenOff => "broken_off",
        }
    }

    /// The same for a person.
    pub fn sentence(&self) -> &str {
        match self {
            Self::Done { sentence, .. } | Self::Failed { sentence } => sentence.as_str(),
            Self::Cancelled => "It was cancelled.",
            Self::BrokenOff => "The server stopped while it ran. Start it again.",
        }
    }
}

impl Job {
    /// Has it ended so long ago that it is forgotten?
    pub fn is_past(&self, now: Timestamp) -> bool {
        self.ended.as_ref().is_some_and(|ended| now.ms_since(ended.at) >= KEPT_MS)
    }

    /// The file it made.
    pub fn file(&self) -> Option<&ResultFile> {
        match self.ended.as_ref().map(|ended| &ended.how) {
            Some(Ending::Done { file, .. }) => file.as_ref(),
            _ => None,
        }
    }
}

/// A change to jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobCommand {
    /// One begins.
    Start(Job),
    /// One ended.
    End {
        /// Which.
        job: JobId,
        /// How.
        how: Ending,
    },
    /// The server begins: whatever is said to run does not.
    BreakOff,
    /// It is wanted no more; a running one must be cancelled first.
    Delete {
        /// Which.
        job: JobId,
    },
    /// Those that ended long ago go.
    Forget,
}

/// How far a running job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What it does now, for a person.
    pub step: String,
    /// So much is done.
    pub done: u64,
    /// Of so much; 0 while that is not known.
    pub total: u64,
    /// How fast it goes now, where that is known.
    pub pace: Option<Pace>,
}

/// So many of something each second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub per_second: u64,
    /// Of what.
    pub unit: Unit,
}

/// What long work goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Records of the database.
    Rows,
    /// Bytes of a file.
    Bytes,
}

impl Unit {
    /// The word for it in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Bytes => "bytes",
        }
    }
}

impl Progress {
    /// Whole percent, rounded down: 100 only when everything is done.
    pub fn percent(&self) -> Option<u8> {
        let share = u128::from(self.done.min(self.total)) * 100;
        let percent = share.checked_div(u128::from(self.total))?;
        u8::try_from(percent).ok()
    }

    /// How much longer it takes at the pace so far, `None` while that is a guess: at the beginning, and without a known whole.
    pub fn rest_ms(&self, running_ms: u64) -> Option<u64> {
        let known = running_ms >= SOON_MS && self.done.saturating_mul(100) >= self.total;
        if self.total == 0 || self.done == 0 || !known {
            return None;
        }
        let left = u128::from(self.total.saturating_sub(self.done));
        let rest = u128::from(running_ms) * left / u128::from(self.done);
        Some(u64::try_from(rest).unwrap_or(u64::MAX))
    }
}

/// Before this long has passed, the pace says nothing.
const SOON_MS: u64 = SECOND_MS;

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: u64, total: u64) -> Progress {
        Progress { done, total, ..Progress::default() }
    }

    #[test]
    fn percent_is_full_only_at_the_end() {
        assert_eq!(progress(0, 0).percent(), None);
        assert_eq!(progress(0, 3).percent(), Some(0));
        assert_eq!(progress(2, 3).percent(), Some(66));
        assert_eq!(progress(999_999, 1_000_000).percent(), Some(99));
        assert_eq!(progress(u64::MAX, u64::MAX).percent(), Some(100));
        assert_eq!(progress(9, 3).percent(), Some(100));
    }

    #[test]
    fn the_rest_follows_the_pace_so_far() {
        assert_eq!(progress(25, 100).rest_ms(10_000), Some(30_000));
        assert_eq!(progress(100, 100).rest_ms(10_000), Some(0));
        assert_eq!(progress(1, u64::MAX / 100).rest_ms(u64::MAX), None);
        for (early, ms) in
            [((0, 100), 10_000), ((25, 100), 999), ((1, 101), 9_000), ((5, 0), 9_000)]
        {
            assert_eq!(progress(early.0, early.1).rest_ms(ms), None, "{early:?} after {ms} ms");
        }
    }
}
