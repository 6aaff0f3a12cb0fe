//! Fuzzes exports of ActivityWatch; what must hold stands in `entry/activitywatch_import.rs`.
#![no_main]

use timebook::{domain, wire};

#[path = "entry/activitywatch_import.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
