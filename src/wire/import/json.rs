//! JSON: Clockify's detailed report, Toggl's time entries with names (`meta=true`), Kimai's timesheets (`full=true`), TimeTagger's records. Fields nobody here needs are passed over.

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
        let start = begun(&entry.time_interval.start)?;
        let end = ended(entry.time_interval.end.as_deref())?;
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
struct TogglEntry {
    id: u64,
    #[serde(default)]
    description: Option<String>,
    start: String,
    #[serde(default)]
    stop: Option<String>,
    #[serde(default)]
    billable: Option<bool>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default)]
    project_id: Option<u64>,
    #[serde(default)]
    client_name: Option<String>,
    #[serde(default)]
    project_name: Option<String>,
    #[serde(default)]
    task_name: Option<String>,
    #[serde(default)]
    user_name: Option<String>,
}

/// What Toggl answers on `/api/v9/me/time_entries?meta=true`.
pub(super) fn toggl(text: &str) -> Result<ImportFile, BadFile> {
    let entries: Vec<TogglEntry> = serde_json::from_str(text).map_err(|e| not_theirs(&e))?;
    collect(entries, |line, entry| {
        if entry.project_id.is_some() && entry.project_name.is_none() {
            return Err("It has a project without a name: export it with meta=true.".to_owned());
        }
        let words = entry.tags.unwrap_or_default();
        Ok(ImportRow {
            line,
            key: Some(entry.id.to_string()),
            email: None,
            user: entry.user_name,
            customer: label("customer", &entry.client_name.unwrap_or_default())?,
            project: label("project", &entry.project_name.unwrap_or_default())?,
            task: label("task", &entry.task_name.unwrap_or_default())?,
            note: note(&entry.description.unwrap_or_default())?,
            tags: tags(words.iter().map(String::as_str))?,
            billable: entry.billable,
            start: begun(&entry.start)?,
            end: ended(entry.stop.as_deref())?,
        })
    })
}

#[derive(Deserialize)]
struct KimaiEntry {
    id: u64,
    begin: String,
    #[serde(default)]
    end: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    billable: Option<bool>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    user: KimaiUser,
    project: KimaiProject,
    activity: KimaiNamed,
}

#[derive(Deserialize)]
struct KimaiUser {
    username: String,
}

#[derive(Deserialize)]
struct KimaiProject {
    name: String,
    customer: KimaiNamed,
}

#[derive(Deserialize)]
struct KimaiNamed {
    name: String,
}

/// What Kimai answers on `/api/timesheets?full=true`.
pub(super) fn kimai(text: &str) -> Result<ImportFile, BadFile> {
    let entries: Vec<KimaiEntry> = serde_json::from_str(text).map_err(|e| not_theirs(&e))?;
    collect(entries, |line, entry| {
        let words = entry.tags.unwrap_or_default();
        Ok(ImportRow {
            line,
            key: Some(entry.id.to_string()),
            email: None,
            user: Some(entry.user.username),
            customer: label("customer", &entry.project.customer.name)?,
            project: label("project", &entry.project.name)?,
            task: label("task", &entry.activity.name)?,
            note: note(&entry.description.unwrap_or_default())?,
            tags: tags(words.iter().map(String::as_str))?,
            billable: entry.billable,
            start: begun(&entry.begin)?,
            end: ended(entry.end.as_deref())?,
        })
    })
}

fn begun(text: &str) -> Result<ImportMoment, String> {
    moment::moment(text).ok_or_else(|| "The begin cannot be read.".to_owned())
}

fn ended(text: Option<&str>) -> Result<ImportMoment, String> {
    let text = text.ok_or("It has no end: what still runs is not taken.")?;
    moment::moment(text).ok_or_else(|| "The end cannot be read.".to_owned())
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
