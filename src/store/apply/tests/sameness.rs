//! The same log gives the same state, however it is cut into transactions: two thousand seeded commands, told to several servers.

use std::path::Path;

use super::teller::Teller;
use super::*;

const COMMANDS: usize = 2_000;
const SEED: u64 = 0x5eed_0001;

fn tell_all() -> (Vec<Envelope>, Vec<Outcome>, [u8; 32]) {
    let mut teller = Teller::new(SEED);
    let (told, outcomes) = teller.log(COMMANDS);
    (told, outcomes, teller.story.hash())
}

/// Another server: the same log, `at_once` commands a transaction, each read back from its bytes as a log hands them out.
fn retell(told: &[Envelope], at_once: usize) -> (Vec<Outcome>, [u8; 32]) {
    let backend = redb::backends::InMemoryBackend::new();
    let state = State::open_backend(Path::new("other"), backend).unwrap();
    let (mut outcomes, mut index) = (Vec::new(), 0);
    for chunk in told.chunks(at_once) {
        state
            .write(|writer| {
                for envelope in chunk {
                    index += 1;
                    let bytes = crate::codec::encode_checked(envelope).unwrap();
                    let read_back: Envelope = crate::codec::decode(&bytes).unwrap();
                    outcomes.push(apply(writer, index, &read_back)?.outcome);
                }
                Ok(())
            })
            .unwrap();
    }
    let hash = state_hash(&state.read().unwrap()).unwrap();
    (outcomes, hash)
}

#[test]
fn the_same_log_gives_the_same_state() {
    let (told, outcomes, hash) = tell_all();
    for at_once in [1, 7, 64, told.len()] {
        let (others, other) = retell(&told, at_once);
        assert!(others == outcomes, "an outcome differs with {at_once} a transaction");
        assert!(other == hash, "the state differs with {at_once} a transaction, seed {SEED:#x}");
    }
    let kinds = |test: fn(&Outcome) -> bool| outcomes.iter().filter(|o| test(o)).count();
    let seen = [
        kinds(|o| matches!(o, Outcome::Done)),
        kinds(|o| matches!(o, Outcome::Already)),
        kinds(|o| matches!(o, Outcome::Event(_))),
        kinds(|o| matches!(o, Outcome::Inserted(_))),
        kinds(|o| matches!(o, Outcome::Device { .. })),
        kinds(|o| matches!(o, Outcome::Applied(_))),
        kinds(|o| matches!(o, Outcome::Gap(_))),
        kinds(|o| matches!(o, Outcome::Conflict(_))),
        kinds(|o| matches!(o, Outcome::Refused(_))),
        kinds(|o| matches!(o, Outcome::Kept { .. })),
        kinds(|o| matches!(o, Outcome::Stepped { .. })),
        kinds(|o| matches!(o, Outcome::Erased { .. })),
    ];
    assert!(seen.iter().all(|count| *count > 3), "the log is too tame: {seen:?}");
}

#[test]
fn one_command_more_is_another_state() {
    let (told, _, hash) = tell_all();
    let (_, shorter) = retell(&told[..told.len() - 40], 64);
    assert!(shorter != hash);
}
