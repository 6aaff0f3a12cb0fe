//! A file as an answer, sent in pieces.

use std::io;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Read and sent in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

/// The file at `path`, for a browser to keep under `name`.
pub(super) async fn offer(
    path: &Path,
    name: &str,
    media_type: &'static str,
) -> io::Result<Response> {
    let file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let mut response = Response::new(Body::from_stream(stream::try_unfold(file, piece)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(disposition) = attachment(name) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// `Content-Disposition` for a download called `name`; what would end the quotes is left out.
pub(super) fn attachment(name: &str) -> Option<HeaderValue> {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "._- ".contains(*c);
    let name: String = name.chars().filter(plain).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok()
}

async fn piece(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut buffer = vec![0; PIECE];
    let read = file.read(&mut buffer).await?;
    buffer.truncate(read);
    Ok((read > 0).then(|| (buffer.into(), file)))
}
