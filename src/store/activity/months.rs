//! What months of people came to, one level above [`super::totals`]: a year of many people in a few reads.
//!
//! A month is kept as far as its days are kept from its begin on, without a gap. Its hours stand day by day, so that any range of days is
//! answered by them; its applications stand once. Both go in the transaction in which anything of the month changes, and when one of its
//! days is kept in another length. They are found by where the first day begins, and count only where every day is the very stretch that is
//! asked for: another zone never gets the wrong month.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use super::totals::{DAYS_TOGETHER, add_within, apps_bytes};
use crate::domain::id::UserId;
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::tier::{AppTotal, DayHours, MOST_DAYS_A_MONTH, MonthApps, MonthHours};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::error::StoreError;
use crate::store::tables::{DayTotals as Days, MonthAppsOf, MonthHoursOf};
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// Names of applications in one month that are worth keeping.
const MOST_KEPT_BYTES: usize = 512 * 1024;
/// A month whose days have more in names, day by day, is too much.
const MOST_ADDED_BYTES: usize = 1024 * 1024;
/// After days with so much in names, other months wait for the next step.
const MOST_BYTES_A_STEP: usize = 1024 * 1024;
/// No month is longer, whatever the clocks do.
const LONGEST_MONTH_MS: u64 = 35 * DAY_MS;

/// Adds up `months` as far as their days are kept. One that is too much for a step is found again.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn keep(writer: &mut dyn Writer, person: UserId, months: &[Stretch]) -> Result<(), StoreError> {
    let mut bytes = 0;
    for month in months {
        if bytes > MOST_BYTES_A_STEP {
            break;
        }
        let sum = Sum::of(writer.as_reader(), person, *month)?;
        bytes += sum.bytes;
        // What else begins within is of another zone, or of a time when less was known.
        let within = KeyRange::between(&(person, month.from), &(person, month.to));
        for (key, _) in writer.rows::<MonthHoursOf>(within, Order::Rising, usize::MAX)? {
            remove(writer, &key)?;
        }
        if !sum.days.is_empty() {
            let (key, apps) = ((person, month.from), sum.apps());
            writer.put::<MonthHoursOf>(&key, &MonthHours { days: sum.days })?;
            writer.put::<MonthAppsOf>(&key, &MonthApps { apps })?;
        }
    }
    Ok(())
}

/// Of these months, each given by its days, those of which more days are kept than were added up.
///
/// # Errors
/// [`StoreError`].
pub fn missing(
    reader: &dyn Reader,
    person: UserId,
    months: &[&[Stretch]],
) -> Result<Vec<Stretch>, StoreError> {
    let mut missing = Vec::new();
    for days in months {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
        let known = reader.get::<MonthHoursOf>(&(person, first.from))?.unwrap_or_default();
        let known: Vec<Stretch> = known.days_from(first.from).map(|(day, _)| day).collect();
        if known.starts_with(days) {
            continue;
        }
        let month = Stretch { from: first.from, to: last.to };
        let sum = Sum::of(reader, person, month)?;
        let kept = MonthHours { days: sum.days };
        let kept: Vec<Stretch> = kept.days_from(first.from).map(|(day, _)| day).collect();
        if !known.starts_with(&kept) {
            missing.push(month);
        }
    }
    Ok(missing)
}

/// How long somebody was active on each of `days`, which follow each other, as far as months that are kept say it.
///
/// # Errors
/// [`StoreError`].
pub fn hours(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
) -> Result<Vec<Option<u64>>, StoreError> {
    Ok(Found::in_months(reader, person, days)?.active_ms)
}

