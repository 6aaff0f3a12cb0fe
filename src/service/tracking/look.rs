//! Who looked at whose activity lately: one audit entry per viewer, person and hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::command::Actor;
use crate::domain::id::UserId;
use crate::domain::time::{HOUR_MS, Timestamp};

/// Above this the memory is emptied: the worst that follows is an entry more than one an hour.
const MOST_REMEMBERED: usize = 10_000;

/// The looks that were written down within the last hour.
#[derive(Default)]
pub(super) struct Looks {
    last: Mutex<HashMap<(String, UserId), Timestamp>>,
}

impl Looks {
    /// Must this look be written down?
    pub(super) fn is_new(&self, viewer: &Actor, person: UserId, now: Timestamp) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&key(viewer, person)).is_none_or(|last| now.ms_since(*last) >= HOUR_MS)
    }

    /// It was written down.
    pub(super) fn written(&self, viewer: &Actor, person: UserId, now: Timestamp) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= MOST_REMEMBERED {
            last.clear();
        }
        last.insert(key(viewer, person), now);
    }
}

fn key(viewer: &Actor, person: UserId) -> (String, UserId) {
    (format!("{viewer:?}"), person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_an_hour_for_each_viewer_and_person() {
        let (looks, ada, now) =
            (Looks::default(), UserId::from_bytes([1; 16]), Timestamp::new(5).unwrap());
        let viewer = Actor::User(UserId::from_bytes([2; 16]));
        assert!(looks.is_new(&viewer, ada, now));
        looks.written(&viewer, ada, now);
        assert!(!looks.is_new(&viewer, ada, now.plus_ms(HOUR_MS - 1)));
        assert!(looks.is_new(&viewer, ada, now.plus_ms(HOUR_MS)));
        assert!(looks.is_new(&viewer, UserId::from_bytes([3; 16]), now));
        assert!(looks.is_new(&Actor::System, ada, now));
    }
}
