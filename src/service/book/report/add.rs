//! Adding up: each entry's parts, by day, to the sums of what they belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::names::Names;
use super::{By, Filter, MOST_ENTRIES, MOST_ROWS};
use crate::domain::entry::Entry;
use crate::domain::hours::{by_day, counted};
use crate::domain::id::{RecordId, TeamId, UserId};
use crate::domain::report::Stretch;
use crate::domain::time::Timestamp;
use crate::store::{Reader, StoreError, read};

/// What a sum belongs to, in one respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// This one.
    One(RecordId),
    /// Yes or no.
    Flag(bool),
    /// None.
    Without,
    /// One that is not open to the asker.
    Hidden,
}

/// To which period (by its place) and to what a sum belongs.
pub(super) type Key = (usize, Vec<Part>);

/// Somebody whose hours count.
pub(super) struct Counted {
    pub(super) id: UserId,
    /// Their teams that are told apart.
    pub(super) teams: BTreeSet<TeamId>,
}

/// The days of a report, each with the place of its period.
pub(super) struct Days {
    pub(super) stretches: Vec<Stretch>,
    pub(super) periods: Vec<usize>,
}

/// Sums.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) rows: BTreeMap<Key, u64>,
    /// Each hour once, by period.
    pub(super) periods: Vec<u64>,
    adding: Vec<BTreeMap<Vec<Part>, u64>>,
    count: usize,
    entries: usize,
}

impl Sums {
    fn new(periods: usize) -> Self {
        Self {
            periods: vec![0; periods],
            adding: vec![BTreeMap::new(); periods],
            ..Self::default()
        }
    }

    /// Most parts of an entry belong where others did before: no key is made anew for them.
    fn add(&mut self, period: usize, key: &[Part], ms: u64) {
        match self.adding[period].get_mut(key) {
            Some(sum) => *sum += ms,
            None => {
                self.adding[period].insert(key.to_vec(), ms);
                self.count += 1;
            }
        }
    }

    const fn is_too_much(&self) -> bool {
        self.entries > MOST_ENTRIES || self.count > MOST_ROWS
    }

    fn added(mut self) -> Self {
        for (period, rows) in std::mem::take(&mut self.adding).into_iter().enumerate() {
            self.rows.extend(rows.into_iter().map(|(key, ms)| ((period, key), ms)));
        }
        self
    }
}

/// What is added up, and how it is told apart.
pub(super) struct Adding<'a> {
    pub(super) by: &'a [By],
    pub(super) filter: &'a Filter,
    pub(super) days: &'a Days,
    pub(super) now: Timestamp,
}

impl Adding<'_> {
    /// The sums of these people's hours; none when there is too much to add up.
    pub(super) fn sums(
        &self,
        reader: &dyn Reader,
        names: &mut Names<'_>,
        people: &[Counted],
    ) -> Result<Option<Sums>, StoreError> {
        let count = self.days.periods.iter().max().map_or(0, |last| last + 1);
        let mut sums = Sums::new(count);
        let (Some(first), Some(last)) = (self.days.stretches.first(), self.days.stretches.last())
        else {
            return Ok(Some(sums));
        };
        for person in people {
            let mut failed = None;
            read::worked::each(reader, person.id, first.from, last.to, |entry| {
                sums.entries += 1;
                match self.add(names, &mut sums, person, &entry.body) {
                    Ok(()) if sums.is_too_much() => ControlFlow::Break(()),
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        ControlFlow::Break(())
                    }
                }
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
            if sums.is_too_much() {
                return Ok(None);
            }
        }
        Ok(Some(sums.added()))
    }

    fn add(
        &self,
        names: &mut Names<'_>,
        sums: &mut Sums,
        person: &Counted,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        if !picks(self.filter, names, entry)? {
            return Ok(());
        }
        let keys = self.keys(names, person, entry)?;
        by_day(&self.days.stretches, counted(entry, self.now), |day, ms| {
            let period = self.days.periods[day];
            sums.periods[period] += ms;
            for key in &keys {
                sums.add(period, key, ms);
            }
        });
        Ok(())
    }

    /// What its time belongs to: in each respect, and once for each team and tag.
    fn keys(
        &self,
        names: &mut Names<'_>,
        person: &Counted,
        entry: &Entry,
    ) -> Result<Vec<Vec<Part>>, StoreError> {
        let hidden = match entry.project {
            Some(project) => !names.shows(project)?,
            None => false,
        };
        let mut keys = vec![Vec::with_capacity(self.by.len())];
        for by in self.by {
            let parts = match by {
                By::User => vec![Part::One(RecordId::from_bytes(person.id.bytes()))],
                By::Team => {
                    let id = |team: &TeamId| Part::One(RecordId::from_bytes(team.bytes()));
                    or_without(person.teams.iter().map(id).collect())
                }
                By::Customer | By::Project | By::Task if hidden => vec![Part::Hidden],
                By::Customer => {
                    let customer = match entry.project {
                        Some(project) => names.customer_of(project)?,
                        None => None,
                    };
                    vec![customer.map_or(Part::Without, |id| Part::One(id.into()))]
                }
                By::Project => vec![entry.project.map_or(Part::Without, |id| Part::One(id.into()))],
                By::Task => vec![entry.task.map_or(Part::Without, |id| Part::One(id.into()))],
                By::Tag => {
                    or_without(entry.tags.iter().map(|tag| Part::One((*tag).into())).collect())
                }
                By::Billable => vec![Part::Flag(entry.billable)],
            };
            keys = spread(keys, &parts);
        }
        Ok(keys)
    }
}

/// Does the filter pick it?
pub(super) fn picks(
    filter: &Filter,
    names: &mut Names<'_>,
    entry: &Entry,
) -> Result<bool, StoreError> {
    if filter.billable.is_some_and(|billable| billable != entry.billable) {
        return Ok(false);
    }
    let by_place =
        filter.projects.is_some() || filter.customers.is_some() || filter.tasks.is_some();
    if let Some(project) = entry.project.filter(|_| by_place)
        && !names.shows(project)?
    {
        return Ok(false);
    }
    if let Some(projects) = &filter.projects
        && !projects.contains(&entry.project)
    {
        return Ok(false);
    }
    if let Some(customers) = &filter.customers {
        let customer = entry.project.map(|project| names.customer_of(project)).transpose()?;
        if !customers.contains(&customer.flatten()) {
            return Ok(false);
        }
    }
    if let Some(tags) = &filter.tags {
        let without = entry.tags.is_empty() && tags.contains(&None);
        if !without && !entry.tags.iter().any(|tag| tags.contains(&Some(*tag))) {
            return Ok(false);
        }
    }
    let Some(tasks) = &filter.tasks else { return Ok(true) };
    let Some(task) = entry.task else { return Ok(tasks.contains(&None)) };
    Ok(names.line_of(task)?.iter().any(|task| tasks.contains(&Some(*task))))
}

fn or_without(parts: Vec<Part>) -> Vec<Part> {
    if parts.is_empty() { vec![Part::Without] } else { parts }
}

fn spread(keys: Vec<Vec<Part>>, parts: &[Part]) -> Vec<Vec<Part>> {
    let longer = |key: Vec<Part>| {
        parts.iter().map(move |part| {
            let mut key = key.clone();
            key.push(*part);
            key
        })
    };
    keys.into_iter().flat_map(longer).collect()
}
