//! The report itself: sums with names, targets, and the time before.

use std::collections::{BTreeMap, BTreeSet};

use super::add::{Adding, Counted, Days, Key, Part, Sums};
use super::names::Names;
use super::period::Period;
use super::{By, Filter, HoursRequest, bad_range, stretches, too_much, zone_of};
use crate::domain::id::{RecordId, TaskId, UserId};
use crate::domain::outcome::Refusal;
use crate::domain::policy::Reach;
use crate::domain::team::Team;
use crate::domain::text::ZoneName;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::Principal;
use crate::service::book::approval::not_theirs;
use crate::service::book::target::Targets;
use crate::service::book::timesheet::week_start;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// What hours came to.
#[derive(Debug)]
pub struct HoursReport {
    /// Where days begin and end.
    pub zone: ZoneName,
    /// What it was about.
    pub request: HoursRequest,
    /// All of it, each hour once.
    pub total_ms: u64,
    /// What was due from everybody it is about; none when only a part of their work is.
    pub target_minutes: Option<u64>,
    /// The periods.
    pub periods: Vec<PeriodSum>,
    /// The time before, and what it came to.
    pub previous: Option<(Period, u64)>,
    /// By period and then by name.
    pub rows: Vec<Row>,
}

/// What a period came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodSum {
    /// Which.
    pub period: Period,
    /// Each hour once.
    pub ms: u64,
    /// What was due; none when only a part of people's work is asked about.
    pub target_minutes: Option<u64>,
    /// What it is compared with, and what that came to.
    pub previous: Option<(Period, u64)>,
}

/// One sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// In which period.
    pub period: Period,
    /// Of what, in the order asked.
    pub keys: Vec<RowKey>,
    /// How long.
    pub ms: u64,
    /// With what stands below the task, where hours are told apart by task.
    pub with_below_ms: Option<u64>,
    /// What was due, where hours are told apart by person alone.
    pub target_minutes: Option<u64>,
    /// What it came to in the period that this one is compared with.
    pub previous_ms: Option<u64>,
}

/// What a sum is of, in one respect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowKey {
    /// In which respect.
    pub by: By,
    /// Which; none for hours without one, and where it is not open to the asker.
    pub id: Option<RecordId>,
    /// Its name.
    pub name: Option<String>,
    /// The task it stands below.
    pub parent: Option<TaskId>,
    /// A task's project, by name.
    pub project: Option<String>,
    /// It is not open to the asker.
    pub hidden: bool,
}

