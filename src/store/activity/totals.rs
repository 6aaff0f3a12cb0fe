//! What days came to: windows while somebody was there, added up over all of a person's computers.
//!
//! Kept totals stand in `day-totals-1` only while they say what adding up would say: whatever changes an event of that day removes them in
//! the same transaction, and the next round adds up again. They are found by the very stretch of the day, so that another zone, or clocks
//! that changed their minds, never get the wrong day. The same holds for [`super::months`], which add days up.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::scan::{Seen, overlapping};
use super::{buckets, months};
use crate::codec::block::Outline;
use crate::domain::activity::Bucket;
use crate::domain::id::{DeviceId, UserId};
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::{PRESENCE, Recorded, Stretch, WINDOW, totals as add_up, union};
use crate::domain::tier::{AppTotal, DayTotals, KeptTotals};
use crate::domain::time::DAY_MS;
use crate::store::error::StoreError;
use crate::store::read::devices_of;
use crate::store::tables::DayTotals as Kept;
use crate::store::transaction::{KeyRange, Order, Read, Reader, Write, Writer};

/// Days are added up with no more than this in memory; a busy person records about 3 000 stretches a day, some 150 KB.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// Days that are added up to be kept, while everybody's writes wait: a busy week is one or two megabytes.
const MOST_BYTES_TO_KEEP: usize = 8 * 1024 * 1024;
/// What a stretch takes.
const PIECE_BYTES: usize = 40;
/// Names of applications on one day that are worth keeping.
const MOST_KEPT_BYTES: usize = 256 * 1024;
/// No day is longer, whatever the clocks do.
const LONGEST_DAY_MS: u64 = 3 * DAY_MS;

/// The totals of each of `days`, which follow each other; `None` when there is too much to add up.
///
/// # Errors
/// [`StoreError`], as every function here.
pub fn add(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
) -> Result<Option<Vec<DayTotals>>, StoreError> {
    Ok(add_within(reader, person, days, MOST_BYTES)?.map(|(totals, _)| totals))
}

/// The same with no more than so many bytes in memory, and how many it took.
pub(super) fn add_within(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
    most_bytes: usize,
) -> Result<Option<(Vec<DayTotals>, usize)>, StoreError> {
    let mut names = Names::default();
    let (mut computers, mut bytes) = (Vec::new(), 0);
    for device in devices_of(reader, person)? {
        let mut pieces = Pieces {
            days,
            windows: vec![Vec::new(); days.len()],
            present: vec![None; days.len()],
            names: &mut names,
            bytes,
            most_bytes,
        };
        pieces.read_computer(reader, device.id)?;
        bytes = pieces.bytes;
        if bytes > most_bytes {
            return Ok(None);
        }
        computers.push((pieces.windows, pieces.present));
    }
    let mut totals = Vec::with_capacity(days.len());
    for (at, day) in days.iter().enumerate() {
        let recorded = computers.iter_mut().map(|(windows, present)| Recorded {
            windows: std::mem::take(&mut windows[at]),
            present: present[at].take(),
        });
        let total = add_up(recorded, *day);
        let mut apps: Vec<AppTotal> = total
            .apps
            .into_iter()
            .filter_map(|(name, (ms, stretches))| {
                let (app, recorded) = names.all.get(name as usize)?.clone();
                Some(AppTotal { app, recorded, ms, stretches })
            })
            .collect();
        apps.sort_by(|a, b| (&a.app, a.recorded).cmp(&(&b.app, b.recorded)));
        totals.push(DayTotals { active_ms: total.active_ms, apps });
    }
    Ok(Some((totals, bytes)))
}

/// The totals of each of `days`, which follow each other: those that are kept, and the others added up, with applications where `shows`
/// says so of the policy they were recorded under. `None` when there is too much.
///
/// # Errors
/// [`StoreError`].
pub fn of_days(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
    shows: impl Fn(ActivityPolicy) -> bool,
) -> Result<Option<Vec<DayTotals>>, StoreError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(Some(Vec::new()));
    };
    let mut kept: Vec<Option<DayTotals>> = vec![None; days.len()];
    let range = KeyRange::spanning(&(person, first.from), &(person, last.from));
    reader.scan::<Kept>(range, Order::Rising, |(_, from), row| {
        let at = days.partition_point(|day| day.from < from);
        if days.get(at).is_some_and(|day| day.from == from && day.to == row.to) {
            kept[at] = row.totals;
        }
        ControlFlow::Continue(())
    })?;
    let (mut totals, mut bytes) = (Vec::with_capacity(days.len()), 0);
    let mut take = |mut day: DayTotals| {
        day.apps.retain(|app| shows(app.recorded));
        bytes += names_bytes(&day);
        totals.push(day);
        bytes <= MOST_BYTES
    };
    let mut at = 0;
    while at < days.len() {
        if let Some(day) = kept[at].take() {
            at += 1;
            if take(day) { continue } else { return Ok(None) }
        }
        let missing = kept[at..].iter().take(DAYS_TOGETHER).take_while(|day| day.is_none()).count();
        let Some(added) = add(reader, person, &days[at..at + missing])? else { return Ok(None) };
        if !added.into_iter().all(&mut take) {
            return Ok(None);
        }
        at += missing;
    }
    Ok(Some(totals))
}

