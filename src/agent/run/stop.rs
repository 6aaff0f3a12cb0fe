//! What tells the working process to stop besides its launcher: a signal of the system. Must do nothing else.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::Signal;
#[cfg(unix)]
pub(super) use unix::Signal;
