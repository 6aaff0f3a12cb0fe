//! Everything recorded about a person as one file: a job, a page of rows at a time.
//!
//! The person gets all of it. Whoever fetches it for them gets of recorded events what the office's policy shows them, and leaves a
//! trace like any other look.

mod beside;

use std::fs::File;
use std::io::{BufWriter, Write};

use super::Tracking;
use super::export::may_see;
use super::look::Seen;
use crate::domain::activity::{Bucket, EventId};
use crate::domain::audit;
use crate::domain::command::Actor;
use crate::domain::entry::{Entry, MOST_REFUSED_OFFERS};
use crate::domain::id::EntryId;
use crate::domain::job::JobKind;
use crate::domain::look::PERSON_DATA;
use crate::domain::outcome::{Noun, Refusal};
use crate::domain::policy::{ActivityPolicy, View};
use crate::domain::report::Stretch;
use crate::domain::right::Right;
use crate::domain::sync::Synced;
use crate::domain::text::UserName;
use crate::domain::time::Timestamp;
use crate::domain::told::Told;
use crate::domain::user::User;
use crate::service::Principal;
use crate::service::audit::named;
use crate::service::error::ServiceError;
use crate::service::job::Holding;
use crate::service::job::{Finished, JobView, Jobs, Work, unwritten};
use crate::store::{Reader, StoreError, activity, read};
use crate::wire::v1 as wire;
use crate::wire::v1::person_data::{self as file, Line};

/// Rows that are read and written together.
const PAGE: usize = 1_000;

impl Tracking {
    /// Begins to write everything recorded about the person of this name, for whoever manages people; about oneself without one.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing began.
    pub async fn export_person(
        &self,
        jobs: &Jobs,
        principal: &Principal,
        name: Option<&str>,
        now: fn() -> Timestamp,
    ) -> Result<JobView, ServiceError> {
        let (person, view) = match (name, principal.user()) {
            (None, Some(own)) => (own.clone(), View::Own),
            (None, None) => {
                return Err(ServiceError::bad_input(
                    "no_person",
                    "There is nobody here to write about.",
                    "Name the person.",
                ));
            }
            (Some(name), _) => {
                principal.must_have(Right::ManagePeople)?;
                let unknown = ServiceError::Refused(Refusal::UnknownUser);
                let Ok(name) = UserName::new(name) else { return Err(unknown) };
                let found = self.door.read(move |r| read::user_by_name(r, &name)).await?;
                let person = found.ok_or(unknown)?;
                let (reach, policy) = self.reach(principal, now()).await?;
                let view = reach.view_of(person.id, policy);
                (person, view)
            }
        };
        // Without their activity, too, it is much about somebody.
        let detail = match view {
            View::Own => None,
            View::UpTo(detail) => Some(detail),
            View::Nothing => Some(ActivityPolicy::HoursOnly),
        };
        if let Some(detail) = detail {
            let always = Stretch { from: Timestamp::EARLIEST, to: Timestamp::LATEST };
            let seen = Seen::new(PERSON_DATA, always, detail);
            self.leave_trace(principal, &person, seen, now()).await?;
        }
        let about = person.name.to_string();
        let shows = match view {
            View::Own => Some(ActivityPolicy::FullDetail),
            View::UpTo(policy) => Some(policy),
            View::Nothing => None,
        };
        let holding = Holding { needs: Right::ManagePeople, shows, people: vec![person.id] };
        let (tracking, principal) = (self.clone(), principal.clone());
        let writing =
            Writing { tracking, principal: principal.clone(), person, view, holding, now };
        let principal = &principal;
        jobs.start(principal, JobKind::PersonData, &about, |work| writing.run(work)).await
    }
}

/// One file under way.
struct Writing {
    tracking: Tracking,
    principal: Principal,
    person: User,
    view: View,
    holding: Holding,
    now: fn() -> Timestamp,
}

/// The file, and how many lines it has.
struct Lines {
    file: BufWriter<File>,
    count: u64,
}

/// A page of lines, and where the next one goes on; nothing at the end.
type Page<C> = (Vec<String>, Option<C>);
/// Reads the page after that place.
type ReadPage<C> = fn(&dyn Reader, &User, Option<C>) -> Result<Page<C>, StoreError>;

