//! What a server accepts from the network at most. Plain numbers with reasons; nothing here measures or enforces.

use std::time::Duration;

/// Bounds on connections and requests. `Limits::default()` suits an office of some hundred computers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections per door. At the bound nobody is accepted until one closes (the system's backlog holds them).
    pub connections: usize,
    /// Open connections per address (an IPv6 /64 counts as one). One more is closed at once. High, because a whole
    /// branch office may sit behind one router, and a reverse proxy shows one address for everybody.
    pub connections_per_address: usize,
    /// From accept to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request's head (HTTP/1.1) to its last.
    pub head: Duration,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Headers in one request.
    pub headers: usize,
    /// Requests open at once on one HTTP/2 connection.
    pub streams: u32,
    /// A connection without a request is closed after this. Longer than stock clients wait between two heartbeats: a
    /// connection closed under a request is an error to them.
    pub idle: Duration,
    /// A peer that takes no byte of a response, or sends none of a body it owes, for this long is cut off.
    pub stall: Duration,
    /// After the stop signal, how long running requests may take to finish.
    pub drain: Duration,
    /// While the server drains, how long a connection without a request may take to send off its last answer and, with HTTP/2, to
    /// say that it received all.
    pub farewell: Duration,
}

/// The default bound on a request body, in bytes; the routes enforce it (a few allow more).
pub const BODY_BYTES: usize = 2 * 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_address: 1_024,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            head_bytes: 64 * 1024,
            headers: 100,
            streams: 128,
            idle: Duration::from_secs(150),
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(20),
            farewell: Duration::from_secs(5),
        }
    }
}
