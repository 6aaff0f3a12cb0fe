//! Everything recorded about a person, as one file of JSON lines.
//!
//! Each line is `{"record": SORT, "data": {...}}`; the shape of `data` is that of the same noun in `/api/v1`. The first line is a
//! [`Header`], the last an [`End`] with the number of lines between, so that a file that was cut off shows. Sorts, in this order:
//! `profile`, `place`, `team`, `session`, `token`, `device`, `job`, `timesheet`, `held_edit`, `refused_entry`, `target`, `saved_report`,
//! `category`, `setting`, `project`, `import`, `letter`, `bucket`, `event`, `entry`, `version`, `look`, `audit`.

use serde::Serialize;
use serde_json::Value;

use super::rfc3339;
use crate::domain::activity;
use crate::domain::entry::RefusedOffer;
use crate::domain::lock::HeldEdit;
use crate::domain::saved_report::SavedReport;
use crate::domain::sync::{HistoryEntry, Synced};
use crate::domain::time::Timestamp;
use crate::domain::timesheet::Timesheet;
use crate::domain::{entry, sync, target};

/// The name and version of this format.
pub const FORMAT: &str = "timebook person data 1";

/// The media type.
pub const JSON_LINES: &str = "application/x-ndjson";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line<T> {
    /// The sort.
    pub record: &'static str,
    /// What it is.
    pub data: T,
}

impl<T: Serialize> Line<T> {
    /// The line as text, its end included.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// What the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Whose, by sign-in name.
    pub person: String,
    /// When it was begun.
    pub at: String,
    /// The most that is shown of recorded events: everything to the person, to others what the office's policy allows.
    pub events: &'static str,
}

/// The file is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// Lines between the first and this one.
    pub lines: u64,
}

/// A bucket of recorded events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// The device it was recorded on.
    pub device: String,
    /// The watcher's name for it.
    pub name: String,
    /// What sort of activity.
    pub kind: String,
    /// The watcher.
    pub client: String,
    /// The computer as the watcher calls it.
    pub hostname: String,
    /// When it was made.
    pub created: String,
}

impl From<&activity::Bucket> for Bucket {
    fn from(bucket: &activity::Bucket) -> Self {
        Self {
            device: bucket.device.to_string(),
            name: bucket.name.to_string(),
            kind: bucket.about.kind.to_string(),
            client: bucket.about.client.to_string(),
            hostname: bucket.about.hostname.to_string(),
            created: rfc3339(bucket.created),
        }
    }
}

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// The device it was recorded on.
    pub device: String,
    /// The bucket it stands in.
    pub bucket: String,
    /// Its number there.
    pub id: u64,
    /// When it began.
    pub start: String,
    /// How long it lasted.
    pub duration_ms: u64,
    /// The office's policy it was recorded under.
    pub policy: &'static str,
    /// What the watcher said.
    pub data: Value,
}

impl Event {
    /// The event of this bucket.
    pub fn of(bucket: &activity::Bucket, event: &activity::Event) -> Self {
        Self {
            device: bucket.device.to_string(),
            bucket: bucket.name.to_string(),
            id: event.id.0,
            start: rfc3339(event.start),
            duration_ms: event.duration_ms,
            policy: event.policy.name(),
            data: serde_json::from_str(event.data.json.as_str()).unwrap_or_default(),
        }
    }
}

/// A version of one of their time entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryVersion {
    /// The change it came with.
    pub seq: u64,
    /// When it arrived.
    pub at: String,
    /// From whom.
    pub by: String,
    /// Did it count?
    pub counted: bool,
    /// The entry as it was then.
    pub entry: super::Entry,
}

impl EntryVersion {
    /// The version that came with this change.
    pub fn of(seq: u64, version: &HistoryEntry, record: &Synced<entry::Entry>) -> Self {
        Self {
            seq,
            at: rfc3339(version.at),
            by: super::named(&version.actor),
            counted: version.verdict == sync::Verdict::Won,
            entry: record.into(),
        }
    }
}

