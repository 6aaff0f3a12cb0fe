//! A person's week as payroll takes it: open, submitted, approved, or sent back with a note.
//!
//! What lies in a submitted or approved week stays as it is: [`same_within`] says whether a change of an entry would touch it.

use super::command::Actor;
use super::day::Day;
use super::entry::{Entry, MOST_LONG_MS};
use super::id::UserId;
use super::text::{NoteText, ZoneName};
use super::time::{DAY_MS, Timestamp};

/// No week is longer: seven days, and what the clocks may add.
pub const MOST_WEEK_MS: u64 = 8 * DAY_MS;

/// Which week: days of a person, and where they begin and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// The first day.
    pub first: Day,
    /// The last day, included.
    pub last: Day,
    /// Where the first day begins.
    pub from: Timestamp,
    /// Where the last day ends.
    pub to: Timestamp,
    /// The person's zone when the week was first written down: its days stay where they are.
    pub zone: ZoneName,
}

impl Week {
    /// Can there be such a week?
    pub fn is_sound(&self) -> bool {
        self.first <= self.last
            && self.last.number() - self.first.number() < 7
            && self.from < self.to
            && self.to.ms_since(self.from) <= MOST_WEEK_MS
    }

    /// Do both have some time in common?
    pub fn overlaps(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from < to && from < self.to
    }
}

/// How far a week has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetState {
    /// The person still works on it; so is every week that nobody spoke of.
    Open,
    /// It waits for approval.
    Submitted,
    /// Somebody approved it.
    Approved,
    /// It came back to the person, with a note.
    SentBack,
}

impl SheetState {
    /// Its name in JSON and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::SentBack => "sent_back",
        }
    }

    /// May the time in it no longer change?
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Submitted | Self::Approved)
    }
}

/// A person's week that somebody spoke of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timesheet {
    /// Whose.
    pub person: UserId,
    /// Which.
    pub week: Week,
    /// How far it has come.
    pub state: SheetState,
    /// The log index of its last change: its version.
    pub changed_seq: u64,
    /// When that was.
    pub changed: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What was said with it.
    pub note: NoteText,
    /// What it came to when it was submitted last.
    pub submitted_ms: Option<u64>,
    /// What it came to when it was approved last; stays when it is opened again.
    pub approved_ms: Option<u64>,
}

/// A change of a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimesheetCommand {
    /// It is complete.
    Submit {
        /// Whose.
        person: UserId,
        /// Which.
        week: Week,
        /// The version looked at; none submits whichever there is.
        expect: Option<u64>,
    },
    /// It is not complete after all.
    Withdraw(Decision),
    /// It is right.
    Approve(Decision),
    /// It is not right.
    SendBack(Decision),
    /// It was approved, and is not right after all.
    Reopen(Decision),
}

impl TimesheetCommand {
    /// Whose week it is about.
    pub const fn person(&self) -> UserId {
        match self {
            Self::Submit { person, .. } => *person,
            Self::Withdraw(decision)
            | Self::Approve(decision)
            | Self::SendBack(decision)
            | Self::Reopen(decision) => decision.person,
        }
    }
}

/// What somebody decides about a week that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whose.
    pub person: UserId,
    /// Where its first day begins.
    pub from: Timestamp,
    /// The version looked at; none decides about whichever there is.
    pub expect: Option<u64>,
    /// What is said with it.
    pub note: NoteText,
}

/// The part of an entry within a stretch of time, if any; a timer that nobody stopped may still run for as long as any may. What took no
/// time lies where it begins.
pub fn part_within(
    entry: &Entry,
    from: Timestamp,
    to: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let end = entry.ends().unwrap_or_else(|| entry.start.plus_ms(MOST_LONG_MS)).max(entry.start);
    let touches = entry.start < to && (end > from || (end == entry.start && entry.start >= from));
    touches.then(|| (entry.start.max(from), end.min(to)))
}

/// Does a change leave everything within a stretch of time as it is? None: the entry is not there.
pub fn same_within(
    was: Option<&Entry>,
    now: Option<&Entry>,
    from: Timestamp,
    to: Timestamp,
) -> bool {
    let part = |entry: Option<&Entry>| {
        let (start, end) = part_within(entry?, from, to)?;
        let entry = entry?.clone();
        Some(Entry { start, end: Some(end), cut: None, ..entry })
    };
    part(was) == part(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: u64) -> Timestamp {
        Timestamp::new(1_700_000_000_000).unwrap().plus_ms(hours * 3_600_000)
    }

    fn entry(start: u64, end: Option<u64>, note: &str) -> Entry {
        Entry {
            person: UserId::from_bytes([1; 16]),
            project: None,
            task: None,
            start: at(start),
            end: end.map(at),
            cut: None,
            note: NoteText::new(note).unwrap(),
            tags: Vec::new(),
            billable: false,
        }
    }

    #[test]
    fn only_what_lies_within_counts() {
        let same = |was: Option<Entry>, now: Option<Entry>| {
            same_within(was.as_ref(), now.as_ref(), at(100), at(200))
        };
        assert!(same(None, Some(entry(90, Some(100), ""))), "it ends where the stretch begins");
        assert!(same(None, Some(entry(200, Some(210), ""))), "it begins where the stretch ends");
        assert!(!same(None, Some(entry(90, Some(101), ""))));
        assert!(!same(Some(entry(199, Some(210), "")), None));
        assert!(!same(None, Some(entry(150, Some(150), ""))), "even what took no time");
        assert!(same(None, Some(entry(200, Some(200), ""))));
        // A timer that ran into the stretch and on is stopped after it.
        assert!(same(Some(entry(195, None, "")), Some(entry(195, Some(205), ""))));
        assert!(!same(Some(entry(195, None, "")), Some(entry(195, Some(199), ""))));
        assert!(!same(Some(entry(195, None, "")), Some(entry(195, Some(205), "else"))));
        assert!(same(Some(entry(205, None, "")), Some(entry(206, Some(207), "else"))));
        // The begin moves before the stretch.
        assert!(same(Some(entry(90, Some(110), "")), Some(entry(95, Some(110), ""))));
    }

    #[test]
    fn a_week_has_one_to_seven_days() {
        let zone = ZoneName::new("UTC").unwrap();
        let day = |number| Day::new(number).unwrap();
        let week = Week { first: day(10), last: day(16), from: at(0), to: at(7 * 24), zone };
        assert!(week.is_sound());
        assert!(Week { last: day(10), to: at(25), ..week.clone() }.is_sound());
        for unsound in [
            Week { last: day(17), ..week.clone() },
            Week { last: day(9), ..week.clone() },
            Week { to: at(0), ..week.clone() },
            Week { to: at(193), ..week.clone() },
        ] {
            assert!(!unsound.is_sound(), "{unsound:?}");
        }
        assert!(!week.overlaps(at(168), at(169)) && week.overlaps(at(167), at(169)));
    }
}
