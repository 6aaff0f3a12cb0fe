//! The person's time entries: each becomes a trace without a body, so that copies learn that it is gone.

use super::{Applying, Left};
use crate::domain::erasure::Erasure;
use crate::domain::outcome::{Audience, Noun};
use crate::domain::told::Told;
use crate::store::apply::{category, entry, told};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{
    Entries, HeldEdits, OwnCategories, SavedReports, Targets, TimerStarts, Timesheets,
    WaitingSheets,
};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn erase(
    at: &mut Applying<'_>,
    erasure: &mut Erasure,
    left: &mut Left,
) -> Result<(), StoreError> {
    // First what could become an entry again.
    held(at, erasure, left)?;
    if left.0 == 0 {
        return Ok(());
    }
    let range = erasure.looked.map_or_else(KeyRange::all, |last| KeyRange::after(&last));
    let rows = at.writer.rows::<Entries>(range, Order::Rising, left.0)?;
    for (id, record) in rows {
        if left.0 == 0 {
            return Ok(());
        }
        if record.body.person == erasure.person {
            let versions = entry::erase(at, &record)?;
            left.take(usize::try_from(versions).unwrap_or(usize::MAX));
            erasure.counts.versions += versions;
            erasure.counts.entries += 1;
        }
        erasure.looked = Some(id);
        left.take(1);
    }
    let starts = KeyRange::prefix(&erasure.person);
    for (key, ()) in at.writer.rows::<TimerStarts>(starts, Order::Rising, left.0)? {
        at.writer.delete::<TimerStarts>(&key)?;
        left.take(1);
    }
    weeks(at, erasure, left)?;
    plans(at, erasure, left)
}

/// What was written offline and waits for open time.
fn held(at: &mut Applying<'_>, erasure: &mut Erasure, left: &mut Left) -> Result<(), StoreError> {
    let theirs = KeyRange::prefix(&erasure.person);
    for (key, edit) in at.writer.rows::<HeldEdits>(theirs, Order::Rising, left.0)? {
        at.writer.delete::<HeldEdits>(&key)?;
        let (person, seq, place) = key;
        let held = Told::HeldEdit { person, number: (seq, place) };
        told::tell(at, held, false, Audience::Person(person))?;
        at.changed(Noun::HeldEdit, edit.entry.bytes(), Audience::Person(person));
        erasure.counts.others += 1;
        left.take(1);
    }
    Ok(())
}

fn weeks(at: &mut Applying<'_>, erasure: &mut Erasure, left: &mut Left) -> Result<(), StoreError> {
    let theirs = KeyRange::prefix(&erasure.person);
    for ((person, from), _) in at.writer.rows::<Timesheets>(theirs, Order::Rising, left.0)? {
        at.writer.delete::<Timesheets>(&(person, from))?;
        at.writer.delete::<WaitingSheets>(&(from, person))?;
        told::tell(at, Told::Timesheet { person, from }, false, Audience::Person(person))?;
        at.changed(Noun::Timesheet, person.bytes(), Audience::Person(person));
        erasure.counts.others += 1;
        left.take(1);
    }
    Ok(())
}

/// What they were to work, what they asked again and again, and what others ask about them by name.
fn plans(at: &mut Applying<'_>, erasure: &mut Erasure, left: &mut Left) -> Result<(), StoreError> {
    let theirs = KeyRange::prefix(&erasure.person);
    for (key, _) in at.writer.rows::<Targets>(theirs, Order::Rising, left.0)? {
        at.writer.delete::<Targets>(&key)?;
        let (person, from) = key;
        told::tell(at, Told::Target { person, from }, false, Audience::Person(person))?;
        at.changed(Noun::Target, person.bytes(), Audience::Person(person));
        erasure.counts.others += 1;
        left.take(1);
    }
    if at.writer.delete::<OwnCategories>(&erasure.person)? {
        category::tell(at, Some(erasure.person), false)?;
        erasure.counts.others += 1;
    }
    let user = read::user(at.writer.as_reader(), erasure.person)?;
    for report in read::target::saved_reports(at.writer.as_reader())? {
        let names = user.as_ref().is_some_and(|user| report.names(&user.name));
        if report.owner == Some(erasure.person) || names {
            at.writer.delete::<SavedReports>(&report.id)?;
            let audience = match report.owner {
                Some(owner) if !report.shared => Audience::Person(owner),
                _ => Audience::Everyone,
            };
            told::tell(at, Told::SavedReport(report.id), false, audience)?;
            at.changed(Noun::SavedReport, report.id.bytes(), audience);
            erasure.counts.others += 1;
        }
    }
    Ok(())
}
