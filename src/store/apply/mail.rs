//! Mail on its way out: bounded while it waits; its end is audited.

use super::{Applying, refused};
use crate::domain::audit;
use crate::domain::id::MailId;
use crate::domain::mail::{MOST_WAITING, MailCommand, WaitingMail};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::warning::Warned;
use crate::store::error::StoreError;
use crate::store::tables::{Mails, WarnedUpTo};
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
            let warned = at.writer.get::<WarnedUpTo>(&())?.unwrap_or_default();
            if warned.audit >= *audit {
                return Ok(Outcome::Already);
            }
            at.writer.put::<WarnedUpTo>(&(), &Warned { audit: *audit })?;
            let waiting = at.writer.rows::<Mails>(KeyRange::all(), Order::Rising, MOST_WAITING)?;
            // What there is no room for is not worth the room of invitations.
            for letter in letters.iter().take(MOST_WAITING - waiting.len()) {
                put(at, letter)?;
            }
            Ok(Outcome::Done)
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

fn put(at: &mut Applying<'_>, mail: &WaitingMail) -> Result<Outcome, StoreError> {
    at.writer.put::<Mails>(&mail.id, mail)?;
    at.changed(Noun::Mail, mail.id.bytes(), Audience::Administrators);
    Ok(Outcome::Done)
}

fn end(at: &mut Applying<'_>, id: MailId, action: &str, why: &str) -> Result<Outcome, StoreError> {
    let Some(mail) = at.writer.get::<Mails>(&id)? else { return Ok(Outcome::Already) };
    at.writer.delete::<Mails>(&id)?;
    at.changed(Noun::Mail, id.bytes(), Audience::Administrators);
    at.audit(action, &format!("{} to {}{why}", mail.kind.name(), audit::place(mail.to.as_str())))?;
    Ok(Outcome::Done)
}
