//! What things are and the rules they keep.
//!
//! Must never do I/O, read a clock, draw randomness, or derive a serialisation: the bytes of these types are spelled out in
//! `codec`, their JSON in `wire`. One noun, one file; the same noun has the same file name on every floor.

pub mod activity;
pub mod answer;
pub mod audit;
pub mod batch;
pub mod category;
pub mod colour;
pub mod command;
pub mod customer;
pub mod day;
pub mod device;
pub mod entry;
pub mod erasure;
mod fold;
pub mod hours;
pub mod id;
pub mod import;
pub mod invitation;
pub mod job;
pub mod link;
pub mod lock;
pub mod look;
pub mod mail;
pub mod merge;
pub mod office;
pub mod office_setting;
pub mod outbox;
pub mod outcome;
pub mod pattern;
pub mod policy;
pub mod project;
pub mod quarantine;
pub mod redaction;
pub mod report;
pub mod retention;
pub mod right;
pub mod saved_report;
pub mod secret;
pub mod session;
pub mod setting;
pub mod sync;
pub mod tag;
pub mod target;
pub mod task;
pub mod team;
pub mod text;
pub mod tier;
pub mod time;
pub mod timesheet;
pub mod token;
pub mod told;
pub mod totp;
pub mod user;
pub mod warning;
