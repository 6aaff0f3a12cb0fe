//! Tokens that were looked up lately: a watcher sends one with every heartbeat, and the state need not be asked each time.
//!
//! Must never let a token in that was revoked: before each answer, everything the door has told since is heard, and any change to a
//! token or a person forgets all. The door tells of a change before it tells its outcome, so a revocation that was answered holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::consensus::{Changes, Door, News};
use crate::domain::outcome::Noun;
use crate::service::Principal;

/// At most this many; then all are forgotten.
const MOST: usize = 10_000;

/// Tokens that were looked up lately, by the hash of their secret.
pub(super) struct KnownTokens {
    inner: Mutex<Inner>,
}

struct Inner {
    changes: Changes,
    /// Counts how often all was forgotten.
    age: u64,
    tokens: HashMap<[u8; 32], Principal>,
}

/// When a lookup in the state began; what it found may be kept only if nothing was forgotten since.
pub(super) struct Began(u64);

impl KnownTokens {
    pub(super) fn new(door: &Door) -> Self {
        let inner = Inner { changes: door.changes(), age: 0, tokens: HashMap::new() };
        Self { inner: Mutex::new(inner) }
    }

    /// Whose this token is, or leave to look it up in the state from now on.
    pub(super) fn find(&self, hash: &[u8; 32]) -> Result<Principal, Began> {
        let inner = self.heard();
        inner.tokens.get(hash).cloned().ok_or(Began(inner.age))
    }

    /// Keeps what a lookup found that began then.
    pub(super) fn keep(&self, began: &Began, hash: [u8; 32], principal: &Principal) {
        let mut inner = self.heard();
        if inner.age != began.0 {
            return;
        }
        if inner.tokens.len() >= MOST {
            inner.tokens.clear();
        }
        inner.tokens.insert(hash, principal.clone());
    }

    /// With everything heard that the door has told so far.
    fn heard(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(news) = inner.changes.next_here() {
            let matters = match news {
                News::Changed(change) => matches!(change.noun, Noun::Token | Noun::User),
                News::Missed(_) => true,
            };
            if matters {
                inner.age += 1;
                inner.tokens.clear();
            }
        }
        inner
    }
}
