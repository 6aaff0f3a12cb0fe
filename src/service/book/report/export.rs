//! Time entries as a table, for payroll and invoices: a job, a person's month at a time.
//!
//! A row is an entry, with what of it lies in the days asked for: whatever is added up of these rows is what the reports say. Its columns go
//! by the names that Clockify gives them, so that programs which read that file read this one.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;

use super::add::picks;
use super::names::Names;
use super::row::people;
use super::{Filter, Per, Period, zone_of};
use crate::domain::command::Command;
use crate::domain::day::Day;
use crate::domain::entry::{Entry, MOST_LONG_MS};
use crate::domain::hours::counted;
use crate::domain::id::UserId;
use crate::domain::job::JobKind;
use crate::domain::look::{ENTRIES, Look};
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::right::Right;
use crate::domain::sync::Synced;
use crate::domain::text::ShortText;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::domain::timesheet::{SheetState, Week};
use crate::domain::user::User;
use crate::service::book::Book;
use crate::service::error::ServiceError;
use crate::service::job::{Finished, Holding, JobView, Jobs, Work, unwritten};
use crate::service::{Change, Principal, day as calendar};
use crate::store::{StoreError, read};
use crate::wire::csv::{Bom, CsvWriter, decimal_hours};
use crate::wire::v1::rfc3339;

/// Which entries.
#[derive(Clone, Debug)]
pub struct EntriesExport {
    /// The first day.
    pub from: Day,
    /// The last day, included.
    pub to: Day,
    /// Which of them.
    pub filter: Filter,
    /// For Excel or for programs.
    pub bom: Bom,
    /// Has whoever asks just shown who they are? Others' time takes that.
    pub is_proven: bool,
}

/// The columns' names.
const HEADING: &[&str] = &[
    "User",
    "Client",
    "Project",
    "Task",
    "Task path",
    "Description",
    "Tags",
    "Billable",
    "Start Date",
    "Start Time",
    "End Date",
    "End Time",
    "Start (UTC)",
    "End (UTC)",
    "Milliseconds",
    "Hours",
    "Week",
    "Id",
];

impl Book {
    /// Begins to write the entries `request` asks for. Whoever takes others' needs the right to.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing began.
    pub async fn export(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        request: EntriesExport,
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let months = months(request.from, request.to)?;
        let (asker, filter) = (principal.clone(), request.filter.clone());
        let found = self.door.read(move |reader| {
            let (reach, teams) = (asker.reach(reader)?, read::people::teams(reader)?);
            let zone = calendar::zone(&zone_of(reader, &asker)?);
            Ok(people(reader, &reach, &teams, &filter)?.map(|people| (people, zone)))
        });
        let (people, zone) = found.await??;
        let own = principal.user().map(|user| user.id);
        if people.iter().any(|person| Some(person.id) != own) {
            principal.must_have(Right::Export)?;
            if !request.is_proven {
                return Err(ServiceError::StepUpRequired);
            }
        }
        let whose = match &people[..] {
            [one] => one.name.to_string(),
            all => format!("{} people", all.len()),
        };
        let about = format!("{whose}, {} to {}", request.from, request.to);
        let (book, principal_then) = (self.clone(), principal.clone());
        let export = Export { book, principal: principal_then, people, months, zone, request, now };
        for person in export.people.iter().filter(|person| Some(person.id) != own) {
            export.leave_trace(person).await?;
        }
        jobs.start(principal, JobKind::EntriesCsv, &about, |work| export.run(work)).await
    }
}

/// One export under way.
struct Export {
    book: Book,
    principal: Principal,
    people: Vec<User>,
    months: Vec<(Day, Day)>,
    zone: TimeZone,
    request: EntriesExport,
    now: fn() -> Timestamp,
}

type Table = CsvWriter<BufWriter<File>>;

