//! The erasure journal: who was erased, by id and nothing else, beside the data and beside every folder of backups.
//!
//! A backup that is older than an erasure still holds the person; whoever restores it erases them again by this. One line a person:
//! their id, and when it was asked for in milliseconds since 1970. Lines are only ever added.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::BackupFailure;
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use crate::store::file::write_private;

/// Who, and when it was asked for.
pub(super) type Line = (UserId, Timestamp);

/// Adds `lines` to the journal in `folder`. Blocks.
pub(super) fn add(folder: &Path, lines: &[Line]) -> Result<(), BackupFailure> {
    let before = read(folder)?;
    let all = join(&before, lines);
    if all.len() == before.len() {
        return Ok(());
    }
    let path = folder.join(FILE);
    write_private(&path, text(&all).as_bytes())
        .map_err(BackupFailure::refused(&path, "cannot be written"))
}

/// All of both, each once and as it was first asked for.
pub(super) fn join(first: &[Line], more: &[Line]) -> Vec<Line> {
    let mut all: BTreeMap<UserId, Timestamp> = first.iter().copied().collect();
    for (person, asked) in more {
        all.entry(*person).or_insert(*asked);
    }
    all.into_iter().collect()
}

/// As it is written.
pub(super) fn text(lines: &[Line]) -> String {
    lines.iter().map(|(who, asked)| format!("{who} {}\n", asked.ms())).collect()
}

/// What the journal in `folder` says; nothing where there is none. Blocks.
pub(super) fn read(folder: &Path) -> Result<Vec<Line>, BackupFailure> {
    let path = folder.join(FILE);
    let refused = || BackupFailure::refused(&path, "cannot be read");
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(refused())?,
    };
    let mut text = String::new();
    file.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(refused())?;
    if text.len() as u64 > MOST_BYTES {
        return Err(refused()(io::Error::other("it is longer than any journal of erasures")));
    }
    parse_all(&text).map_err(|bad| refused()(io::Error::other(bad)))
}

/// What is written.
///
/// # Errors
/// The line that is none, as a sentence's beginning.
pub(super) fn parse_all(text: &str) -> Result<Vec<Line>, String> {
    let bad = |line: &str| format!("this is no line of a journal of erasures: {line:?}");
    text.lines().map(|line| parse(line).ok_or_else(|| bad(line))).collect()
}

fn parse(line: &str) -> Option<Line> {
    let (person, asked) = line.split_once(' ')?;
    Some((person.parse().ok()?, Timestamp::new(asked.parse().ok()?)?))
}

const FILE: &str = "erased";
pub(super) const MOST_BYTES: u64 = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let line = |n: u8| (UserId::from_bytes([n; 16]), Timestamp::new(i64::from(n)).unwrap());
        assert_eq!(read(folder.path()).unwrap(), []);
        add(folder.path(), &[line(2)]).unwrap();
        add(folder.path(), &[line(1), line(2)]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), [line(1), line(2)]);
    }

    #[test]
    fn what_is_no_journal_is_told() {
        let folder = tempfile::tempdir().unwrap();
        for bad in ["hello\n", "01890000-0000-7000-8000-000000000001\n", "x 1\n", "\n"] {
            std::fs::write(folder.path().join(FILE), bad).unwrap();
            assert!(read(folder.path()).unwrap_err().to_string().contains("no line"), "{bad:?}");
        }
    }
}
