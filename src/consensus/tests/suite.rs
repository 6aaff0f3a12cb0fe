//! The engine's own storage test suite, run against our log and state on real files.

use std::path::Path;
use std::sync::mpsc;

use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};

use crate::consensus::alarm::Alarm;
use crate::consensus::alone::Alone;
use crate::consensus::apply::{Applier, Parts};
use crate::consensus::feed::Feed;
use crate::consensus::gate::Gate;
use crate::consensus::log::Log;
use crate::consensus::machine::Machine;
use crate::consensus::position::Place;
use crate::consensus::state_thread;
use crate::consensus::status::Progress;
use crate::consensus::types::Types;
use crate::consensus::{LOG_FILE, STATE_FILE};
use crate::store::State;
use crate::store::log::{LogFile, LogOptions};
use crate::store::scratch::Scratch;
use crate::store::storage::Storage;

/// Builds for a server that believes it is the only one, or for one among others.
struct Builder {
    is_alone: bool,
}

impl StoreBuilder<Types, Log, Machine, Scratch> for Builder {
    async fn build(&self) -> Result<(Scratch, Log, Machine), StorageError<Types>> {
        let scratch = Scratch::new("suite");
        let log = LogFile::open(LogOptions {
            path: scratch.path().join(LOG_FILE),
            storage: Storage::Files,
            on_failure: Box::new(|error| panic!("{error}")),
        });
        let alone = Alone::assumed(self.is_alone);
        let (machine, _) = machine(scratch.path(), alone.clone());
        Ok((scratch, Log::load(log.unwrap(), alone).unwrap(), machine))
    }
}

/// A state thread on a state file of its own.
pub(super) fn machine(dir: &Path, alone: Alone) -> (Machine, State) {
    let state = State::open(&dir.join(STATE_FILE)).unwrap();
    let applier = Applier::new(Parts {
        place: Place::read(&state.read().unwrap()).unwrap(),
        state: state.clone(),
        feed: Feed::new(),
        gate: Gate::default(),
        progress: Progress::new(),
        alarm: Alarm::new(),
        alone: alone.clone(),
    });
    let (send, jobs) = mpsc::channel();
    let for_thread = applier.clone();
    std::thread::spawn(move || state_thread::run(&for_thread, &jobs));
    (Machine::new(send, applier, alone), state)
}

#[test]
fn the_engines_storage_suite_passes() {
    for is_alone in [true, false] {
        super::run(async move { Suite::test_all(Builder { is_alone }).await.unwrap() });
    }
}
