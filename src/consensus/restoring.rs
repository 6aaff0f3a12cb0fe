//! Putting a state from a backup in place of the one in a folder, with nobody at work on either.
//!
//! Both files of the new state are prepared in a folder beside the old ones. One rename of that folder decides: before it the old state
//! counts, after it the new one, and whatever is left to be moved then is moved by whoever opens the door next. The terms go on rising, so
//! that no server of before is ever believed again, and the log begins where the state ends.
//!
//! Must never touch the files that count before the new ones are whole and on the disk.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use super::door::{LOG_FILE, STATE_FILE};
use super::opening::NODE;
use super::position::Place;
use super::types;
use crate::clock;
use crate::codec::consensus::{Pair, VoteRecord};
use crate::domain::audit::AuditNote;
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::erasure::{ErasureCommand, ROWS_A_STEP};
use crate::domain::id::{ClusterId, RequestId, UserId};
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::store::apply::apply;
use crate::store::fail_point::reach;
use crate::store::file::sync_directory;
use crate::store::log::{Done, LogFile, LogOptions};
use crate::store::storage::Storage;
use crate::store::{State, StoreError, Writer, fresh_copy, restore};

/// What the state from the backup becomes.
#[derive(Clone, Debug)]
pub struct Restoration {
    /// The office's epoch from now on.
    pub epoch: u32,
    /// The highest term any server of before can have been in.
    pub term: u64,
    /// Its servers from now on.
    pub cluster: ClusterId,
    /// When.
    pub at: Timestamp,
    /// By whom, and what the audit log says of it.
    pub actor: Actor,
    /// The same.
    pub note: AuditNote,
    /// Who was erased, and when that was asked for.
    pub erased: Vec<(UserId, Timestamp)>,
}

/// A state that waits to be put in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// So many people were erased again.
    pub erased: u64,
}

/// Makes both files of the new state of `dir` from the unpacked state file at `content`, which is moved. Blocks.
///
/// # Errors
/// What was in `dir` stays as it was.
pub fn prepare(dir: &Path, content: &Path, restoration: &Restoration) -> io::Result<Prepared> {
    discard_unfinished(dir)?;
    let part = dir.join(PART);
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&part)?;
    let prepared = prepare_in(&part, content, restoration);
    if prepared.is_err() {
        discard_unfinished(dir)?;
    }
    prepared
}

fn prepare_in(part: &Path, content: &Path, restoration: &Restoration) -> io::Result<Prepared> {
    let path = part.join(STATE_FILE);
    fs::rename(content, &path)?;
    reach("restore.unpacked");
    let state = State::open(&path).map_err(types::io)?;
    let mut place = state.read().and_then(|scope| Place::read(&scope)).map_err(types::io)?;
    let applied = place.applied.ok_or_else(|| types::io("no change was ever applied to it"))?;
    let pair = Pair(clock::random_bytes());
    let erased = state
        .write_durably(|writer| {
            restore::renew(writer, restoration.cluster, restoration.epoch)?;
            let erased = erase_again(writer, &mut place, restoration)?;
            let note = Command::Audit(restoration.note.clone());
            command(writer, &mut place, restoration, restoration.actor.clone(), note)?;
            place.take_over(writer, NODE, pair)?;
            Ok(erased)
        })
        .map_err(types::io)?;
    if erased > 0 {
        // Not a byte of theirs may be left in free pages.
        let fresh = fresh_copy(&state).map_err(types::io)?;
        state.adopt(&fresh).map_err(types::io)?;
    }
    state.checkpoint().map_err(types::io)?;
    drop(state);
    reach("restore.state-prepared");
    let term = applied.leader_id.term.max(restoration.term) + 1;
    write_log(&part.join(LOG_FILE), term, applied, pair)?;
    for file in [STATE_FILE, LOG_FILE] {
        File::open(part.join(file))?.sync_all()?;
    }
    sync_directory(part)?;
    reach("restore.prepared");
    Ok(Prepared { erased })
}

