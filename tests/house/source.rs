//! The files of the repository, each with its kind and room. It must never follow a path out of the checkout.

use crate::tokens::{Token, tokens};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rust under `src/`.
    Room,
    /// Rust of the embedded page's crate.
    Web,
    /// Svelte and TypeScript of the page and its build.
    Page,
    /// Rust under `tests/`.
    Test,
    /// Rust under `benches/` and `fuzz/`: it measures time and shakes single functions.
    Bench,
    /// Scripts that tests run: Python, JavaScript.
    Script,
}

pub struct Source {
    /// Path from the repository's top, with `/`.
    pub path: String,
    pub kind: Kind,
    pub text: String,
}

impl Source {
    #[cfg(test)]
    pub fn sample(path: &str, text: &str) -> Self {
        Self { path: path.into(), kind: kind_of(path).unwrap_or(Kind::Room), text: text.into() }
    }

    /// `src/service/backup/job.rs` is `service::backup`; `src/service/error.rs` is `service`; `src/main.rs` is `main`.
    pub fn room(&self) -> String {
        let module = self.module();
        match module.as_slice() {
            [] => if self.path.ends_with("main.rs") { "main" } else { "lib" }.into(),
            [first, second, ..] if first == "service" && self.in_folder_below_service() => {
                format!("service::{second}")
            }
            [first, ..] => first.clone(),
        }
    }

    fn in_folder_below_service(&self) -> bool {
        self.path.strip_prefix("src/service/").is_some_and(|rest| rest.contains('/'))
    }

    /// The module this file is: `src/a/b.rs` and `src/a/b/mod.rs` are both `[a, b]`; `src/lib.rs` is `[]`.
    pub fn module(&self) -> Vec<String> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<String> =
            inner.trim_end_matches(".rs").split('/').map(Into::into).collect();
        if parts.last().is_some_and(|l| l == "mod") || matches!(inner, "lib.rs" | "main.rs") {
            parts.pop();
        }
        parts
    }

    /// A whole file of tests: `tests.rs`, or anything below a folder `tests/`.
    pub fn is_test_file(&self) -> bool {
        matches!(self.kind, Kind::Test | Kind::Bench)
            || self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
    }

    /// Words and signs outside `#[cfg(test)]` items.
    pub fn production(&self) -> Vec<Token> {
        if self.is_test_file() { Vec::new() } else { split(tokens(&self.text)).0 }
    }

    /// Words and signs inside `#[cfg(test)]` items and test files.
    pub fn tests(&self) -> Vec<Token> {
        if self.is_test_file() { tokens(&self.text) } else { split(tokens(&self.text)).1.concat() }
    }

    /// Lines that are not tests, comments and blank lines included.
    pub fn production_lines(&self) -> usize {
        if self.is_test_file() {
            return 0;
        }
        let inside: usize = split(tokens(&self.text)).1.iter().map(|b| lines_of(b)).sum();
        self.text.lines().count() - inside
    }
}

fn lines_of(block: &[Token]) -> usize {
    block.first().zip(block.last()).map_or(0, |(first, last)| last.line - first.line + 1)
}

/// Parts `#[cfg(test)] item` from the rest: first production, then one block for each such item.
fn split(all: Vec<Token>) -> (Vec<Token>, Vec<Vec<Token>>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut production, mut tests, mut at) = (Vec::new(), Vec::new(), 0);
    while at < all.len() {
        let marked = all[at..].iter().take(MARK.len()).map(|t| t.text.as_str()).eq(MARK);
        if marked {
            let end = item_end(&all, at + MARK.len());
            tests.push(all[at..end].to_vec());
            at = end;
        } else {
            production.push(all[at].clone());
            at += 1;
        }
    }
    (production, tests)
}

/// The end of the item at `at`: after its `;`, or after the bracket that closes its body.
fn item_end(all: &[Token], at: usize) -> usize {
    let mut depth = 0usize;
    for (i, token) in all.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return i + 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return i + 1,
            _ => {}
        }
    }
    all.len()
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All files, read once.
pub fn tree() -> &'static [Source] {
    static TREE: OnceLock<Vec<Source>> = OnceLock::new();
    TREE.get_or_init(|| {
        let mut files = Vec::new();
        for folder in ["src", "web", "tests", "benches", "fuzz/fuzz_targets"] {
            walk(&top().join(folder), &mut files);
        }
        files.sort();
        let named = files.into_iter().filter_map(|file| {
            let path = file.strip_prefix(top()).ok()?.to_string_lossy().replace('\\', "/");
            let kind = kind_of(&path)?;
            let text = std::fs::read_to_string(&file).ok()?;
            Some(Source { path, kind, text })
        });
        named.collect()
    })
}

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap_or_else(|e| panic!("{}: {e}", dir.display())).path();
        if !path.is_dir() {
            out.push(path);
        } else if !["node_modules", "dist", "target", "__pycache__"]
            .iter()
            .any(|made| path.ends_with(made))
        {
            walk(&path, out);
        }
    }
}

fn kind_of(path: &str) -> Option<Kind> {
    let end = path.rsplit('.').next().unwrap_or_default();
    let generated = path.ends_with(".d.ts");
    match end {
        _ if generated => None,
        "rs" if path.starts_with("src/") => Some(Kind::Room),
        "rs" if path.starts_with("web/") => Some(Kind::Web),
        "rs" if path.starts_with("tests/") => Some(Kind::Test),
        "rs" => Some(Kind::Bench),
        "ts" | "svelte" if path.starts_with("web/") && !path.starts_with("web/e2e/") => {
            Some(Kind::Page)
        }
        "py" | "mjs" | "ts" | "js" => Some(Kind::Script),
        _ => None,
    }
}

#[test]
fn rooms_are_found() {
    let room = |path| Source::sample(path, "").room();
    assert_eq!(room("src/service/backup/job.rs"), "service::backup");
    assert_eq!(room("src/service/backup/mod.rs"), "service::backup");
    assert_eq!(room("src/service/error.rs"), "service");
    assert_eq!(room("src/service/mod.rs"), "service");
    assert_eq!(room("src/main.rs"), "main");
    assert_eq!(room("src/lib.rs"), "lib");
}

#[test]
fn tests_in_the_middle_of_a_file_are_set_aside() {
    let file = Source::sample(
        "src/a.rs",
        "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn t() { [1]; }\n}\nfn b() {}\n#[cfg(test)]\nmod more;\n",
    );
    let words = |t: Vec<Token>| {
        t.into_iter()
            .filter(|t| t.text == "a" || t.text == "b" || t.text == "t")
            .map(|t| t.text)
            .collect::<String>()
    };
    assert_eq!(words(file.production()), "ab");
    assert_eq!(words(file.tests()), "t");
    assert_eq!(file.production_lines(), 2);
}
