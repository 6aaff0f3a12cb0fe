//! Hours of the book: by day, week or month, and by person, team, customer, project, task, tag and whether they are paid for. Everything
//! is added up in whole milliseconds; days are those of whoever asks.
//!
//! Must never count what the asker may not see: others' hours as far as they reach, and what is not open to them without its name.

mod add;
mod budget;
mod day;
mod export;
mod names;
mod period;
mod row;

pub use budget::{Budget, BudgetsRequest};
pub use day::{DayHours, DaysReport, Overlap};
pub use export::EntriesExport;
pub use period::{Per, Period};
pub use row::{HoursReport, PeriodSum, Row, RowKey};

use std::collections::BTreeSet;

use crate::domain::day::Day;
use crate::domain::id::{CustomerId, ProjectId, TagId, TaskId, TeamId};
use crate::domain::report::Stretch;
use crate::domain::text::ZoneName;
use crate::domain::time::Timestamp;
use crate::service::error::ServiceError;
use crate::service::{Principal, day as calendar};
use crate::store::{Reader, StoreError, read};

/// A report covers at most this many days.
const MOST_DAYS: u32 = 1_100;
/// A report adds up at most this many time entries; a busy person books about 4 000 a year.
const MOST_ENTRIES: usize = 1_000_000;
/// A report has at most this many rows.
const MOST_ROWS: usize = 50_000;
/// Hours are told apart by at most this many things at once.
const MOST_BY: usize = 3;
/// A filter names at most this many.
pub const MOST_NAMED: usize = 500;

/// What hours are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Whose.
    User,
    /// Of which team they are: once for each of several.
    Team,
    /// For whom.
    Customer,
    /// On what.
    Project,
    /// On which part of it.
    Task,
    /// With which word: once for each of several.
    Tag,
    /// Is it paid for?
    Billable,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::User,
        Self::Team,
        Self::Customer,
        Self::Project,
        Self::Task,
        Self::Tag,
        Self::Billable,
    ];

    /// The name in queries and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Team => "team",
            Self::Customer => "customer",
            Self::Project => "project",
            Self::Task => "task",
            Self::Tag => "tag",
            Self::Billable => "billable",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// Which hours count; nothing said: all of them. `None` in a set stands for hours without one.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose, by sign-in name.
    pub people: Option<BTreeSet<String>>,
    /// Of people in these teams.
    pub teams: Option<BTreeSet<TeamId>>,
    /// For these customers.
    pub customers: Option<BTreeSet<Option<CustomerId>>>,
    /// On these projects.
    pub projects: Option<BTreeSet<Option<ProjectId>>>,
    /// On these tasks, and what stands below them.
    pub tasks: Option<BTreeSet<Option<TaskId>>>,
    /// With one of these tags.
    pub tags: Option<BTreeSet<Option<TagId>>>,
    /// Paid for or not.
    pub billable: Option<bool>,
}

impl Filter {
    /// Is only the person asked about, not what they did?
    const fn is_about_people(&self) -> bool {
        self.customers.is_none()
            && self.projects.is_none()
            && self.tasks.is_none()
            && self.tags.is_none()
            && self.billable.is_none()
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct HoursRequest {
    /// The first day.
    pub from: Day,
    /// The last day, included.
    pub to: Day,
    /// Told apart by time; none: all of it at once.
    pub per: Option<Per>,
    /// Told apart by these, at most [`MOST_BY`].
    pub by: Vec<By>,
    /// Which hours count.
    pub filter: Filter,
    /// Compared with the time before?
    pub compare: bool,
}

impl super::Book {
    /// The hours `request` asks for.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn hours(
        &self,
        principal: &Principal,
        request: HoursRequest,
        now: Timestamp,
    ) -> Result<HoursReport, ServiceError> {
        check_range(request.from, request.to)?;
        let mut by = request.by.clone();
        by.sort_unstable();
        by.dedup();
        if by.len() != request.by.len() || by.len() > MOST_BY {
            return Err(ServiceError::bad_input(
                "bad_by",
                format!("Hours are told apart by at most {MOST_BY} things, each once."),
                "Choose fewer.",
            ));
        }
        let asker = principal.clone();
        let found = self.door.read(move |reader| row::report(reader, &asker, request, now));
        found.await?
    }

    /// A person's days, each with its gaps and overlaps.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn days(
        &self,
        principal: &Principal,
        name: &str,
        (from, to): (Day, Day),
        now: Timestamp,
    ) -> Result<DaysReport, ServiceError> {
        check_range(from, to)?;
        let (asker, name) = (principal.clone(), name.to_owned());
        let found =
            self.door.read(move |reader| day::report(reader, &asker, &name, (from, to), now));
        found.await?
    }
}

/// Where the asker's days begin; the office's zone at the server's own terminal.
fn zone_of(reader: &dyn Reader, asker: &Principal) -> Result<ZoneName, StoreError> {
    use crate::domain::office_setting::OfficeSetting::TimeZone;
    if let Some(user) = asker.user() {
        return Ok(user.zone.clone());
    }
    let name = read::office_settings(reader)?.text(TimeZone).unwrap_or_default();
    Ok(ZoneName::new(name).unwrap_or_else(|_| ZoneName::utc()))
}

/// Each day from `from` to `to`; none when one cannot be recorded.
fn stretches(from: Day, to: Day, zone: &ZoneName) -> Option<Vec<Stretch>> {
    let days = calendar::days(from.date(), to.date(), &calendar::zone(zone))?;
    Some(days.into_iter().map(|(_, stretch)| stretch).collect())
}

fn check_range(from: Day, to: Day) -> Result<(), ServiceError> {
    if to < from || to.number() - from.number() >= MOST_DAYS {
        return Err(bad_range());
    }
    Ok(())
}

fn bad_range() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!("A report covers 1 to {MOST_DAYS} days, the first before the last."),
        "Choose another range.",
    )
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        format!("This is more than {MOST_ENTRIES} time entries or {MOST_ROWS} rows."),
        "Choose a shorter range, or tell hours apart by less.",
    )
}
