//! The one door: every change goes in as a command and comes back as an outcome; every read is a short snapshot.
//!
//! A command is appended to the replicated log, made durable, committed, and only then applied: the same way on one
//! server (a cluster of one voter) as on several. The only room that names openraft. Must never let a write past the
//! log, acknowledge before the log is on disk, or run the database on an async worker thread.
//!
//! ```text
//! commit --> queue --> committer (one log entry for all that wait) --> log.redb (one flush) --> timebook.redb --> outcomes
//! read   --> gate  --> blocking thread, MVCC snapshot
//! ```

mod alarm;
mod alone;
mod apply;
mod committer;
mod door;
mod engine;
mod error;
mod feed;
mod gate;
mod keeper;
mod log;
mod machine;
mod network;
mod opening;
mod position;
mod queue;
mod resting;
mod restoring;
mod shrink;
mod snapshot;
mod state_thread;
mod status;
mod tail;
mod types;

#[cfg(test)]
pub(crate) mod tests;

pub use door::{Door, DoorOptions, LOG_FILE, STATE_FILE};
pub use error::{CommitError, Fatal, Mismatch, OpenError, ReadError};
pub use feed::{Changes, Feed, Mark, News};
pub use restoring::{Prepared, Restoration, discard_unfinished, is_waiting, prepare, put_in_place};
pub use shrink::Shrunk;
pub use status::{BOUNDS, CommitTimes, Status};
