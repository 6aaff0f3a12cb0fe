//! The engine's own storage test suite, run against our log and state on real files.

use std::path::Path;
use std::sync::mpsc;

use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};

use crate::consensus::alarm::Alarm;
use crate::consensus::apply::StateThread;
use crate::consensus::feed::Feed;
use crate::consensus::gate::Gate;
use crate::consensus::log::Log;
use crate::consensus::machine::Machine;
use crate::consensus::position::Place;
use crate::consensus::status::Progress;
use crate::consensus::types::Types;
use crate::consensus::{LOG_FILE, STATE_FILE};
use crate::store::State;
use crate::store::log::{LogFile, LogOptions};
use crate::store::scratch::Scratch;
use crate::store::storage::Storage;

struct Builder;

impl StoreBuilder<Types, Log, Machine, Scratch> for Builder {
    async fn build(&self) -> Result<(Scratch, Log, Machine), StorageError<Types>> {
        let scratch = Scratch::new("suite");
        let log = LogFile::open(LogOptions {
            path: scratch.path().join(LOG_FILE),
            storage: Storage::Files,
            on_failure: Box::new(|error| panic!("{error}")),
        });
        let (machine, _) = machine(scratch.path());
        Ok((scratch, Log::load(log.unwrap()).unwrap(), machine))
    }
}

/// A state thread on a state file of its own.
pub(super) fn machine(dir: &Path) -> (Machine, State) {
    let state = State::open(&dir.join(STATE_FILE)).unwrap();
    let thread = StateThread {
        place: Place::read(&state.read().unwrap()).unwrap(),
        state: state.clone(),
        feed: Feed::new(),
        gate: Gate::default(),
        progress: Progress::new(),
        alarm: Alarm::new(),
    };
    let (send, jobs) = mpsc::channel();
    std::thread::spawn(move || thread.run(&jobs));
    (Machine::new(send), state)
}

#[test]
fn the_engines_storage_suite_passes() {
    super::run(async { Suite::test_all(Builder).await.unwrap() });
}
