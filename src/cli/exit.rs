//! Exit codes, and failures that carry one.

use std::fmt;
use std::process::ExitCode;

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Refused: rights, license.
    Refused = 3,
    /// The other side cannot be reached.
    Unreachable = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure with its exit code: what is wrong and what to do next, as sentences.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) sentence: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, sentence: impl ToString) -> Self {
        Self { exit, sentence: sentence.to_string() }
    }

    /// Exit code 1.
    pub(crate) fn failed(sentence: impl ToString) -> Self {
        Self::new(Exit::Failed, sentence)
    }

    /// Exit code 2.
    pub(crate) fn usage(sentence: impl ToString) -> Self {
        Self::new(Exit::Usage, sentence)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

/// The exit code of an error: a [`Failure`]'s own, else 1.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    error.downcast_ref::<Failure>().map_or(Exit::Failed, |failure| failure.exit)
}
