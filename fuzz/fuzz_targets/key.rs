//! Fuzzes ordered keys; what must hold stands in `entry/key.rs`.
#![no_main]

use timebook::{codec, domain};

#[path = "entry/key.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
