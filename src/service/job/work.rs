//! What the work of a job is given, and what it gives back.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use super::folder;
use super::running::News;
use crate::domain::job::{Ending, Progress, ResultFile};
use crate::domain::text::{Label, ShortText};
use crate::service::error::ServiceError;

/// How the work tells how far it is, and where its result goes. It is dropped between two awaits when the job is cancelled.
pub struct Work {
    news: Arc<watch::Sender<News>>,
    path: PathBuf,
}

impl Work {
    pub(super) const fn new(news: Arc<watch::Sender<News>>, path: PathBuf) -> Self {
        Self { news, path }
    }

    /// What it does now, and how far it is. Told to listeners when a person would see a difference.
    pub fn at(&self, step: &str, done: u64, total: u64) {
        self.news.send_if_modified(|(version, progress)| {
            let next = Progress { step: step.to_owned(), done, total };
            let seen = next.step != progress.step || next.percent() != progress.percent();
            *progress = next;
            *version += u64::from(seen);
            seen
        });
    }

    /// The file of its result, empty and for the server alone.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub fn create(&self) -> Result<File, ServiceError> {
        folder::create(&self.path).map_err(|error| unwritten(&error))
    }
}

/// The result could not be written.
pub fn unwritten(error: &std::io::Error) -> ServiceError {
    ServiceError::Failed(format!("The result could not be written: {error}."))
}

/// What the work brought.
pub struct Finished {
    /// In one sentence.
    pub sentence: String,
    /// What a download of the file it made is called; `None` when it made none.
    pub file_name: Option<String>,
}

impl Finished {
    pub(super) fn into_ending(self, path: &Path) -> Ending {
        let sentence = ShortText::cut(&self.sentence);
        let Some(name) = self.file_name else { return Ending::Done { sentence, file: None } };
        match (Label::new(name), path.metadata()) {
            (Ok(name), Ok(about)) => {
                Ending::Done { sentence, file: Some(ResultFile { name, bytes: about.len() }) }
            }
            (Err(bad), _) => super::failed(&bad.to_string()),
            (_, Err(error)) => super::failed(&unwritten(&error).sentence()),
        }
    }
}