/// Days that are added up in one scan: the stretches of a month fit into a few megabytes.
pub(super) const DAYS_TOGETHER: usize = 31;

/// Which of `days` have no totals yet.
///
/// # Errors
/// [`StoreError`].
pub fn missing(
    reader: &dyn Reader,
    person: UserId,
    days: &[Stretch],
) -> Result<Vec<Stretch>, StoreError> {
    // A month that is kept says which of its days are, in a hundredth of their bytes.
    let mut there: Vec<bool> =
        months::hours(reader, person, days)?.iter().map(Option::is_some).collect();
    let unknown = |there: &[bool]| (there.iter().position(|t| !t), there.iter().rposition(|t| !t));
    let (Some(first), Some(last)) = unknown(&there) else { return Ok(Vec::new()) };
    let range = KeyRange::spanning(&(person, days[first].from), &(person, days[last].from));
    reader.scan::<Kept>(range, Order::Rising, |(_, from), row| {
        let at = days.partition_point(|day| day.from < from);
        if days.get(at).is_some_and(|day| day.from == from && day.to == row.to) {
            there[at] = true;
        }
        ControlFlow::Continue(())
    })?;
    let missing = days.iter().zip(there).filter(|(_, there)| !there);
    Ok(missing.map(|(day, _)| *day).collect())
}

/// Adds up `days` and keeps what they come to. Of a day with too much on it is kept that it is: it is added up whenever it is asked for.
///
/// # Errors
/// [`StoreError`].
pub fn keep(writer: &mut dyn Writer, person: UserId, days: &[Stretch]) -> Result<(), StoreError> {
    keep_within(writer, person, days, MOST_BYTES_TO_KEEP)
}

fn keep_within(
    writer: &mut dyn Writer,
    person: UserId,
    days: &[Stretch],
    most_bytes: usize,
) -> Result<(), StoreError> {
    for run in days.chunk_by(|a, b| a.to == b.from) {
        if let Some((added, _)) = add_within(writer.as_reader(), person, run, most_bytes)? {
            for (day, totals) in run.iter().zip(added) {
                let totals = Some(totals).filter(|day| names_bytes(day) <= MOST_KEPT_BYTES);
                put(writer, person, *day, totals)?;
            }
        } else if let [day] = run {
            put(writer, person, *day, None)?;
        } else {
            // Not every day of them has that much.
            for day in run {
                keep_within(writer, person, std::slice::from_ref(day), most_bytes)?;
            }
        }
    }
    Ok(())
}

/// Keeps what a day came to. A day of another length that was kept there is in no month any more.
fn put(
    writer: &mut dyn Writer,
    person: UserId,
    day: Stretch,
    totals: Option<DayTotals>,
) -> Result<(), StoreError> {
    let (key, kept) = ((person, day.from), KeptTotals { to: day.to, totals });
    match writer.get::<Kept>(&key)? {
        Some(known) if known == kept => return Ok(()),
        Some(known) => months::forget(writer, person, Stretch { to: known.to, ..day })?,
        None => {}
    }
    writer.put::<Kept>(&key, &kept)
}

/// Something happened within these stretches that the person's totals do not know of.
///
/// # Errors
/// [`StoreError`].
pub fn forget(
    writer: &mut dyn Writer,
    person: UserId,
    touched: Vec<Stretch>,
) -> Result<(), StoreError> {
    let newest = writer.first::<Kept>(KeyRange::prefix(&person), Order::Falling)?;
    let Some(((_, last), _)) = newest else { return Ok(()) };
    let known_until = last.plus_ms(LONGEST_DAY_MS);
    // What is recorded now is later than every day that was added up. What took no time changes no total.
    let touched = touched.into_iter().filter(|stretch| stretch.from <= known_until).collect();
    for stretch in union(touched) {
        months::forget(writer, person, stretch)?;
        let range = KeyRange::spanning(
            &(person, stretch.from.minus_ms(LONGEST_DAY_MS)),
            &(person, stretch.to),
        );
        for (key, row) in writer.rows::<Kept>(range, Order::Rising, usize::MAX)? {
            if stretch.overlap(Stretch { from: key.1, to: row.to }).is_some() {
                writer.delete::<Kept>(&key)?;
            }
        }
    }
    Ok(())
}

