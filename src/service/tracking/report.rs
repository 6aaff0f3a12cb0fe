//! Totals of a person's recorded activity: per app and per day, in their zone, as far as the viewer may see.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::look::Seen;
use crate::domain::id::UserId;
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, Reach, View, seen_under};
use crate::domain::report::{DayTotal, Stretch};
use crate::domain::text::UserName;
use crate::domain::tier::{AppTotal, DayTotals};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::activity::totals;
use crate::store::{Reader, StoreError, read};

/// A report covers at most this many days.
const MOST_DAYS: usize = 400;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// Whose activity, by sign-in name; the asker's own when empty.
    pub person: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
}

/// How much a report tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Hours a day and an app.
    Apps,
    /// Hours a day only.
    Hours,
}

/// Totals of one person's activity.
#[derive(Debug)]
pub struct ActivityReport {
    /// Whose.
    pub person: User,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// The office's policy.
    pub policy: ActivityPolicy,
    /// How much this viewer is told.
    pub detail: Detail,
    /// Every day of the range, oldest first.
    pub days: Vec<(Date, DayTotal)>,
}

impl Tracking {
    /// The totals `request` asks for. A look at somebody else's leaves an audit entry before anything is shown.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when the viewer may see nothing of this person; bad input.
    pub async fn report(
        &self,
        principal: &Principal,
        request: ReportRequest,
        now: Timestamp,
    ) -> Result<ActivityReport, ServiceError> {
        self.report_through(principal, request, None, now).await
    }

    /// The same; the look is of `through` when that is given, else of this report.
    pub(super) async fn report_through(
        &self,
        principal: &Principal,
        request: ReportRequest,
        through: Option<Seen>,
        now: Timestamp,
    ) -> Result<ActivityReport, ServiceError> {
        let name = request.person.as_deref();
        let (person, view, policy) = self.person(principal, name, now).await?;
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let (from, to) = (request.from, request.to);
        let days = range(from, to, &zone)?;
        let (first, last) = (days.first(), days.last());
        if let (View::UpTo(detail), Some((_, first)), Some((_, last))) = (view, first, last) {
            let range = Stretch { from: first.from, to: last.to };
            let report = || Seen::new("report", range, detail.min(ActivityPolicy::AppTotals));
            let seen = through.unwrap_or_else(report);
            self.leave_trace(principal, &person, seen, now).await?;
        }
        let (id, bounds) = (person.id, days.iter().map(|(_, day)| *day).collect::<Vec<_>>());
        let found = self.door.read(move |reader| seen(reader, id, view, &bounds));
        let totals = found.await?.ok_or_else(too_much)?;
        let detail = match view {
            View::Own => Detail::Apps,
            View::UpTo(policy) if shows_apps(policy) => Detail::Apps,
            _ => Detail::Hours,
        };
        let days = days.into_iter().map(|(date, _)| date).zip(totals).collect();
        Ok(ActivityReport { person, from, to, policy, detail, days })
    }

    pub(super) async fn person(
        &self,
        principal: &Principal,
        name: Option<&str>,
        now: Timestamp,
    ) -> Result<(User, View, ActivityPolicy), ServiceError> {
        let own = principal.user();
        let person = match (name, own) {
            (None, Some(own)) => Some(own.clone()),
            (Some(name), Some(own)) if own.name.as_str() == name => Some(own.clone()),
            (Some(name), _) => match UserName::new(name) {
                Ok(name) => self.door.read(move |r| read::user_by_name(r, &name)).await?,
                Err(_) => None,
            },
            (None, None) => {
                return Err(ServiceError::bad_input(
                    "no_person",
                    "A report is about a person, and none was named.",
                    "Name the person.",
                ));
            }
        };
        let (reach, policy) = self.reach(principal, now).await?;
        // Whoever may not see others learns nothing about who there is.
        let Some(person) = person else {
            return Err(match reach.sees_others() {
                true => ServiceError::Refused(Refusal::UnknownUser),
                false => not_theirs(),
            });
        };
        match reach.view_of(person.id, policy) {
            View::Nothing => Err(not_theirs()),
            view => Ok((person, view, policy)),
        }
    }

    /// Whom the principal reaches now, and how far the office's policy goes.
    pub(super) async fn reach(
        &self,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(Reach, ActivityPolicy), ServiceError> {
        let asker = principal.clone();
        let found = self.door.read(move |r| Ok((asker.reach(r)?, read::policy(r, now)?)));
        Ok(found.await?)
    }
}

pub(super) fn not_theirs() -> ServiceError {
    ServiceError::Forbidden(
        "You may see only your own recorded activity, and that of a team you lead.",
    )
}

pub(super) fn range(
    from: Date,
    to: Date,
    zone: &TimeZone,
) -> Result<Vec<(Date, Stretch)>, ServiceError> {
    let last_allowed = i64::try_from(MOST_DAYS)
        .ok()
        .and_then(|most| from.checked_add(jiff::Span::new().days(most)).ok());
    if to < from || last_allowed.is_none_or(|limit| to >= limit) {
        return Err(bad_range());
    }
    day::days(from, to, zone).ok_or_else(bad_range)
}

fn bad_range() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!(
            "A report covers 1 to {MOST_DAYS} days between 1970 and 2199, the first before the last."
        ),
        "Choose another range.",
    )
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More was recorded in this range than one report can add up.",
        "Choose a shorter range.",
    )
}

const fn shows_apps(policy: ActivityPolicy) -> bool {
    matches!(policy, ActivityPolicy::AppTotals | ActivityPolicy::FullDetail)
}

/// May this viewer know the app of an event recorded under `recorded`?
pub(super) fn may_know_app(view: View, recorded: ActivityPolicy) -> bool {
    match view {
        View::Own => true,
        View::UpTo(now) => shows_apps(seen_under(recorded, now)),
        View::Nothing => false,
    }
}

/// The days as this viewer may see them; `None` when there is too much to add up.
fn seen(
    reader: &dyn Reader,
    person: UserId,
    view: View,
    days: &[Stretch],
) -> Result<Option<Vec<DayTotal>>, StoreError> {
    let found = totals::of_days(reader, person, days, |policy| may_know_app(view, policy))?;
    let seen = |day: DayTotals| {
        let mut apps = BTreeMap::new();
        for AppTotal { app, ms, .. } in day.apps {
            *apps.entry(app).or_default() += ms;
        }
        DayTotal { active_ms: day.active_ms, apps }
    };
    Ok(found.map(|days| days.into_iter().map(seen).collect()))
}
