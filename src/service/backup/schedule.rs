//! Backups that are made by themselves: when the next one is due, whether one is missing, and which ones go.
//!
//! Must never remove the last one that is sound, nor one that nobody made by this rule's doing: what cannot be read stays, and what was
//! uploaded or saved before a restore stays for a while whatever its age.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use jiff::tz::TimeZone;

use super::{BackupDesk, BackupFailure, Backups, Head, LastRestore, Listed, copy_name};
use crate::domain::command::Actor;
use crate::domain::keep_rule::{KeepRule, Kept};
use crate::domain::office_setting::{OfficeSetting, OfficeSettings};
use crate::domain::schedule::Schedule;
use crate::domain::text::ZoneName;
use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use crate::service::day;
use crate::service::error::ServiceError;
use crate::store::read;

/// How the backups of the office stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When the newest that reads was made.
    pub last: Option<Timestamp>,
    /// When the next ones are due, at most three; none when none is made by itself.
    pub next: Vec<Timestamp>,
    /// Since when one is missing that was due; `None` while all is well.
    pub overdue: Option<Timestamp>,
    /// Why the last try to make one, or to copy it elsewhere, failed; `None` when it did not.
    pub problem: Option<String>,
    /// How the last restore ended; `None` when there was none.
    pub restored: Option<LastRestore>,
}

/// What the duty remembers of a try that failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Tries(Arc<Mutex<Option<Failed>>>);

#[derive(Clone, Debug)]
struct Failed {
    due: Timestamp,
    again: Timestamp,
    why: String,
}

/// What the office says of its backups.
pub(super) struct Office {
    pub(super) settings: OfficeSettings,
    founded: Timestamp,
    pub(super) id: String,
}

impl Tries {
    fn last(&self) -> MutexGuard<'_, Option<Failed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BackupDesk {
    /// How backups stand; for whoever may see how the server is doing.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn standing(&self) -> Result<Standing, ServiceError> {
        let Some(office) = self.office().await? else { return Ok(Standing::default()) };
        let Office { settings, founded, .. } = office;
        let now = (self.now)();
        let (last, unread) = match self.newest().await {
            Ok(last) => (last, None),
            Err(error) => (None, Some(error.sentence())),
        };
        let zone = zone(&settings);
        let schedule = settings.backup_schedule();
        let next = schedule.as_ref().map_or_else(Vec::new, |schedule| {
            let after = |at: &Timestamp| next(schedule, *at, &zone);
            std::iter::successors(after(&now), after).take(3).collect()
        });
        let due = schedule.and_then(|schedule| next_due(&schedule, last, founded, &zone));
        let overdue = due.filter(|due| now.ms_since(*due) >= OVERDUE_MS);
        let made = self.tries.last().as_ref().map(|failed| failed.why.clone());
        let problem = made.or_else(|| self.copied.problem()).or(unread);
        let data = self.backups.data.clone();
        let restored = tokio::task::spawn_blocking(move || LastRestore::read(&data)).await;
        let restored = restored.map_err(super::desk::failed)?;
        Ok(Standing { last, next, overdue, problem, restored })
    }

    /// The duty: makes a backup when one is due, also one that was missed while the server was away, and removes what the rule does not
    /// keep; what was done, as a sentence.
    ///
    /// # Errors
    /// [`ServiceError`]; whoever manages the server is told by mail, once for each that is due, and it is tried again in a while.
    pub async fn keep_schedule(&self) -> Result<String, ServiceError> {
        let Some(office) = self.office().await? else { return Ok(String::new()) };
        let Some(schedule) = office.settings.backup_schedule() else { return Ok(String::new()) };
        let (now, zone) = ((self.now)(), zone(&office.settings));
        // Where nothing can be read, nothing can be made: that says why.
        let newest = self.newest().await.unwrap_or(None);
        let due = next_due(&schedule, newest, office.founded, &zone);
        let Some(due) = due.filter(|due| *due <= now) else { return Ok(String::new()) };
        let before = self.tries.last().clone().filter(|failed| failed.due == due);
        if before.as_ref().is_some_and(|failed| now < failed.again) {
            return Ok(String::new());
        }
        match self.make_due(office).await {
            Ok(said) => {
                *self.tries.last() = None;
                Ok(said)
            }
            Err(error) => {
                let why = error.sentence();
                let again = now.plus_ms(AGAIN_MS);
                *self.tries.last() = Some(Failed { due, again, why: why.clone() });
                if before.is_none() {
                    self.note_of(Actor::System, "backup.failed", &why).await?;
                }
                Err(error)
            }
        }
    }

    async fn make_due(&self, office: Office) -> Result<String, ServiceError> {
        let made = self.make_now(Actor::System, None).await?;
        let gone = self.tidy_up(office).await?;
        let gone = if gone == 0 { String::new() } else { format!(" Removed {gone} older ones.") };
        Ok(format!("Made {made}.{gone}"))
    }

    /// Removes what the rule does not keep; how many went.
    async fn tidy_up(&self, office: Office) -> Result<u64, ServiceError> {
        let Office { settings, id, .. } = office;
        let (rule, zone, now) = (settings.keep_rule(), zone(&settings), (self.now)());
        let own = self.backups.folder();
        let tidy = move || remove_old(&own, &id, (rule, &zone), now);
        tokio::task::spawn_blocking(tidy)
            .await
            .map_err(super::desk::failed)?
            .map_err(super::desk::failed)
    }

    pub(super) async fn office(&self) -> Result<Option<Office>, ServiceError> {
        let found = self.door.read(|reader| {
            let Some(office) = read::office(reader)? else { return Ok(None) };
            let settings = read::office_settings(reader)?;
            Ok(Some(Office { settings, founded: office.founded, id: office.id.to_string() }))
        });
        Ok(found.await?)
    }

    /// When the newest that reads was made. One from a clock that was wrong is not waited for.
    async fn newest(&self) -> Result<Option<Timestamp>, ServiceError> {
        let now = (self.now)();
        let made = self.list().await?.into_iter().filter_map(|listed| listed.made());
        Ok(made.filter(|made| *made <= now).max())
    }
}

