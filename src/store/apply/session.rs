//! Sessions: opened, seen again, ended.

use super::{Applying, refused};
use crate::domain::audit;
use crate::domain::id::{SessionId, UserId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::session::{Session, SessionAbout, SessionCommand};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{SessionAbouts, SessionSecrets, Sessions, Users};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// A person's oldest session gives way above this.
const MOST_SESSIONS_A_PERSON: usize = 50;

pub(super) fn apply(
    at: &mut Applying<'_>,
    command: &SessionCommand,
) -> Result<Outcome, StoreError> {
    match command {
        SessionCommand::Open(session) => return open(at, session, None),
        SessionCommand::OpenFrom { session, about } => return open(at, session, Some(about)),
        SessionCommand::SignIn { session, about, password } => {
            let user = at.writer.get::<Users>(&session.user)?;
            // Hashing takes its time and waits its turn: a sign-in under way must not outlive the password it began with.
            if user.is_some_and(|user| user.password != *password) {
                return refused(Refusal::PasswordChanged);
            }
            return open(at, session, Some(about));
        }
        SessionCommand::Prove { session } => {
            let Some(about) = at.writer.get::<SessionAbouts>(session)? else {
                return refused(Refusal::UnknownSession);
            };
            at.writer.put::<SessionAbouts>(session, &SessionAbout { proven: at.at, ..about })?;
        }
        SessionCommand::Touch { session } => {
            let Some(known) = at.writer.get::<Sessions>(session)? else {
                return refused(Refusal::UnknownSession);
            };
            at.writer.put::<Sessions>(session, &Session { seen: at.at, ..known })?;
        }
        SessionCommand::Close { session } => {
            let Some(known) = at.writer.get::<Sessions>(session)? else {
                return refused(Refusal::UnknownSession);
            };
            close(at, &known)?;
            at.audit("session.close", &audit::person(known.user))?;
        }
    }
    Ok(Outcome::Done)
}

fn open(
    at: &mut Applying<'_>,
    session: &Session,
    about: Option<&SessionAbout>,
) -> Result<Outcome, StoreError> {
    let Some(user) = at.writer.get::<Users>(&session.user)? else {
        return refused(Refusal::UnknownUser);
    };
    if user.disabled.is_some() {
        return refused(Refusal::UserDisabled);
    }
    make_room(at, user.id)?;
    at.writer.put::<Sessions>(&session.id, session)?;
    at.writer.put::<SessionSecrets>(&session.secret_hash, &session.id)?;
    if let Some(about) = about {
        at.writer.put::<SessionAbouts>(&session.id, about)?;
    }
    at.changed(Noun::Session, session.id.bytes(), Audience::Person(user.id));
    at.audit("session.open", &audit::person(user.id))?;
    Ok(Outcome::Done)
}

/// Ends every session of a person; says how many.
pub(super) fn close_all(at: &mut Applying<'_>, user: UserId) -> Result<u64, StoreError> {
    close_all_but(at, user, None)
}

/// Ends every session of a person but one; says how many.
pub(super) fn close_all_but(
    at: &mut Applying<'_>,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<u64, StoreError> {
    let mut closed = 0;
    for session in sessions_of(at, user)?.iter().filter(|session| Some(session.id) != keep) {
        close(at, session)?;
        closed += 1;
    }
    Ok(closed)
}

/// Ended sessions go for good, and the oldest live ones above the limit.
fn make_room(at: &mut Applying<'_>, user: UserId) -> Result<(), StoreError> {
    let life = read::office_settings(at.writer.as_reader())?.session_life();
    let (live, ended): (Vec<_>, Vec<_>) =
        sessions_of(at, user)?.into_iter().partition(|s| s.is_live(at.at, life));
    let too_many = (live.len() + 1).saturating_sub(MOST_SESSIONS_A_PERSON);
    for session in ended.iter().chain(live.iter().take(too_many)) {
        close(at, session)?;
    }
    Ok(())
}

/// Oldest first: session ids rise with time.
fn sessions_of(at: &Applying<'_>, user: UserId) -> Result<Vec<Session>, StoreError> {
    let all = at.writer.rows::<Sessions>(KeyRange::all(), Order::Rising, usize::MAX)?;
    Ok(all.into_iter().map(|(_, session)| session).filter(|session| session.user == user).collect())
}

fn close(at: &mut Applying<'_>, session: &Session) -> Result<(), StoreError> {
    at.writer.delete::<Sessions>(&session.id)?;
    at.writer.delete::<SessionAbouts>(&session.id)?;
    at.writer.delete::<SessionSecrets>(&session.secret_hash)?;
    at.changed(Noun::Session, session.id.bytes(), Audience::Person(session.user));
    Ok(())
}
