//! Ctrl-C.

use std::io;

/// What asks for an orderly end.
pub(in crate::agent::run) struct Signal(());

impl Signal {
    pub(in crate::agent::run) fn new() -> io::Result<Self> {
        Ok(Self(()))
    }

    pub(in crate::agent::run) async fn next(&mut self) {
        // Where Ctrl-C cannot be heard, the launcher still can.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