impl Export {
    async fn run(self, work: Work) -> Result<Finished, ServiceError> {
        let EntriesExport { from, to, bom, .. } = self.request;
        let range = self.stretch(from, to)?;
        let file = BufWriter::new(work.create()?);
        let holding = Holding::of_hours(self.people.iter().map(|person| person.id).collect());
        work.keep_beside(&holding.to_text())?;
        let mut table = CsvWriter::new(file, bom, HEADING).map_err(|error| unwritten(&error))?;
        let total = self.people.len().saturating_mul(self.months.len()) as u64;
        let (mut done, mut count, mut sum) = (0, 0_usize, 0);
        for person in &self.people {
            for (first, last) in &self.months {
                work.at(
                    &format!("{}, {}", person.name, first.date().strftime("%Y-%m")),
                    done,
                    total,
                );
                let mut begun = self.stretch(*first, *last)?;
                if *first == from {
                    // What began before the first day, and reaches into it, comes with it.
                    begun.from = Timestamp::EARLIEST;
                }
                let (rows, ms) = self.rows(person.id, begun, range).await?;
                (count, sum) = (count + rows.len(), sum + ms);
                table = write(table, rows).await?;
                done += 1;
            }
        }
        work.at("done", done, total);
        let file = table.finish().map_err(|error| unwritten(&error))?;
        file.into_inner().map_err(|error| unwritten(error.error()))?;
        let minutes = sum / MINUTE_MS;
        let sentence = format!("{count} time entries, {}:{:02} h.", minutes / 60, minutes % 60);
        Ok(Finished { sentence, file_name: Some(format!("entries-{from}-{to}.csv")) })
    }

    /// The person finds in their access log that their time was taken as a file.
    async fn leave_trace(&self, person: &User) -> Result<(), ServiceError> {
        let EntriesExport { from, to, .. } = self.request;
        let (range, now) = (self.stretch(from, to)?, (self.now)());
        let (viewer, what) = (self.principal.actor(), ShortText::cut(ENTRIES));
        let look = Look {
            viewer: viewer.clone(),
            person: person.id,
            at: now,
            what,
            from: range.from,
            to: range.to,
            detail: ActivityPolicy::HoursOnly,
        };
        Change { now, actor: viewer, command: Command::Look(look) }.commit(&self.book.door).await?;
        Ok(())
    }

    fn stretch(&self, first: Day, last: Day) -> Result<Stretch, ServiceError> {
        let ends = calendar::start(first, &self.zone).zip(calendar::end(last, &self.zone));
        ends.map(|(from, to)| Stretch { from, to }).ok_or_else(bad_months)
    }

    /// The person's entries that begin in `begun`, each with what of it lies in `range`, and what they come to. Whoever asked may do now
    /// what they might when the export began.
    async fn rows(
        &self,
        person: UserId,
        begun: Stretch,
        range: Stretch,
    ) -> Result<(Vec<Vec<String>>, u64), ServiceError> {
        let (asker, filter) = (self.principal.clone(), self.request.filter.clone());
        let (zone, now) = (self.zone.clone(), (self.now)());
        let found = self.book.door.read(move |reader| {
            let Some(asker) = asker.renewed(reader)? else { return Ok(Err(taken_away())) };
            let is_own = asker.user().is_some_and(|user| user.id == person);
            let may = asker.may(Right::Export) && asker.reach(reader)?.sees(person);
            if !is_own && !may {
                return Ok(Err(taken_away()));
            }
            let Some(person) = read::user(reader, person)? else { return Ok(Ok((Vec::new(), 0))) };
            let mut rows = Rows { names: Names::new(reader, &asker), zone: &zone, person: &person };
            let (from, to) = (begun.from.max(range.from), begun.to);
            let sheets =
                read::timesheet::within(reader, person.id, from.minus_ms(MOST_LONG_MS), to)?;
            let mut entries = Vec::new();
            read::worked::each(reader, person.id, from, to, |entry| {
                if begun.from <= entry.body.start && entry.body.start < begun.to {
                    entries.push(entry);
                }
                ControlFlow::Continue(())
            })?;
            let (mut lines, mut sum) = (Vec::new(), 0);
            for entry in entries {
                if !picks(&filter, &mut rows.names, &entry.body)? {
                    continue;
                }
                let ms = counted(&entry.body, now).overlap(range).map_or(0, |part| part.ms());
                let week = sheets.iter().find(|sheet| begins_in(&sheet.week, entry.body.start));
                let week = week.map_or(SheetState::Open, |sheet| sheet.state);
                lines.push(rows.row(&entry, ms, week)?);
                sum += ms;
            }
            Ok(Ok((lines, sum)))
        });
        found.await?
    }
}

