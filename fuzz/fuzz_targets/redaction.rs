//! Fuzzes the reader of redaction rules; what must hold stands in `entry/redaction.rs`.
#![no_main]

use timebook::{domain, wire};

#[path = "entry/redaction.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
