//! The outbox against a model of the server, with a crash between any two steps.

use std::sync::Arc;

use super::*;
use crate::domain::activity::{Event, EventData, EventId, NewEvent};
use crate::domain::batch::Receipt;
use crate::domain::policy::ActivityPolicy;
use crate::domain::text::{BucketName, CanonicalJson};
use crate::store::State;

const STREAM: u8 = 1;

/// A directory of its own, gone afterwards.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("timebook-outbox-{}", crate::clock::random_id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn open(&self) -> State {
        State::open(&self.0.join("agent.redb")).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

fn bucket() -> BucketName {
    BucketName::new("b").unwrap()
}

fn event(id: u64, duration_ms: u64) -> Event {
    let json = CanonicalJson::empty();
    let data = EventData { json, app: None, title: None, url: None, afk: None };
    NewEvent { id: None, start: at(1_000), duration_ms, data }
        .numbered(EventId(id), ActivityPolicy::HoursOnly)
}

fn put(id: u64) -> Operation {
    Operation::PutEvent { bucket: bucket(), event: event(id, id) }
}

fn queue(state: &State, ids: std::ops::RangeInclusive<u64>) {
    state
        .write_durably(|writer| {
            for id in ids {
                append(writer, STREAM, put(id), at(id.cast_signed()))?;
            }
            Ok(())
        })
        .unwrap();
}

fn sign(batch: &Batch) -> (Vec<u8>, [u8; 32]) {
    let bytes = encode(batch);
    let hash = *blake3::hash(&bytes).as_bytes();
    (bytes, hash)
}

fn next(state: &State) -> Option<SentBatch> {
    let who = (OfficeId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
    state.write_durably(|writer| next_batch(writer, STREAM, who, at(9), sign)).unwrap()
}

/// The server's side of a stream, with a copy it can be set back to.
#[derive(Clone, Default)]
struct Server {
    epoch: u32,
    applied: u64,
    hash: [u8; 32],
    /// The durations of the events applied, in order: [`put`] gives an event its number as duration.
    events: Vec<u64>,
}

impl Server {
    fn take(&mut self, sent: &SentBatch) -> Receipt {
        let batch: Batch = crate::codec::decode(&sent.bytes).unwrap();
        if batch.device_epoch > self.epoch {
            *self =
                Self { epoch: batch.device_epoch, events: self.events.clone(), ..Self::default() };
        }
        if batch.device_epoch == self.epoch && batch.seq_from == self.applied + 1 {
            assert_eq!(batch.previous, self.hash);
            self.applied = batch.seq_to;
            self.hash = sent.hash;
            for operation in &batch.operations {
                if let Operation::PutEvent { event, .. } = operation {
                    self.events.push(event.duration_ms);
                }
            }
        }
        self.receipt()
    }

    fn receipt(&self) -> Receipt {
        Receipt {
            office: OfficeId::from_bytes([1; 16]),
            server_epoch: 1,
            device: DeviceId::from_bytes([2; 16]),
            stream: STREAM,
            device_epoch: self.epoch,
            applied_seq: self.applied,
            applied_hash: self.hash,
            safe_seq: 0,
        }
    }
}

fn take_in(state: &State, receipt: &Receipt) -> Standing {
    state.write_durably(|writer| acknowledge(writer, receipt, at(10))).unwrap()
}

fn drain(state: &State, server: &mut Server) {
    while let Some(batch) = next(state) {
        let receipt = server.take(&batch);
        assert!(matches!(take_in(state, &receipt), Standing::Acknowledged(_)));
    }
}

fn waiting_now(state: &State) -> Counts {
    counts(&state.read().unwrap(), STREAM).unwrap()
}

#[test]
fn arrives_once_and_in_order_over_a_crash_between_any_two_steps() {
    // Where the program dies: before the batch is recorded, before it is sent, before the answer comes, before it is taken in.
    for crash in 0..4 {
        let folder = Folder::new();
        let mut server = Server::default();
        let state = folder.open();
        queue(&state, 1..=3);
        let sent = (crash > 0).then(|| next(&state).unwrap());
        let receipt = sent.as_ref().filter(|_| crash > 1).map(|batch| server.take(batch));
        if crash > 2 {
            take_in(&state, &receipt.unwrap());
        }
        drop(state);
        let state = folder.open();
        queue(&state, 4..=5);
        if let Some(sent) = sent.filter(|_| crash < 3) {
            assert_eq!(next(&state).unwrap(), sent, "the same bytes, crash {crash}");
        }
        drain(&state, &mut server);
        assert_eq!(server.events, [1, 2, 3, 4, 5], "crash {crash}");
        assert_eq!(waiting_now(&state), Counts { waiting: 0, since: None });
    }
}

#[test]
fn a_batch_is_bounded_in_operations_and_bytes() {
    let folder = Folder::new();
    let state = folder.open();
    queue(&state, 1..=MOST_OPERATIONS as u64 + 1);
    assert_eq!(waiting_now(&state).since, Some(at(1)));
    let mut server = Server::default();
    let first: Batch = crate::codec::decode(&next(&state).unwrap().bytes).unwrap();
    assert_eq!(first.operations.len(), MOST_OPERATIONS);
    drain(&state, &mut server);
    state
        .write_durably(|writer| {
            for id in 1..=12 {
                let mut big = event(id, 0);
                Arc::make_mut(&mut big.data).json = CanonicalJson::new("x".repeat(60_000)).unwrap();
                append(
                    writer,
                    STREAM,
                    Operation::PutEvent { bucket: bucket(), event: big },
                    at(1),
                )?;
            }
            Ok(())
        })
        .unwrap();
    let batch: Batch = crate::codec::decode(&next(&state).unwrap().bytes).unwrap();
    assert_eq!(batch.operations.len(), 8);
}

#[test]
fn a_restored_server_is_healed_byte_for_byte() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    let mut backup = server.clone();
    for id in 1..=4 {
        queue(&state, id..=id);
        drain(&state, &mut server);
        if id == 2 {
            backup = server.clone();
        }
    }
    queue(&state, 5..=5);
    server = backup;
    assert_eq!(take_in(&state, &server.receipt()), Standing::Rewound);
    assert_eq!(waiting_now(&state).waiting, 3);
    drain(&state, &mut server);
    assert_eq!(server.events, [1, 2, 3, 4, 5]);
}

