//! Answers to requests that carried a key of the caller's own, kept so that the same request gets the same answer and acts once.

use super::id::RequestId;
use super::text::ShortText;
use super::time::Timestamp;

/// At most this many answers are kept; the oldest give way, one's own before those of callers who have fewer.
pub const MOST_ANSWERS: u64 = 10_000;
/// Of one caller at most this many.
pub const MOST_ANSWERS_EACH: usize = 1_000;
/// One step forgets at most so many.
pub const ROWS_A_STEP: u32 = 500;
/// Who asked before callers were told apart.
pub const UNTOLD_CALLER: u64 = 0;
/// Of a longer answer only is kept that it was given.
pub const MOST_ANSWER_BYTES: usize = 16 * 1024;

/// A request with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When it came.
    pub at: Timestamp,
    /// What was answered; `None` until then, and for ever when the server stopped in between.
    pub given: Option<Given>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The HTTP status.
    pub status: u32,
    /// The media type; empty without a body.
    pub media_type: ShortText,
    /// The body, sealed with the office key: it may hold a secret that is shown once. `None` for one that was too long to keep.
    pub sealed: Option<Vec<u8>>,
}

/// A change to kept answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerCommand {
    /// A request came, before callers were told apart: no Timebook of today says so any more.
    Begin {
        /// It, by key and by what it asks.
        key: RequestId,
    },
    /// It was answered.
    Give {
        /// Which.
        key: RequestId,
        /// With what.
        given: Given,
    },
    /// Nothing was done: it may come again.
    Forget {
        /// Which.
        key: RequestId,
    },
    /// A request came.
    BeginFor {
        /// From whom: a hash that stands for them.
        caller: u64,
        /// It, by key and by what it asks.
        key: RequestId,
    },
    /// Those go that are too old, up to so many.
    ForgetOld {
        /// How many.
        rows: u32,
    },
}
