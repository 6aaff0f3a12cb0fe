//! A text a command is given: in a file, or on standard input for `-`. Bounded.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::exit::Failure;

/// No text is longer.
const MOST_BYTES: u64 = 256 * 1024;

/// The whole text.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let refuse = |why: &str| {
        Failure::usage(format!("{} cannot be read: {why}. Check the path.", path.display()))
    };
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|error| refuse(&error.to_string()))?)
    };
    let mut text = String::new();
    let read = source.take(MOST_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| refuse(&error.to_string()))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Failure::failed(format!(
            "{} is longer than 256 KiB. Give a shorter one.",
            path.display()
        )));
    }
    Ok(text)
}
