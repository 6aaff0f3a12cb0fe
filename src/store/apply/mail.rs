//! Mail on its way out: bounded while it waits; its end is audited.

use std::collections::BTreeMap;

use super::{Applying, refused};
use crate::domain::audit;
use crate::domain::id::{MailId, UserId};
use crate::domain::mail::{
    MOST_WAITING, MOST_WARNINGS, MOST_WARNINGS_EACH, MailCommand, MailKind, WaitingMail,
};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::warning::Warned;
use crate::store::error::StoreError;
use crate::store::tables::{MailAbouts, Mails, WarnedUpTo};
use crate::store::transaction::{KeyRange, Order, Read, Write};

pub(super) fn apply(at: &mut Applying<'_>, command: &MailCommand) -> Result<Outcome, StoreError> {
    match command {
        MailCommand::Queue(mail) => {
            let waiting = at.writer.rows::<Mails>(KeyRange::all(), Order::Rising, MOST_WAITING)?;
            if waiting.len() >= MOST_WAITING {
                return refused(Refusal::TooMany);
            }
            put(at, mail)
        }
        MailCommand::Warn { audit, letters } => {
            warn(at, *audit, letters.iter().map(|letter| (letter, None)))
        }
        MailCommand::WarnOf { audit, letters } => {
            warn(at, *audit, letters.iter().map(|letter| (&letter.mail, letter.about)))
        }
        MailCommand::PutOff { mail, next_try, why } => {
            let Some(kept) = at.writer.get::<Mails>(mail)? else { return Ok(Outcome::Already) };
            let (next_try, why, tries) = (*next_try, why.clone(), kept.tries.saturating_add(1));
            put(at, &WaitingMail { next_try, why, tries, ..kept })
        }
        MailCommand::Sent { mail } => end(at, *mail, "mail.sent", ""),
        MailCommand::GiveUp { mail, why } => {
            end(at, *mail, "mail.given_up", &format!(": {}", audit::place(why.as_str())))
        }
    }
}

/// Looked up to this entry, with these letters, each with whom it is about.
fn warn<'a>(
    at: &mut Applying<'_>,
    audit: u64,
    letters: impl Iterator<Item = (&'a WaitingMail, Option<UserId>)>,
) -> Result<Outcome, StoreError> {
    let warned = at.writer.get::<WarnedUpTo>(&())?.unwrap_or_default();
    if warned.audit >= audit {
        return Ok(Outcome::Already);
    }
    at.writer.put::<WarnedUpTo>(&(), &Warned { audit })?;
    let waiting = at.writer.rows::<Mails>(KeyRange::all(), Order::Rising, MOST_WAITING)?;
    let (mut all, mut to_each) = (waiting.len(), BTreeMap::<_, usize>::new());
    for (_, mail) in waiting.iter().filter(|(_, mail)| mail.kind == MailKind::Warning) {
        *to_each.entry(mail.to.clone()).or_default() += 1;
    }
    // What there is no room for is not worth the room of invitations; the audit log has it.
    for (letter, about) in letters {
        let to_them = to_each.entry(letter.to.clone()).or_default();
        if all < MOST_WARNINGS && *to_them < MOST_WARNINGS_EACH {
            put(at, letter)?;
            if let Some(about) = about {
                at.writer.put::<MailAbouts>(&letter.id, &about)?;
            }
            *to_them += 1;
            all += 1;
        }
    }
    Ok(Outcome::Done)
}

/// It waits no more.
pub(super) fn remove(at: &mut Applying<'_>, id: MailId) -> Result<(), StoreError> {
    at.writer.delete::<Mails>(&id)?;
    at.writer.delete::<MailAbouts>(&id)?;
    at.changed(Noun::Mail, id.bytes(), Audience::Administrators);
    Ok(())
}

fn put(at: &mut Applying<'_>, mail: &WaitingMail) -> Result<Outcome, StoreError> {
    at.writer.put::<Mails>(&mail.id, mail)?;
    at.changed(Noun::Mail, mail.id.bytes(), Audience::Administrators);
    Ok(Outcome::Done)
}

fn end(at: &mut Applying<'_>, id: MailId, action: &str, why: &str) -> Result<Outcome, StoreError> {
    let Some(mail) = at.writer.get::<Mails>(&id)? else { return Ok(Outcome::Already) };
    remove(at, id)?;
    at.audit(action, &format!("{} to {}{why}", mail.kind.name(), audit::place(mail.to.as_str())))?;
    Ok(Outcome::Done)
}
