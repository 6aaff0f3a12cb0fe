//! The guard of the house: who may import whom, what may be named where, how long a file may grow.
//! It reads the sources and the lock file as text, starts nothing, writes nothing, and must never depend on the library it checks.
#![allow(
    unreachable_pub,
    clippy::panic,
    reason = "a test program has no other room to hide from, and a broken checkout should stop it"
)]

mod paths;
mod plan;
mod rules;
mod source;
mod tokens;

use source::{Kind, Source};

/// Fails with every fault on a line of its own, so that one run shows the whole list.
fn report(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn each(kinds: &[Kind], rule: impl Fn(&Source) -> Vec<String>) {
    let chosen: Vec<_> = source::tree().iter().filter(|s| kinds.contains(&s.kind)).collect();
    assert!(
        !chosen.is_empty(),
        "no file of kind {kinds:?} was found: the guard looks in the wrong place"
    );
    report(chosen.into_iter().flat_map(rule).collect());
}

#[test]
fn rooms_import_only_downwards() {
    each(&[Kind::Room], rules::imports);
}

#[test]
fn rooms_name_only_what_is_theirs() {
    each(&[Kind::Room], rules::outside_names);
}

#[test]
fn each_delicate_crate_has_one_room() {
    each(&[Kind::Room, Kind::Web, Kind::Test, Kind::Bench], rules::owned_crates);
}

#[test]
fn no_back_door_around_the_plan() {
    each(&[Kind::Room], rules::back_doors);
}

#[test]
fn files_stay_small() {
    each(&[Kind::Room, Kind::Web, Kind::Page], rules::size);
}

#[test]
fn every_file_says_what_it_is_for() {
    each(&[Kind::Room, Kind::Web, Kind::Test, Kind::Bench], rules::first_line);
}

#[test]
fn sums_are_whole_numbers() {
    each(&[Kind::Room], rules::whole_numbers);
}

#[test]
fn no_test_is_switched_off_and_none_sleeps() {
    each(&[Kind::Room, Kind::Web, Kind::Test, Kind::Page, Kind::Script], rules::honest_tests);
}

#[test]
fn the_lock_holds_no_second_tls_or_runtime() {
    report(rules::lock(&source::read("Cargo.lock")));
}

#[test]
fn every_dependency_says_what_it_is_for() {
    report(rules::reasons(&source::read("Cargo.toml"), &source::read("CONTRIBUTING.md")));
}

#[test]
fn no_dependency_hides_behind_another_name() {
    report(rules::manifest(&source::read("Cargo.toml")));
}
