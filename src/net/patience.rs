//! How long a connection may keep us waiting: a wrapper around its bytes that cuts off the slow.
//!
//! Two clocks run here: a request's head must arrive in time once it began (HTTP/1.1; otherwise one byte a minute holds
//! a connection for ever), and bytes we have to send must be taken in time. Idle time between requests is the
//! connection's business (see `connection`). When it closes a connection whose caller is still sending, it listens a
//! little longer, so that the refusal arrives instead of a reset. It never looks into the bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;

/// A byte stream with both clocks.
pub(super) struct Patience<S> {
    inner: S,
    activity: Arc<Activity>,
    /// `None` for HTTP/2, whose frames cannot be told apart here.
    head: Option<Duration>,
    stall: Duration,
    head_due: Option<HeadDue>,
    head_timer: Option<Pin<Box<Sleep>>>,
    stall_timer: Option<Pin<Box<Sleep>>>,
    farewell: Option<Farewell>,
}

/// Reading on after our last byte.
struct Farewell {
    until: Pin<Box<Sleep>>,
    left: usize,
}

struct HeadDue {
    at: Instant,
    /// How many requests had begun when this head's first byte came: once it grows, the head is complete.
    begun: u64,
}

impl<S> Patience<S> {
    pub(super) fn new(
        inner: S,
        activity: Arc<Activity>,
        head: Option<Duration>,
        stall: Duration,
    ) -> Self {
        Self {
            inner,
            activity,
            head,
            stall,
            head_due: None,
            head_timer: None,
            stall_timer: None,
            farewell: None,
        }
    }

    /// Called after bytes came: a head may have begun.
    fn bytes_came(&mut self) {
        let begun = self.activity.begun();
        let in_head = self.head_due.as_ref().is_some_and(|due| due.begun == begun);
        match self.head {
            Some(head) if !in_head && self.activity.idle_since().is_some() => {
                self.head_due = Some(HeadDue { at: Instant::now() + head, begun });
            }
            _ => {}
        }
    }

    /// Called while no bytes come: whether an open head is overdue.
    fn head_is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let begun = self.activity.begun();
        self.head_due = self.head_due.take().filter(|due| due.begun == begun);
        let Some(due) = &self.head_due else { return false };
        let timer = self.head_timer.get_or_insert_with(|| Box::pin(sleep_until(due.at)));
        if timer.deadline() != due.at {
            timer.as_mut().reset(due.at);
        }
        timer.as_mut().poll(context).is_ready()
    }

    /// Whether the caller is in the middle of sending something.
    fn caller_is_sending(&self) -> bool {
        self.activity.is_owed()
            || self.head_due.as_ref().is_some_and(|due| due.begun == self.activity.begun())
    }

    fn patiently<T>(
        &mut self,
        result: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stall_timer = None;
            return result;
        }
        let stall = self.stall;
        let timer =
            self.stall_timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + stall)));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => {
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes no bytes")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        match &result {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => self.bytes_came(),
            Poll::Pending if self.head_is_overdue(context) => {
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the request's head took too long",
                )));
            }
            _ => {}
        }
        result
    }
}

impl<S: AsyncRead + Unpin> Patience<S> {
    fn poll_farewell(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(farewell) = &mut self.farewell else { return Poll::Ready(()) };
        let mut scratch = [0; 4 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.inner).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() && farewell.left > 0 => {
                    farewell.left = farewell.left.saturating_sub(buffer.filled().len());
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return farewell.until.as_mut().poll(context),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.patiently(result, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.patiently(result, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.patiently(result, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.farewell.is_none() {
            let result = Pin::new(&mut self.inner).poll_shutdown(context);
            ready!(self.patiently(result, context))?;
            if !self.caller_is_sending() {
                return Poll::Ready(Ok(()));
            }
            let until = Box::pin(sleep_until(Instant::now() + FAREWELL));
            self.farewell = Some(Farewell { until, left: FAREWELL_BYTES });
        }
        self.poll_farewell(context).map(Ok)
    }
}

/// How long, and for how many bytes, a refused caller is listened to after our last byte.
const FAREWELL: Duration = Duration::from_secs(1);
const FAREWELL_BYTES: usize = 4 * 1024 * 1024;
