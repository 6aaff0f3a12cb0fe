//! A made-up person's day: are they there, from when to when, and on what do they work?

use jiff::tz::TimeZone;

use super::cast;
use super::dice::Dice;
use super::office::{Office, Person, Work};
use super::{DemoOptions, day};
use crate::domain::day::Day;
use crate::domain::entry::Entry;
use crate::domain::id::{EntryId, TagId};
use crate::domain::target::minutes_on;
use crate::domain::text::{BadText, NoteText};
use crate::domain::time::{HOUR_MS, MINUTE_MS, Timestamp};

/// Some of a day's work, without a break.
pub(super) struct Block {
    pub(super) id: EntryId,
    /// What the person writes down of it; without an end while it goes on.
    pub(super) entry: Entry,
    /// Until when they worked on it: its end, or now.
    pub(super) until: Timestamp,
    /// Were they at their computer?
    pub(super) at_work: bool,
}

/// What the person did on a day, as far as it is over by now; nothing on a day off.
///
/// # Errors
/// None but of a wrong note in `cast`.
pub(super) fn blocks(
    options: &DemoOptions,
    office: &Office,
    person: &Person,
    date: Day,
    zone: &TimeZone,
) -> Result<Vec<Block>, BadText> {
    let target = &person.target;
    let due = minutes_on(target.week_minutes, target.days, date.weekday());
    let Some(midnight) = day::start(date, zone).filter(|_| due > 0) else { return Ok(Vec::new()) };
    let mut dice = Dice::of(options.seed, &[person.number, u64::from(date.number())]);
    let due_ms = u64::from(due) * MINUTE_MS;
    let mut blocks = match absence(options, &mut dice, person, date) {
        Some(kind) => {
            let start = midnight.plus_ms(9 * HOUR_MS);
            vec![absent(&mut dice, office, person, kind, start, due_ms)]
        }
        None => worked(options, &mut dice, office, person, midnight, due_ms)?,
    };
    blocks.retain(|block| block.entry.start < options.now);
    if let Some(last) = blocks.last_mut().filter(|last| last.until > options.now) {
        // Today: what goes on now is a running timer.
        last.entry.end = None;
        last.until = options.now;
    }
    Ok(blocks)
}

/// Which kind of absence, if any: weeks of holiday, and now and then a day in bed.
fn absence(options: &DemoOptions, dice: &mut Dice, person: &Person, date: Day) -> Option<usize> {
    let week = u64::from(date.week_of(0).number());
    if Dice::of(options.seed, &[person.number, week, HOLIDAYS]).in_hundred(11) {
        return Some(0);
    }
    dice.in_hundred(3).then_some(1)
}

fn absent(
    dice: &mut Dice,
    office: &Office,
    person: &Person,
    kind: usize,
    start: Timestamp,
    due_ms: u64,
) -> Block {
    let end = start.plus_ms(due_ms);
    let entry = Entry {
        person: person.user.id,
        project: Some(office.absence.id),
        task: office.absence.tasks.get(kind).map(|(id, _)| *id),
        start,
        end: Some(end),
        cut: None,
        note: NoteText::empty(),
        tags: Vec::new(),
        billable: false,
    };
    Block { id: EntryId(dice.id()), entry, until: end, at_work: false }
}

fn worked(
    options: &DemoOptions,
    dice: &mut Dice,
    office: &Office,
    person: &Person,
    midnight: Timestamp,
    due_ms: u64,
) -> Result<Vec<Block>, BadText> {
    let mut at = midnight.plus_ms(dice.between(450, 570) * MINUTE_MS);
    let mut left = due_ms + dice.between(0, 60) * MINUTE_MS - 25 * MINUTE_MS;
    let mut since_break = 0;
    let mut blocks = Vec::new();
    while left > 10 * MINUTE_MS {
        let long = (dice.between(4, 34) * 5 * MINUTE_MS).min(left);
        let end = at.plus_ms(long);
        let entry = entry(options, dice, office, person, at, end)?;
        blocks.push(Block { id: EntryId(dice.id()), entry, until: end, at_work: true });
        left -= long;
        since_break += long;
        at = end.plus_ms(dice.between(0, 1) * 5 * MINUTE_MS);
        if since_break > 200 * MINUTE_MS {
            at = at.plus_ms(dice.between(6, 12) * 5 * MINUTE_MS);
            since_break = 0;
        }
    }
    Ok(blocks)
}

fn entry(
    options: &DemoOptions,
    dice: &mut Dice,
    office: &Office,
    person: &Person,
    start: Timestamp,
    end: Timestamp,
) -> Result<Entry, BadText> {
    let work = if dice.in_hundred(18) {
        &office.internal
    } else {
        favourite(options, office, person, dice)
    };
    let task = dice.in_hundred(85).then(|| dice.prefer(&work.tasks).0);
    let note = if dice.in_hundred(70) {
        format!("{} ({})", dice.prefer(person.craft.notes()), dice.prefer(&cast::THINGS))
    } else {
        String::new()
    };
    let mut tags: Vec<TagId> = Vec::new();
    if dice.in_hundred(25) {
        tags.push(dice.prefer(&office.tags).0);
    }
    Ok(Entry {
        person: person.user.id,
        project: Some(work.id),
        task,
        start,
        end: Some(end),
        cut: None,
        note: NoteText::new(note)?,
        tags,
        billable: work.project.billable,
    })
}

/// Everybody works on three projects, on one of them most.
fn favourite<'a>(
    options: &DemoOptions,
    office: &'a Office,
    person: &Person,
    dice: &mut Dice,
) -> &'a Work {
    let mut theirs = Dice::of(options.seed, &[person.number, FAVOURITES]);
    let three = [0; 3].map(|_: u8| theirs.pick(&office.projects));
    dice.prefer::<&Work>(&three)
}

/// What dice are thrown for, besides days: no day has such a number.
const HOLIDAYS: u64 = u64::MAX;
const FAVOURITES: u64 = u64::MAX - 1;
