//! Every sample against the bytes frozen under `tests/compat/v1`: today's program writes them so, and reads them so for ever.
//!
//! A frozen line is never edited. A changed layout is a new record version, with a folder of its own beside `v1`.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;

use super::samples::{self, Sample};
use super::{file, record_names, sources, text};
use crate::codec::CodecError;

const FROZEN: &str = "tests/compat/v1";

/// The lines of a frozen file: `name hex`, `#` begins a comment.
pub(super) fn frozen(name: &str) -> BTreeMap<String, Vec<u8>> {
    let path = format!("{FROZEN}/{name}.hex");
    let mut lines = BTreeMap::new();
    for line in text(&path).lines().filter(|line| !line.starts_with('#')) {
        let (name, hex) = line.split_once(' ').unwrap_or_else(|| panic!("{path}: {line}"));
        let bytes = HEXLOWER.decode(hex.as_bytes()).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(lines.insert(name.to_owned(), bytes).is_none(), "{path}: {name} stands twice");
    }
    lines
}

/// The frozen bytes of a sample, if there are any.
fn frozen_bytes(sample: &Sample) -> Option<Vec<u8>> {
    let exists = file(&format!("{FROZEN}/{}.hex", sample.file)).exists();
    exists.then(|| frozen(sample.file).remove(&sample.name)).flatten()
}

#[test]
fn everything_is_written_as_it_was_frozen() {
    let mut faults = Vec::new();
    for sample in samples::all() {
        let hex = HEXLOWER.encode(&sample.bytes);
        match frozen_bytes(&sample) {
            None => faults.push(format!("{}.hex: add the line\n{} {hex}", sample.file, sample.name)),
            Some(frozen) if frozen != sample.bytes => faults.push(format!(
                "{}.hex: {} is now written as\n{hex}\nA layout is a promise: write a new version, do not edit the line.",
                sample.file, sample.name
            )),
            Some(_) => {}
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn everything_frozen_reads_as_it_was_meant() {
    let mut seen = BTreeMap::<&str, BTreeSet<String>>::new();
    for sample in samples::all() {
        let frozen = frozen_bytes(&sample).unwrap();
        assert!(sample.reads(&frozen).unwrap(), "{} {}", sample.file, sample.name);
        seen.entry(sample.file).or_default().insert(sample.name);
    }
    for (file, names) in seen {
        let lines: BTreeSet<String> = frozen(file).into_keys().collect();
        assert_eq!(lines, names, "{file}.hex has lines that no sample reads");
    }
}

#[test]
fn every_cut_and_every_byte_left_over_is_refused() {
    for sample in samples::all() {
        let at = format!("{} {}", sample.file, sample.name);
        for length in 0..sample.bytes.len() {
            assert!(sample.reads(&sample.bytes[..length]).is_err(), "{at} cut to {length}");
        }
        for byte in 0..=u8::MAX {
            let longer = [sample.bytes.as_slice(), &[byte]].concat();
            assert!(sample.reads(&longer).is_err(), "{at} and {byte}");
        }
    }
}

#[test]
fn other_versions_are_told_apart() {
    for sample in samples::all().iter().filter(|sample| sample.framed) {
        let version = |byte| {
            let mut bytes = sample.bytes.clone();
            bytes[0] = byte;
            sample.reads(&bytes).unwrap_err()
        };
        let old = version(0);
        assert!(matches!(old, CodecError::Damaged { what, .. } if what == sample.record), "{old}");
        let new = version(255);
        assert!(
            matches!(new, CodecError::Newer { what, version: 255, newest: 1 } if what == sample.record),
            "{new}"
        );
    }
}

#[test]
fn no_record_is_without_a_sample() {
    let names = record_names();
    assert!(names.len() > 20, "the sources were not read: {names:?}");
    let sampled: BTreeSet<String> =
        samples::all().iter().filter(|s| s.framed).map(|s| s.record.to_owned()).collect();
    let missing: Vec<_> = names.iter().filter(|name| !sampled.contains(*name)).collect();
    assert!(missing.is_empty(), "add samples of: {missing:?}");
}

#[test]
fn no_variant_is_without_a_sample() {
    let shown: Vec<String> = samples::all().into_iter().map(|sample| sample.shown).collect();
    let words: BTreeSet<&str> =
        shown.iter().flat_map(|s| s.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let mut variants = 0;
    for (_, source) in sources().into_iter().filter(|(file, _)| file != "layout.rs") {
        for (start, _) in source.match_indices("\nchoice!(") {
            let body = &source[start..];
            for part in body[..body.find(");\n").unwrap()].split(" => ").skip(1) {
                let variant: String = part.chars().take_while(|c| c.is_alphanumeric()).collect();
                variants += 1;
                assert!(words.contains(variant.as_str()), "add a sample of {variant}");
            }
        }
    }
    assert!(variants > 80, "the sources were not read: {variants} variants");
}
