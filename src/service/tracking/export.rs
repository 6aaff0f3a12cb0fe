//! Recorded activity of a large range as CSV: a job, a person's month at a time.
//!
//! Each month is asked for like a report of its own: what the policy allows is judged, and the look written down, when it is read.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tracking;
use super::look::Seen;
use super::report::{ReportRequest, not_theirs};
use super::table::{self, Rows};
use crate::domain::id::UserId;
use crate::domain::job::JobKind;
use crate::domain::look::EXPORT;
use crate::domain::outcome::Refusal;
use crate::domain::policy::{ActivityPolicy, View, seen_under};
use crate::domain::report::Stretch;
use crate::domain::right::Right;
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, Holding, JobView, Jobs, Work, unwritten};
use crate::service::{Principal, day};
use crate::store::{Reader, StoreError, activity, read};
use crate::wire::csv::{Bom, CsvWriter};

/// What to export.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// Whose activity.
    pub people: People,
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// What a row stands for.
    pub rows: Rows,
    /// For Excel or for programs.
    pub bom: Bom,
    /// Has whoever asks just shown who they are? Others' data takes that.
    pub is_proven: bool,
}

/// Whose activity.
#[derive(Clone, Debug)]
pub enum People {
    /// One person's, by sign-in name; the asker's own when empty.
    One(Option<String>),
    /// Of everyone the asker may see.
    Everyone,
}

impl Tracking {
    /// Begins to write what `request` asks for. Whoever exports somebody else's needs the right to.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing began.
    pub async fn export(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        request: ExportRequest,
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let months = months(request.from, request.to)?;
        let people = self.people(principal, &request, now()).await?;
        let whose = match &people[..] {
            [one] => one.name.to_string(),
            all => format!("{} people", all.len()),
        };
        let ExportRequest { from, to, rows, .. } = request;
        let about = format!("{whose}, {from} to {to}, {}", rows.name());
        let export = Export {
            tracking: self.clone(),
            principal: principal.clone(),
            people,
            months,
            request,
            now,
        };
        for person in &export.people {
            export.leave_trace(principal, person).await?;
        }
        jobs.start(principal, JobKind::ActivityCsv, &about, |work| export.run(work)).await
    }

    async fn people(
        &self,
        principal: &Principal,
        request: &ExportRequest,
        now: Timestamp,
    ) -> Result<Vec<User>, ServiceError> {
        let (reach, policy) = self.reach(principal, now).await?;
        let people = match &request.people {
            People::One(name) => vec![self.person(principal, name.as_deref(), now).await?.0],
            People::Everyone => self.door.read(read::users).await?,
        };
        let everyone = matches!(request.people, People::Everyone);
        let mut seen = Vec::new();
        for person in people {
            match reach.view_of(person.id, policy) {
                View::Nothing if everyone => {}
                View::Nothing => return Err(not_theirs()),
                view => {
                    if view != View::Own {
                        principal.must_have(Right::Export)?;
                        if !request.is_proven {
                            return Err(ServiceError::StepUpRequired);
                        }
                    }
                    let told = tells(view, request.rows);
                    if told {
                        seen.push(person);
                    } else if !everyone {
                        return Err(table::hours_only());
                    }
                }
            }
        }
        if seen.is_empty() { Err(table::hours_only()) } else { Ok(seen) }
    }
}

/// One export under way.
struct Export {
    tracking: Tracking,
    principal: Principal,
    people: Vec<User>,
    months: Vec<(Date, Date)>,
    request: ExportRequest,
    now: fn() -> Timestamp,
}

