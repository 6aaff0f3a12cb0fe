//! Fuzzes the query language; what must hold stands in `entry/query.rs`.
#![no_main]

use timebook::{compat, domain, wire};

#[path = "entry/query.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
