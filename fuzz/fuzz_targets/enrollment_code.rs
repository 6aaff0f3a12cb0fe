//! Fuzzes enrollment codes; what must hold stands in `entry/enrollment_code.rs`.
#![no_main]

use timebook::codec;

#[path = "entry/enrollment_code.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
