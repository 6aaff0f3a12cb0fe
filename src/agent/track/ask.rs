//! What a command asks of the agent, and what it is told: JSON between two processes of one program.

use serde::{Deserialize, Serialize};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Ask {
    /// Start a timer; the one that runs ends there.
    Start {
        /// Since when; now when left out. Milliseconds, as everywhere here.
        at_ms: Option<i64>,
        /// On what.
        fields: Fields,
    },
    /// Stop the timer.
    Stop {
        /// When; now when left out.
        at_ms: Option<i64>,
    },
    /// Delete the timer that runs.
    Discard,
    /// Start a timer on the same as an earlier entry.
    Continue {
        /// Which: an id or part of one, or `last`.
        which: String,
    },
    /// What runs, what waits.
    Status,
    /// One entry.
    Find {
        /// Which: an id or part of one, or `last`.
        which: String,
    },
    /// Recent entries.
    List {
        /// From when on.
        from_ms: i64,
    },
    /// Work that is done.
    Log {
        /// The begin.
        start_ms: i64,
        /// The end.
        end_ms: i64,
        /// On what.
        fields: Fields,
    },
    /// Another body, or the end of an entry.
    Edit {
        /// Which: an id or part of one, or `last`.
        which: String,
        /// Another begin.
        start_ms: Option<i64>,
        /// Another end.
        end_ms: Option<i64>,
        /// What else is to be another.
        fields: Fields,
        /// Is it to go?
        delete: bool,
    },
}

impl Ask {
    /// Does it only look?
    pub(super) const fn only_looks(&self) -> bool {
        matches!(self, Self::Status | Self::Find { .. } | Self::List { .. })
    }

    /// Does it matter what stands there already?
    pub(super) const fn builds_on_the_copy(&self) -> bool {
        !matches!(self, Self::Log { .. })
    }
}

/// What an entry is on and what is said of it; what is left out follows, or stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// A project's name, `Customer/Project`, or its id; empty for none.
    pub project: Option<String>,
    /// A task's name, `Task/Part`, or its id; empty for none.
    pub task: Option<String>,
    /// Tags' names or ids.
    pub tags: Option<Vec<String>>,
    /// What is said.
    pub note: Option<String>,
    /// Is somebody to pay for it?
    pub billable: Option<bool>,
}

/// How far an entry's latest edit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The office has it.
    Delivered,
    /// It waits for the office.
    Waiting,
    /// The office refused it.
    Refused,
}

/// An entry as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// For ever.
    pub id: String,
    /// The begin.
    pub start: String,
    /// The end; none while the timer runs.
    pub end: Option<String>,
    /// How long, until now if it runs.
    pub ms: u64,
    /// The customer's name.
    pub customer: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// The task's name, with those it stands below.
    pub task: Option<String>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// What is said.
    pub note: String,
    /// Is somebody to pay for it?
    pub billable: bool,
    /// How far its latest edit is.
    pub state: State,
    /// The office's sentence, when it refused that edit.
    pub refused: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The entry it was about; the running timer for a status.
    pub entry: Option<Shown>,
    /// The timer that ended because of it.
    pub ended: Option<Shown>,
    /// The entry is gone.
    pub deleted: bool,
    /// Recent entries; for a status, those the office refused.
    pub items: Vec<Shown>,
    /// Entries that cover some of the same time.
    #[serde(default)]
    pub overlaps: Vec<Shown>,
    /// What the office will do because of it.
    #[serde(default)]
    pub note: Option<String>,
    /// How many entries have an edit that waits for the office.
    pub waiting: u64,
    /// When the copy of the office's book was last complete.
    pub refreshed: Option<String>,
}
