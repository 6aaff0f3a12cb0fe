//! Warnings: whoever something concerns hears of it by mail, whichever way it was done. They follow the audit log, which tells all of it.
//!
//! Must never warn of the same entry twice, nor of what happened long ago.

mod words;

use super::server::MailServer;
use super::template::Template;
use super::{Mail, language};
use crate::domain::audit::{AuditEntry, PERSON, TOKEN};
use crate::domain::command::{Actor, Command};
use crate::domain::id::{TokenId, UserId};
use crate::domain::mail::{AboutMail, MailCommand};
use crate::domain::office_setting::OfficeSettings;
use crate::domain::policy::Reach;
use crate::domain::right::Right;
use crate::domain::text::Label;
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::domain::user::User;
use crate::domain::warning::Warning;
use crate::service::audit::named;
use crate::service::day;
use crate::service::error::ServiceError;
use crate::store::{Reader, StoreError, read};
use crate::wire::v1 as wire;
use words::{Words, moved};
use zeroize::Zeroizing;

/// Entries looked at together.
const ENTRIES_A_LOOK: usize = 200;
/// What is older than this is no news: mail was not set up then, or the server was away.
const OLDEST_NEWS_MS: u64 = 6 * HOUR_MS;

/// A letter, where it goes, and whom it is about.
type Addressed = (Label, Template, Option<UserId>);

impl Mail {
    /// Looks at what was done since the last look and warns whom it concerns; what was done, as a sentence.
    ///
    /// # Errors
    /// [`ServiceError`]; the next look begins where this one did.
    pub async fn warn(&self) -> Result<String, ServiceError> {
        let (mut after, mut count) = (None, 0);
        loop {
            let (settings, now) = (self.settings().await?, (self.now)());
            let goes = MailServer::of(&settings, Zeroizing::default()).is_some();
            let asked = settings.clone();
            let found = self.door.read(move |reader| look(reader, after, &asked, (goes, now)));
            let Some(Look { begun, last, letters }) = found.await? else { return Ok(said(count)) };
            if begun || !letters.is_empty() || last.is_multiple_of(ENTRIES_A_LOOK as u64) {
                let letters: Vec<_> = letters
                    .iter()
                    .map(|(to, template, about)| {
                        let mail = self.sealed(template, to.clone(), &settings);
                        AboutMail { mail, about: *about }
                    })
                    .collect();
                count += letters.len();
                let warn = MailCommand::WarnOf { audit: last, letters };
                self.commit(Actor::System, Command::Mail(warn)).await?;
            }
            after = Some(last);
        }
    }

    /// Tells a person's old address that nothing goes there any more. What cannot be told is logged: their address is another by now.
    pub async fn warn_moved(&self, name: &str, old: &str) {
        let told = async {
            let settings = self.settings().await?;
            if settings.warns(Warning::Address) {
                self.send(&moved(name, is_german(&settings)), old).await?;
            }
            Ok::<_, ServiceError>(())
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, "the old address of a person was not told that there is another");
        }
    }
}

/// What a look found.
struct Look {
    /// Nobody looked before: there is nothing to warn of, but a place to go on from.
    begun: bool,
    /// The last entry looked at.
    last: u64,
    letters: Vec<Addressed>,
}

fn look(
    reader: &dyn Reader,
    after: Option<u64>,
    settings: &OfficeSettings,
    (goes, now): (bool, Timestamp),
) -> Result<Option<Look>, StoreError> {
    let warned = read::people::warned(reader)?;
    let Some(warned) = warned else {
        let last = read::last_audit_seq(reader)?;
        return Ok((last > 0).then_some(Look { begun: true, last, letters: Vec::new() }));
    };
    let after = after.unwrap_or(0).max(warned.audit);
    // The last entry of a page is a multiple of its length, so that looks without letters are kept now and then.
    let most = ENTRIES_A_LOOK - usize::try_from(after).unwrap_or(0) % ENTRIES_A_LOOK;
    let entries = read::audit(reader, after, most)?;
    let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(None) };
    let mut letters = Vec::new();
    for entry in entries.iter().filter(|entry| goes && now.ms_since(entry.at) < OLDEST_NEWS_MS) {
        letters.extend(of_entry(reader, settings, entry)?);
    }
    Ok(Some(Look { begun: false, last, letters }))
}

fn of_entry(
    reader: &dyn Reader,
    settings: &OfficeSettings,
    entry: &AuditEntry,
) -> Result<Vec<Addressed>, StoreError> {
    let warning = Warning::of_entry(entry.action.as_str(), entry.subject.as_str());
    let Some(warning) = warning else { return Ok(Vec::new()) };
    if !settings.warns(warning) {
        return Ok(Vec::new());
    }
    match warning {
        Warning::Server => of_server(reader, settings, entry),
        Warning::Approval => of_approval(reader, settings, entry),
        _ => of_person(reader, settings, entry),
    }
}

