//! Fuzzes blocks of events; what must hold stands in `entry/block.rs`.
#![no_main]

use timebook::{codec, domain};

#[path = "entry/block.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