/// A week of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// The first day.
    pub first: String,
    /// The last day, included.
    pub last: String,
    /// `open`, `submitted`, `approved` or `sent_back`.
    pub state: &'static str,
    /// When that became so.
    pub changed: String,
    /// By whom.
    pub by: String,
    /// What was said with it.
    pub note: String,
    /// What it came to when it was submitted last.
    pub submitted_ms: Option<u64>,
    /// What it came to when it was approved last.
    pub approved_ms: Option<u64>,
}

impl From<&Timesheet> for Sheet {
    fn from(sheet: &Timesheet) -> Self {
        Self {
            first: sheet.week.first.to_string(),
            last: sheet.week.last.to_string(),
            state: sheet.state.name(),
            changed: rfc3339(sheet.changed),
            by: super::named(&sheet.by),
            note: sheet.note.as_str().to_owned(),
            submitted_ms: sheet.submitted_ms,
            approved_ms: sheet.approved_ms,
        }
    }
}

/// An edit made offline about closed time, which waits until that is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Of which entry.
    pub entry: String,
    /// When it arrived.
    pub at: String,
    /// The begin they wrote.
    pub start: String,
    /// The end they wrote.
    pub end: Option<String>,
    /// The note they wrote.
    pub note: String,
    /// Did they delete it?
    pub deleted: bool,
}

impl From<&HeldEdit> for Held {
    fn from(held: &HeldEdit) -> Self {
        Self {
            entry: held.entry.to_string(),
            at: rfc3339(held.at),
            start: rfc3339(held.body.start),
            end: held.body.end.map(rfc3339),
            note: held.body.note.as_str().to_owned(),
            deleted: held.deleted,
        }
    }
}

/// A network they signed in from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The beginning of its addresses.
    pub network: String,
    /// When last.
    pub last: String,
}

/// An edit made on one of their computers that the office refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Of which entry.
    pub entry: String,
    /// When it arrived.
    pub at: String,
    /// When they wrote it.
    pub modified: String,
    /// The begin they wrote.
    pub start: String,
    /// The end they wrote.
    pub end: Option<String>,
    /// The note they wrote.
    pub note: String,
    /// Did they delete it?
    pub deleted: bool,
    /// Why it was refused.
    pub code: String,
}

impl From<&RefusedOffer> for Refused {
    fn from(refused: &RefusedOffer) -> Self {
        Self {
            entry: refused.offer.id.to_string(),
            at: rfc3339(refused.at),
            modified: rfc3339(refused.offer.modified),
            start: rfc3339(refused.offer.body.start),
            end: refused.offer.body.end.map(rfc3339),
            note: refused.offer.body.note.as_str().to_owned(),
            deleted: refused.offer.deleted,
            code: refused.refusal.code().to_owned(),
        }
    }
}

/// What they are to work from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The day.
    pub from: String,
    /// In a week.
    pub week_minutes: u32,
    /// On which days.
    pub days: Vec<&'static str>,
}

impl From<&target::Target> for Target {
    fn from(target: &target::Target) -> Self {
        let from = target.from.to_string();
        Self { from, week_minutes: target.week_minutes, days: target.days.names() }
    }
}

/// A question about hours that they saved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// For ever.
    pub id: String,
    /// What they call it.
    pub name: String,
    /// May everybody in the office ask it?
    pub shared: bool,
    /// What is asked.
    pub query: Value,
    /// When it was last changed.
    pub changed: String,
}

impl From<&SavedReport> for Report {
    fn from(report: &SavedReport) -> Self {
        Self {
            id: report.id.to_string(),
            name: report.name.to_string(),
            shared: report.shared,
            query: serde_json::from_str(report.query.as_str()).unwrap_or_default(),
            changed: rfc3339(report.changed),
        }
    }
}

/// The first line.
pub fn header(person: &str, at: Timestamp, events: &'static str) -> Line<Header> {
    let (person, at) = (person.to_owned(), rfc3339(at));
    Line { record: "header", data: Header { format: FORMAT, person, at, events } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        let text = header("a\nb", Timestamp::EARLIEST, "full_detail").text();
        assert_eq!(text.matches('\n').count(), 1);
        assert!(
            text.starts_with(r#"{"record":"header","data":{"format":"timebook person data 1","#)
        );
    }
}
