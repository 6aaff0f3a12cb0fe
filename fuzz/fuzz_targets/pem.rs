//! Fuzzes the reader of certificates and keys; what must hold stands in `entry/pem.rs`.
#![no_main]

use timebook::net;

#[path = "entry/pem.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
