//! The only room that names redb: every table, the deterministic `apply`, reads, the log, the agent's outbox.
//!
//! Must never know tokio, HTTP or TLS: it is synchronous, and whoever calls it from async code does so on a thread of its own.
//! Nothing above may assume redb: everything goes through [`Reader`] and [`Writer`], so that another ordered store can stand in.

pub mod activity;
pub mod apply;
pub mod backup;
mod copy;
mod error;
pub mod fail_point;
#[cfg(feature = "faults")]
pub mod faults;
pub mod file;
mod frozen;
pub mod hash;
pub mod log;
pub mod outbox;
pub mod read;
mod redb;
pub mod restore;
#[cfg(test)]
pub(crate) mod scratch;
pub mod state;
pub mod storage;
pub mod tables;
mod transaction;
mod unflushed;

pub use copy::{copy, discard_leftover, fresh, fresh_copy};
pub use error::{OpenError, StoreError};
pub use frozen::Frozen;
pub use state::{ReadScope, RestingState, Room, State};
pub use transaction::{KeyRange, Order, Read, Reader, Row, Visit, Write, Writer};
