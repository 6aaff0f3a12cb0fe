//! Fuzzes events of ActivityWatch's clients; what must hold stands in `entry/activitywatch_event.rs`.
#![no_main]

use timebook::{domain, wire};

#[path = "entry/activitywatch_event.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
