//! What the work of a job is given, and what it gives back.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use super::folder;
use super::running::News;
use crate::domain::job::{Ending, Pace, Progress, ResultFile};
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
        self.at_pace(step, done, total, None);
    }

    /// The same of work that knows how fast it goes.
    pub fn at_pace(&self, step: &str, done: u64, total: u64, pace: Option<Pace>) {
        self.news.send_if_modified(|(version, progress)| {
            let next = Progress { step: step.to_owned(), done, total, pace };
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

    /// Keeps a few words beside the file, for whoever is asked whether it may be fetched.
    ///
    /// # Errors
    /// [`ServiceError::Failed`].
    pub fn keep_beside(&self, words: &str) -> Result<(), ServiceError> {
        let mut beside = folder::create(&folder::beside(&self.path)).map_err(|e| unwritten(&e))?;
        beside.write_all(words.as_bytes()).map_err(|error| unwritten(&error))
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
    /// How a job ends that brought this: done only once its file would outlast a power cut. Blocks.
    pub(super) fn into_ending(self, path: &Path) -> Ending {
        let sentence = ShortText::cut(&self.sentence);
        let Some(name) = self.file_name else { return Ending::Done { sentence, file: None } };
        match (Label::new(name), folder::settle(path)) {
            (Ok(name), Ok(bytes)) => {
                Ending::Done { sentence, file: Some(ResultFile { name, bytes }) }
            }
            (Err(bad), _) => super::failed(&bad.to_string()),
            (_, Err(error)) => super::failed(&unwritten(&error).sentence()),
        }
    }
}
