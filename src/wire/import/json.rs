//! JSON: Clockify's detailed report, TimeTagger's records. Fields nobody here needs are passed over.

use serde::Deserialize;

use super::moment;
use super::sheet::hashtags;
use super::{BadFile, ImportFile, ImportMoment, ImportRow, MOST_ROWS, RowFault, label, note, tags};
use crate::domain::time::Timestamp;

#[derive(Deserialize)]
struct Clockify {
    timeentries: Vec<ClockifyEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClockifyEntry {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    user_email: Option<String>,
    #[serde(default)]
    client_name: Option<String>,
    #[serde(default)]
    project_name: Option<String>,
    #[serde(default)]
    task_name: Option<String>,
    #[serde(default)]
    billable: Option<bool>,
    #[serde(default)]
    tags: Option<Vec<ClockifyTag>>,
    time_interval: ClockifyInterval,
}

#[derive(Deserialize)]
struct ClockifyTag {
    name: String,
}

#[derive(Deserialize)]
struct ClockifyInterval {
    start: String,
    end: Option<String>,
}

pub(super) fn clockify(text: &str) -> Result<ImportFile, BadFile> {
    let report: Clockify = serde_json::from_str(text).map_err(|e| not_theirs(&e))?;
    collect(report.timeentries, |line, entry| {
        let start =
            moment::moment(&entry.time_interval.start).ok_or("The begin cannot be read.")?;
        let end = entry.time_interval.end.ok_or("It has no end: what still runs is not taken.")?;
        let end = moment::moment(&end).ok_or("The end cannot be read.")?;
        let words = entry.tags.unwrap_or_default();
        Ok(ImportRow {
            line,
            key: Some(entry.id.chars().take(100).collect()),
            email: entry.user_email,
            user: entry.user_name,
            customer: label("customer", &entry.client_name.unwrap_or_default())?,
            project: label("project", &entry.project_name.unwrap_or_default())?,
            task: label("task", &entry.task_name.unwrap_or_default())?,
            note: note(&entry.description.unwrap_or_default())?,
            tags: tags(words.iter().map(|tag| tag.name.as_str()))?,
            billable: entry.billable,
            start,
            end,
        })
    })
}

#[derive(Deserialize)]
struct Timetagger {
    records: Vec<TimetaggerRecord>,
}

#[derive(Deserialize)]
struct TimetaggerRecord {
    key: String,
    t1: f64,
    t2: f64,
    #[serde(default)]
    ds: String,
}

pub(super) fn timetagger(text: &str) -> Result<ImportFile, BadFile> {
    let records: Timetagger = serde_json::from_str(text).map_err(|e| not_theirs(&e))?;
    collect(records.records, |line, record| {
        let (start, end) = (second(record.t1)?, second(record.t2)?);
        if start == end {
            return Err("It has no end: what still runs is not taken.".to_owned());
        }
        Ok(ImportRow {
            line,
            key: Some(record.key.chars().take(100).collect()),
            email: None,
            user: None,
            customer: None,
            project: None,
            task: None,
            tags: tags(hashtags(&record.ds).into_iter())?,
            note: note(&record.ds)?,
            billable: None,
            start,
            end,
        })
    })
}

fn second(seconds: f64) -> Result<ImportMoment, String> {
    let bad = || "A time cannot be read.".to_owned();
    // Whole seconds within what a time may be: text in between, so that nothing is cut off silently.
    let whole: i64 = format!("{seconds:.0}").parse().map_err(|_| bad())?;
    whole.checked_mul(1_000).and_then(Timestamp::new).map(ImportMoment::At).ok_or_else(bad)
}

fn collect<T>(
    items: Vec<T>,
    read: impl Fn(u64, T) -> Result<ImportRow, String>,
) -> Result<ImportFile, BadFile> {
    if items.len() > MOST_ROWS {
        return Err(BadFile::TooManyRows);
    }
    let mut file = ImportFile::default();
    for (line, item) in (1..).zip(items) {
        match read(line, item) {
            Ok(row) => file.rows.push(row),
            Err(why) => file.faults.push(RowFault { line, why }),
        }
    }
    Ok(file)
}

fn not_theirs(error: &serde_json::Error) -> BadFile {
    BadFile::NotTheirJson(error.to_string().chars().take(200).collect())
}
