//! Files of other products: read strictly, each row by itself, so that whoever brings one in is told of every line that is wrong.
//!
//! What the products export was taken from their own manuals and from files they made. A file is text in UTF-8; nothing in it is
//! believed to be short.

mod json;
mod moment;
mod sheet;

use jiff::civil::DateTime;
use thiserror::Error;

pub use moment::DateOrder;

use crate::domain::import::Source;
use crate::domain::text::{Label, NoteText};
use crate::domain::time::Timestamp;

/// A file is at most this long.
pub const MOST_FILE_BYTES: usize = 16 * 1024 * 1024;
/// A file has at most this many rows.
pub const MOST_ROWS: usize = 20_000;
/// A row has at most this many tags.
const MOST_TAGS: usize = 50;

/// A file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportFile {
    /// What can be taken.
    pub rows: Vec<ImportRow>,
    /// What cannot.
    pub faults: Vec<RowFault>,
}

/// A time entry as another product has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// The line it begins on; of JSON its place in the list. From 1.
    pub line: u64,
    /// The product's own id for it.
    pub key: Option<String>,
    /// Whose, by mail address.
    pub email: Option<String>,
    /// Whose, by name.
    pub user: Option<String>,
    /// For whom.
    pub customer: Option<Label>,
    /// On what.
    pub project: Option<Label>,
    /// On which part of it.
    pub task: Option<Label>,
    /// What the person said.
    pub note: NoteText,
    /// Tags, each once.
    pub tags: Vec<Label>,
    /// Is somebody to pay? As the project says when nothing is said.
    pub billable: Option<bool>,
    /// The begin.
    pub start: ImportMoment,
    /// The end.
    pub end: ImportMoment,
}

/// A moment: most products write what the clock on the wall showed, and nothing of where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMoment {
    /// The same everywhere.
    At(Timestamp),
    /// On the clock of whoever exported it.
    Wall(DateTime),
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Its line.
    pub line: u64,
    /// One sentence.
    pub why: String,
}

/// What is wrong with the whole file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadFile {
    /// Longer than [`MOST_FILE_BYTES`].
    #[error("The file is longer than {MOST_FILE_BYTES} bytes.")]
    TooLong,
    /// More than [`MOST_ROWS`].
    #[error("The file has more than {MOST_ROWS} rows.")]
    TooManyRows,
    /// Not text.
    #[error("The file is not text in UTF-8.")]
    NotText,
    /// Nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// A column that must be there.
    #[error("The file has no column {0}.")]
    NoColumn(&'static str),
    /// A column that is there twice.
    #[error("The file has the column {0} twice.")]
    TwoColumns(String),
    /// Not a table.
    #[error("The file cannot be read as a table: line {0} does not end as it should.")]
    NotATable(u64),
    /// Not the JSON that the product exports.
    #[error("The file is not the JSON this product exports: {0}.")]
    NotTheirJson(String),
    /// No telling days from months.
    #[error("Dates such as {0} can be read in two ways.")]
    AmbiguousDates(String),
}

impl BadFile {
    /// What to do about it.
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::TooLong | Self::TooManyRows => {
                "Export a shorter range, and bring in one after the other."
            }
            Self::AmbiguousDates(_) => "Say what comes first: dmy for the day, mdy for the month.",
            _ => "Export the detailed report again, as CSV, and do not edit it in between.",
        }
    }
}

/// Reads what `source` exported. `dates` says how dates with slashes are meant, for products that write them as the person likes.
///
/// # Errors
/// [`BadFile`].
pub fn read(source: Source, bytes: &[u8], dates: Option<DateOrder>) -> Result<ImportFile, BadFile> {
    if bytes.len() > MOST_FILE_BYTES {
        return Err(BadFile::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BadFile::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(BadFile::Empty);
    }
    let is_json = text.trim_start().starts_with(['{', '[']);
    match source {
        Source::Clockify if is_json => json::clockify(text),
        Source::Toggl if is_json => json::toggl(text),
        Source::Kimai if is_json => json::kimai(text),
        Source::Timetagger if is_json => json::timetagger(text),
        _ => sheet::read(source, text, dates),
    }
}

/// A name, if there is one.
fn label(what: &str, text: &str) -> Result<Option<Label>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Label::new(text).map(Some).map_err(|bad| format!("The {what} cannot be: {bad}"))
}

fn note(text: &str) -> Result<NoteText, String> {
    NoteText::new(text.trim().replace("\r\n", "\n"))
        .map_err(|bad| format!("The note cannot be: {bad}"))
}

fn tags<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<Label>, String> {
    let mut tags: Vec<Label> = Vec::new();
    for word in words {
        if let Some(tag) = label("tag", word)?
            && !tags.iter().any(|known| known.folded() == tag.folded())
        {
            tags.push(tag);
        }
        if tags.len() > MOST_TAGS {
            return Err(format!("It has more than {MOST_TAGS} tags."));
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests;