impl Export {
    async fn run(self, work: Work) -> Result<Finished, ServiceError> {
        let ExportRequest { rows: kind, bom, from, to, .. } = self.request;
        let people = self.people.iter().map(|person| person.id).collect();
        let holding = Holding { needs: Right::Export, shows: Some(least(kind)), people };
        let file = BufWriter::new(work.create()?);
        work.keep_beside(&holding.to_text())?;
        let mut table = CsvWriter::new(file, bom, kind.heading()).map_err(|e| unwritten(&e))?;
        let total = self.people.len().saturating_mul(self.months.len()) as u64;
        let (mut done, mut count) = (0, 0_usize);
        for person in &self.people {
            for (first, last) in &self.months {
                work.at(&format!("{}, {}", person.name, first.strftime("%Y-%m")), done, total);
                if kind == Rows::Events {
                    let mut date = *first;
                    while date <= *last {
                        let (asker, person) = self.now_of(&holding, person).await?;
                        let rows = self.events(&asker, &person, date).await?;
                        count += rows.len();
                        table = write(table, rows).await?;
                        let Ok(next) = date.tomorrow() else { break };
                        date = next;
                    }
                } else {
                    let (asker, who) = self.now_of(&holding, person).await?;
                    let person = Some(who.name.to_string());
                    let request = ReportRequest { person, from: *first, to: *last };
                    let (through, now) = (self.seen(&asker, &who).await?, (self.now)());
                    let tracking = &self.tracking;
                    let report = tracking.report_through(&asker, request, through, now).await?;
                    let rows = report.table(kind)?;
                    count += rows.len();
                    table = write(table, rows).await?;
                }
                done += 1;
            }
        }
        work.at("done", done, total);
        let file = table.finish().map_err(|error| unwritten(&error))?;
        file.into_inner().map_err(|error| unwritten(error.error()))?;
        let file_name = Some(format!("activity-{}-{from}-{to}.csv", kind.name()));
        Ok(Finished { sentence: format!("{count} rows."), file_name })
    }

    /// Whoever asked and the person as they are now: what was allowed when the export began may not be any more.
    async fn now_of(
        &self,
        holding: &Holding,
        person: &User,
    ) -> Result<(Principal, User), ServiceError> {
        let (id, now) = (person.id, (self.now)());
        let asker = self.tracking.must_still_have(&self.principal, &holding.of(id), now).await?;
        let person = self.tracking.door.read(move |reader| read::user(reader, id)).await?;
        Ok((asker, person.ok_or(ServiceError::Refused(Refusal::UnknownUser))?))
    }

    /// The look that this export is; none at one's own.
    async fn seen(&self, asker: &Principal, person: &User) -> Result<Option<Seen>, ServiceError> {
        let (reach, policy) = self.tracking.reach(asker, (self.now)()).await?;
        let View::UpTo(detail) = reach.view_of(person.id, policy) else { return Ok(None) };
        // One look for all of it: each month's or day's would bury the others.
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        let whole = day::days(self.request.from, self.request.to, &zone).ok_or_else(bad_range)?;
        let ends = whole.first().zip(whole.last());
        Ok(ends.map(|((_, first), (_, last))| {
            let range = Stretch { from: first.from, to: last.to };
            Seen::new(EXPORT, range, detail.min(least(self.request.rows)))
        }))
    }

    /// Writes the look down, before anything is shown.
    async fn leave_trace(&self, asker: &Principal, person: &User) -> Result<(), ServiceError> {
        match self.seen(asker, person).await? {
            Some(seen) => self.tracking.leave_trace(asker, person, seen, (self.now)()).await,
            None => Ok(()),
        }
    }

    /// The events that began on this day of the person's, oldest first.
    async fn events(
        &self,
        asker: &Principal,
        person: &User,
        date: Date,
    ) -> Result<Vec<Vec<String>>, ServiceError> {
        let tracking = &self.tracking;
        let (reach, policy) = tracking.reach(asker, (self.now)()).await?;
        let view = reach.view_of(person.id, policy);
        if view == View::Nothing {
            return Err(not_theirs());
        }
        let zone = TimeZone::get(person.zone.as_str()).unwrap_or(TimeZone::UTC);
        self.leave_trace(asker, person).await?;
        let days = day::days(date, date, &zone).ok_or_else(bad_range)?;
        let Some((_, day)) = days.into_iter().next() else { return Ok(Vec::new()) };
        let (id, name) = (person.id, person.name.to_string());
        let read =
            move |reader: &dyn Reader| events(reader, (id, &name), view, day, MOST_BYTES_A_DAY);
        tracking.door.read(read).await?.ok_or_else(too_much)
    }
}

type Table = CsvWriter<BufWriter<File>>;

/// Files are written where waiting for a disk holds up nobody.
async fn write(mut table: Table, rows: Vec<Vec<String>>) -> Result<Table, ServiceError> {
    let written = tokio::task::spawn_blocking(move || {
        rows.iter().try_for_each(|row| table.row(row)).map(|()| table)
    });
    let broken = |_| ServiceError::Failed("Writing the result broke off.".to_owned());
    written.await.map_err(broken)?.map_err(|error| unwritten(&error))
}

