//! What changes, as it happens, for those who may hear of it.
//!
//! Must never hold up the writer: who listens too slowly is told how much was lost, and asks for the changes since.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Principal;
use super::error::ServiceError;
use crate::consensus::{Changes, Door, News};
use crate::domain::outcome::{Audience, Changed, Noun};
use crate::domain::policy::Reach;
use crate::domain::right::Right;

/// At most this many listen at once; each costs a connection and a task.
const MOST_LISTENERS: usize = 2_000;

/// The feed of changes. Cheap to clone.
#[derive(Clone)]
pub struct Events {
    door: Door,
    places: Arc<Semaphore>,
}

/// What somebody who listens is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something changed.
    Changed(Changed),
    /// So many changes were lost.
    Missed(u64),
}

/// Somebody who listens.
pub struct Listening {
    door: Door,
    changes: Changes,
    principal: Principal,
    /// Whom they reach; none when that must be looked up.
    reach: Option<Reach>,
    _place: OwnedSemaphorePermit,
}

impl Events {
    /// What is told behind `door`.
    pub fn new(door: Door) -> Self {
        Self { door, places: Arc::new(Semaphore::new(MOST_LISTENERS)) }
    }

    /// Listens from now on, as far as `principal` may hear.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when too many listen already.
    pub fn listen(&self, principal: Principal) -> Result<Listening, ServiceError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            ServiceError::Busy("Too many listen to this server already.".to_owned())
        })?;
        let (door, changes) = (self.door.clone(), self.door.changes());
        Ok(Listening { door, changes, principal, reach: None, _place: place })
    }
}

impl Listening {
    /// The next news this person may hear; none when the server stops, or when what lets them listen has changed: then they must
    /// show anew who they are. Nothing is lost when the wait is given up.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if self.reach.is_none() {
                let principal = self.principal.clone();
                let reach = self.door.read(move |reader| principal.reach(reader)).await;
                // A server that cannot tell ends the stream: who listens comes again.
                self.reach = Some(reach.ok()?);
            }
            match self.changes.next().await? {
                // Teams changed, and with them who reaches whom.
                News::Changed(change) if change.noun == Noun::Team => {
                    self.reach = None;
                    return Some(Heard::Changed(change));
                }
                News::Changed(change) if self.unsettles(&change) => return None,
                News::Changed(change) if !self.may_hear(&change) => {}
                News::Changed(change) => return Some(Heard::Changed(change)),
                News::Missed(missed) => return Some(Heard::Missed(missed)),
            }
        }
    }

    /// Is it about who they are or how they proved it?
    fn unsettles(&self, change: &Changed) -> bool {
        let is = |id: [u8; 16]| change.id == id;
        match change.noun {
            Noun::User => self.principal.user().is_some_and(|user| is(user.id.bytes())),
            Noun::Session => self.principal.session().is_some_and(|session| is(session.bytes())),
            Noun::Token => self.principal.token().is_some_and(|token| is(token.id.bytes())),
            _ => false,
        }
    }

    fn may_hear(&self, change: &Changed) -> bool {
        match change.audience {
            Audience::Everyone => self.principal.is_signed_in(),
            Audience::Person(person) => {
                let is_own = self.principal.user().is_some_and(|user| user.id == person);
                is_own
                    || (!is_private(change.noun)
                        && self.reach.as_ref().is_some_and(|reach| reach.sees(person)))
            }
            Audience::Administrators => self.principal.may(Right::ManageServer),
        }
    }
}

/// Is even the moment nobody else's business? When somebody is at their computer is more than the hours of a day.
const fn is_private(noun: Noun) -> bool {
    matches!(noun, Noun::Activity | Noun::Session | Noun::Token | Noun::Setting | Noun::Job)
}
