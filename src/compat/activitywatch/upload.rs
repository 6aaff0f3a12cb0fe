//! An import on its way in: streamed to a file that has no name or goes with the process, never held in memory whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::Limits;
use super::problem::Problem;
use super::request::is_json;

/// What stands before and after the file of a form is no longer than this each.
const LONGEST_EDGE: u64 = 8 * 1024;
/// RFC 2046.
const LONGEST_BOUNDARY: usize = 70;

/// An uploaded export on disk.
#[derive(Debug)]
pub(super) struct Upload {
    file: File,
    /// Where in the file the export stands.
    export: Range<u64>,
}

impl Upload {
    /// The export, from its beginning. Blocking.
    pub(super) fn read(&mut self) -> io::Result<Take<&mut File>> {
        self.file.seek(SeekFrom::Start(self.export.start))?;
        Ok(Read::take(&mut self.file, self.export.end - self.export.start))
    }
}

/// Receives a body: the export itself, or a form with it as its one part, as the web page of ActivityWatch sends it.
pub(super) async fn receive(
    limits: &Limits,
    headers: &HeaderMap,
    body: Body,
) -> Result<Upload, Problem> {
    let boundary = boundary(headers);
    if boundary.is_none() && !is_json(headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the export as `Content-Type: application/json`, or as the one file of a form.",
        ));
    }
    let (mut file, bytes) = keep(limits, body).await?;
    let Some(boundary) = boundary else { return Ok(Upload { file, export: 0..bytes }) };
    let found = tokio::task::spawn_blocking(move || {
        part(&mut file, bytes, &boundary).map(|export| (file, export))
    });
    match found.await {
        Ok(Ok((file, Some(export)))) => Ok(Upload { file, export }),
        Ok(Ok((_, None))) => {
            Err(Problem::bad("This form does not read. Send the export as its one file."))
        }
        Ok(Err(error)) => Err(no_room(&error)),
        Err(error) => Err(no_room(&io::Error::other(error))),
    }
}

async fn keep(limits: &Limits, body: Body) -> Result<(File, u64), Problem> {
    let folder = limits.import_folder.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
    let file = file.unwrap_or_else(|error| Err(io::Error::other(error)));
    let mut file = tokio::fs::File::from_std(file.map_err(|error| no_room(&error))?);
    let (mut bytes, mut pieces) = (0_u64, body.into_data_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::bad("The upload ended early. Send it again."))?;
        bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if bytes > limits.import_bytes {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("This import is too large. Send at most {} bytes.", limits.import_bytes),
            ));
        }
        file.write_all(&piece).await.map_err(|error| no_room(&error))?;
    }
    file.flush().await.map_err(|error| no_room(&error))?;
    Ok((file.into_std().await, bytes))
}

fn no_room(error: &io::Error) -> Problem {
    tracing::error!(%error, "an upload cannot be kept");
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        format!("The upload cannot be kept here: {error}. Look at the free space of this disk."),
    )
}

/// The boundary of a form.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let type_ = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let mut parts = type_.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    })?;
    (1..=LONGEST_BOUNDARY).contains(&boundary.len()).then(|| boundary.to_owned())
}

/// Where the one part of a form stands: after the blank line of its headers, before the closing boundary. With several parts the
/// range holds a boundary, and no JSON reads.
fn part(file: &mut File, bytes: u64, boundary: &str) -> io::Result<Option<Range<u64>>> {
    let head = piece(file, 0..bytes.min(LONGEST_EDGE))?;
    if !head.starts_with(format!("--{boundary}\r\n").as_bytes()) {
        return Ok(None);
    }
    let Some(blank) = place_of(&head, b"\r\n\r\n") else { return Ok(None) };
    let start = blank + 4;
    let tail_at = bytes.saturating_sub(LONGEST_EDGE).max(start);
    let tail = piece(file, tail_at..bytes)?;
    let end = place_of(&tail, format!("\r\n--{boundary}--").as_bytes());
    Ok(end.map(|end| start..tail_at + end))
}

fn piece(file: &mut File, range: Range<u64>) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn place_of(bytes: &[u8], what: &[u8]) -> Option<u64> {
    bytes.windows(what.len()).position(|window| window == what)?.try_into().ok()
}