impl Writing {
    async fn run(self, work: Work) -> Result<Finished, ServiceError> {
        let events = match self.view {
            View::Own => ActivityPolicy::FullDetail.name(),
            View::UpTo(policy) => policy.name(),
            View::Nothing => "nothing",
        };
        let name = self.person.name.to_string();
        let mut lines = Lines { file: BufWriter::new(work.create()?), count: 0 };
        work.keep_beside(&self.holding.to_text())?;
        lines = write(lines, vec![file::header(&name, (self.now)(), events).text()]).await?;
        work.at("profile", 0, 0);
        let person = self.person.clone();
        let view = self.view;
        let page = self.tracking.door.read(move |reader| profile(reader, &person, view)).await?;
        lines = write(lines, page).await?;
        let person = self.person.clone();
        let page = self.tracking.door.read(move |reader| weeks(reader, &person)).await?;
        lines = write(lines, page).await?;
        let (person, view) = (self.person.clone(), self.view);
        let page =
            self.tracking.door.read(move |reader| beside::beside(reader, &person, view)).await?;
        lines = write(lines, page).await?;
        lines = self.events(&work, lines).await?;
        lines = self.pages(&work, "time entries", lines, entries).await?;
        lines = self.pages(&work, "who looked", lines, looks).await?;
        lines = self.pages(&work, "audit log", lines, trail).await?;
        let count = lines.count - 1;
        let end = Line { record: "end", data: file::End { lines: count } };
        lines = write(lines, vec![end.text()]).await?;
        lines.file.into_inner().map_err(|error| unwritten(error.error()))?;
        let file_name = Some(format!("person-data-{name}.jsonl"));
        Ok(Finished { sentence: format!("{count} records."), file_name })
    }

    /// Goes on only while whoever asked may have this.
    async fn must_still_have(&self) -> Result<(), ServiceError> {
        let (principal, holding) = (&self.principal, &self.holding);
        self.tracking.must_still_have(principal, holding, (self.now)()).await.map(|_| ())
    }

