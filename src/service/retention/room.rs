//! Room on the disk: what retention and erasures left empty in the state file is given back, at a quiet moment.

use std::sync::{Arc, Mutex, PoisonError};

use crate::consensus::{Door, Shrunk};
use crate::service::error::ServiceError;

/// Gives back what the state file does not need. Cheap to clone.
#[derive(Clone)]
pub struct Room {
    door: Door,
    looked: Arc<Mutex<Looked>>,
}

/// What was seen at the last look.
#[derive(Clone, Copy, Debug, Default)]
struct Looked {
    /// So far the log was applied; `None` before the first look.
    applied: Option<u64>,
    /// So many looks since then found too much going on.
    busy: u32,
}

impl Room {
    /// For what stands behind `door`.
    pub fn new(door: Door) -> Self {
        Self { door, looked: Arc::default() }
    }

    /// Shrinks the state file if little was written since the last look and enough would be gained, and says so.
    ///
    /// # Errors
    /// [`ServiceError`]; the file stays as it was.
    pub async fn give_back(&self) -> Result<String, ServiceError> {
        if !self.is_quiet() {
            return Ok(String::new());
        }
        let room = self.door.room().await?;
        if !room.is_worth_it() {
            return Ok(String::new());
        }
        let Some(Shrunk { before, after, waited }) = self.door.shrink().await? else {
            return Ok("There is too much going on to give back room on the disk.".to_owned());
        };
        let waited = waited.as_millis();
        Ok(format!(
            "The state file was {before} bytes and is {after}; changes waited {waited} ms for it."
        ))
    }

    /// Was little written since the last look? Where it never is quiet, what is long due is done all the same.
    fn is_quiet(&self) -> bool {
        let applied = self.door.status().applied.unwrap_or_default();
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let written = looked.applied.replace(applied).map(|last| applied.saturating_sub(last));
        looked.busy = match written {
            Some(written) if written <= QUIET => 0,
            Some(_) if looked.busy >= MOST_BUSY => 0,
            _ => looked.busy + 1,
        };
        looked.busy == 0
    }
}

/// Changes between two looks that hardly anybody makes.
const QUIET: u64 = 500;
/// A day of looks.
const MOST_BUSY: u32 = 24;
