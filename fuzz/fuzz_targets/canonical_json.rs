//! Fuzzes free JSON; what must hold stands in `entry/canonical_json.rs`.
#![no_main]

use timebook::{domain, wire};

#[path = "entry/canonical_json.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
