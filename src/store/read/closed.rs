//! Time that may no longer change: what is locked for everyone, and what lies in somebody's submitted or approved week. The office asks
//! before it applies a change, a computer before it keeps one.

use crate::domain::entry::{Entry, MOST_LONG_MS};
use crate::domain::id::UserId;
use crate::domain::lock::Closed;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::timesheet::{SheetState, Timesheet, same_within};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::transaction::Reader;

/// An entry before and after a change; none: it is not there.
pub type Turn<'a> = (Option<&'a Entry>, Option<&'a Entry>);

/// What a change would touch that is closed.
#[derive(Debug, Default)]
pub struct Touched {
    /// It is closed for good, until somebody with the right opens it again.
    pub shut: Option<Closed>,
    /// Weeks that wait for approval.
    pub submitted: Vec<Timesheet>,
}

impl Touched {
    /// Why a change made online cannot be.
    pub fn refusal(&self) -> Option<Refusal> {
        match self.shut {
            Some(Closed::Locked) => Some(Refusal::Hours(HoursRefusal::TimeLocked)),
            Some(Closed::Approved) => Some(Refusal::Hours(HoursRefusal::WeekApproved)),
            None => {
                (!self.submitted.is_empty()).then_some(Refusal::Hours(HoursRefusal::WeekSubmitted))
            }
        }
    }
}

/// What these turns of one person's entries would touch.
///
/// # Errors
/// [`StoreError`].
pub fn touched(
    reader: &dyn Reader,
    person: UserId,
    turns: &[Turn<'_>],
) -> Result<Touched, StoreError> {
    let changes = |from, to| turns.iter().any(|(was, now)| !same_within(*was, *now, from, to));
    let mut touched = Touched::default();
    let Some((from, to)) = hull(turns) else { return Ok(touched) };
    for sheet in read::timesheet::within(reader, person, from, to)? {
        if !sheet.state.is_closed() || !changes(sheet.week.from, sheet.week.to) {
            continue;
        }
        match sheet.state {
            SheetState::Approved => touched.shut = Some(Closed::Approved),
            _ => touched.submitted.push(sheet),
        }
    }
    if let Some(lock) = read::timesheet::lock(reader)?
        && changes(Timestamp::EARLIEST, lock.date.at)
    {
        touched.shut = Some(Closed::Locked);
    }
    Ok(touched)
}

/// The stretch that holds all of them. What took no time still has its moment.
fn hull(turns: &[Turn<'_>]) -> Option<(Timestamp, Timestamp)> {
    let entries = || turns.iter().flat_map(|(was, now)| [*was, *now]).flatten();
    let end = |entry: &Entry| entry.ends().unwrap_or_else(|| entry.start.plus_ms(MOST_LONG_MS));
    let from = entries().map(|entry| entry.start).min()?;
    let to = entries().map(|entry| end(entry).max(entry.start.plus_ms(1))).max()?;
    Some((from, to))
}
