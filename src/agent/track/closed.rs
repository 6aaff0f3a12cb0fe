//! Closed time, as the copy of the office's book knows it: what the lock closed, and the person's submitted and approved weeks. A change is
//! held against it before it is kept, and the person hears at once what the office would say.

use crate::domain::command::Actor;
use crate::domain::day::Day;
use crate::domain::entry::Entry;
use crate::domain::id::UserId;
use crate::domain::lock::{Lock, LockDate};
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::text::{NoteText, ShortText, ZoneName};
use crate::domain::time::Timestamp;
use crate::domain::timesheet::{SheetState, Timesheet, Week};
use crate::store::read::closed::touched;
use crate::store::{Reader, StoreError};
use crate::wire::v1 as wire;

/// What the office would say to a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Open,
    /// No, as long as that time is closed.
    Shut(String),
    /// Yes, and the person's week is theirs again.
    Reopens(String),
}

/// What the office would say if an entry that is `was` there were `now`.
pub(super) fn verdict(
    reader: &dyn Reader,
    person: UserId,
    was: Option<&Entry>,
    now: Option<&Entry>,
) -> Result<Verdict, StoreError> {
    let touched = touched(reader, person, &[(was, now)])?;
    if touched.shut.is_some()
        && let Some(refusal) = touched.refusal()
    {
        return Ok(Verdict::Shut(refusal.to_string()));
    }
    Ok(touched.submitted.first().map_or(Verdict::Open, |sheet| {
        let sentence = Refusal::Hours(HoursRefusal::WeekSubmitted).sentence();
        Verdict::Reopens(format!(
            "{sentence} With this the week from {} comes back to you; submit it again.",
            sheet.week.first
        ))
    }))
}

/// Whose week it is, and where it begins: as the office names it.
pub(super) fn place(id: &str) -> Option<(UserId, Timestamp)> {
    let (person, from) = id.split_once('.')?;
    Some((person.parse().ok()?, Timestamp::new(from.parse().ok()?)?))
}

pub(super) fn sheet(person: UserId, shown: &wire::SheetRecord) -> Option<Timesheet> {
    let week = Week {
        first: day(&shown.first)?,
        last: day(&shown.last)?,
        from: wire::instant(&shown.from)?,
        to: wire::instant(&shown.to)?,
        zone: ZoneName::new(shown.time_zone.as_str()).ok()?,
    };
    let states =
        [SheetState::Open, SheetState::Submitted, SheetState::Approved, SheetState::SentBack];
    let sheet = Timesheet {
        person,
        week,
        state: states.into_iter().find(|state| state.name() == shown.state)?,
        changed_seq: shown.version,
        changed: wire::instant(&shown.changed)?,
        // Who it was is asked of the office.
        by: Actor::System,
        note: NoteText::new(shown.note.as_str()).ok()?,
        submitted_ms: shown.submitted_ms,
        approved_ms: shown.approved_ms,
    };
    sheet.week.is_sound().then_some(sheet)
}

/// The lock; none within when nothing is closed.
pub(super) fn lock(shown: &wire::Lock) -> Option<Option<Lock>> {
    let (Some(before), Some(at)) = (&shown.before, &shown.at) else { return Some(None) };
    let date = LockDate {
        day: day(before)?,
        at: wire::instant(at)?,
        zone: ZoneName::new(shown.time_zone.as_deref()?).ok()?,
    };
    let set = wire::instant(shown.set.as_deref()?)?;
    let reason = ShortText::cut(shown.reason.as_deref().unwrap_or_default());
    Some(Some(Lock { date, set, by: Actor::System, reason }))
}

fn day(text: &str) -> Option<Day> {
    Day::of(text.parse().ok()?)
}
