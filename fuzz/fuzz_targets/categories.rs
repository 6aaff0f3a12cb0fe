//! Fuzzes the reader of categories; what must hold stands in `entry/categories.rs`.
#![no_main]

use timebook::wire;

#[path = "entry/categories.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
