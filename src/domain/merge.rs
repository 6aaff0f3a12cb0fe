//! Which of two edits of one record counts (DESIGN section 5): the greater of (when, where), whichever arrives first.
//!
//! A replica hands its own edits over in the order they were made, so of two with one stamp the later to arrive is the later made. A clock
//! that runs ahead gains five minutes at most.

use super::id::ReplicaId;
use super::sync::{Stamp, Synced, Syncs, Verdict};
use super::time::{MINUTE_MS, Timestamp};

/// An edit counts as made at most this long after its arrival.
pub const MOST_AHEAD_MS: u64 = 5 * MINUTE_MS;

/// The stamp of an edit that arrives at `now`.
pub fn clamped(stamp: Stamp, now: Timestamp) -> Stamp {
    Stamp { modified: stamp.modified.min(now.plus_ms(MOST_AHEAD_MS)), ..stamp }
}

/// The stamp of an edit made online, on what the server has: greater than that of everything it has seen of the record.
pub fn online(now: Timestamp, seen: Option<Stamp>, server: ReplicaId) -> Stamp {
    let after = seen.map_or(Timestamp::EARLIEST, |seen| seen.modified.plus_ms(1));
    Stamp { modified: now.max(after), replica: server }
}

/// Does `offered` count, where `current` is what counted so far?
pub fn wins(offered: Stamp, current: Stamp) -> bool {
    offered >= current
}

/// What becomes of `offered`; none when it says nothing new.
pub fn judge<T: Syncs>(current: Option<&Synced<T>>, offered: &Synced<T>) -> Option<Verdict> {
    let Some(current) = current else { return Some(Verdict::Won) };
    let (now, then) = (&offered.meta, &current.meta);
    if now.stamp == then.stamp && now.deleted == then.deleted && offered.body == current.body {
        return None;
    }
    Some(if wins(now.stamp, then.stamp) { Verdict::Won } else { Verdict::Lost })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::id::TagId;
    use crate::domain::sync::Meta;
    use crate::domain::tag::Tag;
    use crate::domain::text::Label;

    const NOW: i64 = 1_700_000_000_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::new(ms).unwrap()
    }

    fn replica(number: u8) -> ReplicaId {
        ReplicaId::from_bytes([number; 16])
    }

    /// One edit of the same tag; its name says which edit it was.
    fn edit(number: usize, (at_ms, place, deleted): (i64, u8, bool)) -> Synced<Tag> {
        let stamp = clamped(Stamp { modified: at(at_ms), replica: replica(place) }, at(NOW));
        let meta = Meta {
            created: at(1),
            changed_seq: 0,
            stamp,
            deleted: deleted.then_some(stamp.modified),
        };
        let name = Label::new(format!("edit {number}")).unwrap();
        let body = Tag { name, colour: None, archived: false };
        Synced { id: TagId::from_bytes([1; 16]), meta, body }
    }

    /// The record after all edits, and how many of them are in its history.
    fn told(edits: &[Synced<Tag>]) -> (Option<Synced<Tag>>, usize) {
        let (mut record, mut kept) = (None, 0);
        for offered in edits {
            match judge(record.as_ref(), offered) {
                Some(Verdict::Won) => (record, kept) = (Some(offered.clone()), kept + 1),
                Some(Verdict::Lost) => kept += 1,
                None => {}
            }
        }
        (record, kept)
    }

    proptest! {
        /// Each replica hands over in its own order; how they interleave does not matter, nor that some clocks run ahead.
        #[test]
        fn any_interleaving_converges(
            edits in prop::collection::vec((NOW - 1_000..NOW + 400_000, 0_u8..4, any::<bool>()), 0..24),
            turns in prop::collection::vec(0_usize..4, 64),
        ) {
            let edits: Vec<_> = edits.into_iter().enumerate().map(|(n, e)| edit(n, e)).collect();
            let mut queues: Vec<std::collections::VecDeque<_>> = (0..4)
                .map(|r| edits.iter().filter(|e| e.meta.stamp.replica == replica(r)).cloned().collect())
                .collect();
            let mut other = Vec::new();
            for turn in turns.into_iter().chain((0..4).cycle().take(128)) {
                other.extend(queues[turn].pop_front());
            }
            prop_assert_eq!(other.len(), edits.len());
            prop_assert_eq!(told(&edits), told(&other));
            prop_assert_eq!(told(&edits).1, edits.len(), "a loser was lost");
            // The greatest stamp counts, and of several with it the last that was made.
            prop_assert_eq!(told(&edits).0, edits.iter().max_by_key(|e| e.meta.stamp).cloned());
        }

        /// With stamps that all differ, any order at all.
        #[test]
        fn any_order_converges(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle()) {
            let one = |n: usize| edit(n, (NOW - 20 + i64::try_from(n % 7).unwrap(), u8::try_from(n / 7).unwrap(), n.is_multiple_of(3)));
            let told_in = |order: &[usize]| told(&order.iter().map(|n| one(*n)).collect::<Vec<_>>()).0;
            let rising: Vec<usize> = (0..20).collect();
            prop_assert_eq!(told_in(&order), told_in(&rising));
        }

        /// An edit made online on what the server has always counts, even after one from a clock ahead.
        #[test]
        fn online_wins_over_what_it_has_seen(ahead in 0_i64..10_000_000, place in any::<u8>()) {
            let seen = clamped(Stamp { modified: at(NOW + ahead), replica: replica(place) }, at(NOW));
            prop_assert!(seen.modified <= at(NOW).plus_ms(MOST_AHEAD_MS));
            prop_assert!(online(at(NOW), Some(seen), replica(0)) > seen);
        }
    }

    #[test]
    fn the_same_edit_twice_is_one() {
        let one = edit(1, (NOW, 1, false));
        assert_eq!(told(&[one.clone(), one.clone()]), (Some(one), 1));
    }
}
