//! Time entries: when somebody worked, on what, and what they say of it. One without an end is a running timer.
//!
//! A person has one running timer. When another begins, the older ends there: [`Entry::cut`] says where, beside what the person wrote, so
//! that timers begun on several computers end alike in whatever order they arrive.

use super::id::{EntryId, ProjectId, TagId, TaskId, UserId};
use super::merge::MOST_AHEAD_MS;
use super::outcome::{Noun, Refusal};
use super::sync::{Edit, Stamp, Syncs};
use super::text::{NoteText, ShortText};
use super::time::{DAY_MS, Timestamp};

/// An entry is at most this long.
pub const MOST_LONG_MS: u64 = DAY_MS;
/// An entry has at most this many tags.
pub const MOST_TAGS_AN_ENTRY: usize = 50;
/// Of one person at most this many entries begin within 24 hours.
pub const MOST_A_DAY: usize = 1_000;
/// A begin of a timer is known this long; a timer that arrives later than that ends 24 hours after its begin at the latest.
pub const STARTS_KEPT_MS: u64 = 400 * DAY_MS;
/// Of the entries that overlap a new one, this many are named.
pub const MOST_OVERLAPS: usize = 20;

/// When somebody worked, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose; an entry stays its person's.
    pub person: UserId,
    /// On what; a timer may begin before that is known.
    pub project: Option<ProjectId>,
    /// On which part of the project.
    pub task: Option<TaskId>,
    /// The begin.
    pub start: Timestamp,
    /// The end, as the person said it; none for a timer that nobody stopped.
    pub end: Option<Timestamp>,
    /// Where a newer timer ended this one that nobody stopped. Follows from the person's other timers: what anybody says of it is not heeded.
    pub cut: Option<Timestamp>,
    /// What the person says of it.
    pub note: NoteText,
    /// Rising and each once.
    pub tags: Vec<TagId>,
    /// Is somebody to pay for it?
    pub billable: bool,
}

impl Entry {
    /// The end that counts; none while the timer runs.
    pub fn ends(&self) -> Option<Timestamp> {
        self.end.or(self.cut)
    }

    /// Tags rising and each once, and nothing that only follows, so that two spellings of one entry are the same.
    #[must_use]
    pub fn in_order(&self) -> Self {
        let mut body = Self { cut: None, ..self.clone() };
        body.tags.sort_unstable();
        body.tags.dedup();
        body
    }

    /// Why this cannot be, whatever else the office has, at `now`.
    pub fn fault(&self, now: Timestamp) -> Option<Refusal> {
        let latest = now.plus_ms(MOST_AHEAD_MS);
        if self.end.is_some_and(|end| end < self.start) {
            return Some(Refusal::EndsBeforeStart);
        }
        if self.start > latest || self.end.is_some_and(|end| end > latest) {
            return Some(Refusal::InFuture);
        }
        if self.end.is_some_and(|end| end.ms_since(self.start) > MOST_LONG_MS) {
            return Some(Refusal::TooLong);
        }
        if self.task.is_some() && self.project.is_none() {
            return Some(Refusal::TaskElsewhere);
        }
        (self.tags.len() > MOST_TAGS_AN_ENTRY).then_some(Refusal::TooMany)
    }

    /// Where a timer that nobody stopped ends when the next one begins at `next`: there, and after 24 hours at the latest.
    pub fn cut_at(&self, next: Timestamp) -> Timestamp {
        next.min(self.start.plus_ms(MOST_LONG_MS))
    }

    /// This up to `moment` and from there on; none when it does not go on there. Both halves are on the same, and what runs runs on.
    pub fn split(&self, moment: Timestamp) -> Option<(Self, Self)> {
        if moment <= self.start || self.ends().is_some_and(|end| moment >= end) {
            return None;
        }
        let first = Self { end: Some(moment), cut: None, ..self.clone() };
        Some((first, Self { start: moment, end: self.ends(), cut: None, ..self.clone() }))
    }

    /// Do both cover some time, if what still runs is taken to end at `now`?
    pub fn overlaps(&self, other: &Self, now: Timestamp) -> bool {
        let end = |entry: &Self| {
            let running = now.min(entry.start.plus_ms(MOST_LONG_MS));
            entry.ends().unwrap_or(running).max(entry.start)
        };
        self.start < end(other) && other.start < end(self)
    }
}

impl Syncs for Entry {
    type Id = EntryId;
    const NOUN: Noun = Noun::Entry;
    const UNKNOWN: Refusal = Refusal::UnknownEntry;
}

/// A change of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryCommand {
    /// Made online.
    Edit(Edit<Entry>),
    /// Made offline and handed over later: of two edits of one entry the greater stamp counts.
    Offer {
        /// Which, new or not.
        id: EntryId,
        /// What the person wrote.
        body: Entry,
        /// When and where.
        stamp: Stamp,
        /// Is it gone?
        deleted: bool,
    },
    /// One becomes two, or none does.
    Split {
        /// Which; it keeps what was before `moment`.
        id: EntryId,
        /// The version the person looked at; none splits whichever there is.
        expect: Option<u64>,
        /// Where.
        moment: Timestamp,
        /// Fresh, for what was from there on.
        second: EntryId,
    },
    /// Two edits that belong together: both, or none. What a split made of one entry goes back, and forth again, so.
    Both {
        /// The one that was asked about.
        one: Box<Edit<Entry>>,
        /// Its other half.
        other: Box<Edit<Entry>>,
    },
    /// The running timer ends.
    Stop {
        /// Whose.
        person: UserId,
        /// When.
        end: Timestamp,
    },
    /// The running timer is deleted.
    Discard {
        /// Whose.
        person: UserId,
    },
}

