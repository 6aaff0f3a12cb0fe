//! The state as a whole, for a server that is too far behind the log: how it is named, copied and put in place.
//!
//! Must never copy a live file: a copy is made from one consistent read into a fresh file, and only a finished,
//! checkpointed copy takes the place of the old state.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openraft::RaftSnapshotBuilder;

use super::machine::Machine;
use super::position::Place;
use super::types::{self, Snapshot, SnapshotMeta, Types};
use crate::codec::consensus::Pair;
use crate::store::{ReadScope, State};

/// The whole state at one position.
pub(super) enum StateCopy {
    /// A consistent read of the running state; costs nothing until it is copied.
    Live(Box<ReadScope>),
    /// A finished file from a peer; whoever receives it moves it away.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "received files come with the peers' transport")
    )]
    File(PathBuf),
}

/// Builds a snapshot: a checkpoint and its position. Nothing is copied until a peer needs it.
pub(super) struct Builder(pub(super) Machine);

impl RaftSnapshotBuilder<Types> for Builder {
    type SnapshotData = StateCopy;

    async fn build_snapshot(&mut self) -> Result<Snapshot, io::Error> {
        self.0.snapshot().await
    }
}

/// The running state as a snapshot. The caller has just checkpointed: what a snapshot covers may be purged from the log,
/// so it must be on disk.
pub(super) fn take(state: &State) -> io::Result<Snapshot> {
    let scope = state.read().map_err(types::io)?;
    let place = Place::read(&scope).map_err(types::io)?;
    Ok(Snapshot {
        meta: SnapshotMeta { last_log_id: place.applied, last_membership: place.membership },
        snapshot: StateCopy::Live(Box::new(scope)),
    })
}

/// Replaces the running state by `copy` and ties the copy to our log. Blocks; readers are kept out by the caller.
pub(super) fn install(state: &State, copy: StateCopy, pair: Option<Pair>) -> io::Result<()> {
    let incoming = incoming(state.path());
    discard(&incoming)?;
    if let StateCopy::File(path) = &copy {
        fs::rename(path, &incoming)?;
    }
    let fresh = State::open(&incoming).map_err(types::io)?;
    if let StateCopy::Live(scope) = &copy {
        crate::store::copy(scope, &fresh).map_err(types::io)?;
    }
    if let Some(pair) = pair {
        Place::set_pair(&fresh, pair).map_err(types::io)?;
    }
    fresh.checkpoint().map_err(types::io)?;
    drop(fresh);
    state.replace_with(&incoming).map_err(types::io)
}

/// Removes what an interrupted installation or shrinking left behind.
pub(super) fn discard_leftovers(state: &Path) -> io::Result<()> {
    discard(&incoming(state))?;
    crate::store::discard_leftover(state)
}

fn incoming(state: &Path) -> PathBuf {
    state.with_extension("redb.incoming")
}

pub(super) fn discard(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
