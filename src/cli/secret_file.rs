//! A secret a command is given: in a file or on standard input, never on the command line, where `ps` shows it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::exit::Failure;

/// A secret's line is at most this long.
const MOST_BYTES: u64 = 1_024;

/// The first line of the file, or of standard input for `-`. `what` names the secret in sentences.
pub(super) fn first_line(path: &Path, what: &str) -> Result<String, Failure> {
    let refuse = |error: io::Error| {
        Failure::usage(format!(
            "The {what} file {} cannot be read: {error}. Check the path.",
            path.display()
        ))
    };
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(refuse)?)
    };
    let mut line = String::new();
    BufReader::new(source.take(MOST_BYTES)).read_line(&mut line).map_err(refuse)?;
    let secret = line.trim_end_matches(['\r', '\n']).to_owned();
    if secret.is_empty() {
        return Err(Failure::usage(format!(
            "The first line of {} is empty; it must be the {what}.",
            path.display()
        )));
    }
    Ok(secret)
}
