//! Totals of a person's recorded activity by application, category, site or computer, as far as the viewer may see.
//!
//! | by       | others see it                                        | and then a rule or name goes by     |
//! |----------|------------------------------------------------------|-------------------------------------|
//! | device   | from `category totals` on                            | the computer's name                 |
//! | category | from `category totals` on                            | the application; all of it under `full detail` |
//! | app      | from `app totals` on                                 | the application                     |
//! | site     | under `full detail`                                  | the host of the page                |

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::look::Seen;
use super::report::ReportRequest;
use crate::domain::activity::Bucket;
use crate::domain::category::Trees;
use crate::domain::policy::{ActivityPolicy, View};
use crate::domain::report::Stretch;
use crate::domain::time::Timestamp;
use crate::domain::total::{By, LabelTotals, least};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::read::{self, pieces::Pieces};

/// A report covers at most this many days.
const MOST_DAYS: i64 = 400;
/// Totals of one person's activity by something.
#[derive(Debug)]
pub struct TotalsReport {
    /// Whose.
    pub person: User,
    /// By what.
    pub by: By,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// The office's policy.
    pub policy: ActivityPolicy,
    /// May this viewer see more than hours?
    pub tells: bool,
    /// What the numbers in the days stand for.
    pub labels: Vec<String>,
    /// Every day of the range, oldest first.
    pub days: Vec<(Date, LabelTotals)>,
}

impl Tracking {
    /// The totals `request` asks for. A look at somebody else's leaves an audit entry before anything is shown.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when the viewer may see nothing of this person; bad input.
    pub async fn totals(
        &self,
        principal: &Principal,
        request: ReportRequest,
        by: By,
        now: Timestamp,
    ) -> Result<TotalsReport, ServiceError> {
        let ReportRequest { person, from, to } = request;
        let (person, view, policy) = self.person(principal, person.as_deref(), now).await?;
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let days = days(from, to, &zone)?;
        let bounds: Vec<Stretch> = days.iter().map(|(_, day)| *day).collect();
        if let (View::UpTo(shown), Some(first), Some(last)) = (view, bounds.first(), bounds.last())
        {
            let range = Stretch { from: first.from, to: last.to };
            self.leave_trace(
                principal,
                &person,
                Seen::new("totals", range, shown.min(least(by))),
                now,
            )
            .await?;
        }
        let trees = match by {
            By::Category if view == View::Own => Trees::always(self.tree_of(person.id).await?),
            By::Category => self.trees_for_others(person.id).await?,
            _ => Trees::always(Arc::default()),
        };
        let id = person.id;
        let found = self.door.read(move |reader| {
            let devices = read::devices_of(reader, id)?.into_iter();
            let computers: Vec<_> = devices.map(|d| (d.id, d.name.to_string())).collect();
            Pieces::collect(reader, &computers, view, (by, trees), bounds)
        });
        let (labels, totals) = found.await?.ok_or_else(too_much)?;
        let days = days.into_iter().map(|(date, _)| date).zip(totals).collect();
        let tells = match view {
            View::Own => true,
            View::UpTo(shown) => shown >= least(by),
            View::Nothing => false,
        };
        Ok(TotalsReport { person, by, from, to, policy, tells, labels, days })
    }
}

fn days(from: Date, to: Date, zone: &TimeZone) -> Result<Vec<(Date, Stretch)>, ServiceError> {
    let bad = || {
        ServiceError::bad_input(
            "bad_range",
            format!(
                "A report covers 1 to {MOST_DAYS} days between 1970 and 2199, the first before the last."
            ),
            "Choose another range.",
        )
    };
    let end = from.checked_add(jiff::Span::new().days(MOST_DAYS)).map_err(|_| bad())?;
    if to < from || to >= end {
        return Err(bad());
    }
    day::days(from, to, zone).ok_or_else(bad)
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More was recorded in this range than one report can add up.",
        "Choose a shorter range.",
    )
}

pub(super) fn is(bucket: &Bucket, kind: &str) -> bool {
    bucket.about.kind.as_str() == kind
}
