//! Giving back to the disk what the state file does not need any more, while everybody works.
//!
//! The engine keeps a file as long as it ever was, and its own way of shortening one keeps everybody out meanwhile. So the rows are copied
//! into a fresh file from one snapshot, what is applied meanwhile is applied there too, from the log, and then the fresh file takes the old
//! one's place. Whoever writes waits for the last step only: at most [`BEHIND`] entries, one flush of what they changed, and a rename. That
//! does not grow with the file (how long it took is in the duty's sentence; no figure was taken yet); reads wait for the rename. For a while the disk holds both files.
//!
//! Must never put a file in place that is not exactly as far as the old one, and never fail the server because it could not.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::apply::{self, Applier};
use super::log::Log;
use super::position::Place;
use super::snapshot::discard;
use super::tail::next;
use super::types::{self, LogId};
use crate::store::{State, fresh};

/// What it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// Bytes the file had.
    pub before: u64,
    /// Bytes it has.
    pub after: u64,
    /// So long nothing was applied.
    pub waited: Duration,
}

/// Shrinks the file of `state`; nothing when the log does not hold what was applied meanwhile any more, or too much is. Blocks.
pub(super) fn shrink(state: &State, log: &Log, applier: &Applier) -> io::Result<Option<Shrunk>> {
    let path = fresh(state.path());
    discard(&path)?;
    let shrunk = attempt(&path, state, log, applier);
    if !matches!(shrunk, Ok(Some(_))) {
        discard(&path)?;
    }
    shrunk
}

fn attempt(path: &Path, state: &State, log: &Log, applier: &Applier) -> io::Result<Option<Shrunk>> {
    let before = fs::metadata(state.path())?.len();
    let fresh = State::open(path).map_err(types::io)?;
    let mut place = copy(state, &fresh)?;
    let mut rounds = 0;
    while behind(&place, applier.place()?.applied) > BEHIND {
        rounds += 1;
        if rounds > ROUNDS || !follow(log, &fresh, &mut place, applier.place()?.applied)? {
            return Ok(None);
        }
        fresh.checkpoint().map_err(types::io)?;
    }
    let mut since = Instant::now();
    let is_there = applier.exchange(&fresh, |now| {
        since = Instant::now();
        let is_level = behind(&place, now.applied) <= MOST_BEHIND
            && follow(log, &fresh, &mut place, now.applied)?;
        if is_level {
            fresh.checkpoint().map_err(types::io)?;
        }
        Ok(is_level)
    })?;
    let waited = since.elapsed();
    drop(fresh);
    let after = fs::metadata(state.path())?.len();
    Ok(is_there.then_some(Shrunk { before, after, waited }))
}

/// Copies one snapshot, as densely as it goes; with how far it is.
pub(super) fn copy(state: &State, fresh: &State) -> io::Result<Place> {
    let scope = state.read().map_err(types::io)?;
    crate::store::copy(&scope, fresh).map_err(types::io)?;
    drop(scope);
    // Nobody else has it.
    fresh.compact().map_err(types::io)?;
    fresh.checkpoint().map_err(types::io)?;
    fresh.read().and_then(|scope| Place::read(&scope)).map_err(types::io)
}

/// Applies to `fresh` what the log has from its place up to `upto`; false when the log does not reach back so far any more, or `fresh` is
/// no copy of that state.
pub(super) fn follow(
    log: &Log,
    fresh: &State,
    place: &mut Place,
    upto: Option<LogId>,
) -> io::Result<bool> {
    let end = next(upto);
    while next(place.applied) < end {
        let from = next(place.applied);
        let entries = log.read_blocking(from..end.min(from + ENTRIES))?;
        if entries.first().is_none_or(|first| first.log_id.index != from) {
            return Ok(false);
        }
        *place = apply::write(fresh, place.clone(), entries.iter())?.place;
    }
    Ok(place.applied == upto)
}

fn behind(place: &Place, upto: Option<LogId>) -> u64 {
    next(upto).saturating_sub(next(place.applied))
}

/// Entries that may be left for the last step when it is begun ...
const BEHIND: u64 = 64;
/// ... and when it runs: more than this, and everybody would wait for long.
const MOST_BEHIND: u64 = 1_024;
/// Catching up is given up after so many rounds: then there is too much going on.
const ROUNDS: u32 = 20;
/// Entries in one transaction.
const ENTRIES: u64 = 512;
