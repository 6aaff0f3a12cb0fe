//! Whatever happened, and at whatever moment: a backup brings that moment back, and an office that goes on from there goes on as the one did.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::teller::Teller;
use super::*;
use crate::domain::time::Timestamp;
use crate::store::backup::{About, create, unpack};
use crate::store::scratch::Scratch;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_random_history_at_a_random_moment(seed in any::<u64>(), before in 1_usize..300, after in 0_usize..100) {
        let mut teller = Teller::new(seed);
        let (log, _) = teller.log(before + after);
        let state = empty("office");
        tell(&state, 0, &log[..before]);
        let scope = state.read().unwrap();
        let then = state_hash(&scope).unwrap();

        // It is made while people work.
        let scratch = Scratch::new("backup-history");
        let made = std::thread::scope(|both| {
            let maker = both.spawn(|| create(scope, &about(), scratch.path(), &mut |_| ControlFlow::Continue(())));
            tell(&state, before, &log[before..]);
            maker.join().unwrap().unwrap()
        });

        let place = scratch.path().join("restored.redb");
        let mut file = std::fs::File::create(&place).unwrap();
        unpack(&made.path, &mut file, &place, &mut |_| ControlFlow::Continue(())).unwrap();
        let restored = State::open(&place).unwrap();
        prop_assert_eq!(state_hash(&restored.read().unwrap()).unwrap(), then);
        tell(&restored, before, &log[before..]);
        prop_assert_eq!(state_hash(&restored.read().unwrap()).unwrap(), teller.story.hash());
    }
}

fn empty(name: &str) -> State {
    State::open_backend(Path::new(name), redb::backends::InMemoryBackend::new()).unwrap()
}

/// What follows the first `known` commands.
fn tell(state: &State, known: usize, told: &[Envelope]) {
    for (envelope, index) in told.iter().zip(known as u64 + 1..) {
        state.write(|writer| apply(writer, index, envelope)).unwrap();
    }
}

fn about() -> About {
    About {
        created: Timestamp::new(1_764_000_000_000).unwrap(),
        host: "pc".to_owned(),
        name: "timebook-then".to_owned(),
        kept_until: None,
    }
}

const CASES: u32 = 64;
