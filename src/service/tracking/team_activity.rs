//! Recorded activity of everybody one sees, for a dashboard: hours by day or month, and what they were spent with by application or
//! category, as far as the policy shows it.
//!
//! It reads what months came to, so that a year of an office is told at once. Categories therefore go by the application alone, for
//! everybody, and a month is sorted by rules that held when it began. Whoever recorded more than can be added up now is told of as such, and
//! holds up nobody else's.

mod adding;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use jiff::civil::Date;

use adding::{Adding, Asked};

use super::Tracking;
use super::category::TreesOf;
use super::look::Seen;
use super::report::{not_theirs, range};
use crate::domain::id::TeamId;
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, View};
use crate::domain::report::Stretch;
use crate::domain::time::Timestamp;
use crate::domain::total::{By, least};
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, read};

/// Looks that are written down at once.
const LOOKS_AT_ONCE: usize = 32;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TeamActivityRequest {
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Hours by this.
    pub each: Each,
    /// By application or category, too.
    pub by: Option<TeamBy>,
    /// Only members of this team.
    pub team: Option<TeamId>,
}

/// What hours are told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// The day.
    Day,
    /// The month.
    Month,
}

impl Each {
    /// Its name in queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Day, Self::Month].into_iter().find(|each| each.name() == name)
    }

    /// Where the one of this day begins.
    pub fn begin(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Month => date.first_of_month(),
        }
    }
}

/// What hours of many people are put under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamBy {
    /// The application.
    App,
    /// The category of the application.
    Category,
}

impl TeamBy {
    /// Its name in queries.
    pub const fn name(self) -> &'static str {
        self.as_by().name()
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::App, Self::Category].into_iter().find(|by| by.name() == name)
    }

    const fn as_by(self) -> By {
        match self {
            Self::App => By::App,
            Self::Category => By::Category,
        }
    }
}

/// Activity of many people.
#[derive(Debug)]
pub struct TeamActivity {
    /// What was asked.
    pub request: TeamActivityRequest,
    /// The office's policy.
    pub policy: ActivityPolicy,
    /// The days or months, by where they begin.
    pub periods: Vec<Date>,
    /// Everybody one sees, by name.
    pub people: Vec<PersonActivity>,
    /// All people and days together.
    pub named: Named,
}

/// Activity of one of them.
#[derive(Debug)]
pub struct PersonActivity {
    /// Whose.
    pub person: User,
    /// May this viewer see more than hours?
    pub tells: bool,
    /// Was all of it added up? Nothing is told where it was not.
    pub complete: bool,
    /// Time with any activity in each period.
    pub active_ms: Vec<u64>,
    /// What it was spent with.
    pub named: Named,
}

/// Time under names, longest first.
#[derive(Debug, Default)]
pub struct Named {
    /// The longest.
    pub rows: Vec<(Arc<str>, u64)>,
    /// Time under all other names.
    pub others_ms: u64,
}

