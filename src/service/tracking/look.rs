//! Who looked at whose recorded activity: written down before the answer, and shown to that person.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Tracking;
use crate::domain::command::{Actor, Command};
use crate::domain::id::UserId;
use crate::domain::look::{LOOK_AGAIN_MS, Look};
use crate::domain::outcome::Refusal;
use crate::domain::policy::ActivityPolicy;
use crate::domain::report::Stretch;
use crate::domain::right::Right;
use crate::domain::text::{ShortText, UserName};
use crate::domain::time::Timestamp;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::page::{Page, PageRequest};
use crate::service::{Change, Principal};
use crate::store::read;

/// Above this the memory is emptied: the worst that follows is an entry more.
const MOST_REMEMBERED: usize = 10_000;

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    /// Through what, as a stable word.
    pub(super) what: &'static str,
    /// When it was recorded.
    pub(super) range: (Timestamp, Timestamp),
    /// The most that is shown.
    pub(super) detail: ActivityPolicy,
}

impl Seen {
    pub(super) fn new(what: &'static str, range: Stretch, detail: ActivityPolicy) -> Self {
        Self { what, range: (range.from, range.to), detail }
    }
}

/// A look, with the name of who looked.
#[derive(Debug)]
pub struct NamedLook {
    /// The look.
    pub look: Look,
    /// The viewer's sign-in name, if it is a person who is still known.
    pub viewer: Option<UserName>,
}

/// The looks that were written down a moment ago.
#[derive(Default)]
pub(super) struct Looks {
    last: Mutex<HashMap<(String, UserId, Seen), Timestamp>>,
}

impl Looks {
    /// Must this look be written down?
    fn is_new(&self, key: &(String, UserId, Seen), now: Timestamp) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(key).is_none_or(|last| now.ms_since(*last) >= LOOK_AGAIN_MS)
    }

    /// It was written down.
    fn written(&self, key: (String, UserId, Seen), now: Timestamp) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= MOST_REMEMBERED {
            last.clear();
        }
        last.insert(key, now);
    }
}

impl Tracking {
    /// Writes the look down; only then may anything be shown. The same look again within a few minutes is the same.
    pub(super) async fn leave_trace(
        &self,
        principal: &Principal,
        person: &User,
        seen: Seen,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let viewer = principal.actor();
        let key = (key(&viewer), person.id, seen.clone());
        if !self.looks.is_new(&key, now) {
            return Ok(());
        }
        let Seen { what, range: (from, to), detail } = seen;
        let what = ShortText::cut(what);
        let look =
            Look { viewer: viewer.clone(), person: person.id, at: now, what, from, to, detail };
        Change { now, actor: viewer, command: Command::Look(look) }.commit(&self.door).await?;
        self.looks.written(key, now);
        Ok(())
    }

    /// Who looked at one's own recorded activity, newest first; or at the named person's, for whoever reads the audit log. The first
    /// page begins before `before`.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn access_log(
        &self,
        principal: &Principal,
        name: Option<&str>,
        before: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<NamedLook>, ServiceError> {
        let own = principal.user();
        let person = match (name, own) {
            (None, Some(own)) => own.id,
            (Some(name), Some(own)) if own.name.as_str() == name => own.id,
            (Some(name), _) => {
                principal.must_have(Right::ReadAudit)?;
                let unknown = ServiceError::Refused(Refusal::UnknownUser);
                let Ok(name) = UserName::new(name) else { return Err(unknown) };
                let user = self.door.read(move |r| read::user_by_name(r, &name)).await?;
                user.ok_or(unknown)?.id
            }
            (None, None) => {
                return Err(ServiceError::bad_input(
                    "no_person",
                    "An access log is about a person, and none was named.",
                    "Name the person.",
                ));
            }
        };
        let (most, from) = (page.items(), page.after()?.unwrap_or((before, 0)));
        let found = self.door.read(move |reader| {
            let mut named = Vec::new();
            // One more says whether there is another page.
            for (place, look) in read::looks::of(reader, person, from, most + 1)? {
                let viewer = match look.viewer {
                    Actor::User(user) => read::user(reader, user)?.map(|user| user.name),
                    _ => None,
                };
                named.push((place, NamedLook { look, viewer }));
            }
            Ok(named)
        });
        let Page { items, next } = Page::cut(found.await?, most, |(place, _)| *place);
        Ok(Page { items: items.into_iter().map(|(_, look)| look).collect(), next })
    }
}

fn key(viewer: &Actor) -> String {
    format!("{viewer:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_look_within_minutes_is_one() {
        let (looks, now) = (Looks::default(), Timestamp::new(5).unwrap());
        let ada = UserId::from_bytes([1; 16]);
        let seen = |to| Seen {
            what: "report",
            range: (now, now.plus_ms(to)),
            detail: ActivityPolicy::HoursOnly,
        };
        let viewer = key(&Actor::User(UserId::from_bytes([2; 16])));
        let look = (viewer.clone(), ada, seen(9));
        assert!(looks.is_new(&look, now));
        looks.written(look.clone(), now);
        assert!(!looks.is_new(&look, now.plus_ms(LOOK_AGAIN_MS - 1)));
        assert!(looks.is_new(&look, now.plus_ms(LOOK_AGAIN_MS)));
        assert!(looks.is_new(&(viewer.clone(), ada, seen(10)), now), "another range");
        assert!(looks.is_new(&(viewer, UserId::from_bytes([3; 16]), seen(9)), now));
        assert!(looks.is_new(&(key(&Actor::System), ada, seen(9)), now));
    }
}
