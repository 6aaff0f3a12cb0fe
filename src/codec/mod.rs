//! Bytes on disk, in the log, in batches and receipts.
//!
//! bincode lives here and nowhere else. Must never do I/O or know a database. `FORMAT.md` beside this file is the layout,
//! byte by byte; the golden bytes in the tests hold it to that.
#![doc = include_str!("FORMAT.md")]

mod activity;
mod answer;
mod audit;
pub mod backup;
pub mod batch;
pub mod block;
mod category;
mod command;
pub mod consensus;
mod customer;
mod day;
mod device;
pub mod enrollment_code;
mod entry;
pub mod erasure;
mod frame;
mod import;
mod invitation;
mod job;
pub mod json;
pub mod key;
mod layout;
mod link;
mod lock;
mod look;
mod mail;
mod office;
mod office_setting;
mod outbox;
mod outcome;
mod plain;
mod policy;
mod project;
mod quarantine;
pub mod receipt;
mod redaction;
mod retention;
mod saved_report;
mod secret;
mod session;
mod setting;
mod strike;
mod sync;
mod tag;
mod target;
mod task;
mod team;
mod tier;
mod timesheet;
mod token;
mod told;
mod totp;
mod user;

#[cfg(test)]
mod tests;

pub use audit::{audit_follows, audit_hash};
pub use command::actor_number;
pub use frame::{CodecError, Record, TooLarge, decode, encode, encode_checked};
pub use told::told_id;
