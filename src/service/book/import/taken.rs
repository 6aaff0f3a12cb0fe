//! What became of an import's records that were to go, in words.

use super::words;
use crate::domain::id::{ImportId, RecordId};
use crate::domain::outcome::{HoursRefusal, Noun, Refusal};

/// Records that stayed are named up to so many.
const MOST_NAMED: usize = 5;

/// What became of records that were to go.
#[derive(Default)]
pub(super) struct TakenOut {
    pub(super) gone: u64,
    /// Not the asker's to change any more.
    pub(super) kept: u64,
    /// In time that is closed.
    closed: u64,
    /// Changed since, or in use: how many, and the first of them.
    used: u64,
    named: Vec<String>,
}

impl TakenOut {
    /// One stays, and why.
    pub(super) fn stays(&mut self, why: Refusal, noun: Noun, record: RecordId) {
        use HoursRefusal::{TimeLocked, WeekApproved, WeekSubmitted};
        if matches!(why, Refusal::Hours(TimeLocked | WeekApproved | WeekSubmitted)) {
            self.closed += 1;
            return;
        }
        self.used += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(format!("{} {record}", noun.name()));
        }
    }

    /// Did all of them go?
    pub(super) const fn is_whole(&self) -> bool {
        self.kept + self.closed + self.used == 0
    }

    /// A sentence for each reason, each after a space.
    pub(super) fn what_stays(&self) -> String {
        let mut told = String::new();
        if self.kept > 0 {
            let why = ["you may not change it any more.", "you may not change them any more."];
            told += &words::stay(self.kept, why[0], why[1]);
        }
        if self.closed > 0 {
            told += &words::stay(self.closed, "its time is closed.", "their time is closed.");
        }
        if self.used > 0 {
            let (one, more) =
                ("it was changed since or is in use", "they were changed since or are in use");
            told += &format!("{}: {}.", words::stay(self.used, one, more), self.named.join(", "));
        }
        told
    }

    /// How the rest goes; nothing when there is none. Before the reasons: a job's sentence is cut at its end.
    pub(super) fn how_to_go_on(&self, import: ImportId) -> String {
        if self.is_whole() {
            return String::new();
        }
        let many = self.kept + self.closed + self.used;
        format!(" {} not taken out yet: timebook import undo {import}.", words::records(many))
    }
}
