//! What changes, as it happens, for those who may hear of it.
//!
//! Must never hold up the writer: who listens too slowly is told how much was lost, and asks for the changes since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Principal;
use super::error::ServiceError;
use crate::consensus::{Changes, Door, Mark, News};
use crate::domain::id::RecordId;
use crate::domain::outcome::{Audience, Changed, Noun};
use crate::domain::policy::Reach;
use crate::domain::right::Right;
use crate::store::read;

/// At most this many listen at once; each costs a connection and a task.
const MOST_LISTENERS: usize = 2_000;
/// At most this many of them are one person's: nobody takes the others' places.
const MOST_LISTENERS_EACH: usize = 32;

/// The feed of changes. Cheap to clone.
#[derive(Clone)]
pub struct Events {
    door: Door,
    places: Arc<Places>,
}

/// The places there are, and how many each person has.
struct Places {
    all: Arc<Semaphore>,
    each: Mutex<BTreeMap<String, usize>>,
}

/// A place; given back when it is dropped.
struct Place {
    who: String,
    places: Arc<Places>,
    _one_of_all: OwnedSemaphorePermit,
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
    /// News were lost, and among them perhaps such as take rights away: nothing more is told.
    over: bool,
    /// News of the catalog of which is not known yet whether they may hear it.
    doubtful: Option<Changed>,
    _place: Place,
}

impl Events {
    /// What is told behind `door`.
    pub fn new(door: Door) -> Self {
        let all = Arc::new(Semaphore::new(MOST_LISTENERS));
        Self { door, places: Arc::new(Places { all, each: Mutex::default() }) }
    }

    /// The place in the feed where it is now. Who reads after it was taken and then listens with it has missed nothing.
    #[must_use]
    pub fn mark(&self) -> String {
        self.door.feed().mark().to_string()
    }

    /// Listens from now on, as far as `principal` may hear.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] when too many listen already; [`ServiceError::Forbidden`] when they may do nothing any more.
    pub async fn listen(&self, principal: Principal) -> Result<Listening, ServiceError> {
        let place = Places::take(&self.places, format!("{:?}", principal.actor()))?;
        let (door, changes) = (self.door.clone(), self.door.changes());
        // Whoever asked was looked up before the listening began: what changed in between is told to nobody.
        let found = door.read(move |reader| {
            let is_open = principal.is_open(reader)?;
            Ok(principal.renewed(reader)?.filter(|_| is_open))
        });
        let ended = ServiceError::Forbidden("This sign-in ended a moment ago.");
        let principal = found.await?.ok_or(ended)?;
        Ok(Listening {
            door,
            changes,
            principal,
            reach: None,
            over: false,
            doubtful: None,
            _place: place,
        })
    }
}

impl Places {
    fn take(places: &Arc<Self>, who: String) -> Result<Place, ServiceError> {
        let busy = |sentence: &str| ServiceError::Busy(sentence.to_owned());
        let one_of_all = Arc::clone(&places.all).try_acquire_owned();
        let one_of_all = one_of_all.map_err(|_| busy("Too many listen to this server already."))?;
        let mut each = places.each();
        let own = each.entry(who.clone()).or_default();
        if *own >= MOST_LISTENERS_EACH {
            return Err(busy("You listen to this server in too many places already."));
        }
        *own += 1;
        drop(each);
        Ok(Place { who, places: Arc::clone(places), _one_of_all: one_of_all })
    }

    fn each(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.each.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut each = self.places.each();
        match each.get_mut(&self.who) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(each.remove(&self.who)),
        }
    }
}

impl Listening {
    /// Where the listening began.
    #[must_use]
    pub fn mark(&self) -> String {
        self.changes.mark().to_string()
    }

