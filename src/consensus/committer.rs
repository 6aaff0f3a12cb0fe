//! The committer: gathers the commands that wait and has them logged together, as one entry.
//!
//! While an entry is on its way to the disk (to a majority's disks), those who come wait for the next: the slower the disk, the
//! more commands share a flush. Must never reorder commands, and never answer one before its entry is applied.

use openraft::error::{ClientWriteError, RaftError};
use tokio::sync::mpsc::UnboundedReceiver;

use super::error::CommitError;
use super::queue::{COMMAND_BYTES_MAX, Waiting};
use super::types::{Logged, Raft, Types};
use crate::domain::outcome::Outcome;

/// Works until nobody can ask any more or the engine stops.
pub(super) async fn run(raft: Raft, mut queue: UnboundedReceiver<Waiting>) {
    let mut left_over = None;
    loop {
        let first = match left_over.take() {
            Some(waiting) => Some(waiting),
            None => queue.recv().await,
        };
        let Some(first) = first else { return };
        let mut batch = vec![first];
        left_over = fill(&mut batch, &mut queue);
        let commands = batch.iter_mut().map(|waiting| std::mem::take(&mut waiting.command));
        let written = raft.client_write(Logged(commands.collect())).await;
        match written {
            Ok(response) => answer(batch, response.data),
            Err(RaftError::APIError(error)) => refuse(batch, &error),
            // Those who wait find their answers dropped; the door says why it stopped.
            Err(RaftError::Fatal(_)) => return,
        }
    }
}

/// Takes all that wait, as far as they fit into one entry; gives back the one that did not.
fn fill(batch: &mut Vec<Waiting>, queue: &mut UnboundedReceiver<Waiting>) -> Option<Waiting> {
    let mut bytes = batch.iter().map(|waiting| waiting.command.len()).sum::<usize>();
    while batch.len() < ENTRY_COMMANDS
        && let Ok(waiting) = queue.try_recv()
    {
        bytes += waiting.command.len();
        if bytes > COMMAND_BYTES_MAX {
            return Some(waiting);
        }
        batch.push(waiting);
    }
    None
}

fn answer(batch: Vec<Waiting>, outcomes: Vec<Outcome>) {
    for (waiting, outcome) in batch.into_iter().zip(outcomes) {
        waiting.finish(Ok(outcome));
    }
}

fn refuse(batch: Vec<Waiting>, error: &ClientWriteError<Types>) {
    let refusal = match error {
        ClientWriteError::ForwardToLeader(_) | ClientWriteError::LogEntryDiscarded(_) => {
            CommitError::Unavailable
        }
        other => CommitError::Stopped(other.to_string()),
    };
    for waiting in batch {
        waiting.finish(Err(refusal.clone()));
    }
}

/// Commands in one entry at most.
const ENTRY_COMMANDS: usize = 1024;
