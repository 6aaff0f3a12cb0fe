//! What a connection is doing: which requests run, and whether it owes or is owed bytes. Counts; never waits.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// Shared by a connection's bytes, its requests and its task.
pub(super) struct Activity {
    running: AtomicUsize,
    begun: AtomicU64,
    idle_since: Mutex<Instant>,
    owed: AtomicBool,
}

/// A request that is being answered; its end is this value's drop (after the last byte of the body was handed over).
pub(super) struct Running(Arc<Activity>);

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let idle_since = Mutex::new(Instant::now());
        Arc::new(Self {
            running: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            idle_since,
            owed: AtomicBool::new(false),
        })
    }

    pub(super) fn begin(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_add(1, Ordering::AcqRel);
        self.owed.store(false, Ordering::Release);
        Running(Arc::clone(self))
    }

    /// How many requests have begun.
    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Acquire)
    }

    /// Whether the last request was answered before its body was read to the end.
    pub(super) fn is_owed(&self) -> bool {
        self.owed.load(Ordering::Acquire)
    }

    /// Since when no request has been running; `None` while one is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let idle = self.running.load(Ordering::Acquire) == 0;
        idle.then(|| *self.idle_since.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.0.idle_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A response body that keeps its request running until it is gone.
pub(super) struct Tracked<B> {
    pub(super) inner: B,
    pub(super) _running: Running,
}

impl<B: Body + Unpin> Body for Tracked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A request body that notes when it was given up before its end.
pub(super) struct Owed<B: Body> {
    pub(super) inner: B,
    pub(super) activity: Arc<Activity>,
    pub(super) ended: bool,
}

impl<B: Body + Unpin> Body for Owed<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        self.ended |= matches!(frame, Poll::Ready(None));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body> Drop for Owed<B> {
    fn drop(&mut self) {
        if !self.ended && !self.inner.is_end_stream() {
            self.activity.owed.store(true, Ordering::Release);
        }
    }
}
