//! Adding up one person after the other, and what names stand for.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Named, PersonActivity, TeamBy};
use crate::domain::category::Trees;
use crate::domain::policy::{ActivityPolicy, View, seen_under};
use crate::domain::report::Stretch;
use crate::domain::tier::AppTotal;
use crate::domain::time::Timestamp;
use crate::domain::total::least;
use crate::domain::user::User;
use crate::service::tracking::category::TreesOf;
use crate::service::tracking::report::may_know_app;
use crate::store::activity::months;
use crate::store::{Reader, StoreError};

/// What is not kept is added up with no more than this in memory a person, and for everybody together.
const MOST_BYTES_A_PERSON: usize = 16 * 1024 * 1024;
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// Names of applications and categories take no more than this.
const MOST_NAME_BYTES: usize = 64 * 1024 * 1024;
/// What a name takes beside its text.
const NAME_BYTES: usize = 100;
/// The longest so many are told by name, of a person and of all.
const MOST_NAMED: usize = 100;
/// A person whose activity is told.
pub(super) struct Asked {
    pub(super) person: User,
    pub(super) view: View,
    pub(super) days: Arc<[Stretch]>,
    pub(super) trees: TreesOf,
}

/// What is added up of one person after the other.
pub(super) struct Adding {
    by: Option<TeamBy>,
    trees: Vec<Trees>,
    /// What an application was sorted to, by the place of its trees and whether it was before they held.
    sorted: HashMap<(TreesOf, bool), HashMap<String, usize>>,
    periods: usize,
    /// The period of each day.
    period_of: Vec<usize>,
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, usize>,
    name_bytes: usize,
    /// Of everybody, by number.
    all: Vec<u64>,
    most_bytes: usize,
}

impl Adding {
    pub(super) fn new(
        by: Option<TeamBy>,
        trees: Vec<Trees>,
        periods: usize,
        period_of: Vec<usize>,
    ) -> Self {
        Self {
            by,
            trees,
            sorted: HashMap::new(),
            periods,
            period_of,
            names: Vec::new(),
            numbers: HashMap::new(),
            name_bytes: 0,
            all: Vec::new(),
            most_bytes: MOST_BYTES,
        }
    }

    pub(super) fn person(
        &mut self,
        reader: &dyn Reader,
        asked: Asked,
    ) -> Result<PersonActivity, StoreError> {
        let Asked { person, view, days, trees } = asked;
        let given = self.most_bytes.min(MOST_BYTES_A_PERSON);
        let (mut left, mut sums, by) = (given, Vec::new(), self.by);
        let mut add = |from: Timestamp, total: AppTotal| {
            if let Some(number) = self.number(view, trees, from, &total) {
                if sums.len() <= number {
                    sums.resize(number + 1, 0);
                }
                sums[number] += total.ms;
            }
        };
        let app = by.map(|_| &mut add as &mut dyn FnMut(Timestamp, AppTotal));
        let found = months::of_days(reader, person.id, &days, &mut left, app)?;
        self.most_bytes -= given - left;
        let complete = found.is_some();
        let mut active_ms = vec![0; self.periods];
        for (period, ms) in self.period_of.iter().zip(found.unwrap_or_default()) {
            active_ms[*period] += ms;
        }
        if !complete {
            sums.clear();
        }
        self.all.resize(self.names.len(), 0);
        self.all.iter_mut().zip(&sums).for_each(|(all, ms)| *all += ms);
        let tells = match (view, by) {
            (View::Own, _) | (_, None) => true,
            (View::UpTo(shown), Some(by)) => shown >= least(by.as_by()),
            (View::Nothing, _) => false,
        };
        Ok(PersonActivity { person, tells, complete, active_ms, named: self.named(&sums) })
    }

    /// Everybody's; `None` when there were too many names.
    pub(super) fn all(&self) -> Option<Named> {
        (self.name_bytes <= MOST_NAME_BYTES).then(|| self.named(&self.all))
    }

    /// The number of what the time is put under, as far as the viewer may know.
    fn number(
        &mut self,
        view: View,
        trees: TreesOf,
        from: Timestamp,
        total: &AppTotal,
    ) -> Option<usize> {
        if self.name_bytes > MOST_NAME_BYTES {
            return None;
        }
        if self.by == Some(TeamBy::App) {
            return may_know_app(view, total.recorded).then(|| self.named_number(&total.app));
        }
        let shown = match view {
            View::Own => ActivityPolicy::FullDetail,
            View::UpTo(now) => seen_under(total.recorded, now),
            View::Nothing => return None,
        };
        let tree = self.trees.get(trees.0)?;
        let before = shown == ActivityPolicy::CategoryTotals && from < tree.since;
        match shown >= ActivityPolicy::CategoryTotals {
            true => Some(self.category(trees, before, &total.app)),
            false => None,
        }
    }

    fn category(&mut self, trees: TreesOf, before: bool, app: &str) -> usize {
        if let Some(known) = self.sorted.get(&(trees, before)).and_then(|known| known.get(app)) {
            return *known;
        }
        let name = self.trees.get(trees.0).map(|known| {
            let tree = if before { &known.before } else { &known.now };
            tree.category([("app", app)]).join(" > ")
        });
        let number = self.named_number(&name.unwrap_or_default());
        self.name_bytes += NAME_BYTES + app.len();
        self.sorted.entry((trees, before)).or_default().insert(app.to_owned(), number);
        number
    }

    fn named_number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let (number, name) = (self.names.len(), Arc::<str>::from(name));
        self.name_bytes += NAME_BYTES + name.len();
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    fn named(&self, sums: &[u64]) -> Named {
        let sums = self.names.iter().zip(sums).filter(|(_, ms)| **ms > 0);
        let mut rows: Vec<_> = sums.map(|(name, ms)| (Arc::clone(name), *ms)).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let others = rows.split_off(rows.len().min(MOST_NAMED));
        Named { rows, others_ms: others.iter().map(|(_, ms)| ms).sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_are_named_and_the_rest_is_one_sum() {
        let mut adding = Adding::new(Some(TeamBy::App), Vec::new(), 1, vec![0]);
        let many = 3 * MOST_NAMED;
        for n in 0..many {
            assert_eq!(adding.named_number(&format!("app {n}")), n);
        }
        let sums: Vec<u64> = (0..many as u64).collect();
        let named = adding.named(&sums);
        assert_eq!((named.rows.len(), named.rows[0].1), (MOST_NAMED, many as u64 - 1));
        let all = named.rows.iter().map(|(_, ms)| ms).sum::<u64>() + named.others_ms;
        assert_eq!(all, sums.iter().sum::<u64>());
    }
}