/// Entries of a person as rows.
struct Rows<'a> {
    names: Names<'a>,
    zone: &'a TimeZone,
    person: &'a User,
}

impl Rows<'_> {
    fn row(
        &mut self,
        entry: &Synced<Entry>,
        ms: u64,
        week: SheetState,
    ) -> Result<Vec<String>, StoreError> {
        let body = &entry.body;
        let (mut customer, mut project, mut path) = (String::new(), String::new(), Vec::new());
        match body.project {
            // That there is one is no secret: its hours are seen.
            Some(id) if !self.names.shows(id)? => project = HIDDEN.to_owned(),
            Some(id) => {
                let record = self.names.project(id)?;
                project = record.map_or_else(|| id.to_string(), |one| one.body.name.to_string());
                if let Some(id) = self.names.customer_of(id)? {
                    customer = self.names.customer_name(id)?.unwrap_or_default();
                }
                if let Some(task) = body.task {
                    for task in self.names.line_of(task)? {
                        let record = self.names.task(task)?;
                        path.extend(record.map(|one| one.body.name.to_string()));
                    }
                }
            }
            None => {}
        }
        let task = path.first().cloned().unwrap_or_default();
        path.reverse();
        let mut tags = Vec::new();
        for tag in &body.tags {
            tags.extend(self.names.tag_name(*tag)?);
        }
        let [start_date, start_time] = self.wall(body.start);
        let [end_date, end_time] = body.ends().map_or_else(Default::default, |end| self.wall(end));
        Ok(vec![
            self.person.name.to_string(),
            customer,
            project,
            task,
            path.join(" / "),
            body.note.to_string(),
            tags.join(", "),
            if body.billable { "Yes" } else { "No" }.to_owned(),
            start_date,
            start_time,
            end_date,
            end_time,
            rfc3339(body.start),
            body.ends().map(rfc3339).unwrap_or_default(),
            ms.to_string(),
            decimal_hours(ms),
            week.name().to_owned(),
            entry.id.to_string(),
        ])
    }

    /// Day and time of day where the asker is.
    fn wall(&self, at: Timestamp) -> [String; 2] {
        let at = jiff::Timestamp::from_millisecond(at.ms()).unwrap_or_default();
        let at = at.to_zoned(self.zone.clone());
        [at.strftime("%Y-%m-%d").to_string(), at.strftime("%H:%M:%S").to_string()]
    }
}

/// Files are written where waiting for a disk holds up nobody.
async fn write(mut table: Table, rows: Vec<Vec<String>>) -> Result<Table, ServiceError> {
    let written = tokio::task::spawn_blocking(move || {
        rows.iter().try_for_each(|row| table.row(row)).map(|()| table)
    });
    let broken = |_| ServiceError::Failed("Writing the result broke off.".to_owned());
    written.await.map_err(broken)?.map_err(|error| unwritten(&error))
}

/// The range cut at the ends of months.
fn months(from: Day, to: Day) -> Result<Vec<(Day, Day)>, ServiceError> {
    let whole = Period { from, to };
    let months = if to < from { Vec::new() } else { whole.cut(Some(Per::Month), 0) };
    if months.is_empty() || months.len() > MOST_MONTHS {
        return Err(bad_months());
    }
    Ok(months.iter().map(|month| (month.from, month.to)).collect())
}

fn begins_in(week: &Week, start: Timestamp) -> bool {
    week.from <= start && start < week.to
}

fn bad_months() -> ServiceError {
    ServiceError::bad_input(
        "bad_range",
        format!("An export covers 1 to {MOST_MONTHS} months, the first day before the last."),
        "Choose another range.",
    )
}

fn taken_away() -> ServiceError {
    ServiceError::Forbidden("The right to what this file shows was taken away.")
}

/// Ten years.
const MOST_MONTHS: usize = 121;
/// What is not open to whoever asks.
const HIDDEN: &str = "(hidden)";
