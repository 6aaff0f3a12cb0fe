//! One-shot commands of the real executable, with a clean environment. It must never swallow what the command wrote.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The executable under test, with none of the machine's `TIMEBOOK_*`, proxy or log settings. `TIMEBOOK_UNDER_TEST` names another
/// build, such as the release.
pub fn timebook() -> Command {
    let program = std::env::var_os("TIMEBOOK_UNDER_TEST")
        .unwrap_or_else(|| env!("CARGO_BIN_EXE_timebook").into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("TIMEBOOK_")
            || text.to_ascii_lowercase().ends_with("_proxy")
            || text == "RUST_LOG"
        {
            command.env_remove(&name);
        }
    }
    command.env("RUST_BACKTRACE", "1").stdin(Stdio::null());
    command
}

/// A finished command as text.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    told: String,
}

impl Done {
    pub fn of(mut command: Command) -> Self {
        let told = format!("{command:?}");
        let Output { status, stdout, stderr } =
            command.output().unwrap_or_else(|e| panic!("{told}: {e}"));
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { code: status.code(), out: text(&stdout), err: text(&stderr), told }
    }

    /// Standard output of a command that must succeed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}\n{}", self.told, self.out, self.err);
        self.out.trim_end().to_owned()
    }

    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let out = self.ok();
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("no JSON ({e}): {out}"))
    }

    /// A command that must fail with this exit code and a sentence a person understands: no panic, no Rust.
    #[track_caller]
    pub fn refused(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}\n{}\n{}", self.told, self.out, self.err);
        assert_sentence(&self.err, &self.told);
        self.err
    }
}

/// What is told to a person holds no trace of the program's inside.
#[track_caller]
pub fn assert_sentence(text: &str, told: &str) {
    let sentence = text.trim();
    assert!(sentence.split_whitespace().count() >= 4, "{told}: no sentence: {sentence:?}");
    for inside in ["panicked", "RUST_BACKTRACE", "unwrap()", "Os {", "Error {", "stack backtrace"] {
        assert!(!sentence.contains(inside), "{told}: shows {inside:?}: {sentence}");
    }
}

/// `timebook ARGS --data DIR`.
pub fn run(data: &Path, args: &[&str]) -> Done {
    let mut command = timebook();
    command.args(args).arg("--data").arg(data);
    Done::of(command)
}