pub(super) fn report(
    reader: &dyn Reader,
    asker: &Principal,
    request: HoursRequest,
    now: Timestamp,
) -> Result<Result<HoursReport, ServiceError>, StoreError> {
    let (zone, settings) = (zone_of(reader, asker)?, read::office_settings(reader)?);
    let (reach, teams) = (asker.reach(reader)?, read::people::teams(reader)?);
    let people = match people(reader, &reach, &teams, &request.filter)? {
        Ok(people) => people,
        Err(error) => return Ok(Err(error)),
    };
    let counted: Vec<Counted> = people.iter().map(|user| counted(user.id, &teams)).collect();
    let range = Period { from: request.from, to: request.to };
    let periods = range.cut(request.per, week_start(&settings));
    let mut names = Names::new(reader, asker);
    let mut sums_of = |days: Option<Days>| -> Result<Result<Sums, ServiceError>, StoreError> {
        let Some(days) = days else { return Ok(Err(bad_range())) };
        let (by, filter) = (&request.by, &request.filter);
        let adding = Adding { by, filter, days: &days, now };
        Ok(adding.sums(reader, &mut names, &counted)?.ok_or_else(too_much))
    };
    let mut sums = match sums_of(days(&periods, &zone))? {
        Ok(sums) => sums,
        Err(error) => return Ok(Err(error)),
    };
    let before = range.before().filter(|_| request.compare);
    let mut previous = None;
    if let Some(before) = before {
        let beside = range.each_before(before, &periods, request.per);
        match sums_of(days_beside(before, &beside, &zone))? {
            Ok(sums) => previous = Some(Previous { period: before, beside, sums }),
            Err(error) => return Ok(Err(error)),
        }
    }
    let mut targets = BTreeMap::new();
    if request.filter.is_about_people() {
        for user in &people {
            targets.insert(user.id, Targets::load(reader, user, settings.target())?);
        }
    }
    if request.by == [By::User] {
        // Who worked nothing, and should have, is there, too.
        for (user, targets) in &targets {
            for (at, period) in periods.iter().enumerate() {
                if targets.sum(period.from, period.to) > 0 {
                    let key = (at, vec![Part::One(RecordId::from_bytes(user.bytes()))]);
                    sums.rows.entry(key).or_default();
                }
            }
        }
    }
    let due = |period: &Period| {
        let sum = |targets: &Targets| targets.sum(period.from, period.to);
        request.filter.is_about_people().then(|| targets.values().map(sum).sum())
    };
    let below = below(&mut names, &request.by, &sums)?;
    let mut rows = Vec::with_capacity(sums.rows.len());
    let mut known = BTreeMap::new();
    // What there was before, and is no more, is there, too.
    let earlier = previous.iter().flat_map(|previous| previous.sums.rows.keys());
    let earlier = earlier.filter(|(at, _)| *at < periods.len());
    let keys: BTreeSet<&Key> = sums.rows.keys().chain(below.keys()).chain(earlier).collect();
    for key in keys {
        let (at, parts) = key;
        let period = periods[*at];
        let mut told = Vec::with_capacity(parts.len());
        for (by, part) in request.by.iter().zip(parts) {
            let named = match known.get(&(*by, *part)) {
                Some(named) => RowKey::clone(named),
                None => name(&mut names, (&people, &teams), *by, *part)?,
            };
            known.entry((*by, *part)).or_insert_with(|| named.clone());
            told.push(named);
        }
        let own = match (request.by.as_slice(), parts.as_slice()) {
            ([By::User], [Part::One(id)]) => targets.get(&UserId::from_bytes(id.bytes())),
            _ => None,
        };
        let beside = previous.as_ref().filter(|previous| previous.beside[*at].is_some());
        rows.push(Row {
            period,
            keys: told,
            ms: sums.rows.get(key).copied().unwrap_or_default(),
            with_below_ms: request
                .by
                .contains(&By::Task)
                .then(|| below.get(key).copied().unwrap_or_default()),
            target_minutes: own.map(|targets| targets.sum(period.from, period.to)),
            previous_ms: beside
                .map(|previous| previous.sums.rows.get(key).copied().unwrap_or_default()),
        });
    }
    let order = |row: &Row| {
        let names = row.keys.iter().map(|key| (key.name.is_none(), key.name.clone(), key.id));
        (row.period.from, names.collect::<Vec<_>>())
    };
    rows.sort_by_cached_key(order);
    let target_minutes = due(&range);
    let periods = periods.iter().zip(&sums.periods).enumerate().map(|(at, (period, ms))| {
        let beside = previous.as_ref().and_then(|previous| previous.at(at));
        PeriodSum { period: *period, ms: *ms, target_minutes: due(period), previous: beside }
    });
    let periods = periods.collect();
    let previous =
        previous.map(|previous| (previous.period, previous.sums.periods.iter().sum::<u64>()));
    let total_ms = sums.periods.iter().sum();
    Ok(Ok(HoursReport { zone, request, total_ms, target_minutes, periods, previous, rows }))
}

/// The time before.
struct Previous {
    period: Period,
    /// What each period is compared with.
    beside: Vec<Option<Period>>,
    sums: Sums,
}

impl Previous {
    /// What the period at this place is compared with, and what that came to.
    fn at(&self, at: usize) -> Option<(Period, u64)> {
        let period = self.beside.get(at).copied().flatten()?;
        Some((period, self.sums.periods.get(at).copied().unwrap_or_default()))
    }
}

