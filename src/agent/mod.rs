//! The offline-first client: records through the door on 127.0.0.1:5600, keeps everything in a book of its own, and sends it to the
//! office when it can.
//!
//! Whatever the server or the network does, recording goes on; what was recorded waits in the outbox and arrives once, in order.
//! Must never send a title or an address that the office's policy or the person did not let out, and never decode what was not signed.

pub mod book;
mod caller;
mod commands;
pub mod consent;
pub mod door;
pub mod enroll;
mod erase;
mod error;
pub mod folder;
pub mod hours;
mod icon;
mod identity;
pub mod install;
mod keeping;
pub mod page;
pub mod pause;
pub mod plan;
mod recorder;
pub mod redaction;
pub mod run;
mod running;
mod settings;
pub mod status;
pub mod sync;
pub mod takeover;
#[cfg(test)]
mod tests;
pub mod totals;
pub mod track;

pub use error::AgentError;
