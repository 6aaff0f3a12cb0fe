//! Why a query is refused, in aw-server's classes, and the bounds that no query passes.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use thiserror::Error;

use crate::domain::pattern::Pattern;

/// A query's text.
pub const MOST_SOURCE_BYTES: usize = 256 * 1024;
/// Brackets within brackets, blocks within blocks.
pub(super) const DEEPEST_SOURCE: u32 = 32;
/// Values within values: `a = [a];`, written often.
pub(super) const DEEPEST_VALUE: u32 = 64;
/// Values within one value, each counted as often as it would be printed.
pub(super) const MOST_VALUES: u64 = 16_000_000;
/// Everything a query holds at one moment.
pub(super) const MOST_HELD_BYTES: u64 = 192 * 1024 * 1024;
/// Looks at an event, or things as small.
const MOST_STEPS: u64 = 200_000_000;
/// Different expressions in one query.
const MOST_PATTERNS: usize = 500;
/// The answer, as text.
pub(super) const MOST_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// How often the stop is looked at.
const STEPS_A_LOOK: u64 = 4_096;

/// A query that is not answered. The message is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Fault {
    /// Whose fault.
    pub kind: Kind,
    /// A sentence with a next step.
    pub message: String,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text is no query.
    Parse,
    /// A name nobody knows, a value of the wrong type.
    Interpret,
    /// A function cannot do what it was asked.
    Function,
    /// A bound was passed.
    Bound,
    /// The book could not be read; the status it would answer with.
    Book(u16),
}

impl Kind {
    /// aw-server's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parse => "QueryParseException",
            Self::Interpret => "QueryInterpretException",
            Self::Function => "QueryFunctionException",
            Self::Bound | Self::Book(_) => "QueryException",
        }
    }
}

impl Fault {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(super) fn function(message: impl Into<String>) -> Self {
        Self::new(Kind::Function, message)
    }

    pub(super) fn bound(what: &str) -> Self {
        Self::new(
            Kind::Bound,
            format!("This query {what}. Ask for a shorter time or less at once."),
        )
    }
}

/// What a query has used so far, over all its periods.
pub(super) struct Meter<'a> {
    steps: Cell<u64>,
    held: Rc<Cell<u64>>,
    patterns: RefCell<HashMap<(String, bool), Rc<Pattern>>>,
    /// Is it time to stop?
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Meter<'a> {
    pub(super) fn new(stop: &'a dyn Fn() -> bool) -> Self {
        Self { steps: Cell::new(0), held: Rc::default(), patterns: RefCell::default(), stop }
    }

    /// Counts so many looks.
    pub(super) fn step(&self, steps: usize) -> Result<(), Fault> {
        let before = self.steps.get();
        let now = before.saturating_add(steps as u64);
        self.steps.set(now);
        if now > MOST_STEPS {
            return Err(Fault::bound("takes too many steps"));
        }
        if before / STEPS_A_LOOK != now / STEPS_A_LOOK {
            self.look()?;
        }
        Ok(())
    }

    /// Is there time left? Asked before whatever takes long without steps: a look at the book, an expression to read.
    pub(super) fn look(&self) -> Result<(), Fault> {
        if (self.stop)() { Err(Fault::bound("takes too long")) } else { Ok(()) }
    }

    /// Holds so many bytes until the answer is dropped.
    pub(super) fn hold(&self, bytes: usize) -> Result<Held, Fault> {
        let mut held = Held { bytes: 0, of: self.held.clone() };
        held.more(bytes)?;
        Ok(held)
    }

    /// The pattern of a text, compiled once in a query.
    pub(super) fn pattern(&self, text: &str, ignore_case: bool) -> Result<Rc<Pattern>, Fault> {
        let mut known = self.patterns.borrow_mut();
        if let Some(pattern) = known.get(&(text.to_owned(), ignore_case)) {
            return Ok(pattern.clone());
        }
        if known.len() == MOST_PATTERNS {
            return Err(Fault::bound("has too many expressions"));
        }
        self.look()?;
        self.step(text.len())?;
        let pattern = Pattern::new(text, ignore_case);
        let pattern = Rc::new(pattern.map_err(|error| {
            let short: String = text.chars().take(80).collect();
            Fault::function(format!("`{short}`: {error}"))
        })?);
        known.insert((text.to_owned(), ignore_case), pattern.clone());
        Ok(pattern)
    }
}

/// Bytes that count until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    bytes: u64,
    of: Rc<Cell<u64>>,
}

impl Held {
    /// Holds so many bytes more. Ask before they are taken.
    pub(super) fn more(&mut self, bytes: usize) -> Result<(), Fault> {
        let now = self.of.get().saturating_add(bytes as u64);
        if now > MOST_HELD_BYTES {
            return Err(Fault::bound("needs too much memory"));
        }
        self.of.set(now);
        self.bytes += bytes as u64;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.of.set(self.of.get().saturating_sub(self.bytes));
    }
}
