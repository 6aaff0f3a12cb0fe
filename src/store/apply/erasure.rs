//! The end of what is recorded about a person, step by step: each step is bounded, and says whether more is left.
//!
//! The person's row goes last: until then a crash leaves an erasure that can go on. [`OF_A_PERSON`] and [`OF_OTHERS`] name every table,
//! so that a new one is not forgotten here.

mod activity;
mod rest;
mod time;

use super::{Applying, device, link, refused, session, told, totp};
use crate::domain::audit;
use crate::domain::day::Day;
use crate::domain::device::{Device, DeviceKind};
use crate::domain::erasure::{
    ErasedComputer, ErasedCounts, Erasure, ErasureCommand, NO_NAME, ROWS_A_STEP,
};
use crate::domain::id::{DeviceId, UserId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::time::DAY_MS;
use crate::domain::told::Told;
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Erasures, GrantsOf, Invitations, UserNames, Users};
use crate::store::transaction::{Read, Write};

/// Tables that hold something about a person, and are rid of it here.
#[cfg(test)]
pub(crate) const OF_A_PERSON: &[&str] = &[
    "looks-1",
    "users-1",
    "grants-1",
    "contacts-1",
    "places-1",
    "totps-1",
    "teams-1",
    "user-names-1",
    "sessions-1",
    "session-abouts-1",
    "session-secrets-1",
    "tokens-1",
    "token-secrets-1",
    "devices-1",
    "person-devices-1",
    "invitations-1",
    "links-1",
    "link-makers-1",
    "link-contacts-1",
    "device-programs-1",
    "streams-1",
    "buckets-1",
    "tail-1",
    "hot-1",
    "hot-ids-1",
    "blocks-1",
    "block-parts-1",
    "dropped-buckets-1",
    "day-totals-1",
    "month-hours-1",
    "month-apps-1",
    "settings-1",
    "quarantine-1",
    "secrets-1",
    "jobs-1",
    "mails-1",
    "mail-abouts-1",
    "projects-1",
    "entries-1",
    "person-entries-1",
    "timer-starts-1",
    "entry-uses-1",
    "timesheets-1",
    "waiting-sheets-1",
    "held-edits-1",
    "refused-offers-1",
    "targets-1",
    "own-categories-1",
    "saved-reports-1",
    "history-1",
];

/// Tables that hold nothing about a person but their id, or nothing at all about anybody.
#[cfg(test)]
pub(super) const OF_OTHERS: &[&str] = &[
    "office-1",
    "policy-changes-1",
    "policy-past-1",
    "last-bucket-1",
    "erasures-1",
    "sweeps-1",
    "imports-1",
    "import-records-1",
    "office-settings-1",
    "redaction-1",
    "office-categories-1",
    // Subjects name people by id.
    "audit-1",
    // Outcomes are ids and numbers; a heartbeat's is not remembered.
    "requests-1",
    "keyed-requests-1",
    "keyed-request-order-1",
    "key-numbers-1",
    "caller-keys-1",
    "key-count-1",
    // Sealed, and gone after a day.
    "answers-1",
    "answer-order-1",
    "answer-numbers-1",
    "caller-answers-1",
    "customers-1",
    "tasks-1",
    "tags-1",
    "project-tasks-1",
    "titles-1",
    "since-1",
    "marks-1",
    "warned-1",
    "lock-1",
    // An agent's own.
    "outbox-1",
    "sent-batches-1",
    "outbox-streams-1",
    "offered-entries-1",
    "book-copy-1",
    "interrupted-1",
    "consensus-1",
];

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &ErasureCommand,
) -> Result<Outcome, StoreError> {
    match command {
        ErasureCommand::Begin { person } => begin(at, *person),
        ErasureCommand::Step { person, rows } => step(at, *person, *rows),
        ErasureCommand::Confirm { device } => confirm(at, *device),
    }
}

/// Is this person being erased, or erased already?
pub(super) fn is_under_way(at: &Applying<'_>, person: UserId) -> Result<bool, StoreError> {
    Ok(at.writer.get::<Erasures>(&person)?.is_some())
}

/// Why nothing may be written about this person: nobody knows them, or they are being erased, and what a step has passed is not looked
/// at again.
pub(super) fn fault(at: &Applying<'_>, person: UserId) -> Result<Option<Refusal>, StoreError> {
    if read::user(at.writer.as_reader(), person)?.is_none() {
        return Ok(Some(Refusal::UnknownUser));
    }
    Ok(is_under_way(at, person)?.then_some(Refusal::BeingErased))
}

