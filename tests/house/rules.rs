//! The rules, each a function from one file to its faults, each with a test that gives it a bad sample.
//! A rule must never need an exception list of its own: exceptions stand in `plan`.

use crate::paths;
use crate::plan::{
    BANNED_PACKAGES, MAX_LINES, MAY_PAUSE, OWNERS, SERVICE_SHARED, WHOLE_NUMBERS, row,
};
use crate::source::{self, Kind, Source};
use crate::tokens::Token;

/// A room imports only the rooms of its row; capabilities of `service` never import each other.
pub fn imports(file: &Source) -> Vec<String> {
    let room = file.room();
    let Some(row) = row(&room) else {
        return vec![format!("{}: room `{room}` has no row in the plan", file.path)];
    };
    let children =
        source::tree().iter().filter_map(|s| child(&file.module(), s)).collect::<Vec<_>>();
    let targets = paths::own(file, &file.production(), &children);
    let bad = targets.into_iter().filter(|t| !allowed(&room, row.may, t));
    bad.map(|t| format!("{}: `{room}` may not import `{t}`", file.path)).collect()
}

fn child(module: &[String], other: &Source) -> Option<String> {
    let theirs = other.module();
    (other.kind == Kind::Room
        && !module.is_empty()
        && theirs.len() == module.len() + 1
        && theirs.starts_with(module))
    .then(|| theirs[module.len()].clone())
}