/// An edit made offline on a person's computer, as it travels and waits. Whose it is the computer's enrolment says, whatever `body` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryOffer {
    /// Which, new or not.
    pub id: EntryId,
    /// What the person wrote.
    pub body: Entry,
    /// When, by the computer's clock.
    pub modified: Timestamp,
    /// Is it gone?
    pub deleted: bool,
}

/// An edit made offline that could not be. It is kept for the person to mend; the next edit of the entry that counts ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedOffer {
    /// The edit.
    pub offer: EntryOffer,
    /// When it arrived.
    pub at: Timestamp,
    /// Why.
    pub refusal: Refusal,
}

/// Of one computer at most this many are kept; the oldest entries' give way.
pub const MOST_REFUSED_OFFERS: usize = 1_000;

/// What an agent knows of an entry that was edited on its computer, until the office's copy has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedEntry {
    /// The latest edit.
    pub offer: EntryOffer,
    /// Its place in the outbox.
    pub seq: u64,
    /// The office's sentence, if it refused the edit.
    pub refused: Option<ShortText>,
}

/// An agent's copy of what its person may book on, and of their recent entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookCopy {
    /// Whose.
    pub person: UserId,
    /// The server epoch it was made under.
    pub server_epoch: u32,
    /// The view it was made under.
    pub view: ShortText,
    /// Complete up to this change.
    pub since: u64,
    /// When that was.
    pub refreshed: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Timestamp {
        Timestamp::new(1_700_000_000_000).unwrap().plus_ms(minutes * 60_000)
    }

    fn entry(start: u64, end: Option<u64>) -> Entry {
        Entry {
            person: UserId::from_bytes([1; 16]),
            project: None,
            task: None,
            start: at(start),
            end: end.map(at),
            cut: None,
            note: NoteText::empty(),
            tags: Vec::new(),
            billable: false,
        }
    }

    #[test]
    fn what_cannot_be_is_told_apart() {
        let fault = |entry: &Entry| entry.fault(at(2_000));
        assert_eq!(fault(&entry(100, Some(100))), None, "nothing done is no mistake");
        assert_eq!(fault(&entry(100, Some(99))), Some(Refusal::EndsBeforeStart));
        assert_eq!(fault(&entry(100, Some(1_540))), None);
        assert_eq!(fault(&entry(100, Some(1_541))), Some(Refusal::TooLong));
        assert_eq!(fault(&entry(2_005, None)), None, "clocks differ a little");
        assert_eq!(fault(&entry(2_006, None)), Some(Refusal::InFuture));
        assert_eq!(fault(&entry(1_000, Some(2_006))), Some(Refusal::InFuture));
        let task = Some(TaskId::from_bytes([1; 16]));
        assert_eq!(fault(&Entry { task, ..entry(1, None) }), Some(Refusal::TaskElsewhere));
        let tags = vec![TagId::from_bytes([1; 16]); 51];
        let many = Entry { tags, ..entry(1, None) };
        assert_eq!(fault(&many), Some(Refusal::TooMany));
        assert_eq!(fault(&many.in_order()), None);
    }

    #[test]
    fn neighbours_do_not_overlap_and_what_runs_does_until_now() {
        let overlap = |one: &Entry, other: &Entry| {
            assert_eq!(one.overlaps(other, at(50)), other.overlaps(one, at(50)));
            one.overlaps(other, at(50))
        };
        assert!(!overlap(&entry(10, Some(20)), &entry(20, Some(30))));
        assert!(overlap(&entry(10, Some(21)), &entry(20, Some(30))));
        assert!(overlap(&entry(10, None), &entry(20, Some(30))));
        assert!(!overlap(&Entry { cut: Some(at(20)), ..entry(10, None) }, &entry(20, Some(30))));
        assert!(!overlap(&entry(10, None), &entry(50, Some(51))));
    }

    #[test]
    fn halves_cover_what_the_whole_did() {
        let whole = entry(10, Some(30));
        let (first, second) = whole.split(at(20)).unwrap();
        assert_eq!((first.start, first.ends()), (at(10), Some(at(20))));
        assert_eq!((second.start, second.ends()), (at(20), Some(at(30))));
        for outside in [9, 10, 30, 31] {
            assert_eq!(whole.split(at(outside)), None, "{outside}");
        }
        let (first, second) = entry(10, None).split(at(20)).unwrap();
        assert_eq!((first.end, second.end), (Some(at(20)), None), "it runs on");
        let cut = Entry { cut: Some(at(30)), ..entry(10, None) };
        assert_eq!(cut.split(at(20)).unwrap().1.end, Some(at(30)), "it does not run again");
        assert_eq!(cut.split(at(30)), None);
    }

    #[test]
    fn a_forgotten_timer_ends_after_a_day() {
        assert_eq!(entry(0, None).cut_at(at(90)), at(90));
        assert_eq!(entry(0, None).cut_at(at(9_000)), at(1_440));
    }
}
