//! One plain request to a program of one's own on this computer: how a command speaks with the agent that runs. Bounded in time and size.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::{Method, Request, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest answer that is read, in bytes.
const MOST_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// From the first byte to the last.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Without any progress, a long exchange is given up after this.
const PATIENCE: Duration = Duration::from_secs(600);
/// What of a file is in memory at once.
const PIECE_BYTES: usize = 64 * 1024;

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

/// Asks for `path` at `address`; the status and the body of the answer.
///
/// # Errors
/// [`LoopbackError`].
pub async fn get(address: SocketAddr, path: &str) -> Result<(StatusCode, Bytes), LoopbackError> {
    let asked = async {
        let (status, body) = ask(address, Method::GET, path, empty()).await?;
        let body = Limited::new(body, MOST_ANSWER_BYTES).collect().await;
        Ok((status, body.map_err(broken)?.to_bytes()))
    };
    tokio::time::timeout(TIMEOUT, asked).await.map_err(broken)?
}

/// Writes what is at `path` to the end of `file`, at most `most` bytes, piece by piece; the status. As long as there is progress it may
/// take what it takes.
///
/// # Errors
/// [`LoopbackError`].
pub async fn download(
    address: SocketAddr,
    path: &str,
    file: &mut tokio::fs::File,
    most: u64,
) -> Result<StatusCode, LoopbackError> {
    let (status, mut body) = ask(address, Method::GET, path, empty()).await?;
    let mut bytes = 0_u64;
    // A program that has much to gather says nothing for a while.
    while let Some(frame) = tokio::time::timeout(PATIENCE, body.frame()).await.map_err(broken)? {
        let Ok(piece) = frame.map_err(broken)?.into_data() else { continue };
        bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if bytes > most {
            return Err(broken(format!("it is longer than {most} bytes")));
        }
        file.write_all(&piece).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    Ok(status)
}

/// Sends a file as JSON to `path`, piece by piece; `told` gets the body of the answer as it comes, and the status is returned.
///
/// # Errors
/// [`LoopbackError`].
pub async fn upload(
    address: SocketAddr,
    path: &str,
    file: tokio::fs::File,
    told: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<StatusCode, LoopbackError> {
    let pieces = pieces(file).map_ok(Frame::data);
    let body = StreamBody::new(pieces).boxed();
    let (status, body) = ask(address, Method::POST, path, body).await?;
    hear(body, told).await?;
    Ok(status)
}

/// Hands out the body of an answer as it comes, as long as there is progress.
///
/// # Errors
/// [`LoopbackError`].
pub async fn hear<B>(body: B, told: &mut (dyn FnMut(&[u8]) + Send)) -> Result<(), LoopbackError>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = std::pin::pin!(Limited::new(body, MOST_ANSWER_BYTES));
    while let Some(frame) = tokio::time::timeout(PATIENCE, body.frame()).await.map_err(broken)? {
        if let Ok(piece) = frame.map_err(broken)?.into_data() {
            told(&piece);
        }
    }
    Ok(())
}

/// A file from where it stands to its end.
pub fn pieces(
    file: tokio::fs::File,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + Sync {
    futures_util::stream::unfold(file, async |mut file| {
        let mut piece = bytes::BytesMut::with_capacity(PIECE_BYTES);
        match file.read_buf(&mut piece).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(piece.freeze()), file)),
            Err(error) => Some((Err(error), file)),
        }
    })
}

type Sent = BoxBody<Bytes, std::io::Error>;

fn empty() -> Sent {
    Empty::new().map_err(|never| match never {}).boxed()
}

/// One request and the beginning of its answer; the connection goes with the answer's body.
async fn ask(
    address: SocketAddr,
    method: Method,
    path: &str,
    body: Sent,
) -> Result<(StatusCode, hyper::body::Incoming), LoopbackError> {
    if !address.ip().is_loopback() {
        return Err(LoopbackError::NotLoopback(address));
    }
    let stream = TcpStream::connect(address).await.map_err(|_| LoopbackError::Nobody(address))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)
        .map_err(broken)?;
    let answer = tokio::time::timeout(PATIENCE, sender.send_request(request)).await;
    let answer = answer.map_err(broken)?.map_err(broken)?;
    Ok((answer.status(), answer.into_body()))
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
