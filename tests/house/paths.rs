//! Every path a file reaches, made absolute: `crate::`, `$crate::`, `timebook::`, `self::`, `super::` chains, groups, and bare names of
//! child modules. It must never resolve through the compiler: text is enough, and a guess errs on the strict side.

use crate::source::Source;
use crate::tokens::Token;
use std::collections::BTreeSet;

/// Paths into our own crate, as `room::child::Item`.
pub fn own(source: &Source, text: &[Token], children: &[String]) -> BTreeSet<String> {
    let module = source.module();
    let mut out = BTreeSet::new();
    let mut inline = Inline::default();
    for (at, token) in text.iter().enumerate() {
        inline.step(text, at);
        if at > 0 && text[at - 1].text == "::" {
            continue;
        }
        let next = text.get(at + 1).map(|t| t.text.as_str());
        match (token.text.as_str(), next) {
            ("crate" | "timebook", Some("::")) => expand("", &text[at + 2..], &mut out),
            ("self" | "super", Some("::")) => {
                let (base, rest) = climb(&module, &inline.names, &text[at..]);
                expand(&base, rest, &mut out);
            }
            (word, Some("::")) if inline.names.is_empty() && children.iter().any(|c| c == word) => {
                let base: String = module.iter().map(|m| format!("{m}::")).collect();
                expand(&base, &text[at..], &mut out);
            }
            _ => {}
        }
    }
    out
}

/// First names of paths to outside crates, and two-part names such as `std::fs`.
pub fn outside(text: &[Token]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (at, token) in text.iter().enumerate() {
        let before = at.checked_sub(1).map(|i| text[i].text.as_str());
        let next = text.get(at + 1).map(|t| t.text.as_str());
        let imported = matches!(before, Some("use" | "crate" | "{" | "," | "("))
            && matches!(next, Some(";" | "as" | "}" | ","));
        let attribute = before == Some("[") && next == Some("(");
        if before == Some("::") && !leading(text, at) || before == Some(".") {
            continue;
        }
        if next == Some("::") || imported || attribute {
            out.insert(token.text.clone());
        }
        if next == Some("::") && matches!(token.text.as_str(), "std" | "tokio") {
            let mut inner = BTreeSet::new();
            expand(&format!("{}::", token.text), &text[at + 2..], &mut inner);
            out.extend(inner.iter().map(|p| p.split("::").take(2).collect::<Vec<_>>().join("::")));
        }
    }
    out
}

/// `::redb::Database`: the sign before the word opens the path instead of continuing one.
fn leading(text: &[Token], at: usize) -> bool {
    at < 2
        || !text[at - 2].text.chars().all(|c| c.is_alphanumeric() || "_>".contains(c))
        || text[at - 2].text == "use"
}

/// Names of `mod x { ... }` around the current place, because `super` counts from there.
#[derive(Default)]
struct Inline {
    names: Vec<String>,
    opened_at: Vec<usize>,
    depth: usize,
}

impl Inline {
    fn step(&mut self, text: &[Token], at: usize) {
        match text[at].text.as_str() {
            "{" => {
                self.depth += 1;
                if at >= 2 && text[at - 2].text == "mod" {
                    self.names.push(text[at - 1].text.clone());
                    self.opened_at.push(self.depth);
                }
            }
            "}" => {
                if self.opened_at.last() == Some(&self.depth) {
                    self.opened_at.pop();
                    self.names.pop();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }
}

fn climb<'a>(module: &[String], inline: &[String], mut text: &'a [Token]) -> (String, &'a [Token]) {
    let mut here: Vec<&String> = module.iter().chain(inline).collect();
    while let [word, colons, rest @ ..] = text {
        match (word.text.as_str(), colons.text.as_str()) {
            ("super", "::") => _ = here.pop(),
            ("self", "::") => {}
            _ => break,
        }
        text = rest;
    }
    (here.iter().map(|p| format!("{p}::")).collect(), text)
}

/// Opens `a::{b, c::{d, e}}` into `a::b`, `a::c::d`, `a::c::e`.
fn expand(prefix: &str, text: &[Token], out: &mut BTreeSet<String>) {
    let mut head = prefix.to_owned();
    for (i, token) in text.iter().enumerate() {
        match token.text.as_str() {
            "{" => return group(&head, &text[i + 1..], out),
            "::" => head.push_str("::"),
            word if word == "*" || word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                if i > 0 && text[i - 1].text != "::" {
                    break;
                }
                head.push_str(word);
            }
            _ => break,
        }
    }
    out.insert(head);
}

fn group(head: &str, text: &[Token], out: &mut BTreeSet<String>) {
    let (mut depth, mut start) = (0usize, 0usize);
    for (i, token) in text.iter().enumerate() {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth > 0 => depth -= 1,
            "," | "}" if depth == 0 => {
                if start < i {
                    expand(head, &text[start..i], out);
                }
                start = i + 1;
                if token.text == "}" {
                    return;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
fn seen(path: &str, text: &str, children: &[&str]) -> Vec<String> {
    let source = Source::sample(path, text);
    let children: Vec<String> = children.iter().map(|c| (*c).into()).collect();
    own(&source, &source.production(), &children).into_iter().collect()
}

#[test]
fn groups_and_super_are_opened() {
    let text =
        "use crate::{a, b::{c, d::{e}}, f}; use super::licensing::Key; use super::super::store::X;";
    let want = ["a", "b::c", "b::d::e", "f", "service::licensing::Key", "store::X"];
    assert_eq!(seen("src/service/backup/mod.rs", text, &[]), want);
}

#[test]
fn the_library_name_macros_and_paths_in_code_count() {
    let text = "use timebook::a::B; macro_rules! m { () => { $crate::c::d() } } fn f() { self::g::h(); x.y::<crate::i::J>() }";
    assert_eq!(seen("src/cli/mod.rs", text, &[]), ["a::B", "c::d", "cli::g::h", "i::J"]);
}

#[test]
fn inline_modules_and_children_are_places_of_their_own() {
    let text = "pub use tracking::Entry; mod v1 { use super::Now; use super::super::domain::Id; }";
    assert_eq!(
        seen("src/service/mod.rs", text, &["tracking"]),
        ["domain::Id", "service::Now", "service::tracking::Entry"]
    );
}

#[test]
fn outside_crates_are_seen_however_they_are_written() {
    let text = "use redb; use {axum, rustls as r}; use ::hyper::X; use std::{fs, net::{self}}; #[serde(x)] struct S; fn f() { a.tokio(); b::bincode::c() }";
    let source = Source::sample("src/domain/x.rs", text);
    let names = outside(&source.production());
    for name in ["redb", "axum", "rustls", "hyper", "serde", "std::fs"] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
    assert!(names.iter().any(|n| n.starts_with("std::net")));
    assert!(!names.contains("tokio") && !names.contains("bincode"), "{names:?}");
}
