//! What can go wrong at the one door, by what the caller can do about it.
//!
//! Must never hold one of the engine's or the database's own error types: only what a caller or a person needs.

use thiserror::Error;

use crate::store::{self, StoreError};

/// Why the door could not be opened: the process should say the sentence and exit.
#[derive(Debug, Error)]
pub enum OpenError {
    /// One of the two files could not be opened.
    #[error(transparent)]
    File(#[from] store::OpenError),
    /// The two files cannot both be right.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// Replaying the log into the state failed.
    #[error("the data could not be recovered: {0}")]
    Recovery(String),
}

/// How `log.redb` and `timebook.redb` contradict each other. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// The state is there, its log is not.
    #[error(
        "timebook.redb holds data but log.redb beside it is missing or empty, and the latest changes may be in it; \
         put log.redb back, or restore a backup into an empty folder"
    )]
    NoLog,
    /// The log starts after the state ends.
    #[error(
        "log.redb starts after change {log}, but timebook.redb ends at change {state}: the changes between are missing; \
         put back the timebook.redb that belongs to it, or restore a backup into an empty folder"
    )]
    StateTooOld {
        /// Last change that is no longer in the log.
        log: u64,
        /// Last change in the state; 0 when it is empty.
        state: u64,
    },
    /// The log ends before the state.
    #[error(
        "log.redb ends at change {log}, but timebook.redb already holds change {state}: the log is older than the data; \
         put back the log.redb that belongs to it, or restore a backup into an empty folder"
    )]
    LogTooOld {
        /// Last change in the log.
        log: u64,
        /// Last change in the state.
        state: u64,
    },
    /// Each belongs to another one.
    #[error(
        "log.redb and timebook.redb come from different servers or different times; \
         put back the two files that belong together, or restore a backup into an empty folder"
    )]
    Strangers,
}

/// Why a command was not committed. Trying again with the same request id is always safe.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommitError {
    /// The queue stayed full.
    #[error("the server has too much to write at the moment; try again in a few seconds")]
    Busy,
    /// No server leads, or another one does; the command may or may not have been kept.
    #[error("no server can accept changes at the moment; try again in a few seconds")]
    Unavailable,
    /// The encoded command is longer than the log takes.
    #[error("the change is too large ({bytes} bytes, at most {most}); send it in smaller parts")]
    TooLarge {
        /// Its encoded length.
        bytes: usize,
        /// The longest allowed.
        most: usize,
    },
    /// Not every server understands the command yet.
    #[error(
        "this change needs level {needs}, the servers agreed on level {have}; update every server, then try again"
    )]
    Level {
        /// The command's level.
        needs: u32,
        /// The level in force.
        have: u32,
    },
    /// The door is closed or failed; the process is about to exit.
    #[error("the server is stopping: {0}")]
    Stopped(String),
}

impl CommitError {
    pub(super) fn closed() -> CommitError {
        CommitError::Stopped("it takes no more changes".to_owned())
    }

    pub(super) fn resting() -> CommitError {
        CommitError::Stopped("it is out of service".to_owned())
    }
}

/// Why nothing could be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Another server's copy of the data is being put in place.
    #[error("the server is taking over a new copy of the data; try again in a few seconds")]
    Installing,
    /// Too many reads at once, for too long.
    #[error("the server has too much to read at the moment; try again in a few seconds")]
    Busy,
    /// Reading failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The door is closed, or the read itself broke off.
    #[error("the server is stopping: {0}")]
    Stopped(String),
}

impl ReadError {
    pub(super) fn closed() -> ReadError {
        ReadError::Stopped("it takes no more reads".to_owned())
    }
}

/// What made the door stop for good: the process must say it and exit with code 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{sentence}")]
pub struct Fatal {
    /// What happened and what to do, for the log and the terminal.
    pub sentence: String,
}