/// What is prepared counts from now on, whatever happens to this process. Blocks.
///
/// # Errors
/// What was in `dir` counts, unless [`is_waiting`] says otherwise: then the next start ends it.
pub fn put_in_place(dir: &Path) -> io::Result<()> {
    fs::rename(dir.join(PART), dir.join(READY))?;
    sync_directory(dir)?;
    reach("restore.decided");
    finish(dir)
}

/// Is there a state in `dir` that was decided for and not yet moved to its place?
pub fn is_waiting(dir: &Path) -> bool {
    dir.join(READY).exists()
}

/// Ends what [`put_in_place`] began. Whoever asks keeps everybody else out of `dir`.
pub(super) fn finish(dir: &Path) -> io::Result<()> {
    let ready = dir.join(READY);
    if !ready.is_dir() {
        return Ok(());
    }
    for file in [STATE_FILE, LOG_FILE] {
        match fs::rename(ready.join(file), dir.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        reach(&format!("restore.moved.{file}"));
    }
    sync_directory(&ready)?;
    sync_directory(dir)?;
    fs::remove_dir_all(&ready)?;
    sync_directory(dir)?;
    reach("restore.done");
    Ok(())
}

/// Removes what a restore that was cut off before it was decided left in `dir`.
///
/// # Errors
/// What the file system says.
pub fn discard_unfinished(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir.join(PART)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whoever was erased after the backup was made is erased from it as well; how many were.
fn erase_again(
    writer: &mut dyn Writer,
    place: &mut Place,
    restoration: &Restoration,
) -> Result<u64, StoreError> {
    let mut erased = 0;
    for (person, asked) in &restoration.erased {
        if !restore::disable(writer, *person, *asked)? {
            continue;
        }
        let begin = Command::Erasure(ErasureCommand::Begin { person: *person });
        command(writer, place, restoration, Actor::System, begin)?;
        loop {
            let step = ErasureCommand::Step { person: *person, rows: ROWS_A_STEP };
            let step = Command::Erasure(step);
            match command(writer, place, restoration, Actor::System, step)? {
                Outcome::Erased { more: true } => {}
                _ => break,
            }
        }
        erased += 1;
    }
    Ok(erased)
}

fn command(
    writer: &mut dyn Writer,
    place: &mut Place,
    restoration: &Restoration,
    actor: Actor,
    command: Command,
) -> Result<Outcome, StoreError> {
    let request = RequestId(clock::random_id());
    let envelope = Envelope { request, at: restoration.at, actor, command };
    Ok(apply(writer, place.next_command(), &envelope)?.outcome)
}

/// A log with nothing in it that begins after `applied`, with a vote in `term`.
fn write_log(path: &Path, term: u64, applied: types::LogId, pair: Pair) -> io::Result<()> {
    let options = LogOptions {
        path: PathBuf::from(path),
        storage: Storage::Files,
        // Each write is waited for here.
        on_failure: Box::new(drop),
    };
    let log = LogFile::open(options).map_err(types::io)?;
    let vote = VoteRecord { term, node: NODE, granted: false }.to_bytes();
    let mark = types::position(applied).to_bytes();
    let written = waited(|done| log.put_vote(vote, done))
        .and_then(|()| waited(|done| log.purge(applied.index, mark, done)))
        .and_then(|()| waited(|done| log.put_pair(pair.to_bytes(), done)));
    log.close();
    written
}

fn waited(write: impl FnOnce(Done)) -> io::Result<()> {
    let (tell, told) = mpsc::channel();
    // The receiver waits below, so it is there.
    write(Box::new(move |result| drop(tell.send(result))));
    told.recv().map_err(types::io)?.map_err(types::io)
}

/// Where the new state is made: nothing of it counts yet.
const PART: &str = "restore.part";
/// The same once it counts.
const READY: &str = "restore.ready";
