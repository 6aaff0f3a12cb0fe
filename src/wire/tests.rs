//! The fuzz targets of this room, run on their seeds and on every small change to them: a smoke of what `cargo fuzz` does for hours.

use std::path::PathBuf;

use crate::{domain, wire};

#[path = "../../fuzz/fuzz_targets/entry/activitywatch_event.rs"]
mod activitywatch_event;
#[path = "../../fuzz/fuzz_targets/entry/activitywatch_import.rs"]
mod activitywatch_import;
#[path = "../../fuzz/fuzz_targets/entry/canonical_json.rs"]
mod canonical_json;
#[path = "../../fuzz/fuzz_targets/entry/categories.rs"]
mod categories;
#[path = "../../fuzz/fuzz_targets/entry/import.rs"]
mod import;
#[path = "../../fuzz/fuzz_targets/entry/redaction.rs"]
mod redaction;

/// What most often changes the meaning of a byte.
const TELLING: &[u8] = b"\"\\{]:,-e0\xff";

type Run = fn(&[u8]);

#[test]
fn targets_hold_near_their_seeds() {
    use domain::import::Source;
    let targets: [(&str, Run); 9] = [
        ("activitywatch_event", activitywatch_event::run),
        ("activitywatch_import", activitywatch_import::run),
        ("canonical_json", canonical_json::run),
        ("categories", categories::run),
        ("redaction", redaction::run),
        ("import_toggl", |data| import::run(Source::Toggl, data)),
        ("import_clockify", |data| import::run(Source::Clockify, data)),
        ("import_kimai", |data| import::run(Source::Kimai, data)),
        ("import_timetagger", |data| import::run(Source::Timetagger, data)),
    ];
    for (target, run) in targets {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
        let seeds = std::fs::read_dir(folder)
            .unwrap()
            .map(|seed| std::fs::read(seed.unwrap().path()).unwrap());
        let mut count = 0;
        for seed in seeds {
            count += 1;
            run(&seed);
            for at in 0..seed.len() {
                run(&seed[..at]);
                let mut changed = seed.clone();
                for byte in TELLING {
                    changed[at] = *byte;
                    run(&changed);
                }
                changed.remove(at);
                run(&changed);
            }
        }
        assert!(count > 0, "{target} has seeds");
    }
}
