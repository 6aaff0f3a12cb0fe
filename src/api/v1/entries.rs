//! Time entries.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::api::Services;
use crate::api::answer::{self, Done};
use crate::api::error::Failure;
use crate::api::input::{Asked, Asker, id, id_in, instant_in, page, text_in};
use crate::api::once::{Once, OnceOnly};
use crate::api::version::{IfMatch, Versioned};
use crate::domain::customer::Customer;
use crate::domain::entry::Entry;
use crate::domain::id::EntryId;
use crate::domain::outcome::{HoursRefusal, Refusal};
use crate::domain::project::Project;
use crate::domain::sync::{AnyRecord, Syncs, Verdict};
use crate::domain::tag::Tag;
use crate::domain::task::Task;
use crate::domain::text::NoteText;
use crate::service::book::{Asking, Booked, EntriesRequest, EntryDraft, Moment, Whose};
use crate::service::error::ServiceError;
use crate::wire::v1 as wire;

/// Words to look for are at most this long.
const MOST_TEXT_CHARACTERS: usize = 200;

/// Which of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EntryQuery {
    person: Option<String>,
    team: Option<String>,
    everyone: Option<bool>,
    from: Option<String>,
    to: Option<String>,
    customer: Option<String>,
    project: Option<String>,
    task: Option<String>,
    tag: Option<String>,
    billable: Option<bool>,
    running: Option<bool>,
    text: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

pub(in crate::api) async fn list(
    State(services): State<Services>,
    Asker(asker): Asker,
    Asked(asked): Asked<EntryQuery>,
) -> Result<Json<wire::Items<wire::Entry>>, Failure> {
    let request = EntriesRequest {
        whose: whose(asked.person, asked.team.as_deref(), asked.everyone.unwrap_or_default())?,
        from: asked.from.map(|text| moment("from", &text)).transpose()?,
        to: asked.to.map(|text| moment("to", &text)).transpose()?,
        customer: asked.customer.map(|text| id(&text, Customer::UNKNOWN)).transpose()?,
        project: asked.project.map(|text| id(&text, Project::UNKNOWN)).transpose()?,
        task: asked.task.map(|text| id(&text, Task::UNKNOWN)).transpose()?,
        tag: asked.tag.map(|text| id(&text, Tag::UNKNOWN)).transpose()?,
        billable: asked.billable,
        running: asked.running,
        text: asked.text.map(|text| text.chars().take(MOST_TEXT_CHARACTERS).collect()),
        page: page(asked.limit, asked.cursor.as_deref())?,
    };
    let found = services.book.entries(&asker, request).await?;
    Ok(answer::page(found, |record| (&record).into()))
}

pub(in crate::api) async fn show(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
) -> Result<Versioned<wire::Entry>, Failure> {
    let entry = services.book.entry(&asker, which(&entry)?).await?;
    Ok(Versioned { status: StatusCode::OK, version: entry.meta.changed_seq, json: (&entry).into() })
}

pub(in crate::api) async fn add(
    State(services): State<Services>,
    Asker(asker): Asker,
    Once(fields, key): Once<wire::EntryFields>,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let booked = services.book.add_entry(asking, draft(fields)?).await.map_err(about)?;
    Ok(versioned(StatusCode::CREATED, &booked))
}

pub(in crate::api) async fn set(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(fields, key): Once<wire::EntryFields>,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let (entry, draft) = (which(&entry)?, draft(fields)?);
    let booked = services.book.set_entry(asking, entry, expect, draft).await.map_err(about)?;
    Ok(versioned(StatusCode::OK, &booked))
}

pub(in crate::api) async fn delete(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    OnceOnly(key): OnceOnly,
) -> Result<Done, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    services.book.delete_entry(asking, which(&entry)?, expect).await?;
    Ok(Done)
}

pub(in crate::api) async fn duplicate(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    Once(fields, key): Once<wire::EntryDuplicate>,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let start = fields.start.map(|text| instant_in("start", &text)).transpose()?;
    let entry = which(&entry)?;
    let booked = services.book.duplicate_entry(asking, entry, start).await.map_err(about)?;
    Ok(versioned(StatusCode::CREATED, &booked))
}

pub(in crate::api) async fn split(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    Once(fields, key): Once<wire::EntrySplit>,
) -> Result<Json<wire::Items<wire::Entry>>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let (entry, moment) = (which(&entry)?, instant_in("at", &fields.at)?);
    let halves = services.book.split_entry(asking, entry, expect, moment).await;
    let halves = halves.map_err(about_moment("at"))?;
    Ok(answer::list(halves.into(), |half| (&half).into()))
}

pub(in crate::api) async fn continue_it(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    OnceOnly(key): OnceOnly,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let booked = services.book.continue_entry(asking, which(&entry)?).await.map_err(about)?;
    Ok(versioned(StatusCode::CREATED, &booked))
}