fn allowed(room: &str, may: &[&str], target: &str) -> bool {
    let mut parts = target.split("::");
    let (top, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let own = room.split("::").next().unwrap_or(room);
    if top == "service" && own == "service" {
        // Items of `service/mod.rs` itself start with a capital; everything else below `service` is a capability or shared.
        let item = second.starts_with(char::is_uppercase);
        return item || SERVICE_SHARED.contains(&second) || room == format!("service::{second}");
    }
    top == own
        || may.iter().any(|m| {
            target == *m || target.strip_prefix(m).is_some_and(|rest| rest.starts_with("::"))
        })
}

/// A room names none of the outside crates its row forbids.
pub fn outside_names(file: &Source) -> Vec<String> {
    let room = file.room();
    let Some(row) = row(&room) else { return Vec::new() };
    let names = paths::outside(&file.production());
    let bad = names.into_iter().filter(|n| row.must_not.iter().any(|m| family(m, n)));
    bad.map(|n| format!("{}: `{room}` may not name `{n}`", file.path)).collect()
}

fn family(banned: &str, name: &str) -> bool {
    name == banned
        || name
            .strip_prefix(banned)
            .is_some_and(|rest| rest.starts_with('_') && !banned.contains("::"))
}

/// redb, openraft, bincode and rustls-pemfile each stay in the one place that may change with them, tests included.
pub fn owned_crates(file: &Source) -> Vec<String> {
    let mut names = paths::outside(&file.production());
    names.extend(paths::outside(&file.tests()));
    let stray = |places: &[&str]| !places.iter().any(|place| file.path.starts_with(place));
    let bad = OWNERS.iter().filter(|(name, places)| names.contains(*name) && stray(places));
    bad.map(|(name, places)| format!("{}: only {places:?} may name `{name}`", file.path)).collect()
}

/// What would let an import or a crate pass unseen.
pub fn back_doors(file: &Source) -> Vec<String> {
    let text = file.production();
    let words: Vec<&str> = text.iter().map(|t| t.text.as_str()).collect();
    let mut faults = Vec::new();
    let mut find = |pattern: &[&str], why: &str| {
        for at in
            words.windows(pattern.len()).enumerate().filter(|(_, w)| *w == pattern).map(|(i, _)| i)
        {
            faults.push(format!("{}:{}: `{}`: {why}", file.path, text[at].line, pattern.concat()));
        }
    };
    find(&["extern", "crate"], "write the crate's own name where it is used");
    find(&["use", "crate", "as"], "the crate has one name");
    find(&["use", "crate", "::", "*"], "name what is imported");
    find(&["#", "[", "path"], "a module lives where its name says");
    find(&["include", "!"], "code lives in modules");
    find(&["macro_export"], "a macro is imported by path like everything else");
    find(&["macro_use"], "a macro is imported by path like everything else");
    for (name, _) in OWNERS {
        find(&["pub", "use", name], "handing a crate out would carry it into every room");
    }
    faults
}

pub fn size(file: &Source) -> Vec<String> {
    let lines = match file.kind {
        Kind::Room | Kind::Web => file.production_lines(),
        _ if file.path.ends_with(".test.ts") => 0,
        _ => file.text.lines().count(),
    };
    if lines <= MAX_LINES {
        Vec::new()
    } else {
        vec![format!("{}: {lines} lines, at most {MAX_LINES}", file.path)]
    }
}

/// The first line tells a reader what the file is for.
pub fn first_line(file: &Source) -> Vec<String> {
    let first = file.text.lines().next().unwrap_or_default();
    let fine = first.strip_prefix("//!").is_some_and(|doc| !doc.trim().is_empty());
    if fine {
        Vec::new()
    } else {
        vec![format!("{}:1: begin with `//!` and what the file is for", file.path)]
    }
}

/// Time is added up in whole numbers: a fraction would make two sums of the same hours differ.
pub fn whole_numbers(file: &Source) -> Vec<String> {
    if !WHOLE_NUMBERS.iter().any(|place| file.path.starts_with(place)) {
        return Vec::new();
    }
    let text = file.production();
    let fractions = text.iter().filter(|token| matches!(token.text.as_str(), "f32" | "f64"));
    fractions
        .map(|t| format!("{}:{}: `{}`: sums are whole numbers here", file.path, t.line, t.text))
        .collect()
}

/// No test is skipped for ever, and none waits for time instead of for a condition.
pub fn honest_tests(file: &Source) -> Vec<String> {
    if matches!(file.kind, Kind::Script | Kind::Page) {
        return script_tests(file);
    }
    let text = file.tests();
    let at = |i: usize| text.get(i).map_or("", |t: &Token| t.text.as_str());
    let mut faults = Vec::new();
    for (i, token) in text.iter().enumerate() {
        let ignored = token.text == "#" && at(i + 1) == "[" && at(i + 2) == "ignore";
        let pause =
            matches!(token.text.as_str(), "sleep" | "sleep_ms" | "sleep_until" | "park_timeout");
        let called =
            matches!(at(i + 1), "(" | ";" | "," | "}") && !MAY_PAUSE.contains(&file.path.as_str());
        if ignored {
            faults.push(format!(
                "{}:{}: no test is switched off: mend it or delete it",
                file.path, token.line
            ));
        }
        if pause && called {
            faults.push(format!(
                "{}:{}: wait for a condition with a deadline, never for time",
                file.path, token.line
            ));
        }
    }
    faults
}

fn script_tests(file: &Source) -> Vec<String> {
    const WAITS: &[&str] = &["time.sleep(", "waitForTimeout(", "await sleep(", ".only(", ".skip("];
    let is_test = file.kind == Kind::Script || file.path.contains(".test.");
    let lines = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, l)| is_test && WAITS.iter().any(|w| l.contains(w)));
    lines
        .map(|(i, l)| {
            format!(
                "{}:{}: `{}`: no waiting for time, no test left out",
                file.path,
                i + 1,
                l.trim()
            )
        })
        .collect()
}

pub fn lock(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|l| l.strip_prefix("name = \"")?.strip_suffix('"'));
    names
        .filter(|n| BANNED_PACKAGES.contains(n))
        .map(|n| format!("Cargo.lock: `{n}` must not be in the tree"))
        .collect()
}

pub fn manifest(text: &str) -> Vec<String> {
    let renamed = text.lines().enumerate().filter(|(_, l)| {
        let code = l.split('#').next().unwrap_or_default().replace(' ', "");
        code.contains("package=\"")
    });
    renamed
        .map(|(i, l)| format!("Cargo.toml:{}: `{l}` gives a crate another name", i + 1))
        .collect()
}