/// What the names of applications take.
fn names_bytes(day: &DayTotals) -> usize {
    apps_bytes(&day.apps)
}

pub(super) fn apps_bytes(apps: &[AppTotal]) -> usize {
    apps.iter().map(|app| app.app.len() + PIECE_BYTES).sum()
}

type App = (String, ActivityPolicy);

/// Applications and the policies they were recorded under, numbered.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, Vec<(ActivityPolicy, u32)>>,
    all: Vec<App>,
}

impl Names {
    fn number(&mut self, app: &str, policy: ActivityPolicy) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if let Some(known) = self.numbers.get_mut(app) {
            if let Some((_, number)) = known.iter().find(|(recorded, _)| *recorded == policy) {
                return *number;
            }
            known.push((policy, next));
        } else {
            self.numbers.insert(app.to_owned(), vec![(policy, next)]);
        }
        self.all.push((app.to_owned(), policy));
        next
    }
}

/// One computer's stretches, cut at the ends of days; apps by number, because a name stands for thousands of stretches.
struct Pieces<'a> {
    days: &'a [Stretch],
    windows: Vec<Vec<(u32, Stretch)>>,
    /// `None` on a day without any word from a watcher of presence: then every window counts.
    present: Vec<Option<Vec<Stretch>>>,
    names: &'a mut Names,
    /// What all of it takes at most, names counted with every stretch: totals repeat them for each day.
    bytes: usize,
    /// More is too much.
    most_bytes: usize,
}

impl Pieces<'_> {
    fn read_computer(&mut self, reader: &dyn Reader, device: DeviceId) -> Result<(), StoreError> {
        let buckets = buckets(reader, device)?;
        let kind = |bucket: &Bucket, kind: &str| bucket.about.kind.as_str() == kind;
        let has_window_watcher = buckets.iter().any(|bucket| kind(bucket, WINDOW));
        for bucket in &buckets {
            if kind(bucket, PRESENCE) {
                self.read_bucket(reader, bucket, Self::presence)?;
            } else if kind(bucket, WINDOW) || !has_window_watcher {
                self.read_bucket(reader, bucket, Self::window)?;
            }
        }
        Ok(())
    }

    fn read_bucket(
        &mut self,
        reader: &dyn Reader,
        bucket: &Bucket,
        add: fn(&mut Self, Seen<'_, Outline>),
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return Ok(());
        };
        overlapping(reader, bucket, (first.from, last.to), Order::Rising, |seen| {
            add(self, seen);
            if self.bytes > self.most_bytes {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    fn window(&mut self, seen: Seen<'_, Outline>) {
        let Some(app) = seen.app() else { return };
        let name = self.names.number(app, seen.policy());
        self.cut(stretch(&seen), app.len(), |pieces, at, part| {
            pieces.windows[at].push((name, part))
        });
    }

    fn presence(&mut self, seen: Seen<'_, Outline>) {
        let Some(afk) = seen.afk() else { return };
        self.cut(stretch(&seen), 0, |pieces, at, part| {
            let present = pieces.present[at].get_or_insert_default();
            if !afk {
                present.push(part);
            }
        });
    }

    /// Gives out the parts of `stretch` by day, of an app whose name is so long.
    fn cut(
        &mut self,
        stretch: Stretch,
        name_bytes: usize,
        mut give: impl FnMut(&mut Self, usize, Stretch),
    ) {
        // An event of no length costs a look, too.
        self.bytes += PIECE_BYTES + name_bytes;
        let first = self.days.partition_point(|day| day.to <= stretch.from);
        for at in first..self.days.len() {
            let Some(part) = stretch.overlap(self.days[at]) else { break };
            if at > first {
                self.bytes += PIECE_BYTES + name_bytes;
            }
            give(self, at, part);
        }
    }
}

fn stretch(seen: &Seen<'_, Outline>) -> Stretch {
    Stretch { from: seen.place().0, to: seen.end() }
}

#[cfg(test)]
mod tests;