pub(in crate::api) async fn history(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
) -> Result<Json<wire::Items<wire::Version>>, Failure> {
    let versions = services.book.entry_history(&asker, which(&entry)?).await?;
    Ok(answer::list(versions, |version| wire::Version {
        seq: version.seq,
        at: wire::rfc3339(version.at),
        by: wire::named(&version.actor),
        counted: version.verdict == Verdict::Won,
        record: (&AnyRecord::Entry(version.record)).into(),
    }))
}

pub(in crate::api) async fn undo(
    State(services): State<Services>,
    Path(entry): Path<String>,
    Asker(asker): Asker,
    IfMatch(expect): IfMatch,
    OnceOnly(key): OnceOnly,
) -> Result<Versioned<wire::Booked>, Failure> {
    let asking = Asking { principal: &asker, now: (services.now)(), key };
    let booked = services.book.undo_entry(asking, which(&entry)?, expect).await.map_err(about)?;
    Ok(versioned(StatusCode::OK, &booked))
}

pub(super) fn versioned(status: StatusCode, booked: &Booked) -> Versioned<wire::Booked> {
    let overlaps = booked.overlaps.iter().map(ToString::to_string).collect();
    let json = wire::Booked { entry: (&booked.entry).into(), overlaps };
    Versioned { status, version: booked.entry.meta.changed_seq, json }
}

/// A refusal, with the field it is about.
pub(super) fn about(error: ServiceError) -> Failure {
    about_moment("start")(error)
}

/// The same where this field says when.
pub(super) fn about_moment(moment: &'static str) -> impl FnOnce(ServiceError) -> Failure {
    move |error| tell_field(error, moment)
}

fn tell_field(error: ServiceError, moment: &'static str) -> Failure {
    let field = match &error {
        ServiceError::Refused(refusal) => field(*refusal, moment),
        _ => None,
    };
    let failure = Failure::from(error);
    match field {
        Some(field) => failure.about(field),
        None => failure,
    }
}

const fn field(refusal: Refusal, moment: &'static str) -> Option<&'static str> {
    Some(match refusal {
        Refusal::EndsBeforeStart | Refusal::TooLong => "end",
        Refusal::InFuture | Refusal::LaterTimer => "start",
        Refusal::Hours(
            HoursRefusal::TimeLocked | HoursRefusal::WeekSubmitted | HoursRefusal::WeekApproved,
        ) => moment,
        Refusal::UnknownProject | Refusal::NotAMember | Refusal::Archived => "project",
        Refusal::UnknownTask | Refusal::TaskElsewhere => "task",
        Refusal::UnknownTag => "tags",
        Refusal::UnknownUser | Refusal::UserDisabled | Refusal::OtherPerson => "person",
        Refusal::SplitOutside => "at",
        _ => return None,
    })
}

fn draft(fields: wire::EntryFields) -> Result<EntryDraft, Failure> {
    Ok(EntryDraft {
        person: fields.person.map(|text| id_in("person", &text)).transpose()?,
        project: fields.project.map(|text| id_in("project", &text)).transpose()?,
        task: fields.task.map(|text| id_in("task", &text)).transpose()?,
        start: instant_in("start", &fields.start)?,
        end: fields.end.map(|text| instant_in("end", &text)).transpose()?,
        note: text_in("note", NoteText::new(fields.note))?,
        tags: fields.tags.iter().map(|text| id_in("tags", text)).collect::<Result<_, _>>()?,
        billable: fields.billable,
    })
}

fn which(text: &str) -> Result<EntryId, Failure> {
    id(text, Entry::UNKNOWN)
}

fn whose(person: Option<String>, team: Option<&str>, everyone: bool) -> Result<Whose, Failure> {
    match (person, team, everyone) {
        (None, None, false) => Ok(Whose::Own),
        (Some(name), None, false) => Ok(Whose::Person(name)),
        (None, Some(team), false) => Ok(Whose::Team(id(team, Refusal::UnknownTeam)?)),
        (None, None, true) => Ok(Whose::Everyone),
        _ => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_query",
            "Only one of `person`, `team` and `everyone` can be asked for.",
            "Leave the others out.",
        )),
    }
}

fn moment(field: &str, text: &str) -> Result<Moment, Failure> {
    if let Ok(day) = text.parse() {
        // A civil date would be read out of an instant, too.
        if text.len() == "2026-11-22".len() {
            return Ok(Moment::Day(day));
        }
    }
    wire::instant(text).map(Moment::At).ok_or_else(|| {
        Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_query",
            format!("`{field}` must be a day or an instant with its offset, from 1970 to 2200."),
            "Write it like 2026-11-22 or 2026-11-22T09:30:00Z.",
        )
        .about(field)
    })
}
