//! One plain request to a program of one's own on this computer: how a command speaks with the agent that runs. Bounded in time and size.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Largest answer that is read, in bytes.
const MOST_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// From the first byte to the last.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum LoopbackError {
    /// Not an address of this computer.
    #[error("{0} is not an address of this computer alone")]
    NotLoopback(SocketAddr),
    /// Nobody is there.
    #[error("nobody answers at {0}")]
    Nobody(SocketAddr),
    /// It broke off, or took too long.
    #[error("the answer did not come to its end ({0})")]
    Broken(String),
}

/// Sends `json` to `path` at `address`; the status and the body of the answer.
///
/// # Errors
/// [`LoopbackError`].
pub async fn post(
    address: SocketAddr,
    path: &str,
    json: Bytes,
) -> Result<(StatusCode, Bytes), LoopbackError> {
    if !address.ip().is_loopback() {
        return Err(LoopbackError::NotLoopback(address));
    }
    let exchange = tokio::time::timeout(TIMEOUT, exchange(address, path, json));
    exchange.await.map_err(broken)?
}

async fn exchange(
    address: SocketAddr,
    path: &str,
    json: Bytes,
) -> Result<(StatusCode, Bytes), LoopbackError> {
    let stream = TcpStream::connect(address).await.map_err(|_| LoopbackError::Nobody(address))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let carry = tokio::spawn(connection);
    let answer = async {
        let request = Request::post(path)
            .header(header::HOST, address.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(json))
            .map_err(broken)?;
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST_ANSWER_BYTES).collect().await;
        Ok((status, body.map_err(broken)?.to_bytes()))
    }
    .await;
    carry.abort();
    answer
}

fn broken(error: impl std::fmt::Display) -> LoopbackError {
    LoopbackError::Broken(error.to_string())
}