    /// Everything that `read` finds, a page at a time.
    async fn pages<C: Send + 'static>(
        &self,
        work: &Work,
        step: &str,
        mut lines: Lines,
        read: ReadPage<C>,
    ) -> Result<Lines, ServiceError> {
        let mut after = None;
        loop {
            work.at(step, 0, 0);
            self.must_still_have().await?;
            let person = self.person.clone();
            let page = self.tracking.door.read(move |reader| read(reader, &person, after));
            let (text, next) = page.await?;
            lines = write(lines, text).await?;
            match next {
                Some(next) => after = Some(next),
                None => return Ok(lines),
            }
        }
    }

    async fn events(&self, work: &Work, mut lines: Lines) -> Result<Lines, ServiceError> {
        let person = self.person.id;
        let buckets = self.tracking.door.read(move |reader| {
            let mut all = Vec::new();
            for device in read::devices_of(reader, person)? {
                all.extend(activity::buckets(reader, device.id)?);
            }
            Ok(all)
        });
        let buckets = buckets.await?;
        let (view, total) = (self.view, buckets.len() as u64);
        for (done, bucket) in buckets.into_iter().enumerate() {
            work.at("recorded events", done as u64, total);
            // Which watchers and browsers somebody uses is detail.
            if shows_detail(view) {
                let about = Line { record: "bucket", data: file::Bucket::from(&bucket) }.text();
                lines = write(lines, vec![about]).await?;
            }
            let mut after = None;
            loop {
                self.must_still_have().await?;
                let bucket = bucket.clone();
                let page = move |reader: &dyn Reader| events(reader, &bucket, view, after);
                let (text, next) = self.tracking.door.read(page).await?;
                lines = write(lines, text).await?;
                match next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok(lines)
    }
}

async fn write(mut lines: Lines, page: Vec<String>) -> Result<Lines, ServiceError> {
    // Files are written where waiting for a disk holds up nobody.
    let written = tokio::task::spawn_blocking(move || {
        lines.count += page.len() as u64;
        page.iter().try_for_each(|line| lines.file.write_all(line.as_bytes())).map(|()| lines)
    });
    let broken = |_| ServiceError::Failed("Writing the result broke off.".to_owned());
    written.await.map_err(broken)?.map_err(|error| unwritten(&error))
}

/// The person, and everything about them of which there is little.
fn profile(reader: &dyn Reader, person: &User, view: View) -> Result<Vec<String>, StoreError> {
    let rights = read::people::rights(reader, person)?;
    let mail = read::people::mail(reader, person.id)?.map(|mail| mail.to_string());
    let data = wire::User { mail, ..wire::User::of(person, rights) };
    let mut page = vec![Line { record: "profile", data }.text()];
    for (network, seen) in read::people::places(reader, person.id)? {
        let data = file::Place { network: network.to_string(), last: wire::rfc3339(seen) };
        page.push(Line { record: "place", data }.text());
    }
    for team in read::people::teams(reader)? {
        if team.members.contains(&person.id) || team.leads.contains(&person.id) {
            let data = serde_json::json!({
                "id": team.id.to_string(),
                "name": team.name.to_string(),
                "member": team.members.contains(&person.id),
                "lead": team.leads.contains(&person.id),
            });
            page.push(Line { record: "team", data }.text());
        }
    }
    for session in read::sessions(reader)?.iter().filter(|session| session.user == person.id) {
        let about = read::session_about(reader, session.id)?;
        let data = wire::Session::of(session, about.as_ref(), person, false);
        page.push(Line { record: "session", data }.text());
    }
    let devices = read::devices_of(reader, person.id)?;
    for token in read::tokens(reader)?.iter().filter(|token| token.user == person.id) {
        let device = devices.iter().find(|device| device.id == token.device);
        let device = device.map(|device| device.name.to_string()).unwrap_or_default();
        page.push(Line { record: "token", data: wire::Token::of(token, person, &device) }.text());
    }
    for device in &devices {
        let version = read::told::version(reader, &Told::Device(device.id))?;
        let data = match view {
            View::Own => wire::Device::own(device, person, version),
            View::UpTo(_) | View::Nothing => wire::Device::of_other(device, person, version),
        };
        page.push(Line { record: "device", data }.text());
    }
    for job in read::jobs(reader)?.iter().filter(|job| job.owner == Actor::User(person.id)) {
        let data = wire::Job::of(job, person.name.as_str(), None, 0, false);
        page.push(Line { record: "job", data }.text());
    }
    Ok(page)
}

/// Their weeks, what they wrote offline about closed time or was refused, what they are to work, and what they ask again and again.
fn weeks(reader: &dyn Reader, person: &User) -> Result<Vec<String>, StoreError> {
    let (from, to) = (Timestamp::EARLIEST, Timestamp::LATEST);
    let mut page = Vec::new();
    for sheet in read::timesheet::within(reader, person.id, from, to)? {
        page.push(Line { record: "timesheet", data: file::Sheet::from(&sheet) }.text());
    }
    for (_, held) in read::timesheet::held(reader, person.id)? {
        page.push(Line { record: "held_edit", data: file::Held::from(&held) }.text());
    }
    for device in read::devices_of(reader, person.id)? {
        for refused in read::entry::refused(reader, device.id, MOST_REFUSED_OFFERS)? {
            let data = file::Refused::from(&refused);
            page.push(Line { record: "refused_entry", data }.text());
        }
    }
    for target in read::target::of(reader, person.id)? {
        let data = file::Target::from(&target);
        page.push(Line { record: "target", data }.text());
    }
    for report in read::target::saved_reports(reader)? {
        if report.owner == Some(person.id) {
            let data = file::Report::from(&report);
            page.push(Line { record: "saved_report", data }.text());
        }
    }
    Ok(page)
}

/// May whoever asked see what titles and addresses would tell?
const fn shows_detail(view: View) -> bool {
    matches!(view, View::Own | View::UpTo(ActivityPolicy::FullDetail))
}

fn events(
    reader: &dyn Reader,
    bucket: &Bucket,
    view: View,
    after: Option<(Timestamp, EventId)>,
) -> Result<Page<(Timestamp, EventId)>, StoreError> {
    let found = activity::events_after(reader, bucket.number, after, PAGE)?;
    let next = found.last().map(|event| (event.start, event.id));
    let shown = found.iter().filter(|event| may_see(view, event.policy));
    let line = |event| Line { record: "event", data: file::Event::of(bucket, event) }.text();
    Ok((shown.map(line).collect(), next))
}

/// Time entries, deleted ones too, each followed by its versions.
fn entries(
    reader: &dyn Reader,
    person: &User,
    after: Option<EntryId>,
) -> Result<Page<EntryId>, StoreError> {
    let found: Vec<Synced<Entry>> = read::entry::page(reader, after, PAGE)?;
    let next = found.last().map(|entry| entry.id);
    let mut page = Vec::new();
    for entry in found.iter().filter(|entry| entry.body.person == person.id) {
        page.push(Line { record: "entry", data: wire::Entry::from(entry) }.text());
        for (seq, version) in read::sync::history(reader, Noun::Entry, entry.id.into())? {
            let record = read::sync::version_of::<Entry>(&version)?;
            let data = file::EntryVersion::of(seq, &version, &record);
            page.push(Line { record: "version", data }.text());
        }
    }
    Ok((page, next))
}

fn looks(
    reader: &dyn Reader,
    person: &User,
    after: Option<(Timestamp, u64)>,
) -> Result<Page<(Timestamp, u64)>, StoreError> {
    let (mut page, mut next) = (Vec::new(), None);
    for (place, look) in read::looks::after(reader, person.id, after, PAGE)? {
        let viewer = match look.viewer {
            Actor::User(user) => read::user(reader, user)?.map(|user| user.name.to_string()),
            _ => None,
        };
        let data = wire::Look::of(&look, viewer.as_deref());
        page.push(Line { record: "look", data }.text());
        next = Some(place);
    }
    Ok((page, next))
}

/// What the audit log says of them and of what they did.
fn trail(reader: &dyn Reader, person: &User, after: Option<u64>) -> Result<Page<u64>, StoreError> {
    let found = read::audit(reader, after.unwrap_or(0), PAGE)?;
    let next = found.last().map(|entry| entry.seq);
    let name = audit::person(person.id);
    let mut page = Vec::new();
    for entry in found {
        let subject = entry.subject.as_str();
        if entry.actor == Actor::User(person.id) || subject.contains(&name) {
            let about = named(reader, subject)?;
            page.push(Line { record: "audit", data: wire::AuditEntry::of(&entry, about) }.text());
        }
    }
    Ok((page, next))
}
