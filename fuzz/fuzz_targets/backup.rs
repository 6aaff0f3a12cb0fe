//! Fuzzes the reader of backups; what must hold stands in `entry/backup.rs`.
#![no_main]

use timebook::codec;

#[path = "entry/backup.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