/// Whose hours count: those named, or everybody's that the asker sees.
pub(super) fn people(
    reader: &dyn Reader,
    reach: &Reach,
    teams: &[Team],
    filter: &Filter,
) -> Result<Result<Vec<User>, ServiceError>, StoreError> {
    let mut people = read::users(reader)?;
    if let Some(names) = &filter.people
        && reach.sees_everyone()
        && !names.iter().all(|name| people.iter().any(|user| user.name.as_str() == name))
    {
        return Ok(Err(ServiceError::Refused(Refusal::UnknownUser)));
    }
    people.retain(|user| reach.sees(user.id));
    if let Some(names) = &filter.people {
        people.retain(|user| names.contains(user.name.as_str()));
        if people.len() < names.len() {
            return Ok(Err(not_theirs()));
        }
    }
    if let Some(wanted) = &filter.teams {
        let mut chosen = teams.iter().filter(|team| wanted.contains(&team.id));
        let members: BTreeSet<_> = chosen.by_ref().flat_map(|team| &team.members).collect();
        people.retain(|user| members.contains(&user.id));
    }
    Ok(Ok(people))
}

fn counted(id: UserId, teams: &[Team]) -> Counted {
    let theirs = teams.iter().filter(|team| team.members.contains(&id));
    Counted { id, teams: theirs.map(|team| team.id).collect() }
}

fn days(periods: &[Period], zone: &ZoneName) -> Option<Days> {
    let (first, last) = (periods.first()?, periods.last()?);
    let stretches = stretches(first.from, last.to, zone)?;
    let places = periods.iter().enumerate();
    let places = places.flat_map(|(at, period)| (0..period.days()).map(move |_| at)).collect();
    Some(Days { stretches, periods: places })
}

/// The days of the time before, each with the place of the period it is compared with; the place after the last for the others.
fn days_beside(before: Period, beside: &[Option<Period>], zone: &ZoneName) -> Option<Days> {
    let stretches = stretches(before.from, before.to, zone)?;
    let place = |day| {
        let holds = |period: &Period| period.from.number() <= day && day <= period.to.number();
        beside.iter().position(|period| period.as_ref().is_some_and(holds))
    };
    let days = before.from.number()..=before.to.number();
    let periods = days.map(|day| place(day).unwrap_or(beside.len())).collect();
    Some(Days { stretches, periods })
}

/// Each task's time with that of everything below it.
fn below(names: &mut Names<'_>, by: &[By], sums: &Sums) -> Result<BTreeMap<Key, u64>, StoreError> {
    let mut below = BTreeMap::new();
    let Some(place) = by.iter().position(|by| *by == By::Task) else { return Ok(below) };
    for ((period, parts), ms) in &sums.rows {
        let line = match parts[place] {
            Part::One(id) => {
                names.line_of(id.into())?.into_iter().map(|id| Part::One(id.into())).collect()
            }
            other => vec![other],
        };
        for part in line {
            let mut parts = parts.clone();
            parts[place] = part;
            *below.entry((*period, parts)).or_default() += ms;
        }
    }
    Ok(below)
}

fn name(
    names: &mut Names<'_>,
    (people, teams): (&[User], &[Team]),
    by: By,
    part: Part,
) -> Result<RowKey, StoreError> {
    let hidden = part == Part::Hidden;
    let mut key = RowKey { by, id: None, name: None, parent: None, project: None, hidden };
    if let Part::Flag(flag) = part {
        key.name = Some(if flag { "yes" } else { "no" }.to_owned());
    }
    let Part::One(id) = part else { return Ok(key) };
    key.id = Some(id);
    key.name = match by {
        By::User => {
            let id = UserId::from_bytes(id.bytes());
            people.iter().find(|user| user.id == id).map(|user| user.name.to_string())
        }
        By::Team => teams
            .iter()
            .find(|team| team.id.bytes() == id.bytes())
            .map(|team| team.name.to_string()),
        By::Customer => names.customer_name(id.into())?,
        By::Project => names.project(id.into())?.map(|project| project.body.name.to_string()),
        By::Task => {
            let task = names.task(id.into())?.map(|task| task.body.clone());
            key.parent = task.as_ref().and_then(|task| task.parent);
            if let Some(task) = &task {
                let project = names.project(task.project)?;
                key.project = project.map(|project| project.body.name.to_string());
            }
            task.map(|task| task.name.to_string())
        }
        By::Tag => names.tag_name(id.into())?,
        By::Billable => None,
    };
    Ok(key)
}
