//! What can go wrong with an agent, by what the person at the computer can do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::codec::enrollment_code::CodeError;
use crate::net::client::ClientError;
use crate::net::listen::ListenError;
use crate::slots::launcher::LauncherError;
use crate::store::{OpenError, StoreError};

/// An agent's command failed. Each reads as a sentence with a next step.
#[derive(Debug, Error)]
pub enum AgentError {
    /// A file of the agent cannot be read or written.
    #[error("{} cannot be used: {why}. Check the disk's free space and the directory's rights.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A file of the agent does not say what it must.
    #[error("{} does not read: {why}. {next}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do.
        next: &'static str,
    },
    /// A second agent on the same data directory.
    #[error("An agent already runs on {}. Stop it first, or choose another --data directory.", .0.display())]
    AlreadyRuns(PathBuf),
    /// There is nothing to look at.
    #[error("No agent runs on this computer. Start it: timebook agent run")]
    NotRunning,
    /// Nothing to run with yet.
    #[error(
        "This computer is not enrolled yet. Ask the administrator for an enrollment code, then run: timebook agent enroll CODE"
    )]
    NotEnrolled,
    /// Enrolled before.
    #[error(
        "This computer is already enrolled. To enroll it again and keep what is not sent yet, add --again."
    )]
    AlreadyEnrolled,
    /// Unsent records must not go to another office.
    #[error(
        "This computer's records belong to another office. Enroll it with another --data directory."
    )]
    OtherOffice,
    /// The code does not read.
    #[error("{0}")]
    Code(#[from] CodeError),
    /// No server of the code answered; each address with what happened.
    #[error(
        "No server of this enrollment code can be reached: {0}. Check that the server runs and that this computer is on the office's network."
    )]
    Unreachable(String),
    /// Whoever answered is not the office of the code.
    #[error(
        "The server at {address} is not the one this enrollment code was made for, or somebody stands in between ({why}). Nothing was sent. Ask the administrator."
    )]
    Impostor {
        /// Where.
        address: String,
        /// What did not fit.
        why: String,
    },
    /// The server said no; its own sentence.
    #[error("{0}")]
    Refused(String),
    /// The server's answer makes no sense.
    #[error(
        "The server's answer does not read ({0}). Update Timebook on this computer or on the server."
    )]
    BadAnswer(String),
    /// The way to the server.
    #[error("{0}")]
    Client(#[from] ClientError),
    /// The door's port.
    #[error("{0} The option is --door ADDRESS:PORT.")]
    Listen(#[from] ListenError),
    /// Another program has the door's port.
    #[error(
        "Port {port} is already used by {holder}. Stop it, or choose another port for the watchers: timebook agent run --door 127.0.0.1:5601"
    )]
    DoorTaken {
        /// The port.
        port: u16,
        /// What `net` says of it.
        holder: String,
    },
    /// ActivityWatch has the door's port.
    #[error(
        "Port {port} is already used by ActivityWatch's own server ({holder}). To take over: timebook agent import-activitywatch brings its history along, then quit ActivityWatch, start this agent, and start only its watchers: they record into Timebook from then on. Or keep both: timebook agent run --door 127.0.0.1:5601"
    )]
    ActivityWatchRuns {
        /// The port.
        port: u16,
        /// What `net` says of it.
        holder: String,
    },
    /// ActivityWatch's own server cannot be asked, or its history cannot be taken.
    #[error("{0}")]
    NoActivityWatch(String),
    /// The agent's book cannot be opened.
    #[error("{0}.")]
    Open(#[from] OpenError),
    /// The agent's book failed while it was in use.
    #[error("{0}.")]
    Store(#[from] StoreError),
    /// The book's thread ended.
    #[error(
        "The agent's book failed: {0}. What was answered is on disk; the agent starts again by itself."
    )]
    BookFailed(String),
    /// The launcher.
    #[error("{0}")]
    Launcher(#[from] LauncherError),
    /// A child without its socket.
    #[error(
        "The door's socket was not handed over. Start the agent through its own command: timebook agent run"
    )]
    NoSocket,
    /// A thread or the runtime could not be had.
    #[error(
        "The system does not give what the agent needs: {0}. Close other programs, then start again."
    )]
    System(#[source] io::Error),
    /// The time to pause until is no such time.
    #[error("{0} is no time to pause for. Write 15m, 1h, today, on (until resumed) or off.")]
    BadPause(String),
    /// The hours to record in are none.
    #[error("{0}")]
    BadHours(String),
    /// A redaction rule does not read, or there is none of that number.
    #[error("{0}")]
    BadRule(String),
    /// What a person asks for is nothing that could be done.
    #[error("{0}")]
    BadAsk(String),
    /// A time that a person wrote does not read.
    #[error("{0}")]
    BadTime(String),
    /// What `timebook track` was asked for cannot be; nothing changed.
    #[error("{0}")]
    Track(String),
    /// The user service could not be set up.
    #[error("{0}")]
    Install(String),
}

impl AgentError {
    pub(super) fn file(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        Self::File { path: path.into(), why: error.to_string() }
    }

    /// Exit code of the command line: 2 wrong usage, 3 refused, 4 unreachable, 1 anything else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::BadPause(_)
            | Self::BadRule(_)
            | Self::BadHours(_)
            | Self::BadTime(_)
            | Self::BadAsk(_)
            | Self::Code(_) => 2,
            Self::Refused(_) => 3,
            Self::Unreachable(_) | Self::Client(ClientError::Unreachable(_)) => 4,
            _ => 1,
        }
    }
}
