//! Fuzzes files of timetagger; what must hold stands in `entry/import.rs`.
#![no_main]

use timebook::{domain, wire};

#[path = "entry/import.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(domain::import::Source::Timetagger, data));
