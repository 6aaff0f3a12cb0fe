//! Reports of hours.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is asked. Either `from` and `to`, or `range`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HoursQuery {
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub from: Option<String>,
    /// The last day, included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub to: Option<String>,
    /// Days as they are when it is asked: `today`, `this_week`, `last_week`, `this_month`, `last_month`, `this_year`, `last_year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Told apart by `day`, `week` or `month`; none: all of it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// Told apart by up to three of `user`, `team`, `customer`, `project`, `task`, `tag`, `billable`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Whose, by sign-in name; none: everybody's whom the asker sees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Of people in these teams, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// For these customers, by id; `none` stands for hours without one, here and below.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<String>,
    /// On these projects, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// On these tasks and what stands below them, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// With one of these tags, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Paid for or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// Compared with the time before: as many months before whole months, else as many days.
    #[serde(skip_serializing_if = "is_false")]
    pub compare: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Hours of the book. Sums are whole milliseconds; whoever shows them rounds once, and a minute counts when it is full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursReport {
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// Where days begin and end: the asker's zone.
    pub time_zone: String,
    /// All of it, each hour once.
    pub total_ms: u64,
    /// What was due; none when only a part of people's work is asked about.
    pub target_minutes: Option<u64>,
    /// The time before, if it was asked for.
    pub previous: Option<PreviousHours>,
    /// Told apart by time alone.
    pub periods: Vec<HoursPeriod>,
    /// Told apart by time and by what was asked, in the order of time and then of names.
    pub rows: Vec<HoursRow>,
    /// Hours of somebody in several teams, or with several tags, stand in several rows: these come to more than the whole.
    pub counts_twice: bool,
}

/// The time before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviousHours {
    /// Its first day.
    #[schema(format = Date)]
    pub from: String,
    /// Its last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// All of it, each hour once.
    pub total_ms: u64,
}

/// A day, a week, a month, or all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursPeriod {
    /// Its first day within the report.
    #[schema(format = Date)]
    pub from: String,
    /// Its last day within the report, included.
    #[schema(format = Date)]
    pub to: String,
    /// Each hour once.
    pub ms: u64,
    /// What was due; none when only a part of people's work is asked about.
    pub target_minutes: Option<u64>,
    /// What stands at the same place in the time before, if that was asked for and is as long.
    pub previous: Option<PreviousHours>,
}

/// One sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursRow {
    /// Of which period, by its first day.
    #[schema(format = Date)]
    pub from: String,
    /// The period's last day, included.
    #[schema(format = Date)]
    pub to: String,
    /// Of what, in the order asked.
    pub keys: Vec<HoursKey>,
    /// How long.
    pub ms: u64,
    /// With what stands below the task, where hours are told apart by task.
    pub with_below_ms: Option<u64>,
    /// What was due, where hours are told apart by person alone.
    pub target_minutes: Option<u64>,
    /// What it came to at the same place in the time before, if that was asked for and is as long.
    pub previous_ms: Option<u64>,
}

/// What a sum is of, in one respect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursKey {
    /// `user`, `team`, `customer`, `project`, `task`, `tag` or `billable`.
    pub by: String,
    /// Which; none for hours without one.
    pub id: Option<String>,
    /// Its name; `yes` or `no` for `billable`.
    pub name: Option<String>,
    /// The task it stands below.
    pub parent: Option<String>,
    /// A task's project, by name: tasks of several projects may have one name.
    pub project: Option<String>,
    /// It is not open to the asker, so it is not named.
    pub hidden: bool,
}

/// A person's days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaysReport {
    /// Whose, by sign-in name.
    pub person: String,
    /// Where days begin and end: the asker's zone.
    pub time_zone: String,
    /// All of it.
    pub total_ms: u64,
    /// What was due.
    pub target_minutes: u64,
    /// Every day, the first first.
    pub days: Vec<DayHours>,
}

/// A day of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayHours {
    /// Which.
    #[schema(format = Date)]
    pub date: String,
    /// All entries together; time booked twice counts twice.
    pub ms: u64,
    /// The time that any entry covers.
    pub covered_ms: u64,
    /// What was due.
    pub target_minutes: u32,
    /// From the begin of the first entry to the end of the last.
    pub whole: Option<TimeSpan>,
    /// Where nothing was booked between the first and the last.
    pub gaps: Vec<TimeSpan>,
    /// Where more than one entry was.
    pub overlaps: Vec<Overlap>,
}

/// From when until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimeSpan {
    /// The begin.
    #[schema(format = DateTime)]
    pub from: String,
    /// The end.
    #[schema(format = DateTime)]
    pub to: String,
}

/// Time that was booked more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overlap {
    /// The begin.
    #[schema(format = DateTime)]
    pub from: String,
    /// The end.
    #[schema(format = DateTime)]
    pub to: String,
    /// The entries' ids.
    pub entries: Vec<String>,
}
