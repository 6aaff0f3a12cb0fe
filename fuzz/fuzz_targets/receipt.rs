//! Fuzzes signed receipts; what must hold stands in `entry/receipt.rs`.
#![no_main]

use timebook::codec;

#[path = "entry/receipt.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
