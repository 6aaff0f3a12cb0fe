//! What commands print: results on standard output, complaints on standard error. Nothing else in the program prints.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::wire::v1::to_the_minute;

/// One line of a result. A reader that went away (`| head`) is not an error.
pub(crate) fn line(text: &str) {
    put(io::stdout().lock(), text);
}

/// A result that is a whole text, as it is.
pub(crate) fn text(text: &str) {
    let mut to = io::stdout().lock();
    drop(to.write_all(text.as_bytes()).and_then(|()| to.flush()));
}

/// One line for the person at the terminal, apart from results.
pub(crate) fn complain(text: &str) {
    put(io::stderr().lock(), text);
}

/// A result as JSON, for scripts.
pub(crate) fn json(value: &serde_json::Value) {
    line(&format!("{value:#}"));
}

/// That a command without any other result did what it was asked to.
pub(crate) fn done(as_json: bool, sentence: &str) {
    if as_json { json(&serde_json::json!({ "done": sentence })) } else { line(sentence) }
}

/// A moment as RFC 3339, told in this computer's zone, to the minute.
pub(crate) fn when(moment: &str) -> String {
    to_the_minute(moment, &TimeZone::system())
}

/// So many of something: `1 member`, `2 members`.
pub(crate) fn count(how_many: usize, one: &str, several: &str) -> String {
    format!("{how_many} {}", if how_many == 1 { one } else { several })
}

/// Rows in columns, with a heading; `empty` when there are none.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], empty: &str) {
    if rows.is_empty() {
        return line(empty);
    }
    let width =
        |at: usize| rows.iter().map(|row| row[at].chars().count()).chain([heading[at].len()]).max();
    let widths: Vec<usize> = (0..heading.len()).map(|at| width(at).unwrap_or(0)).collect();
    let print = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        line(padded.join("  ").trim_end());
    };
    print(heading.to_vec());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}

fn put(mut to: impl Write, text: &str) {
    // Nowhere is left to say that saying failed.
    drop(writeln!(to, "{text}").and_then(|()| to.flush()));
}
