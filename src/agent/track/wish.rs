//! A wish for a fresh copy of the office's book, from whoever answers a command to whoever speaks with the office.

use std::time::Duration;

use tokio::sync::{Notify, watch};

/// An answer waits this long for it; then what is known here must do.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The wish, and that it was tried.
#[derive(Debug)]
pub(in crate::agent) struct Wishes {
    wished: Notify,
    tried: watch::Sender<u64>,
}

impl Wishes {
    pub(in crate::agent) fn new() -> Self {
        Self { wished: Notify::new(), tried: watch::Sender::new(0) }
    }

    /// Wishes for a fresh copy, and waits for it a little.
    pub(super) async fn wish(&self) {
        let mut tried = self.tried.subscribe();
        self.wished.notify_one();
        drop(tokio::time::timeout(PATIENCE, tried.changed()).await);
    }

    /// Ready when somebody wishes.
    pub(in crate::agent) async fn wished(&self) {
        self.wished.notified().await;
    }

    /// It was tried, with whatever came of it.
    pub(in crate::agent) fn tried(&self) {
        self.tried.send_modify(|count| *count = count.wrapping_add(1));
    }
}
