//! Fuzzes stored records; what must hold stands in `entry/record.rs`.
#![no_main]

use timebook::{codec, domain};

#[path = "entry/record.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