/// To the person whose account or week it is.
fn of_person(
    reader: &dyn Reader,
    settings: &OfficeSettings,
    entry: &AuditEntry,
) -> Result<Vec<Addressed>, StoreError> {
    let Some((user, to)) = person(reader, entry)? else { return Ok(Vec::new()) };
    let is_week = entry.action.as_str().starts_with("timesheet.");
    // Whoever approved their own week knows.
    if is_week && entry.actor == Actor::User(user.id) {
        return Ok(Vec::new());
    }
    let mut words = Words::new(reader, settings, entry, &user)?;
    match entry.action.as_str() {
        "session.new_place" => {
            for session in read::sessions(reader)? {
                if session.user == user.id && session.opened == entry.at {
                    words.about = read::session_about(reader, session.id)?;
                }
            }
        }
        "token.create" => {
            let id = word(entry, TOKEN).and_then(|id| id.parse::<TokenId>().ok());
            let token = id.map(|id| read::token(reader, id)).transpose()?.flatten();
            words.name = token.map(|token| token.label.to_string()).unwrap_or_default();
        }
        "user.rename" => words.name = user.name.to_string(),
        "timesheet.send_back" | "timesheet.reopen" | "timesheet.changed_offline" => {
            let sheets =
                read::timesheet::within(reader, user.id, Timestamp::EARLIEST, Timestamp::LATEST)?;
            let sheet =
                sheets.iter().find(|sheet| words.week.starts_with(&sheet.week.first.to_string()));
            words.note = sheet.map(|sheet| sheet.note.as_str().to_owned()).unwrap_or_default();
        }
        _ => {}
    }
    let (about, text) = words.to_person(entry.action.as_str());
    let name = user.name.to_string();
    Ok(vec![(to, Template::Notice { name, about, text }, Some(user.id))])
}

/// To those who lead the person, but not to whoever did it.
fn of_approval(
    reader: &dyn Reader,
    settings: &OfficeSettings,
    entry: &AuditEntry,
) -> Result<Vec<Addressed>, StoreError> {
    let id = named_in(entry);
    let Some(member) = id.map(|id| read::user(reader, id)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let teams = read::people::teams(reader)?;
    let mut letters = Vec::new();
    for lead in read::users(reader)? {
        let leads = Reach::new(Some(lead.id), Default::default(), &teams).may_approve(member.id);
        if !leads || entry.actor == Actor::User(lead.id) || lead.disabled.is_some() {
            continue;
        }
        if let Some(to) = read::people::mail(reader, lead.id)? {
            let words = Words::new(reader, settings, entry, &lead)?;
            let (about, text) = words.to_lead(member.name.as_str());
            let name = lead.name.to_string();
            letters.push((to, Template::Notice { name, about, text }, Some(member.id)));
        }
    }
    Ok(letters)
}

/// To whoever manages the server, but not to whoever did it.
fn of_server(
    reader: &dyn Reader,
    settings: &OfficeSettings,
    entry: &AuditEntry,
) -> Result<Vec<Addressed>, StoreError> {
    // A warning that could not be sent is no reason for another one.
    if entry.action.as_str() == "mail.given_up" && entry.subject.as_str().starts_with("warning ") {
        return Ok(Vec::new());
    }
    let mut letters = Vec::new();
    for user in read::users(reader)? {
        let manages = read::people::rights(reader, &user)?.has(Right::ManageServer);
        if !manages || user.disabled.is_some() || entry.actor == Actor::User(user.id) {
            continue;
        }
        if let Some(to) = read::people::mail(reader, user.id)? {
            let subject = named(reader, entry.subject.as_str())?;
            let words = Words::new(reader, settings, entry, &user)?;
            let (about, text) = words.to_manager(entry.action.as_str(), &subject);
            letters.push((to, Template::Warning { about, text }, named_in(entry)));
        }
    }
    Ok(letters)
}

/// The person an entry is about and their address, if they can sign in and one is known.
fn person(reader: &dyn Reader, entry: &AuditEntry) -> Result<Option<(User, Label)>, StoreError> {
    let id = named_in(entry);
    let user = id.map(|id| read::user(reader, id)).transpose()?.flatten();
    // That it was disabled is the last thing an account hears.
    let is_last = entry.action.as_str() == "user.disable";
    let Some(user) = user.filter(|user| user.disabled.is_none() || is_last) else {
        return Ok(None);
    };
    let to = read::people::mail(reader, user.id)?;
    Ok(to.map(|to| (user, to)))
}

/// Whom an entry is about.
fn named_in(entry: &AuditEntry) -> Option<UserId> {
    word(entry, PERSON).and_then(|id| id.parse().ok())
}

/// The id after this mark in an entry's subject.
fn word<'a>(entry: &'a AuditEntry, mark: &str) -> Option<&'a str> {
    let found = entry.subject.as_str().split(' ').find_map(|word| word.strip_prefix(mark));
    found.map(|id| id.trim_end_matches([',', ':', ';']))
}

/// When it was, as this person reads it.
fn when(at: Timestamp, user: &User) -> String {
    wire::to_the_minute(&wire::rfc3339(at), &day::zone(&user.zone))
}

fn said(count: usize) -> String {
    if count == 0 { String::new() } else { format!("{count} letters of warning were written.") }
}

fn is_german(settings: &OfficeSettings) -> bool {
    language(settings) == "de"
}