/// Every dependency stands in the first column of CONTRIBUTING's table, and nothing else does; `name-*` stands for several.
pub fn reasons(manifest: &str, contributing: &str) -> Vec<String> {
    let is_head = |line: &&str| line.starts_with('[');
    let mut named = Vec::new();
    let mut is_dependency = false;
    for line in manifest.lines() {
        if is_head(&line) {
            is_dependency = line.ends_with("dependencies]");
        } else if let Some((name, rest)) = line.split_once(" = ").filter(|_| is_dependency)
            && !rest.contains("path =")
        {
            named.push(name);
        }
    }
    let cells = contributing.lines().filter_map(|line| line.strip_prefix("| ")?.split('|').next());
    let told: Vec<&str> = cells
        .skip_while(|cell| cell.trim() != "Crate")
        .skip(1)
        .flat_map(|cell| cell.trim().trim_end_matches(" (tests)").split(", "))
        .filter(|name| !name.starts_with('-'))
        .collect();
    let fits = |name: &str, told: &str| {
        told == name || told.strip_suffix('*').is_some_and(|begin| name.starts_with(begin))
    };
    let untold = named.iter().filter(|name| !told.iter().any(|told| fits(name, told)));
    let gone = told.iter().filter(|told| !named.iter().any(|name| fits(name, told)));
    untold
        .map(|name| format!("Cargo.toml: CONTRIBUTING does not say what {name} is for"))
        .chain(gone.map(|told| format!("CONTRIBUTING.md: there is no dependency {told}")))
        .collect()
}

#[cfg(test)]
mod samples {
    //! Every rule is shown a file that breaks it and the nearest one that does not.
    use super::*;

    fn caught(rule: fn(&Source) -> Vec<String>, path: &str, bad: &str, good: &str) {
        let faults = rule(&Source::sample(path, bad));
        assert!(!faults.is_empty(), "not caught in {path}: {bad}");
        let faults = rule(&Source::sample(path, good));
        assert!(faults.is_empty(), "wrongly caught in {path}: {faults:?}");
    }

    #[test]
    fn a_dependency_without_a_reason() {
        let table = "| Crate | For |\n| --- | --- |\n| serde, x-* | y |\n";
        let manifest = "[dependencies]\nserde = \"1\"\nx-a = { version = \"1\" }\nown = { path = \"web\" }\n[lints]\nz = \"deny\"\n";
        assert!(reasons(manifest, table).is_empty(), "{:?}", reasons(manifest, table));
        assert_eq!(reasons(&manifest.replace("serde", "other"), table).len(), 2);
    }

    #[test]
    fn an_import_upwards() {
        caught(
            imports,
            "src/store/x.rs",
            "use crate::service::y::Z;",
            "use crate::domain::Id; // crate::service::y",
        );
        caught(
            imports,
            "src/store/x.rs",
            "use crate::{self as c};",
            "use crate::codec::{self as bytes};",
        );
        caught(
            imports,
            "src/store/x.rs",
            "use crate::net::{self as n};",
            "use super::{self as here};",
        );
        caught(imports, "src/net/x.rs", "fn f() { crate::domain::f() }", "use super::tls::Config;");
        caught(imports, "src/cli/x.rs", "use timebook::codec;", "use timebook::service;");
        caught(
            imports,
            "src/api/x.rs",
            "use super::super::store::R;",
            "use super::super::wire::R;",
        );
    }

    #[test]
    fn a_room_without_a_row() {
        assert_eq!(imports(&Source::sample("src/newroom/x.rs", "")).len(), 1);
    }

    #[test]
    fn a_service_reaching_its_sibling_or_past_the_read_scope() {
        let path = "src/service/tracking/mod.rs";
        caught(
            imports,
            path,
            "use crate::service::devices::D;",
            "use crate::service::{error::E, worker, Shared};",
        );
        caught(
            imports,
            path,
            "use super::accounts;",
            "use super::secrets::S; use crate::service::tracking::T;",
        );
        caught(
            imports,
            path,
            "use crate::store::apply;",
            "use crate::store::{Reader, read::totals, StoreError};",
        );
        caught(imports, "src/service/error.rs", "use super::tracking::E;", "use crate::domain::E;");
    }

