//! The accept loop: takes connections at the doors, bounds them, hands them to HTTP, and drains when told to stop.
//!
//! The caller owns the sockets and the stop signal. One bad connection, a full file table or a panicking handler must
//! never end the loop.

mod doors;
mod handshake;
mod places;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use doors::Listener;

use super::Limits;
use super::connection::Stage;
use places::Places;

/// A door and what is served behind it.
pub struct Entrance {
    /// Where connections come from.
    pub listener: Listener,
    /// What answers their requests. Each request carries a [`super::Peer`] in its extensions.
    pub router: Router,
}

/// What happened at the doors since the start. Counted here, read by anybody.
#[derive(Debug, Default)]
pub struct Traffic {
    accepted: AtomicU64,
    refused: AtomicU64,
    failed_handshakes: AtomicU64,
    ended: AtomicU64,
}

impl Traffic {
    /// Connections taken in.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Connections closed at once because their address had too many.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Connections that never finished the TLS handshake.
    #[must_use]
    pub fn failed_handshakes(&self) -> u64 {
        self.failed_handshakes.load(Ordering::Relaxed)
    }

    /// Connections open now.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.accepted().saturating_sub(self.ended.load(Ordering::Relaxed))
    }
}

/// How the last connections ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were open when the stop signal came and ended by themselves.
    pub finished: usize,
    /// Connections cut off at the deadline.
    pub cut_off: usize,
}

/// Serves all entrances until `stop` is ready, then stops accepting, lets running requests finish within
/// [`Limits::drain`], cuts off the rest, and says how it went.
pub async fn serve(
    entrances: Vec<Entrance>,
    limits: Limits,
    traffic: Arc<Traffic>,
    stop: impl Future<Output = ()>,
) -> Drained {
    let limits = Arc::new(limits);
    let (stage, stages) = watch::channel(Stage::Run);
    let mut places = Vec::new();
    let mut loops = JoinSet::new();
    for entrance in entrances {
        let at_door = Places::new(&limits, Arc::clone(&traffic));
        places.push(Arc::clone(&at_door));
        loops.spawn(doors::accept_all(entrance, at_door, Arc::clone(&limits), stages.clone()));
    }
    stop.await;
    stage.send_replace(Stage::Drain);
    // The accept loops end first: from here on the number of connections only falls.
    while let Some(ended) = loops.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "an accept loop ended unexpectedly");
        }
    }
    let open = taken(&places);
    let finished = tokio::time::timeout(limits.drain, all_empty(&places)).await;
    let cut_off = if finished.is_ok() { 0 } else { taken(&places) };
    stage.send_replace(Stage::Abort);
    if tokio::time::timeout(ABORT_PATIENCE, all_empty(&places)).await.is_err() {
        tracing::warn!(connections = taken(&places), "connections did not end when told to");
    }
    Drained { finished: open.saturating_sub(cut_off), cut_off }
}

fn taken(places: &[Arc<Places>]) -> usize {
    places.iter().map(|door| door.taken()).sum()
}

async fn all_empty(places: &[Arc<Places>]) {
    for door in places {
        door.empty().await;
    }
}

/// Cutting off is immediate unless a handler blocks its thread.
const ABORT_PATIENCE: Duration = Duration::from_secs(1);
