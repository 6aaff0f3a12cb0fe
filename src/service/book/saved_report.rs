//! Saved reports: one's own, and those the office shares. A report holds a question only; the answer is the asker's.

use super::timesheet::week_start;
use super::{Asking, Book};
use crate::clock;
use crate::domain::command::Command;
use crate::domain::day::Day;
use crate::domain::id::SavedReportId;
use crate::domain::office_setting::OfficeSetting;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::right::Right;
use crate::domain::saved_report::{SavedReport, SavedReportCommand};
use crate::domain::text::{CanonicalJson, Label, ZoneName};
use crate::domain::time::Timestamp;
use crate::domain::told::{GuardedChange, Told};
use crate::service::error::ServiceError;
use crate::service::{Change, Principal, day};
use crate::store::read;

/// Days as they are when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeRange {
    /// The day it is.
    Today,
    /// The week it is, all of it.
    ThisWeek,
    /// The week before.
    LastWeek,
    /// The month it is, all of it.
    ThisMonth,
    /// The month before.
    LastMonth,
    /// The year it is, all of it.
    ThisYear,
    /// The year before.
    LastYear,
}

impl RelativeRange {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Today,
        Self::ThisWeek,
        Self::LastWeek,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisYear,
        Self::LastYear,
    ];

    /// The name in queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::ThisWeek => "this_week",
            Self::LastWeek => "last_week",
            Self::ThisMonth => "this_month",
            Self::LastMonth => "last_month",
            Self::ThisYear => "this_year",
            Self::LastYear => "last_year",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.name() == name)
    }

    /// Its first and last day when it is `today`.
    pub fn days(self, today: Day, week_start: u32) -> (Day, Day) {
        let date = today.date();
        let week = today.week_of(week_start);
        let of = |date| Day::of(date).unwrap_or(today);
        let month = |date: jiff::civil::Date| (of(date.first_of_month()), of(date.last_of_month()));
        let year = |date: jiff::civil::Date| (of(date.first_of_year()), of(date.last_of_year()));
        match self {
            Self::Today => (today, today),
            Self::ThisWeek => (week, week.plus(6)),
            Self::LastWeek => (week.minus(7), week.minus(1)),
            Self::ThisMonth => month(date),
            Self::LastMonth => month(of(date.first_of_month()).minus(1).date()),
            Self::ThisYear => year(date),
            Self::LastYear => year(of(date.first_of_year()).minus(1).date()),
        }
    }
}

/// A saved report as somebody sees it.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// It.
    pub report: SavedReport,
    /// Its owner's sign-in name.
    pub owner: Option<String>,
    /// Is it the asker's own?
    pub own: bool,
    /// Of its last change.
    pub version: u64,
}

impl Book {
    /// The days of a range where the asker is.
    ///
    /// # Errors
    /// [`ServiceError`], as every method here.
    pub async fn range(
        &self,
        principal: &Principal,
        range: RelativeRange,
        now: Timestamp,
    ) -> Result<(Day, Day), ServiceError> {
        let settings = self.door.read(read::office_settings).await?;
        let zone = match principal.user() {
            Some(user) => user.zone.clone(),
            None => {
                let name = settings.text(OfficeSetting::TimeZone).unwrap_or_default();
                ZoneName::new(name).unwrap_or_else(|_| ZoneName::utc())
            }
        };
        let today = day::of(now, &day::zone(&zone)).unwrap_or(Day::LATEST);
        Ok(range.days(today, week_start(&settings)))
    }