    /// The sorts of what changed between `mark` and the beginning of the listening, as far as this person may hear; none when nobody
    /// can tell any more: then anything may have changed.
    pub async fn changed_since(&mut self, mark: &str) -> Option<BTreeSet<&'static str>> {
        let changes = self.door.feed().between(Mark::read(mark)?, self.changes.mark())?;
        self.know_reach().await?;
        let mut nouns = BTreeSet::new();
        for change in changes {
            let is_new = !nouns.contains(change.noun.name());
            // What lets them listen was looked up since: a change of it ends nothing any more.
            if is_new
                && self.may_hear(&change)
                && (!self.is_doubtful(&change) || self.is_known(&change).await?)
            {
                nouns.insert(change.noun.name());
            }
        }
        Some(nouns)
    }

    /// The next news this person may hear; none when the server stops, when what lets them listen has changed, or after news were
    /// lost: then they must show anew who they are. Nothing is lost when the wait is given up.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if self.over {
                return None;
            }
            // A server that cannot tell ends the stream: who listens comes again.
            self.know_reach().await?;
            if let Some(change) = self.doubtful.clone() {
                let is_known = self.is_known(&change).await?;
                self.doubtful = None;
                if is_known {
                    return Some(Heard::Changed(change));
                }
                continue;
            }
            match self.changes.next().await? {
                // Teams changed, and with them who reaches whom.
                News::Changed(change) if change.noun == Noun::Team => {
                    self.reach = None;
                    return Some(Heard::Changed(change));
                }
                News::Changed(change) if self.unsettles(&change) => return None,
                News::Changed(change) if !self.may_hear(&change) => {}
                News::Changed(change) if self.is_doubtful(&change) => self.doubtful = Some(change),
                News::Changed(change) => return Some(Heard::Changed(change)),
                News::Missed(missed) => {
                    self.over = true;
                    return Some(Heard::Missed(missed));
                }
            }
        }
    }

    async fn know_reach(&mut self) -> Option<()> {
        if self.reach.is_none() {
            let principal = self.principal.clone();
            self.reach = Some(self.door.read(move |reader| principal.reach(reader)).await.ok()?);
        }
        Some(())
    }

    /// Must be looked up whether they see this of the catalog?
    fn is_doubtful(&self, change: &Changed) -> bool {
        is_hidden_from_some(change.noun) && !self.principal.may(Right::ManageBook)
    }

    /// Do they see it, or did they? None: nobody can tell, and the stream ends.
    async fn is_known(&self, change: &Changed) -> Option<bool> {
        let Some(person) = self.principal.user().map(|user| user.id) else { return Some(false) };
        let Ok(id) = <[u8; 16]>::try_from(change.id.as_slice()) else { return Some(false) };
        let (noun, id) = (change.noun, RecordId::from_bytes(id));
        let found = self.door.read(move |r| read::catalog::is_known_to(r, noun, id, person));
        found.await.ok()
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
                let keeps =
                    change.noun == Noun::Device && self.principal.may(Right::ManageComputers);
                let reaches = self.reach.as_ref().is_some_and(|reach| match change.noun {
                    // Whoever approves decides on weeks, also on those whose days they are not shown.
                    Noun::Timesheet | Noun::HeldEdit | Noun::Target => {
                        reach.sees(person) || reach.may_approve(person)
                    }
                    noun => reach.sees(person) && !is_private(noun),
                });
                let manages = change.noun == Noun::User && self.principal.may(Right::ManagePeople);
                is_own || keeps || manages || reaches
            }
            Audience::Administrators => self.principal.may(Right::ManageServer),
        }
    }
}

/// News of a record that only those hear of who see it, or saw it.
const fn is_hidden_from_some(noun: Noun) -> bool {
    matches!(noun, Noun::Customer | Noun::Project | Noun::Task)
}

/// Is even the moment nobody else's business? When somebody is at their computer, or looks at what, is more than the hours of a day.
const fn is_private(noun: Noun) -> bool {
    matches!(
        noun,
        Noun::Activity
            | Noun::Device
            | Noun::Look
            | Noun::Session
            | Noun::Token
            | Noun::Setting
            | Noun::Job
    )
}
