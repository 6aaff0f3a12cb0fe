//! Fuzzes records as JSON; what must hold stands in `entry/json.rs`.
#![no_main]

use timebook::{codec, domain};

#[path = "entry/json.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
