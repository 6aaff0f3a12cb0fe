//! One-time links for people.

use super::{Applying, refused, session, token, user};
use crate::domain::audit;
use crate::domain::command::Actor;
use crate::domain::id::UserId;
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::user::{Contact, User};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Contacts, LinkContacts, LinkMakers, Links, UserNames, Users};
use crate::store::transaction::{Read, Write};

/// At most this many open links; expired ones give way first.
const MOST_LINKS: usize = 1_000;

pub(super) fn apply(at: &mut Applying<'_>, command: &LinkCommand) -> Result<Outcome, StoreError> {
    match command {
        LinkCommand::Make(link) => make(at, link),
        LinkCommand::MakeFor { link, mail } => {
            let outcome = make(at, link)?;
            if outcome == Outcome::Done && matches!(link.purpose, LinkPurpose::Join { .. }) {
                let contact = Contact { mail: mail.clone() };
                at.writer.put::<LinkContacts>(&link.id, &contact)?;
            }
            Ok(outcome)
        }
        LinkCommand::Withdraw { link } => {
            let Some(link) = at.writer.get::<Links>(link)? else {
                return refused(Refusal::UnknownLink);
            };
            end(at, &link)?;
            at.audit("link.withdraw", &link.id.to_string())?;
            Ok(Outcome::Done)
        }
        LinkCommand::Reset { secret_hash, password } => {
            let Some(link) = open(at, secret_hash)? else { return refused(Refusal::LinkClosed) };
            let LinkPurpose::Reset { user: id } = &link.purpose else {
                return refused(Refusal::LinkClosed);
            };
            let Some(person) = at.writer.get::<Users>(id)? else {
                return refused(Refusal::UnknownUser);
            };
            if person.disabled.is_some() {
                return refused(Refusal::UserDisabled);
            }
            end(at, &link)?;
            session::close_all(at, person.id)?;
            token::revoke_powerful(at, person.id)?;
            user::put(at, &User { password: password.clone(), ..person.clone() })?;
            at.audit("link.reset_password", &audit::person(person.id))?;
            Ok(Outcome::Done)
        }
        LinkCommand::Join { secret_hash, user } => {
            let Some(link) = open(at, secret_hash)? else { return refused(Refusal::LinkClosed) };
            let LinkPurpose::Join { name, role } = &link.purpose else {
                return refused(Refusal::LinkClosed);
            };
            let user = User { name: name.clone(), role: *role, ..user.clone() };
            if let Some(refusal) = user::cannot_add(at, &user)? {
                return refused(refusal);
            }
            // They had the letter that was sent there.
            if let Some(contact) = at.writer.get::<LinkContacts>(&link.id)? {
                at.writer.put::<Contacts>(&user.id, &contact)?;
            }
            end(at, &link)?;
            user::add(at, &user)?;
            Ok(Outcome::Done)
        }
    }
}

/// Ends the links to a new password of a person; says how many.
pub(super) fn end_all(at: &mut Applying<'_>, person: UserId) -> Result<u64, StoreError> {
    let (purpose, mut ended) = (LinkPurpose::Reset { user: person }, 0);
    for link in read::links(at.writer.as_reader())? {
        if link.purpose.is_for_same(&purpose) {
            end(at, &link)?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// A person may do other things now, or nothing: whoever made a link for them could not make it any more perhaps, and they themselves not
/// the links they made. Says how many ended.
pub(super) fn end_with_standing(at: &mut Applying<'_>, person: UserId) -> Result<u64, StoreError> {
    let mut ended = end_all(at, person)?;
    for link in read::links(at.writer.as_reader())? {
        if at.writer.get::<LinkMakers>(&link.id)? == Some(person) {
            end(at, &link)?;
            ended += 1;
        }
    }
    Ok(ended)
}

fn make(at: &mut Applying<'_>, link: &Link) -> Result<Outcome, StoreError> {
    let whose = match &link.purpose {
        LinkPurpose::Reset { user } => match at.writer.get::<Users>(user)? {
            None => return refused(Refusal::UnknownUser),
            Some(user) if user.disabled.is_some() => return refused(Refusal::UserDisabled),
            Some(user) => audit::person(user.id),
        },
        LinkPurpose::Join { name, .. } => {
            if at.writer.get::<UserNames>(name)?.is_some() {
                return refused(Refusal::NameTaken);
            }
            // Nobody yet: the entry of who joins names them.
            format!("somebody new ({})", link.id)
        }
    };
    let is_over = |old: &Link| at.at >= old.expires || old.purpose.is_for_same(&link.purpose);
    let (over, live): (Vec<_>, Vec<_>) =
        read::links(at.writer.as_reader())?.into_iter().partition(is_over);
    if live.len() >= MOST_LINKS {
        return refused(Refusal::TooMany);
    }
    for old in over {
        end(at, &old)?;
    }
    at.writer.put::<Links>(&link.id, link)?;
    if let Actor::User(maker) = at.actor {
        at.writer.put::<LinkMakers>(&link.id, maker)?;
    }
    at.changed(Noun::Link, link.id.bytes(), Audience::Administrators);
    at.audit("link.make", &format!("{} for {whose}", link.purpose.name()))?;
    Ok(Outcome::Done)
}

fn open(at: &Applying<'_>, secret_hash: &[u8; 32]) -> Result<Option<Link>, StoreError> {
    let found = read::link_by_secret(at.writer.as_reader(), secret_hash)?;
    Ok(found.filter(|link| at.at < link.expires))
}

fn end(at: &mut Applying<'_>, link: &Link) -> Result<(), StoreError> {
    at.writer.delete::<Links>(&link.id)?;
    at.writer.delete::<LinkMakers>(&link.id)?;
    at.writer.delete::<LinkContacts>(&link.id)?;
    at.changed(Noun::Link, link.id.bytes(), Audience::Administrators);
    Ok(())
}
