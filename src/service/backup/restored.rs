//! `DIR/restored`: what the last restore brought, or why it did not: the state that could have said so is another one now.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Restored;
use crate::domain::time::Timestamp;
use crate::store::file::write_private;

/// How the last restore ended. Times are milliseconds since 1970 began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRestore {
    at_ms: i64,
    made_ms: Option<i64>,
    /// The name of the backup of what was there before.
    pub safety: Option<String>,
    /// So many people were erased again.
    pub erased: u64,
    /// Why it could not be done; what was there before is still there then.
    pub problem: Option<String>,
}

impl LastRestore {
    /// It was done.
    pub fn done(at: Timestamp, restored: &Restored) -> Self {
        let name =
            |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            at_ms: at.ms(),
            made_ms: restored.head.created().map(Timestamp::ms),
            safety: restored.safety.as_ref().and_then(name),
            erased: restored.erased,
            problem: None,
        }
    }

    /// It was not.
    pub fn failed(at: Timestamp, why: &str) -> Self {
        Self {
            at_ms: at.ms(),
            made_ms: None,
            safety: None,
            erased: 0,
            problem: Some(why.to_owned()),
        }
    }

    /// When it was asked for.
    pub fn at(&self) -> Option<Timestamp> {
        Timestamp::new(self.at_ms)
    }

    /// When the backup was made.
    pub fn made(&self) -> Option<Timestamp> {
        Timestamp::new(self.made_ms?)
    }

    /// Keeps it in `dir`. That it cannot be kept is logged: the restore itself is no less done.
    pub fn write(&self, dir: &Path) {
        let text = serde_json::to_vec_pretty(self).map_err(std::io::Error::other);
        if let Err(error) = text.and_then(|text| write_private(&dir.join(FILE), &text)) {
            tracing::warn!(%error, "how the restore ended cannot be kept for the page");
        }
    }

    /// What is kept in `dir`; nothing where nothing was restored, or where it does not read.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        let mut text = String::new();
        File::open(dir.join(FILE)).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }
}

/// Its name in the data directory.
const FILE: &str = "restored";
const MOST_BYTES: u64 = 64 * 1024;
