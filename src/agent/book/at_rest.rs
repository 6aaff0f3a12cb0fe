//! Looks at a book that is not open, for commands while no agent runs.

use super::{ActivityBook, FILE};
use crate::agent::AgentError;
use crate::agent::folder::Folder;
use crate::domain::batch::ACTIVITY_STREAM;
use crate::store::outbox::{self, Counts};
use crate::store::{OpenError, Reader, State};

impl ActivityBook {
    /// Where the outbox of a book that is not open stands; a higher epoch is needed to enroll again. Nothing when there is no book.
    ///
    /// # Errors
    /// [`AgentError::Open`], [`AgentError::Store`].
    pub(in crate::agent) fn device_epoch(folder: &Folder) -> Result<u32, AgentError> {
        if !folder.path(FILE).exists() {
            return Ok(0);
        }
        let state = State::open(&folder.path(FILE))?;
        Ok(outbox::stream(&state.read()?, ACTIVITY_STREAM)?.device_epoch)
    }

    /// How much waits in a book that is not open; `None` when there is no book, or somebody has just opened it.
    ///
    /// # Errors
    /// As [`Self::see_at_rest`]; [`AgentError::Store`].
    pub(in crate::agent) fn counts_at_rest(folder: &Folder) -> Result<Option<Counts>, AgentError> {
        let counts = Self::see_at_rest(folder, |reader| outbox::counts(reader, ACTIVITY_STREAM))?;
        Ok(counts.transpose()?)
    }

    /// A look at a book that is not open; `None` when there is no book, or somebody has just opened it.
    ///
    /// # Errors
    /// [`AgentError::Open`], [`AgentError::Store`].
    pub(in crate::agent) fn see_at_rest<T>(
        folder: &Folder,
        look: impl FnOnce(&dyn Reader) -> T,
    ) -> Result<Option<T>, AgentError> {
        if !folder.path(FILE).exists() {
            return Ok(None);
        }
        match State::open(&folder.path(FILE)) {
            Ok(state) => Ok(Some(look(&state.read()?))),
            Err(OpenError::InUse(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
