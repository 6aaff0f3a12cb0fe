//! The jobs that run in this process, how far they are, and how to stop them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::domain::id::JobId;
use crate::domain::job::Progress;

/// A version that grows with each news, and how far the job is.
pub(super) type News = (u64, Progress);

/// Every running job.
#[derive(Default)]
pub(super) struct Running {
    jobs: Mutex<BTreeMap<JobId, Entry>>,
    /// Does the server end? Then nothing that begins goes on.
    ends: AtomicBool,
}

struct Entry {
    /// Dropped at the end of the job: whoever listens hears that as well.
    news: Arc<watch::Sender<News>>,
    cancelled: Arc<Notify>,
}

impl Running {
    /// A job begins: where it tells its news, and how it hears that it is wanted no more.
    pub(super) fn begin(&self, id: JobId) -> (Arc<watch::Sender<News>>, Arc<Notify>) {
        let news = Arc::new(watch::Sender::new((1, Progress::default())));
        let cancelled = Arc::new(Notify::new());
        let entry = Entry { news: Arc::clone(&news), cancelled: Arc::clone(&cancelled) };
        self.lock().insert(id, entry);
        if self.is_ending() {
            cancelled.notify_one();
        }
        (news, cancelled)
    }

    /// It has ended.
    pub(super) fn end(&self, id: JobId) {
        self.lock().remove(&id);
    }

    pub(super) fn is(&self, id: JobId) -> bool {
        self.lock().contains_key(&id)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// None is wanted any more, because the server ends.
    pub(super) fn break_off(&self) {
        self.ends.store(true, Ordering::SeqCst);
        for entry in self.lock().values() {
            entry.cancelled.notify_one();
        }
    }

    /// Does the server end?
    pub(super) fn is_ending(&self) -> bool {
        self.ends.load(Ordering::SeqCst)
    }

    /// Any that runs.
    pub(super) fn any(&self) -> Option<JobId> {
        self.lock().keys().next().copied()
    }

    /// How far it is.
    pub(super) fn state(&self, id: JobId) -> Option<News> {
        self.lock().get(&id).map(|entry| entry.news.borrow().clone())
    }

    pub(super) fn listen(&self, id: JobId) -> Option<watch::Receiver<News>> {
        self.lock().get(&id).map(|entry| entry.news.subscribe())
    }

    /// It is wanted no more. Remembered when nobody listens yet.
    pub(super) fn cancel(&self, id: JobId) {
        if let Some(entry) = self.lock().get(&id) {
            entry.cancelled.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<JobId, Entry>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
