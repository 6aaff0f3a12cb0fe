//! What can go wrong in a capability, by what the caller can do about it. Each reads as a sentence and a next step.

use thiserror::Error;

use crate::consensus::{CommitError, ReadError};
use crate::domain::outcome::Refusal;
use crate::domain::text::BadText;

/// A capability could not do what was asked.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The rules of the domain say no; nothing changed.
    #[error("{0}")]
    Refused(Refusal),
    /// A name and a password that do not go together; which of them is wrong is not told.
    #[error("The name or the password is wrong.")]
    WrongPassword,
    /// The password was right, and a code is asked for as well.
    #[error("A code from your app is asked for, too.")]
    CodeRequired,
    /// Somebody known who must prove again who they are.
    #[error("This is done only by somebody who has just shown who they are.")]
    StepUpRequired,
    /// Somebody known who may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// What was sent breaks a rule.
    #[error("{sentence}")]
    BadInput {
        /// Stable, for programs.
        code: &'static str,
        /// The rule that is broken.
        sentence: String,
        /// What to do.
        next: &'static str,
    },
    /// Too many failures from there; the same may be tried again after this.
    #[error("There were too many failed tries.")]
    TooManyTries {
        /// Whole seconds to wait.
        seconds: u64,
    },
    /// Not now; the same may be tried again in a moment.
    #[error("{0}")]
    Busy(String),
    /// The server failed. Nothing the caller can mend.
    #[error("{0}")]
    Failed(String),
}

impl ServiceError {
    /// Input that breaks a rule.
    pub fn bad_input(code: &'static str, sentence: impl Into<String>, next: &'static str) -> Self {
        Self::BadInput { code, sentence: sentence.into(), next }
    }

    /// The stable code in problem+json.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::WrongPassword => "wrong_password",
            Self::CodeRequired => "code_required",
            Self::StepUpRequired => "step_up_required",
            Self::Forbidden(_) => "forbidden",
            Self::BadInput { code, .. } => code,
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Busy(_) => "busy",
            Self::Failed(_) => "failed",
        }
    }

    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.sentence().to_owned(),
            other => other.to_string(),
        }
    }

    /// What to do about it, in one sentence.
    pub fn next_step(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.next_step().to_owned(),
            Self::WrongPassword => {
                "Check both and try again; after five tries there is a short wait.".to_owned()
            }
            Self::CodeRequired => {
                "Send name and password again with the code the app shows, or a one-time code."
                    .to_owned()
            }
            Self::StepUpRequired => {
                "Give your password or a code again, then repeat this within five minutes."
                    .to_owned()
            }
            Self::Forbidden(_) => "Ask an administrator.".to_owned(),
            Self::BadInput { next, .. } => (*next).to_owned(),
            Self::TooManyTries { seconds } => format!("Try again in {seconds} s."),
            Self::Busy(_) => "Try again in a few seconds.".to_owned(),
            Self::Failed(_) => "Look at the server's log, or run `timebook doctor`.".to_owned(),
        }
    }
}

impl From<BadText> for ServiceError {
    fn from(bad: BadText) -> Self {
        Self::bad_input("bad_text", bad.to_string(), "Change it and send it again.")
    }
}

impl From<CommitError> for ServiceError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Busy | CommitError::Unavailable | CommitError::Stopped(_) => {
                Self::Busy(sentence(&error))
            }
            CommitError::TooLarge { .. } => {
                Self::bad_input("too_large", sentence(&error), "Send it in smaller parts.")
            }
            CommitError::Level { .. } => Self::Failed(sentence(&error)),
        }
    }
}

impl From<ReadError> for ServiceError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Installing | ReadError::Busy | ReadError::Stopped(_) => {
                Self::Busy(sentence(&error))
            }
            ReadError::Store(_) => Self::Failed(sentence(&error)),
        }
    }
}

/// The other rooms' messages are made to follow a colon; here they stand alone.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_rooms_messages_become_sentences() {
        let error = ServiceError::from(CommitError::Busy);
        assert!(error.sentence().starts_with("The server"), "{error}");
        assert!(error.sentence().ends_with('.'), "{error}");
    }
}