/// What each of `days`, which follow each other, came to: how long somebody was active, and to `app` what that was spent with, of whole
/// months or of days, with where they begin. What is not kept is added up, with no more than `most_bytes` in memory, which become fewer;
/// `None` when that is not enough. Without `app`, only how long.
///
/// # Errors
/// [`StoreError`].
pub fn of_days(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
    most_bytes: &mut usize,
    mut app: Option<&mut dyn FnMut(Timestamp, AppTotal)>,
) -> Result<Option<Vec<u64>>, StoreError> {
    let mut found = Found::in_months(reader, person, days)?;
    if let Some(app) = &mut app {
        found.apps_of_months(reader, person, days, app)?;
    } else {
        found.has_apps.fill(true);
    }
    let mut give = |found: &mut Found, at: usize, active_ms: u64, apps: Vec<AppTotal>| {
        found.active_ms[at] = Some(active_ms);
        if let Some(app) = app.as_mut().filter(|_| !found.has_apps[at]) {
            apps.into_iter().for_each(|total| app(days[at].from, total));
        }
        found.has_apps[at] = true;
    };
    for run in found.open() {
        let range =
            KeyRange::spanning(&(person, days[run.start].from), &(person, days[run.end - 1].from));
        reader.scan::<Days>(range, Order::Rising, |(_, from), row| {
            let day = Stretch { from, to: row.to };
            if let (Some(at), Some(totals)) = (place(days, day), row.totals) {
                give(&mut found, at, totals.active_ms, totals.apps);
            }
            ControlFlow::Continue(())
        })?;
    }
    let open = found.open();
    if !open.is_empty() {
        let oldest = super::oldest_of(reader, person)?;
        for run in open {
            let (before, rest) = days[run.clone()].split_at(
                days[run.clone()].partition_point(|day| oldest.is_none_or(|at| day.to <= at)),
            );
            (run.start..).take(before.len()).for_each(|at| give(&mut found, at, 0, Vec::new()));
            let mut at = run.start + before.len();
            for days in rest.chunks(DAYS_TOGETHER) {
                let Some((added, bytes)) = add_within(reader, person, days, *most_bytes)? else {
                    *most_bytes = 0;
                    return Ok(None);
                };
                *most_bytes = most_bytes.saturating_sub(bytes);
                for day in added {
                    give(&mut found, at, day.active_ms, day.apps);
                    at += 1;
                }
            }
        }
    }
    Ok(Some(found.active_ms.into_iter().map(Option::unwrap_or_default).collect()))
}

/// Something changed within `stretch`.
pub(super) fn forget(
    writer: &mut dyn Writer,
    person: UserId,
    stretch: Stretch,
) -> Result<(), StoreError> {
    let from = stretch.from.minus_ms(LONGEST_MONTH_MS);
    let range = KeyRange::spanning(&(person, from), &(person, stretch.to));
    for (key, month) in writer.rows::<MonthHoursOf>(range, Order::Rising, usize::MAX)? {
        let month = month.end().map(|to| Stretch { from: key.1, to });
        if month.is_none_or(|month| month.overlap(stretch).is_some()) {
            remove(writer, &key)?;
        }
    }
    Ok(())
}

fn remove(writer: &mut dyn Writer, key: &(UserId, Timestamp)) -> Result<(), StoreError> {
    writer.delete::<MonthHoursOf>(key)?;
    writer.delete::<MonthAppsOf>(key)?;
    Ok(())
}

/// Where `day` stands among `days`.
fn place(days: &[Stretch], day: Stretch) -> Option<usize> {
    let at = days.partition_point(|known| known.from < day.from);
    (days.get(at) == Some(&day)).then_some(at)
}

/// What is known of days that are asked for.
struct Found {
    active_ms: Vec<Option<u64>>,
    /// Was told of which what it was spent with?
    has_apps: Vec<bool>,
    /// The months of which every day is asked for, in order, with where these stand.
    whole: Vec<(Timestamp, Range<usize>)>,
}