    #[test]
    fn a_name_that_is_not_the_rooms_own() {
        caught(
            outside_names,
            "src/domain/x.rs",
            "#[derive(serde::Serialize)] struct S;",
            "#[derive(Clone)] struct S;",
        );
        caught(
            outside_names,
            "src/domain/x.rs",
            "use std::{fmt, net::IpAddr};",
            "use std::fmt; use core::net::IpAddr;",
        );
        caught(outside_names, "src/store/x.rs", "use tokio_util::io;", "let s = \"tokio::x\";");
        caught(outside_names, "src/agent/x.rs", "use rustls as tls;", "fn f(rustls: u8) {}");
    }

    #[test]
    fn a_delicate_crate_out_of_its_room() {
        caught(
            owned_crates,
            "src/consensus/x.rs",
            "#[cfg(test)] mod t { use redb::D; }",
            "use openraft::R;",
        );
        caught(owned_crates, "tests/it/x.rs", "use bincode::encode_to_vec;", "// bincode::x");
        caught(
            owned_crates,
            "src/net/tls.rs",
            "use rustls_pemfile::certs;",
            "use super::pem::certs;",
        );
    }

    #[test]
    fn a_back_door() {
        let path = "src/store/x.rs";
        for bad in [
            "extern crate redb as r;",
            "use crate as c;",
            "use crate::*;",
            "pub use redb::Table;",
            "#[path = \"../net/x.rs\"] mod x;",
            "include!(\"x.rs\");",
            "#[macro_export] macro_rules! m { () => {} }",
        ] {
            caught(back_doors, path, bad, "use redb::Table; use crate::domain::*;");
        }
    }

    #[test]
    fn a_file_too_long_or_without_a_word_about_itself() {
        let long = "fn a() {}\n".repeat(MAX_LINES + 1);
        let tested = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        caught(size, "src/a.rs", &long, &tested);
        caught(size, "web/page/A.svelte", &long, "<p>hello</p>");
        caught(first_line, "src/a.rs", "//! \nfn a() {}", "//! Keeps the hours.\n");
    }

    #[test]
    fn a_sum_with_fractions() {
        let bad = "fn sum(hours: f64) -> f64 { hours }";
        caught(whole_numbers, "src/service/book/x.rs", bad, "fn sum(ms: u64) -> u64 { ms } // f64");
        caught(whole_numbers, "src/domain/x.rs", "struct S { ms: f32 }", "struct S { ms: u64 }");
        assert!(whole_numbers(&Source::sample("src/service/health.rs", bad)).is_empty());
    }

    #[test]
    fn a_test_switched_off_or_asleep() {
        caught(
            honest_tests,
            "src/a.rs",
            "#[cfg(test)] mod t { #[ignore = \"slow\"] fn a() {} }",
            "fn sleep() { tokio::time::sleep(d) }",
        );
        caught(
            honest_tests,
            "tests/it/a.rs",
            "fn a() { std::thread::sleep(d); }",
            "fn a() { wait::until(d) }",
        );
        caught(honest_tests, "tests/it/a.rs", "use std::thread::sleep;", "// sleep(");
        caught(honest_tests, "tests/py/a.py", "time.sleep(1)", "queue.join()");
        caught(
            honest_tests,
            "web/e2e/run.mjs",
            "await p.waitForTimeout(5)",
            "await p.waitForSelector('h1')",
        );
    }

    #[test]
    fn a_banned_package_and_a_second_name() {
        assert_eq!(lock("name = \"ring\"\nname = \"openssl-sys\"\n").len(), 1);
        assert_eq!(manifest("[dependencies]\nb = { package = \"bincode\", version = \"2\" }\nserde = \"1\" # package = \"x\"\n").len(), 1);
    }
}
