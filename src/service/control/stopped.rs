//! `DIR/stopped`: the server is out of service, whichever process runs it, until somebody starts it.
//!
//! That the file is there is what counts: one that somebody made by hand, or that does not read, stops the server just as well.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::domain::time::Timestamp;
use crate::store::file::{sync_directory, write_private};

/// Its name in the data directory.
pub const STOPPED_FILE: &str = "stopped";
/// More is not read of it.
const MOST_BYTES: u64 = 16 * 1024;

/// That the server is out of service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Since when.
    pub since: Timestamp,
    /// Who stopped it, as people read it; empty when that is not known.
    pub by: String,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// The file's content. Times are milliseconds since 1970 began.
#[derive(Serialize, Deserialize)]
struct Written {
    since_ms: i64,
    by: String,
    reason: Option<String>,
}

impl Stopped {
    /// What the file in `dir` says; `None` when there is none.
    ///
    /// # Errors
    /// What the file system says: whether the server is stopped cannot be told.
    pub fn read(dir: &Path) -> io::Result<Option<Self>> {
        let mut text = String::new();
        let file = match File::open(dir.join(STOPPED_FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let read = file.take(MOST_BYTES).read_to_string(&mut text);
        let written = read.ok().and_then(|_| serde_json::from_str::<Written>(&text).ok());
        let said = written.and_then(|Written { since_ms, by, reason }| {
            Some(Self { since: Timestamp::new(since_ms)?, by, reason })
        });
        let unsaid = || Self { since: clock::now(), by: String::new(), reason: None };
        Ok(Some(said.unwrap_or_else(unsaid)))
    }

    /// Writes the file in `dir`; it is on disk on return.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let (since_ms, by, reason) = (self.since.ms(), self.by.clone(), self.reason.clone());
        let text = serde_json::to_vec_pretty(&Written { since_ms, by, reason })?;
        write_private(&dir.join(STOPPED_FILE), &text)
    }

    /// Removes the file from `dir`; that it is gone already is as good.
    ///
    /// # Errors
    /// What the file system says.
    pub fn forget(dir: &Path) -> io::Result<()> {
        match fs::remove_file(dir.join(STOPPED_FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_directory(dir),
        }
    }

    /// As a sentence for the log and for whoever asks in vain.
    pub fn sentence(&self) -> String {
        let since = crate::wire::v1::rfc3339(self.since);
        let by = if self.by.is_empty() { String::new() } else { format!(" by {}", self.by) };
        let why = self.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let end = if why.ends_with(['.', '!', '?']) { "" } else { "." };
        format!("The server was taken out of service at {since}{by}{why}{end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_any_file_stops() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Stopped::read(dir.path()).unwrap(), None);
        let since = Timestamp::new(1_795_333_311_000).unwrap();
        let stopped =
            Stopped { since, by: "ada".to_owned(), reason: Some("a new disk".to_owned()) };
        stopped.write(dir.path()).unwrap();
        assert_eq!(Stopped::read(dir.path()).unwrap(), Some(stopped.clone()));
        let told = stopped.sentence();
        assert!(told.ends_with(" by ada: a new disk."), "{told}");
        fs::write(dir.path().join(STOPPED_FILE), b"\xff maintenance").unwrap();
        let by_hand = Stopped::read(dir.path()).unwrap().unwrap();
        assert_eq!((by_hand.by.as_str(), by_hand.reason), ("", None));
        Stopped::forget(dir.path()).unwrap();
        Stopped::forget(dir.path()).unwrap();
        assert_eq!(Stopped::read(dir.path()).unwrap(), None);
    }
}
