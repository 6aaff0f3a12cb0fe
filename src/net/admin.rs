//! The admin socket: the way in for the user who runs the server, on the same computer, without a password.
//!
//! What protects it is the file system (owner only), and on Windows the rights of its pipe. It carries the same HTTP API; it never decides who
//! may do what.

mod request;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;
#[cfg(all(test, unix))]
mod tests;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

use std::path::PathBuf;

pub use platform::AdminListener;
pub(super) use platform::AdminStream;
pub use request::{AdminBody, MAX_ANSWER_BYTES, admin_request, body_of, body_of_file};

/// What can go wrong with the admin socket.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Nobody answers: the caller may do the work itself.
    #[error("The server is not running here (nobody answers at {}). Start it with: timebook serve", .0.display())]
    NotRunning(PathBuf),
    /// Another server owns the socket.
    #[error("Another Timebook server is running with this data directory. Stop that one first.")]
    AlreadyServed,
    /// Only the user who runs the server may use it.
    #[error("{} belongs to another user. Run this command as the user who runs the server.", .0.display())]
    NotAllowed(PathBuf),
    /// Socket paths are short.
    #[error("The path {} is too long for a socket. Choose a data directory with a shorter path.", .0.display())]
    PathTooLong(PathBuf),
    /// The system refused.
    #[error("The admin socket {} cannot be used: {source}.", path.display())]
    Failed {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server answered, but not to the end.
    #[error("The server did not finish its answer ({0}). Look at its log, then try again.")]
    Broken(String),
    /// The answer did not come in time.
    #[error("The server took too long to answer. Look at its log, then try again.")]
    TimedOut,
    /// The answer is larger than any should be.
    #[error("The server's answer is too large.")]
    TooLarge,
}