#[test]
fn what_was_dropped_cannot_be_sent_again_and_says_so() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    let empty = server.receipt();
    for id in 1..=3 {
        queue(&state, id..=id);
        drain(&state, &mut server);
    }
    let late = at(20).plus_ms(KEEP_ACKNOWLEDGED_MS);
    let gone = state.write_durably(|w| drop_kept(w, STREAM, MOST_KEPT_BYTES, late)).unwrap();
    assert_eq!(gone, 3);
    assert_eq!(take_in(&state, &empty), Standing::Behind { epoch: 0 });
    assert_eq!(take_in(&state, &server.receipt()), Standing::Acknowledged(0));
    // A fresh start is taken by the server whatever it knew before.
    queue(&state, 4..=5);
    let first = vec![put(90), put(91)];
    state.write_durably(|w| restart(w, STREAM, 1, first, at(30))).unwrap();
    drain(&state, &mut server);
    assert_eq!(server.events, [1, 2, 3, 90, 91, 4, 5]);
}

#[test]
fn a_fresh_start_moves_what_waits_in_either_direction() {
    for (acknowledged, placed) in [(0_u64, 700_u64), (700, 2), (3, 3), (0, 0)] {
        let folder = Folder::new();
        let state = folder.open();
        let mut server = Server::default();
        if acknowledged > 0 {
            queue(&state, 1..=acknowledged);
            drain(&state, &mut server);
        }
        queue(&state, 5_001..=6_100);
        next(&state);
        let first = (8_001..=8_000 + placed).map(put).collect();
        state.write_durably(|w| restart(w, STREAM, 7, first, at(30))).unwrap();
        server.events.clear();
        drain(&state, &mut server);
        let expected: Vec<u64> = (8_001..=8_000 + placed).chain(5_001..=6_100).collect();
        assert_eq!(server.events, expected, "{acknowledged} acknowledged, {placed} placed");
    }
}

#[test]
fn keeps_what_is_unacknowledged_however_old_and_large() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    queue(&state, 1..=1);
    drain(&state, &mut server);
    queue(&state, 2..=2);
    let unsent = next(&state).unwrap();
    let late = at(20).plus_ms(KEEP_ACKNOWLEDGED_MS);
    assert_eq!(state.write_durably(|w| drop_kept(w, STREAM, 0, late)).unwrap(), 1);
    assert_eq!(next(&state).unwrap(), unsent);
    let mut covered = server.take(&unsent);
    covered.safe_seq = 2;
    take_in(&state, &covered);
    assert_eq!(state.write_durably(|w| drop_kept(w, STREAM, MOST_KEPT_BYTES, at(11))).unwrap(), 1);
}

#[test]
fn a_place_that_was_never_ours_is_told_apart() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    queue(&state, 1..=2);
    drain(&state, &mut server);
    for (applied_seq, applied_hash, device_epoch) in [
        (9, server.hash, 0),
        (2, [9; 32], 0),
        (1, server.hash, 0),
        (0, [9; 32], 0),
        (0, [0; 32], 4),
    ] {
        let receipt = Receipt { applied_seq, applied_hash, device_epoch, ..server.receipt() };
        assert_eq!(take_in(&state, &receipt), Standing::Beyond { epoch: device_epoch });
    }
}

