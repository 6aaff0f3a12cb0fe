//! Bounds, memory and purging of the tail, without a file.

use super::*;
use crate::codec::consensus::Position;
use crate::consensus::types::{Logged, log_id};

fn id(index: u64) -> LogId {
    log_id(Position { term: 1, node: 1, index })
}

fn filled(count: u64, bytes: usize) -> Tail {
    let mut tail = Tail::default();
    let command = Logged([vec![0; bytes]].into());
    for index in 0..count {
        let payload = EntryPayload::Normal(command.clone());
        tail.push(Entry { log_id: id(index), payload }, bytes);
    }
    tail
}

fn indexes(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.log_id.index).collect()
}

#[test]
fn entries_stay_in_memory_until_they_are_durable() {
    let mut tail = filled(6000, 1);
    assert_eq!(tail.read(0..7000).1.len(), 6000);
    tail.durable(5000);
    let (from_file, in_memory) = tail.read(0..7000);
    assert_eq!(from_file, 0..6000 - 4096);
    assert_eq!(in_memory.len(), 4096);
}

#[test]
fn undurable_entries_stay_however_large() {
    let mut tail = filled(4, RECENT_BYTES);
    tail.durable(1);
    assert_eq!(indexes(&tail.read(0..9).1), [1, 2, 3]);
}

#[test]
fn reads_are_clipped_to_what_the_log_holds() {
    let mut tail = filled(10, 1);
    tail.purge(id(2));
    assert_eq!(indexes(&tail.read(0..5).1), [3, 4]);
    tail.truncate(Some(id(6)));
    assert_eq!(indexes(&tail.read(0..u64::MAX).1), [3, 4, 5, 6]);
    assert_eq!(tail.read(7..9), (7..7, vec![]));
    assert_eq!(tail.read(20..30).1, vec![]);
}

#[test]
fn a_log_within_its_bounds_is_left_alone_and_a_longer_one_is_cut_from_the_front() {
    let sizes: Vec<_> = (0..KEEP_ENTRIES).map(|index| (index, 100)).collect();
    let mut tail = Tail::opened(None, Some(id(KEEP_ENTRIES - 1)), &sizes);
    assert_eq!(tail.excess(false), None);
    for index in KEEP_ENTRIES..KEEP_ENTRIES + SEGMENT_ENTRIES {
        tail.push(Entry { log_id: id(index), payload: EntryPayload::Blank }, 100);
    }
    assert_eq!(tail.excess(false), Some(SEGMENT_ENTRIES - 1));
    tail.purge(id(SEGMENT_ENTRIES - 1));
    assert_eq!(tail.excess(false), None);
}

#[test]
fn few_large_entries_are_bounded_by_their_bytes() {
    let mut tail = filled(66, SEGMENT_BYTES);
    assert_eq!(tail.excess(false), Some(0));
    tail.purge(id(0));
    assert_eq!(tail.excess(false), Some(1));
    tail.purge(id(1));
    assert_eq!(tail.excess(false), None);
}

#[test]
fn a_server_that_is_alone_keeps_little() {
    let bytes = |entries| filled(entries, SEGMENT_BYTES);
    assert_eq!((bytes(4).excess(true), bytes(5).excess(true)), (None, Some(0)));
    assert_eq!(bytes(5).excess(false), None);
    let many = filled(KEEP_ENTRIES_ALONE + SEGMENT_ENTRIES, 1);
    assert_eq!((many.excess(true), many.excess(false)), (Some(SEGMENT_ENTRIES - 1), None));
}

#[test]
fn what_shall_be_forgotten_goes_and_what_came_later_stays() {
    let mut tail = filled(2 * SEGMENT_ENTRIES, 1);
    tail.forget(SEGMENT_ENTRIES + 9);
    tail.forget(3);
    assert_eq!(tail.excess(false), Some(SEGMENT_ENTRIES - 1), "a segment at a time");
    tail.purge(id(SEGMENT_ENTRIES - 1));
    assert_eq!(tail.excess(false), Some(SEGMENT_ENTRIES + 9));
    tail.purge(id(SEGMENT_ENTRIES + 9));
    assert_eq!(tail.excess(false), None);
    assert_eq!(
        indexes(&tail.read(0..SEGMENT_ENTRIES + 12).1),
        [SEGMENT_ENTRIES + 10, SEGMENT_ENTRIES + 11]
    );
}
