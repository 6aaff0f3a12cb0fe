//! A person's days: what was worked, what lies between, and what was booked twice.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::{bad_range, stretches, zone_of};
use crate::domain::day::Day;
use crate::domain::hours::{counted, covered, gaps, overlaps};
use crate::domain::id::EntryId;
use crate::domain::report::Stretch;
use crate::domain::text::ZoneName;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::Principal;
use crate::service::book::approval::{not_theirs, seen};
use crate::service::book::target::Targets;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};

/// A person's days.
#[derive(Debug)]
pub struct DaysReport {
    /// Whose.
    pub person: User,
    /// Where days begin and end: the asker's.
    pub zone: ZoneName,
    /// Every day, the first first.
    pub days: Vec<DayHours>,
}

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// Which.
    pub day: Day,
    /// All entries together.
    pub ms: u64,
    /// The time covered by any entry.
    pub covered_ms: u64,
    /// What was due.
    pub target_minutes: u32,
    /// From the begin of the first entry to the end of the last; none without one.
    pub whole: Option<Stretch>,
    /// Where nothing was booked between the first and the last.
    pub gaps: Vec<Stretch>,
    /// Where more than one entry was.
    pub overlaps: Vec<Overlap>,
}

/// Time that was booked more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// When.
    pub stretch: Stretch,
    /// On which entries.
    pub entries: BTreeSet<EntryId>,
}

pub(super) fn report(
    reader: &dyn Reader,
    asker: &Principal,
    name: &str,
    (from, to): (Day, Day),
    now: Timestamp,
) -> Result<Result<DaysReport, ServiceError>, StoreError> {
    let (person, reach) = match seen(reader, asker, name)? {
        Ok(seen) => seen,
        Err(error) => return Ok(Err(error)),
    };
    if !reach.sees(person.id) {
        return Ok(Err(not_theirs()));
    }
    let zone = zone_of(reader, asker)?;
    let Some(stretches) = stretches(from, to, &zone) else { return Ok(Err(bad_range())) };
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
        return Ok(Err(bad_range()));
    };
    let mut worked: Vec<(Stretch, EntryId)> = Vec::new();
    read::worked::each(reader, person.id, first.from, last.to, |entry| {
        worked.push((counted(&entry.body, now), entry.id));
        ControlFlow::Continue(())
    })?;
    let targets = Targets::load(reader, &person, read::office_settings(reader)?.target())?;
    let days = (from.number()..=to.number()).filter_map(Day::new).zip(&stretches);
    let mut begun = 0;
    let days = days.map(|(day, stretch)| {
        // Entries come by their begin and last a day at most, but a day of the clocks may be longer: two days back is enough.
        let two_days = 2 * crate::domain::time::DAY_MS;
        begun += worked[begun..]
            .iter()
            .take_while(|(worked, _)| worked.from < stretch.from.minus_ms(two_days))
            .count();
        let near = worked[begun..].iter().take_while(|(worked, _)| worked.from < stretch.to);
        let parts: Vec<(Stretch, EntryId)> =
            near.filter_map(|(worked, id)| Some((worked.overlap(*stretch)?, *id))).collect();
        of_day(day, &parts, targets.minutes(day))
    });
    let days = days.collect();
    Ok(Ok(DaysReport { person, zone, days }))
}

fn of_day(day: Day, parts: &[(Stretch, EntryId)], target_minutes: u32) -> DayHours {
    let stretches: Vec<Stretch> = parts.iter().map(|(part, _)| *part).collect();
    let covered = covered(&stretches);
    let whole = covered.first().zip(covered.last());
    let overlaps = overlaps(&stretches).into_iter().map(|stretch| {
        let over = parts.iter().filter(|(part, _)| part.overlap(stretch).is_some());
        Overlap { stretch, entries: over.map(|(_, id)| *id).collect() }
    });
    DayHours {
        day,
        ms: stretches.iter().map(|part| part.ms()).sum(),
        covered_ms: covered.iter().map(|part| part.ms()).sum(),
        target_minutes,
        whole: whole.map(|(first, last)| Stretch { from: first.from, to: last.to }),
        gaps: gaps(&covered),
        overlaps: overlaps.collect(),
    }
}
