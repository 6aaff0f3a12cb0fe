//! One request over the admin socket, for commands that change a running server. Bounded in time and size.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;

use super::{AdminError, AdminStream};

/// Largest answer that is read, in bytes.
pub const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// What is sent: bytes that are there, or a file piece by piece.
pub type AdminBody = UnsyncBoxBody<Bytes, io::Error>;

/// These bytes as a body.
pub fn body_of(bytes: Bytes) -> AdminBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// This file as a body: never more of it in memory than a piece.
pub fn body_of_file(file: File) -> AdminBody {
    let next = async |mut file: tokio::fs::File| {
        let mut piece = vec![0; PIECE_BYTES];
        let read = tokio::io::AsyncReadExt::read(&mut file, &mut piece).await?;
        piece.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Frame::data(Bytes::from(piece)), file)))
    };
    StreamBody::new(stream::try_unfold(tokio::fs::File::from_std(file), next)).boxed_unsync()
}

const PIECE_BYTES: usize = 64 * 1024;

/// How long one request may take: the longest waits for a drain.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Sends one request to the server that runs with this socket and returns its status and body. `uri` is a path with an
/// optional query; `body` is sent as `application/json` unless `headers` say that it is something else.
///
/// # Errors
/// [`AdminError::NotRunning`] when no server answers; otherwise what went wrong on the way.
pub async fn admin_request(
    socket: &Path,
    method: Method,
    uri: &str,
    body: Option<AdminBody>,
    headers: &HeaderMap,
) -> Result<(StatusCode, Bytes), AdminError> {
    let exchange = exchange(socket, method, uri, body, headers);
    tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| AdminError::TimedOut)?
}

async fn exchange(
    socket: &Path,
    method: Method,
    uri: &str,
    body: Option<AdminBody>,
    headers: &HeaderMap,
) -> Result<(StatusCode, Bytes), AdminError> {
    let stream = AdminStream::connect(socket).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let carry = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(uri).header(header::HOST, "localhost");
    if body.is_some() && !headers.contains_key(header::CONTENT_TYPE) {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(body.unwrap_or_else(|| body_of(Bytes::new()))).map_err(broken)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
        let body = body.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                AdminError::TooLarge
            } else {
                broken(error)
            }
        })?;
        Ok((status, body.to_bytes()))
    }
    .await;
    carry.abort();
    answer
}

fn broken(error: impl std::fmt::Display) -> AdminError {
    AdminError::Broken(error.to_string())
}
