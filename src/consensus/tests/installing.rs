//! Putting another server's state in place: from a finished file and from a running one.

use super::suite::machine;
use super::*;
use crate::codec;
use crate::codec::consensus::Position;
use crate::consensus::alone::Alone;
use crate::consensus::position::Place;
use crate::consensus::snapshot::StateCopy;
use crate::consensus::types::{Entry, Logged, log_id};
use crate::store::State;
use openraft::EntryPayload;
use openraft::storage::RaftStateMachine;

fn entry(index: u64, envelope: &Envelope) -> Entry {
    let payload = EntryPayload::Normal(Logged([codec::encode(envelope)].into()));
    Entry { log_id: log_id(Position { term: 1, node: 1, index }), payload }
}

fn content(state: &State) -> ([u8; 32], Option<u64>) {
    let scope = state.read().unwrap();
    let place = Place::read(&scope).unwrap();
    (state_hash(&scope).unwrap(), place.applied.map(|applied| applied.index))
}

async fn fill(machine: &mut crate::consensus::machine::Machine, count: u64) {
    let founding = std::iter::once(entry(0, &found()));
    let entries = founding.chain((1..count).map(|index| entry(index, &note(index))));
    let entries = entries.map(|entry| Ok((entry, None)));
    machine.apply(futures_util::stream::iter(entries.collect::<Vec<_>>())).await.unwrap();
}

#[test]
fn a_running_state_and_a_finished_file_take_the_place_of_another() {
    run(async {
        let (one, other) = (Scratch::new("sender"), Scratch::new("receiver"));
        let (mut sender, sent) = machine(one.path(), Alone::assumed(false));
        let (mut receiver, received) = machine(other.path(), Alone::assumed(true));
        fill(&mut sender, 30).await;
        fill(&mut receiver, 5).await;

        let live = sender.get_current_snapshot().await.unwrap().unwrap();
        receiver.install_snapshot(&live.meta, live.snapshot).await.unwrap();
        assert_eq!(content(&received), content(&sent));
        assert_eq!(receiver.applied_state().await.unwrap(), sender.applied_state().await.unwrap());

        fill(&mut sender, 40).await;
        let path = other.path().join("arrived");
        let file = State::open(&path).unwrap();
        crate::store::copy(&sent.read().unwrap(), &file).unwrap();
        drop(file);
        let meta = sender.get_current_snapshot().await.unwrap().unwrap().meta;
        receiver.install_snapshot(&meta, StateCopy::File(path.clone())).await.unwrap();
        assert_eq!(content(&received), content(&sent));
        assert!(!path.exists(), "the received file was moved");

        // It is the file at the state's own path now: what is applied next is there after opening again.
        let next = entry(40, &note(1000));
        receiver.apply(futures_util::stream::iter([Ok((next, None))])).await.unwrap();
        receiver.close().await.unwrap();
        let before = content(&received);
        assert_eq!(received.path(), other.path().join(STATE_FILE));
        let copy = other.path().join("copy");
        std::fs::copy(received.path(), &copy).unwrap();
        assert_eq!(content(&State::open(&copy).unwrap()), before);
    });
}
