//! A backup as lines of JSON, for whoever wants to read all of an office without Timebook, and a backup out of such lines.
//!
//! The first line says what it is, the last one that it is whole; between them is a row a line, as `codec/FORMAT.md` tells. Must never take
//! lines for an office that say anything else than what was written: the state's hash decides.

mod read;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use read::from_lines;
pub use write::to_lines;

/// What the lines are called in the first of them.
const NAME: &str = "office";
/// The newest schema that is read here, and the one that is written.
const SCHEMA: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    timebook: String,
    schema: u32,
    program: String,
    level: u32,
    office: String,
    made_ms: u64,
    host: String,
    state_hash: String,
    /// Rows of each table; of a table that is not named the writer knew nothing.
    counts: BTreeMap<String, u64>,
}

#[cfg(test)]
mod tests;
