//! A server's clock that a story sets ahead.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

/// Begins at noon (UTC) of yesterday: whenever a story is run, nothing that is due at night comes in between.
pub struct Clock {
    file: NamedTempFile,
    noon_ms: i64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "how far the machine's clock is from noon")]
    pub fn at_noon() -> Self {
        let since_midnight = jiff::Timestamp::now().as_millisecond() % DAY_MS;
        let clock =
            Self { file: NamedTempFile::new().unwrap(), noon_ms: -since_midnight - DAY_MS / 2 };
        clock.set_ahead(Duration::ZERO);
        clock
    }

    /// The file that a server is started with: `TIMEBOOK_FAULT_CLOCK`.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// So long after the time at which the story began, and what went by since.
    pub fn set_ahead(&self, by: Duration) {
        let shift = self.noon_ms + i64::try_from(by.as_millis()).unwrap();
        fs::write(self.path(), shift.to_string()).unwrap();
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