impl Found {
    fn in_months(
        reader: &dyn Reader,
        person: UserId,
        days: &[Stretch],
    ) -> Result<Self, StoreError> {
        let mut found = Self {
            active_ms: vec![None; days.len()],
            has_apps: vec![false; days.len()],
            whole: Vec::new(),
        };
        let Some(range) = months_of(person, days) else { return Ok(found) };
        reader.scan::<MonthHoursOf>(range, Order::Rising, |(_, begin), month| {
            let (mut places, mut all) = (Vec::with_capacity(month.days.len()), true);
            for (day, active_ms) in month.days_from(begin) {
                if let Some(at) = place(days, day) {
                    found.active_ms[at] = Some(active_ms);
                    places.push(at);
                } else {
                    all = false;
                }
            }
            if let (true, Some(first), Some(last)) = (all, places.first(), places.last()) {
                found.whole.push((begin, *first..last + 1));
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    fn apps_of_months(
        &mut self,
        reader: &dyn Reader,
        person: UserId,
        days: &[Stretch],
        app: &mut dyn FnMut(Timestamp, AppTotal),
    ) -> Result<(), StoreError> {
        let Some(range) = months_of(person, days).filter(|_| !self.whole.is_empty()) else {
            return Ok(());
        };
        reader.scan::<MonthAppsOf>(range, Order::Rising, |(_, begin), month| {
            let at = self.whole.partition_point(|(known, _)| *known < begin);
            let of = self.whole.get(at).filter(|(known, _)| *known == begin);
            if let (Some((_, of)), Some(apps)) = (of, month.apps) {
                let has = &mut self.has_apps[of.clone()];
                // Months of two zones may reach into each other.
                if !has.contains(&true) {
                    has.fill(true);
                    apps.into_iter().for_each(|total| app(begin, total));
                }
            }
            ControlFlow::Continue(())
        })
    }

    /// Of which days something is not known, as runs.
    fn open(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (at, (active_ms, has_apps)) in self.active_ms.iter().zip(&self.has_apps).enumerate() {
            if active_ms.is_some() && *has_apps {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == at => run.end += 1,
                _ => runs.push(at..at + 1),
            }
        }
        runs
    }
}

/// The months that may have one of `days`.
fn months_of(person: UserId, days: &[Stretch]) -> Option<KeyRange> {
    let (first, last) = (days.first()?, days.last()?);
    let from = first.from.minus_ms(LONGEST_MONTH_MS);
    Some(KeyRange::spanning(&(person, from), &(person, last.from)))
}

/// Days that are kept, one after the other, and what they come to.
#[derive(Default)]
struct Sum {
    days: Vec<DayHours>,
    apps: BTreeMap<(String, ActivityPolicy), (u64, u64)>,
    /// What the names of applications took, day by day.
    bytes: usize,
}

impl Sum {
    /// Of `month` from its begin on, until a day is not kept, or was too much to keep.
    fn of(reader: &dyn Reader, person: UserId, month: Stretch) -> Result<Self, StoreError> {
        let (mut sum, mut at) = (Self::default(), month.from);
        let range = KeyRange::between(&(person, month.from), &(person, month.to));
        reader.scan::<Days>(range, Order::Rising, |(_, from), row| {
            if from < at {
                // Of another zone.
                return ControlFlow::Continue(());
            }
            let Some(totals) = row.totals.filter(|_| from == at && row.to <= month.to) else {
                return ControlFlow::Break(());
            };
            at = row.to;
            sum.days.push(DayHours { to: row.to, active_ms: totals.active_ms });
            sum.bytes += apps_bytes(&totals.apps);
            let apps = if sum.bytes <= MOST_ADDED_BYTES { totals.apps } else { Vec::new() };
            for AppTotal { app, recorded, ms, stretches } in apps {
                let all = sum.apps.entry((app, recorded)).or_default();
                *all = (all.0 + ms, all.1 + stretches);
            }
            if sum.days.len() < MOST_DAYS_A_MONTH {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(sum)
    }

    /// Nothing when that is too much to keep.
    fn apps(&self) -> Option<Vec<AppTotal>> {
        let apps = self.apps.iter().map(|((app, recorded), (ms, stretches))| AppTotal {
            app: app.clone(),
            recorded: *recorded,
            ms: *ms,
            stretches: *stretches,
        });
        let apps = apps.collect::<Vec<_>>();
        (self.bytes <= MOST_ADDED_BYTES && apps_bytes(&apps) <= MOST_KEPT_BYTES).then_some(apps)
    }
}
