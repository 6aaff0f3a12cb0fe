//! Fuzzes signed batches; what must hold stands in `entry/signed_batch.rs`.
#![no_main]

use timebook::{codec, domain};

#[path = "entry/signed_batch.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