impl Listed {
    /// When it was made, if it says so.
    pub fn made(&self) -> Option<Timestamp> {
        self.head.as_ref().ok().and_then(Head::created)
    }
}

/// When the first one after the newest is due; after the founding where there is none.
fn next_due(
    schedule: &Schedule,
    last: Option<Timestamp>,
    founded: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    next(schedule, last.unwrap_or(founded), zone)
}

fn next(schedule: &Schedule, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut clock = day::clock(after, zone)?;
    // Where clocks are put back, an hour comes twice: what is due in it is due once.
    loop {
        clock = schedule.next(clock)?;
        let at = day::moment(clock, zone)?;
        if at > after {
            return Some(at);
        }
    }
}

pub(super) fn zone(settings: &OfficeSettings) -> TimeZone {
    let name = settings.text(OfficeSetting::TimeZone).unwrap_or_default();
    ZoneName::new(&name).map_or(TimeZone::UTC, |name| day::zone(&name))
}

/// Says of each until when the rule keeps it at most. What a newer one takes the place of, and what does not read, has no such day.
pub(super) fn foresee(listed: &mut [Listed], office: &Office) {
    let zone = zone(&office.settings);
    let dated = listed.iter_mut().filter_map(|one| {
        let made = one.head.as_ref().ok().filter(|head| head.office == office.id)?.created()?;
        Some((day::of(made, &zone)?.date(), one))
    });
    let (dates, ours): (Vec<_>, Vec<_>) = dated.unzip();
    for (one, kept) in ours.into_iter().zip(office.settings.keep_rule().judge(&dates)) {
        let Kept::Until(date) = kept else { continue };
        one.kept_until = date.tomorrow().ok().and_then(|next| day::moment(next.into(), &zone));
    }
}

/// Removes from `folder` what the rule does not keep of `office`'s: somebody else's stay, and what does not read.
pub(super) fn remove_old(
    folder: &Path,
    office: &str,
    (rule, zone): (KeepRule, &TimeZone),
    now: Timestamp,
) -> Result<u64, BackupFailure> {
    let listed = Backups::list(folder)?;
    let dated = listed.iter().filter_map(|one| {
        let made = match &one.head {
            Ok(head) => head.created().filter(|_| head.office == office),
            Err(_) => copy_name::made(&one.name, office),
        };
        Some((one, day::of(made?, zone)?.date()))
    });
    let (ours, dates): (Vec<_>, Vec<_>) = dated.unzip();
    let mut gone = 0;
    for (listed, kept) in ours.into_iter().zip(rule.judge(&dates)) {
        let path = folder.join(&listed.name);
        if kept != Kept::NoMore || (is_pinned(&listed.name) && is_young(&path, now)) {
            continue;
        }
        fs::remove_file(&path).map_err(BackupFailure::refused(&path, "cannot be deleted"))?;
        gone += 1;
    }
    Ok(gone)
}

/// Was it brought here lately? Where the file does not say, it was.
fn is_young(path: &Path, now: Timestamp) -> bool {
    let brought = fs::metadata(path).and_then(|about| about.modified()).ok();
    let since = brought.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let at = since.and_then(|since| Timestamp::new(i64::try_from(since.as_millis()).ok()?));
    at.is_none_or(|at| now.ms_since(at) < PINNED_MS)
}

fn is_pinned(name: &str) -> bool {
    [super::BEFORE_RESTORE, super::UPLOADED].iter().any(|mark| name.contains(mark))
}

/// One that is missing for so long is told of.
const OVERDUE_MS: u64 = 6 * HOUR_MS;
/// What failed is tried again after so long.
pub(super) const AGAIN_MS: u64 = 10 * MINUTE_MS;
/// What was uploaded, and what was there before a restore, stays for so long at least.
const PINNED_MS: u64 = 30 * DAY_MS;
