//! Fuzzes entries and marks of the replicated log; what must hold stands in `entry/log.rs`.
#![no_main]

use timebook::codec;

#[path = "entry/log.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
