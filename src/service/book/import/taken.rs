//! What became of an import's records that were to go, in words.

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
        let mut words = String::new();
        if self.kept > 0 {
            words += &format!(" {} stay, because you may not change them any more.", self.kept);
        }
        if self.closed > 0 {
            words += &format!(" {} stay, because their time is closed.", self.closed);
        }
        if self.used > 0 {
            let (many, named) = (self.used, self.named.join(", "));
            words +=
                &format!(" {many} stay, because they were changed since or are in use: {named}.");
        }
        words
    }

    /// How the rest goes; nothing when there is none. Before the reasons: a job's sentence is cut at its end.
    pub(super) fn how_to_go_on(&self, import: ImportId) -> String {
        if self.is_whole() {
            return String::new();
        }
        let many = self.kept + self.closed + self.used;
        format!(" {many} records are not taken out yet: timebook import undo {import}.")
    }
}
