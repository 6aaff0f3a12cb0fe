//! The fuzz targets without a fuzzer: every committed seed through the same functions, so that seeds stay good and what a target
//! once found stays found.

use super::{file, text};
use crate::{codec, domain};

#[path = "../../../fuzz/fuzz_targets/entry/backup.rs"]
mod backup;
#[path = "../../../fuzz/fuzz_targets/entry/block.rs"]
mod block;
#[path = "../../../fuzz/fuzz_targets/entry/enrollment_code.rs"]
mod enrollment_code;
#[path = "../../../fuzz/fuzz_targets/entry/json.rs"]
mod json;
#[path = "../../../fuzz/fuzz_targets/entry/key.rs"]
mod key;
#[path = "../../../fuzz/fuzz_targets/entry/log.rs"]
mod log;
#[path = "../../../fuzz/fuzz_targets/entry/receipt.rs"]
mod receipt;
#[path = "../../../fuzz/fuzz_targets/entry/record.rs"]
mod record;
#[path = "../../../fuzz/fuzz_targets/entry/signed_batch.rs"]
mod signed_batch;

/// A target by its name, and what it runs.
type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 9] = [
    ("backup", backup::run),
    ("block", block::run),
    ("enrollment_code", enrollment_code::run),
    ("json", json::run),
    ("key", key::run),
    ("log", log::run),
    ("receipt", receipt::run),
    ("record", record::run),
    ("signed_batch", signed_batch::run),
];

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = file("fuzz/seeds").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{target}: {e}"));
    let files = entries.map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn every_seed_and_every_slip_of_it_is_taken_calmly() {
    for (target, run) in TARGETS {
        for (_, seed) in seeds(target) {
            run(&seed);
            // Every byte would be the fuzzer's work; sixty-four places a seed are a second's.
            for at in (1..seed.len()).step_by(1 + seed.len() / 64) {
                run(&seed[..at]);
                let mut slipped = seed.clone();
                slipped[at] ^= 0xff;
                run(&slipped);
            }
        }
    }
}

#[test]
fn every_target_has_seeds() {
    let manifest = text("fuzz/Cargo.toml");
    let bins = manifest.split("[[bin]]").skip(1);
    let names: Vec<&str> = bins.filter_map(|bin| bin.split('"').nth(1)).collect();
    assert!(names.len() >= TARGETS.len(), "{names:?}");
    for name in names {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for (path, seed) in seeds {
            assert!(seed.len() <= 4_096, "{path} is no small seed");
        }
    }
}
