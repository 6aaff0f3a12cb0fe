//! Closing a raw socket so that the last words arrive: a caller who is still sending would get a reset instead.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Ends our side, then reads and throws away what still comes, for a short while. A caller who is already gone is fine.
pub(super) async fn farewell(mut socket: TcpStream) {
    if socket.shutdown().await.is_ok() {
        let mut nowhere = tokio::io::sink();
        let leftover =
            async { tokio::io::copy(&mut socket.take(MAX_LEFTOVER), &mut nowhere).await };
        if let Ok(Err(error)) = tokio::time::timeout(LONGEST, leftover).await {
            tracing::trace!(%error, "the caller went first");
        }
    }
}

const LONGEST: Duration = Duration::from_secs(1);

/// Most bytes read after our last, per connection.
const MAX_LEFTOVER: u64 = 64 * 1024;