#[test]
fn an_open_event_is_queued_once_a_minute_and_when_it_ends() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    let mut open = Coalescer::new(STREAM);
    let mut grow = |id, duration, now| {
        state.write_durably(|w| open.grow(w, &bucket(), event(id, duration), at(now))).unwrap();
    };
    grow(1, 0, 0);
    grow(1, 5, 5_000);
    drain(&state, &mut server);
    assert_eq!(server.events, [5], "in no batch yet: replaced in place");
    grow(1, 10, 10_000);
    grow(1, 59, 59_999);
    drain(&state, &mut server);
    assert_eq!(server.events, [5], "held back");
    grow(1, 60, 60_000);
    drain(&state, &mut server);
    assert_eq!(server.events, [5, 60]);
    grow(1, 61, 61_000);
    grow(2, 0, 62_000);
    drain(&state, &mut server);
    assert_eq!(server.events, [5, 60, 61, 0], "its end is queued before the next begins");
}

#[test]
fn what_is_held_back_is_released_in_time_by_other_changes_and_at_the_end() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    let mut open = Coalescer::new(STREAM);
    let hold = |open: &mut Coalescer, server: &mut Server| {
        state.write_durably(|w| open.grow(w, &bucket(), event(1, 1), at(0))).unwrap();
        drain(&state, server);
        state.write_durably(|w| open.grow(w, &bucket(), event(1, 2), at(1))).unwrap();
        assert!(open.holds());
    };
    hold(&mut open, &mut server);
    state.write_durably(|w| open.release_due(w, false, at(2))).unwrap();
    assert!(open.holds());
    state.write_durably(|w| open.release_due(w, false, at(60_000))).unwrap();
    assert!(!open.holds());
    let deleted = || Operation::DeleteEvent { bucket: bucket(), event: EventId(9) };
    state.write_durably(|w| open.change(w, &bucket(), deleted(), at(60_001))).unwrap();
    hold(&mut open, &mut server);
    state.write_durably(|w| open.change(w, &bucket(), deleted(), at(2))).unwrap();
    assert!(!open.holds());
    hold(&mut open, &mut server);
    state.write_durably(|w| open.release_due(w, true, at(1))).unwrap();
    assert!(!open.holds());
    drain(&state, &mut server);
    assert_eq!(server.events, [1, 2, 1, 2, 1, 2]);
}

#[test]
fn a_crash_with_something_held_back_queues_it_again() {
    let folder = Folder::new();
    let state = folder.open();
    let mut server = Server::default();
    let mut open = Coalescer::new(STREAM);
    state.write_durably(|w| open.grow(w, &bucket(), event(1, 1), at(0))).unwrap();
    drain(&state, &mut server);
    state.write_durably(|w| open.grow(w, &bucket(), event(1, 7), at(1))).unwrap();
    let mut fresh = Coalescer::new(STREAM);
    let newest = vec![(bucket(), event(1, 7))];
    state.write_durably(|w| fresh.recover(w, newest, at(2))).unwrap();
    drain(&state, &mut server);
    assert_eq!(server.events, [1, 7]);
}

#[test]
fn what_is_safe_is_what_a_verified_backup_has_and_nothing_that_is_not_looked_at() {
    let (folder, mut server) = (Folder::new(), Server::default());
    let state = folder.open();
    let open = |bytes: &[u8]| crate::codec::decode(bytes).ok();
    let safe = || safe_before(&state.read().unwrap(), STREAM, open).unwrap();
    let begins = |id: u64, start: i64| {
        let event = Event { start: at(start), ..event(id, id) };
        let operation = Operation::PutEvent { bucket: bucket(), event };
        state.write_durably(|w| append(w, STREAM, operation, at(1)).map(drop)).unwrap();
    };
    let deliver = |server: &mut Server, safe_seq| {
        while let Some(batch) = next(&state) {
            server.take(&batch);
            take_in(&state, &Receipt { safe_seq, ..server.receipt() });
        }
        take_in(&state, &Receipt { safe_seq, ..server.receipt() });
    };
    begins(1, 100);
    assert_eq!(safe(), None, "nothing is in a backup");
    deliver(&mut server, 0);
    assert_eq!(safe(), None, "delivered is not safe");
    deliver(&mut server, 1);
    assert_eq!(safe(), Some(Timestamp::LATEST));
    begins(2, 900);
    begins(3, 300);
    assert_eq!(safe(), Some(at(300)), "what waits is not safe");
    deliver(&mut server, 1);
    assert_eq!(safe(), Some(at(300)), "nor what is delivered since");
    begins(4, 700);
    deliver(&mut server, 3);
    assert_eq!(safe(), Some(at(700)));
    // What is not kept any more may have been about anything.
    let late = at(50).plus_ms(crate::domain::batch::KEEP_ACKNOWLEDGED_MS);
    state.write_durably(|w| drop_kept(w, STREAM, usize::MAX, late)).unwrap();
    assert_eq!(safe(), None);
    deliver(&mut server, 4);
    assert_eq!(safe(), Some(Timestamp::LATEST));
}