impl Tracking {
    /// The activity of everybody the viewer sees. A look at somebody else's leaves an audit entry before anything is shown.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when the viewer sees nobody else's; bad input.
    pub async fn team_activity(
        &self,
        principal: &Principal,
        request: TeamActivityRequest,
        now: Timestamp,
    ) -> Result<TeamActivity, ServiceError> {
        let (reach, policy) = self.reach(principal, now).await?;
        if !reach.sees_others() {
            return Err(not_theirs());
        }
        let everybody = self.door.read(move |reader| people(reader, request.team)).await?;
        let mut days = DaysOf { request, zones: HashMap::new() };
        let mut people = Vec::new();
        for person in everybody.ok_or(ServiceError::Refused(Refusal::UnknownTeam))? {
            let view = reach.view_of(person.id, policy);
            if view != View::Nothing {
                let days = days.of(&person)?;
                people.push(Asked { person, view, days, trees: TreesOf::default() });
            }
        }
        let mut people = self.leave_traces(principal, request.by, people, now).await?;
        let mut trees = Vec::new();
        if request.by == Some(TeamBy::Category) {
            let asked = people.iter().map(|one| one.person.id).collect();
            let (found, used) = self.trees_of_many(asked).await?;
            trees = found;
            people.iter_mut().zip(used).for_each(|(one, used)| one.trees = used);
        }
        let dates: Vec<Date> = dates(request);
        let mut periods: Vec<Date> = dates.iter().map(|date| request.each.begin(*date)).collect();
        let period_of = periods.chunk_by(|a, b| a == b).enumerate();
        let period_of: Vec<usize> =
            period_of.flat_map(|(at, days)| std::iter::repeat_n(at, days.len())).collect();
        periods.dedup();
        let mut adding = Adding::new(request.by, trees, periods.len(), period_of);
        let found = self.door.read(move |reader| {
            let told: Result<Vec<_>, _> =
                people.into_iter().map(|one| adding.person(reader, one)).collect();
            Ok((told?, adding.all()))
        });
        let (told, all) = found.await?;
        let named = all.ok_or_else(too_much)?;
        let people = told
            .into_iter()
            .filter(|one| one.person.disabled.is_none() || one.active_ms.iter().any(|ms| *ms > 0))
            .collect();
        Ok(TeamActivity { request, policy, periods, people, named })
    }

    /// Writes down every look that needs it; those who may not be looked at any more are left out.
    async fn leave_traces(
        &self,
        principal: &Principal,
        by: Option<TeamBy>,
        people: Vec<Asked>,
        now: Timestamp,
    ) -> Result<Vec<Asked>, ServiceError> {
        let most = by.map_or(ActivityPolicy::HoursOnly, |by| least(by.as_by()));
        let looks = people.into_iter().map(|one| async move {
            if let (View::UpTo(shown), Some(first), Some(last)) =
                (one.view, one.days.first(), one.days.last())
            {
                let range = Stretch { from: first.from, to: last.to };
                let seen = Seen::new("team", range, shown.min(most));
                match self.leave_trace(principal, &one.person, seen, now).await {
                    // Erased meanwhile.
                    Err(ServiceError::Refused(_)) => return Ok(None),
                    done => done?,
                }
            }
            Ok(Some(one))
        });
        let looked: Vec<Result<Option<Asked>, ServiceError>> =
            stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await;
        looked.into_iter().filter_map(Result::transpose).collect()
    }
}

/// Everybody, or the members of the team, by name; nothing when there is no such team.
fn people(reader: &dyn Reader, team: Option<TeamId>) -> Result<Option<Vec<User>>, StoreError> {
    let mut users = read::users(reader)?;
    if let Some(team) = team {
        let Some(team) = read::people::team(reader, team)? else { return Ok(None) };
        users.retain(|user| team.members.contains(&user.id));
    }
    users.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    Ok(Some(users))
}

fn dates(request: TeamActivityRequest) -> Vec<Date> {
    request.from.series(jiff::Span::new().days(1)).take_while(|date| *date <= request.to).collect()
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More applications were recorded in this range than one report can tell.",
        "Choose a shorter range, a team, or hours alone.",
    )
}

/// The days that are asked for, once a zone.
struct DaysOf {
    request: TeamActivityRequest,
    zones: HashMap<String, Arc<[Stretch]>>,
}

impl DaysOf {
    fn of(&mut self, person: &User) -> Result<Arc<[Stretch]>, ServiceError> {
        let name = person.zone.as_str();
        if let Some(known) = self.zones.get(name) {
            return Ok(Arc::clone(known));
        }
        let days = range(self.request.from, self.request.to, &day::zone(&person.zone))?;
        let days: Arc<[Stretch]> = days.into_iter().map(|(_, day)| day).collect();
        self.zones.insert(name.to_owned(), Arc::clone(&days));
        Ok(days)
    }
}
