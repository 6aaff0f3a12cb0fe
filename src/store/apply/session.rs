//! Sessions: opened, seen again, ended.

use super::{Applying, refused};
use crate::domain::audit;
use crate::domain::id::{SessionId, UserId};
use crate::domain::outcome::{Audience, Noun, Outcome, Refusal};
use crate::domain::session::{Session, SessionAbout, SessionCommand, network};
use crate::store::error::StoreError;
use crate::store::read;
use crate::store::tables::{Places, SessionAbouts, SessionSecrets, Sessions, Users};
use crate::store::transaction::{KeyRange, Order, Read, Write};

/// A person's oldest session gives way above this.
const MOST_SESSIONS_A_PERSON: usize = 50;
/// Of more networks than this the one longest not seen is forgotten.
const MOST_PLACES_A_PERSON: usize = 50;

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
    let mut is_new_place = false;
    if let Some(about) = about {
        at.writer.put::<SessionAbouts>(&session.id, about)?;
        is_new_place = arrive(at, user.id, about)?;
    }
    at.changed(Noun::Session, session.id.bytes(), Audience::Person(user.id));
    at.audit("session.open", &audit::person(user.id))?;
    if is_new_place {
        at.audit("session.new_place", &audit::person(user.id))?;
    }
    Ok(Outcome::Done)
}

/// Notes where somebody signed in from. Was it new, and not the first of all?
fn arrive(at: &mut Applying<'_>, user: UserId, about: &SessionAbout) -> Result<bool, StoreError> {
    let Some(network) = network(about.address.as_str()) else { return Ok(false) };
    let known = at.writer.rows::<Places>(KeyRange::prefix(&user), Order::Rising, usize::MAX)?;
    let is_new = known.iter().all(|((_, place), _)| *place != network);
    if is_new && known.len() >= MOST_PLACES_A_PERSON {
        let oldest = known.iter().min_by_key(|(_, seen)| *seen);
        if let Some((place, _)) = oldest {
            at.writer.delete::<Places>(place)?;
        }
    }
    at.writer.put::<Places>(&(user, network), &at.at)?;
    Ok(is_new && !known.is_empty())
}

/// Leaves nothing of where a person signed in from.
pub(super) fn forget_places(at: &mut Applying<'_>, user: UserId) -> Result<u64, StoreError> {
    let known = at.writer.rows::<Places>(KeyRange::prefix(&user), Order::Rising, usize::MAX)?;
    for (place, _) in &known {
        at.writer.delete::<Places>(place)?;
    }
    Ok(known.len() as u64)
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