    /// One's own saved reports and those that are shared, oldest first.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn saved_reports(
        &self,
        principal: &Principal,
    ) -> Result<Vec<SavedView>, ServiceError> {
        let own = principal.user().map(|user| user.id);
        let found = self.door.read(move |reader| {
            let mut views = Vec::new();
            for report in read::target::saved_reports(reader)? {
                let is_own = report.owner == own;
                if report.shared || is_own {
                    let owner = report.owner.map(|owner| read::user(reader, owner)).transpose()?;
                    let owner = owner.flatten().map(|user| user.name.to_string());
                    let version = read::told::version(reader, &Told::SavedReport(report.id))?;
                    views.push(SavedView { report, owner, own: is_own, version });
                }
            }
            Ok(views)
        });
        Ok(found.await?)
    }

    /// One that the asker may ask.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] when there is none for them.
    pub async fn saved_report(
        &self,
        principal: &Principal,
        id: SavedReportId,
    ) -> Result<SavedView, ServiceError> {
        let mut views = self.saved_reports(principal).await?.into_iter();
        views.find(|view| view.report.id == id).ok_or_else(unknown)
    }

    /// Saves a new one, or another question under an id of one's own, if that is of the version looked at.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn save_report(
        &self,
        asking: Asking<'_>,
        id: Option<(SavedReportId, Option<u64>)>,
        (name, shared, query): (Label, bool, CanonicalJson),
    ) -> Result<SavedView, ServiceError> {
        if shared {
            asking.principal.must_have(Right::SeeTeamReports)?;
        }
        let own = asking.principal.user().map(|user| user.id);
        let (id, expect, owner) = match id {
            None => (SavedReportId(clock::ascending_id()), None, own),
            Some((id, expect)) => {
                let owner = self.changeable_report(asking.principal, id).await?.report.owner;
                (id, expect, owner)
            }
        };
        let report = SavedReport { id, owner, name, shared, query, changed: asking.now };
        self.change_saved(asking, (id, expect), SavedReportCommand::Put(report.clone())).await?;
        // As it was put: whoever took somebody's report back from the others does not see it any more.
        let found = self.door.read(move |reader| {
            let owner = report.owner.map(|owner| read::user(reader, owner)).transpose()?;
            let owner = owner.flatten().map(|user| user.name.to_string());
            let version = read::told::version(reader, &Told::SavedReport(report.id))?;
            Ok(SavedView { own: report.owner == own, report, owner, version })
        });
        Ok(found.await?)
    }

    /// The end of one of one's own.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn delete_report(
        &self,
        asking: Asking<'_>,
        (id, expect): (SavedReportId, Option<u64>),
    ) -> Result<(), ServiceError> {
        let report = self.changeable_report(asking.principal, id).await?.report.id;
        self.change_saved(asking, (id, expect), SavedReportCommand::Delete { report }).await
    }

    /// One's own; and what is shared, for whoever manages people.
    async fn changeable_report(
        &self,
        principal: &Principal,
        id: SavedReportId,
    ) -> Result<SavedView, ServiceError> {
        let view = self.saved_report(principal, id).await?;
        if !view.own {
            principal.must_have(Right::ManagePeople)?;
        }
        Ok(view)
    }

    async fn change_saved(
        &self,
        asking: Asking<'_>,
        (report, expect): (SavedReportId, Option<u64>),
        command: SavedReportCommand,
    ) -> Result<(), ServiceError> {
        let (now, actor) = (asking.now, asking.principal.actor());
        let (told, change) = (Told::SavedReport(report), GuardedChange::SavedReport(command));
        let command = Command::of_version(told, expect, change);
        let change = Change { now, actor, command };
        change.commit_once(&self.door, asking.key).await.map(|_| ())
    }
}

const fn unknown() -> ServiceError {
    ServiceError::Refused(Refusal::Hours(HoursRefusal::UnknownReport))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_whole() {
        let day = |text: &str| Day::of(text.parse().unwrap()).unwrap();
        let today = day("2026-01-04");
        for (range, from, to) in [
            (RelativeRange::Today, "2026-01-04", "2026-01-04"),
            (RelativeRange::ThisWeek, "2025-12-29", "2026-01-04"),
            (RelativeRange::LastWeek, "2025-12-22", "2025-12-28"),
            (RelativeRange::ThisMonth, "2026-01-01", "2026-01-31"),
            (RelativeRange::LastMonth, "2025-12-01", "2025-12-31"),
            (RelativeRange::ThisYear, "2026-01-01", "2026-12-31"),
            (RelativeRange::LastYear, "2025-01-01", "2025-12-31"),
        ] {
            assert_eq!(range.days(today, 0), (day(from), day(to)), "{}", range.name());
            assert_eq!(RelativeRange::from_name(range.name()), Some(range));
        }
        assert_eq!(RelativeRange::ThisWeek.days(today, 6), (today, day("2026-01-10")));
    }
}