/// The rows of the events of `person` that began on `day` and that this viewer may see, oldest first; `None` when they
/// take more than `most_bytes`.
pub(super) fn events(
    reader: &dyn Reader,
    (person, name): (UserId, &str),
    view: View,
    day: Stretch,
    most_bytes: usize,
) -> Result<Option<Vec<Vec<String>>>, StoreError> {
    let mut found: Vec<(Timestamp, Vec<String>)> = Vec::new();
    let mut bytes = 0;
    for device in read::devices_of(reader, person)? {
        for bucket in activity::buckets(reader, device.id)? {
            activity::events_newest_first(reader, &bucket, day.from, day.to, |event| {
                let began_here = day.from <= event.start && event.start < day.to;
                if began_here && may_see(view, event.policy) {
                    let (start, kind) = (event.start, bucket.about.kind.as_str());
                    let row = table::event(name, device.name.as_str(), kind, event);
                    bytes += row.iter().map(|cell| CELL_BYTES + cell.len()).sum::<usize>();
                    found.push((start, row));
                }
                if bytes > most_bytes { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
        }
    }
    // Stable: of events that began at once, computers and buckets stay in their order.
    found.sort_by_key(|(start, _)| *start);
    let rows = found.into_iter().map(|(_, row)| row).collect();
    Ok((bytes <= most_bytes).then_some(rows))
}

/// May this viewer see the event itself?
pub(super) fn may_see(view: View, recorded: ActivityPolicy) -> bool {
    match view {
        View::Own => true,
        View::UpTo(now) => seen_under(recorded, now) == ActivityPolicy::FullDetail,
        View::Nothing => false,
    }
}

/// Does today's policy let this viewer have such rows at all?
fn tells(view: View, rows: Rows) -> bool {
    match view {
        View::Nothing => false,
        View::Own => true,
        View::UpTo(policy) => least(rows) <= policy,
    }
}

/// The strictest policy that shows others such rows.
const fn least(rows: Rows) -> ActivityPolicy {
    match rows {
        Rows::Days => ActivityPolicy::HoursOnly,
        Rows::Apps => ActivityPolicy::AppTotals,
        Rows::Events => ActivityPolicy::FullDetail,
    }
}

/// The range cut at the ends of months.
fn months(from: Date, to: Date) -> Result<Vec<(Date, Date)>, ServiceError> {
    if to < from || from.year() < 1970 || to.year() > 2199 {
        return Err(bad_range());
    }
    let (mut months, mut first) = (Vec::new(), from);
    while first <= to {
        let last = first.last_of_month().min(to);
        months.push((first, last));
        if months.len() > MOST_MONTHS {
            return Err(bad_range());
        }
        let Ok(next) = last.tomorrow() else { break };
        first = next;
    }
    Ok(months)
}

fn bad_range() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!("An export covers 1 to {MOST_MONTHS} months between 1970 and 2199."),
        "Choose another range.",
    )
}

fn too_much() -> ServiceError {
    ServiceError::bad_input(
        "too_much",
        "More was recorded on one day than an export can take.",
        "Export days or apps, or leave that day out.",
    )
}

/// Ten years.
const MOST_MONTHS: usize = 121;
/// A day's rows in memory; a busy person records about 3 000 events a day, some 1 MB. One event alone may have 64 KiB.
const MOST_BYTES_A_DAY: usize = 64 * 1024 * 1024;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_range_is_cut_at_the_ends_of_months() {
        let cut = months(date(2026, 1, 30), date(2026, 3, 1)).unwrap();
        let expected = [
            (date(2026, 1, 30), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2026, 3, 1)),
        ];
        assert_eq!(cut, expected);
        assert!(months(date(2026, 1, 2), date(2026, 1, 1)).is_err());
        assert!(months(date(2010, 1, 1), date(2026, 1, 1)).is_err());
        assert!(months(date(-9999, 1, 1), date(9999, 12, 31)).is_err());
    }

    #[test]
    fn single_events_of_others_need_full_detail_then_and_now() {
        use ActivityPolicy::{AppTotals, FullDetail, HoursOnly};
        assert!(may_see(View::Own, HoursOnly));
        assert!(may_see(View::UpTo(FullDetail), FullDetail));
        assert!(!may_see(View::UpTo(FullDetail), AppTotals), "never reaches back");
        assert!(!may_see(View::UpTo(AppTotals), FullDetail));
        assert!(tells(View::Own, Rows::Events) && tells(View::UpTo(HoursOnly), Rows::Days));
        assert!(!tells(View::UpTo(HoursOnly), Rows::Apps));
        assert!(!tells(View::UpTo(AppTotals), Rows::Events));
        assert!(!tells(View::Nothing, Rows::Days));
    }
}