fn begin(at: &mut Applying<'_>, person: UserId) -> Result<Outcome, StoreError> {
    if is_under_way(at, person)? {
        return Ok(Outcome::Already);
    }
    let Some(user) = read::user(at.writer.as_reader(), person)? else {
        return refused(Refusal::UnknownUser);
    };
    if user.disabled.is_none() {
        return refused(Refusal::StillEnabled);
    }
    let mut counts = ErasedCounts::default();
    counts.ways_in += session::close_all(at, person)?;
    counts.others += session::forget_places(at, person)?;
    counts.ways_in += link::end_with_standing(at, person)?;
    for invitation in read::invitations(at.writer.as_reader())? {
        if invitation.person == person {
            at.writer.delete::<Invitations>(&invitation.id)?;
            counts.ways_in += 1;
        }
    }
    totp::remove(at, person)?;
    at.writer.delete::<GrantsOf>(&person)?;
    told::tell(at, Told::User(person), true, Audience::Person(person))?;
    let mut computers = Vec::new();
    for device in read::devices_of(at.writer.as_reader(), person)? {
        // Nothing comes in any more while the rest goes.
        let revoked = device.revoked.or(Some(at.at));
        device::put(at, &Device { revoked, ..device.clone() })?;
        if matches!(device.kind, DeviceKind::Agent { .. }) {
            computers.push(ErasedComputer { device: device.id, confirmed: None });
        }
    }
    let by = at.actor.clone();
    let (asked, ended, looked) = (at.at, None, None);
    put(at, &Erasure { person, asked, by, ended, looked, counts, computers })?;
    at.changed(Noun::User, person.bytes(), Audience::Person(person));
    at.audit("erasure.begin", &audit::person(person))?;
    Ok(Outcome::Erased { more: true })
}

/// Goes on where the last step ended. Each part takes what it needs of the rows that are left and leaves the rest to the next.
fn step(at: &mut Applying<'_>, person: UserId, rows: u32) -> Result<Outcome, StoreError> {
    let Some(mut erasure) = at.writer.get::<Erasures>(&person)? else {
        return refused(Refusal::UnknownErasure);
    };
    if erasure.ended.is_some() {
        return Ok(Outcome::Erased { more: false });
    }
    let mut left = Left(rows.min(ROWS_A_STEP) as usize);
    activity::erase(at, &mut erasure, &mut left)?;
    time::erase(at, &mut erasure, &mut left)?;
    rest::erase(at, &mut erasure, &mut left)?;
    if left.0 > 0 {
        end(at, &mut erasure)?;
    }
    put(at, &erasure)?;
    Ok(Outcome::Erased { more: erasure.ended.is_none() })
}

/// Nothing else is left: the person goes, and the log says what went.
fn end(at: &mut Applying<'_>, erasure: &mut Erasure) -> Result<(), StoreError> {
    if let Some(user) = read::user(at.writer.as_reader(), erasure.person)? {
        at.writer.delete::<Users>(&user.id)?;
        at.writer.delete::<UserNames>(&user.name)?;
        told::tell(at, Told::User(user.id), false, Audience::Person(user.id))?;
    }
    erasure.ended = Some(at.at);
    at.changed(Noun::User, erasure.person.bytes(), Audience::Person(erasure.person));
    let ErasedCounts { events, buckets, entries, versions, looks, ways_in, others } =
        erasure.counts;
    let words = format!(
        "{}: {events} events, {buckets} buckets, {entries} time entries, {versions} versions, {looks} looks, {ways_in} ways in, {others} others; {} computers to follow",
        audit::person(erasure.person),
        erasure.computers.iter().filter(|computer| computer.confirmed.is_none()).count()
    );
    at.audit("erasure.certificate", &words)?;
    at.audit("erasure.copies", &copies(erasure))?;
    if erasure.is_whole() {
        at.audit("erasure.whole", &audit::person(erasure.person))?;
    }
    Ok(())
}

/// What the certificate does not cover. This server makes no backups of its own yet; once it does, those made before are named here.
fn copies(erasure: &Erasure) -> String {
    let day = u32::try_from(erasure.asked.ms() / DAY_MS.cast_signed()).ok().and_then(Day::new);
    let before = day.map(|day| format!(" before {day}")).unwrap_or_default();
    format!(
        "{}: this server knows of no backup; copies of its data made elsewhere{before} are not covered",
        audit::person(erasure.person)
    )
}

fn confirm(at: &mut Applying<'_>, device: DeviceId) -> Result<Outcome, StoreError> {
    let Some(mut erasure) = read::erasure::of_device(at.writer.as_reader(), device)? else {
        return refused(Refusal::UnknownErasure);
    };
    let computers = &mut erasure.computers;
    let Some(computer) = computers.iter_mut().find(|computer| computer.device == device) else {
        return refused(Refusal::UnknownErasure);
    };
    if computer.confirmed.is_some() {
        return Ok(Outcome::Already);
    }
    computer.confirmed = Some(at.at);
    put(at, &erasure)?;
    let words = format!("{} of {}", audit::computer(device), audit::person(erasure.person));
    at.audit("erasure.confirm", &words)?;
    if erasure.is_whole() {
        at.audit("erasure.whole", &audit::person(erasure.person))?;
    }
    Ok(Outcome::Done)
}

fn put(at: &mut Applying<'_>, erasure: &Erasure) -> Result<(), StoreError> {
    at.writer.put::<Erasures>(&erasure.person, erasure)?;
    at.changed(Noun::Erasure, erasure.person.bytes(), Audience::Administrators);
    Ok(())
}

/// How many rows a step may still take.
struct Left(usize);

impl Left {
    fn take(&mut self, rows: usize) {
        self.0 = self.0.saturating_sub(rows);
    }
}

/// What stays of a computer: enough to know it by when it comes, and nothing of whose it was.
fn blank(device: &Device) -> Device {
    let name = crate::domain::text::Label::new(NO_NAME).unwrap_or_else(|_| device.name.clone());
    Device { name, last_contact: None, ..device.clone() }
}
