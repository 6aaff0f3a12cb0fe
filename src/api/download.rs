//! The program itself: whoever was invited takes it from here to the new computer.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::Services;
use super::error::Failure;

/// Read and sent in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

/// The running program's own file.
pub(super) async fn show(State(services): State<Services>) -> Result<Response, Failure> {
    let opened = async {
        let file = File::open(services.executable.as_ref()).await?;
        let length = file.metadata().await?.len();
        io::Result::Ok((file, length))
    };
    let (file, length) = opened.await.map_err(|error| {
        tracing::error!(%error, path = %services.executable.display(), "the program cannot be read");
        Failure::internal("The server cannot read its own program file.")
    })?;
    let mut response = Response::new(Body::from_stream(stream::try_unfold(file, piece)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let name = if cfg!(windows) { "timebook.exe" } else { "timebook" };
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

async fn piece(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut buffer = vec![0; PIECE];
    let read = file.read(&mut buffer).await?;
    buffer.truncate(read);
    Ok((read > 0).then(|| (buffer.into(), file)))
}
