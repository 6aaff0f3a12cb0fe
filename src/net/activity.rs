//! What a connection is doing: which requests run, and whether it owes or is owed bytes. Counts; never waits.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Buf, Frame, SizeHint};
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

/// A response body that keeps something, until it is gone itself.
pub struct Tracked<B, R> {
    inner: B,
    _running: R,
}

impl<B, R> Tracked<B, R> {
    /// This body, with what says that its request still runs.
    pub const fn new(inner: B, running: R) -> Self {
        Self { inner, _running: running }
    }
}

impl<B: Body + Unpin, R: Unpin> Body for Tracked<B, R> {
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

/// A request body that leaves what nobody read of it behind, in its [`Rest`].
pub(super) struct Owed<B: Body> {
    inner: Option<B>,
    ended: bool,
    rest: Rest<B>,
}

/// What is left of a request body whose reader gave it up.
pub(super) struct Rest<B>(Arc<Mutex<Option<B>>>);

impl<B: Body> Owed<B> {
    pub(super) fn new(inner: B) -> (Self, Rest<B>) {
        let slot = Arc::new(Mutex::new(None));
        (Self { inner: Some(inner), ended: false, rest: Rest(Arc::clone(&slot)) }, Rest(slot))
    }
}

impl<B: Body + Unpin> Rest<B> {
    /// Reads what is left, if that is little and comes at once: some HTTP/2 clients lose an answer that overtakes their body, and an
    /// HTTP/1.1 connection can go on only behind it. A caller who `asks_first` is not invited. Notes in `activity` when something is left
    /// still.
    pub(super) async fn read(self, asks_first: bool, activity: &Activity) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = left else { return };
        let reading = async {
            let mut bytes = 0;
            loop {
                let at_least = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
                if at_least.saturating_add(bytes) > MOST_READ {
                    return false;
                }
                match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
                    None => return true,
                    Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Buf::remaining),
                    Some(Err(_)) => return false,
                }
            }
        };
        if asks_first || !tokio::time::timeout(LONGEST_READ, reading).await.unwrap_or(false) {
            activity.owed.store(true, Ordering::Release);
        }
    }
}

/// Most bytes read of a body nobody wants, and how long that may take.
const MOST_READ: usize = 4 * 1024 * 1024;
const LONGEST_READ: Duration = Duration::from_millis(500);

impl<B: Body + Unpin> Body for Owed<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
        let frame = Pin::new(inner).poll_frame(context);
        self.ended |= matches!(frame, Poll::Ready(None));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl<B: Body> Drop for Owed<B> {
    fn drop(&mut self) {
        let unread = self.inner.take().filter(|inner| !self.ended && !inner.is_end_stream());
        *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = unread;
    }
}
