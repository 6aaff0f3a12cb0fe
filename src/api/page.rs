//! The page, from the executable, compressed as the browser likes; and the last word on addresses there is nothing at.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use timebook_web::File;

use super::error::{Failure, method_not_allowed};

/// A file whose name carries its hash never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for each time, and answered 304 while it is the same.
const ASK_AGAIN: &str = "no-cache";

pub(super) async fn show(request: Request) -> Response {
    match timebook_web::get(request.uri().path()) {
        Some(file) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            send(file, request.headers())
        }
        Some(_) => method_not_allowed().await.into_response(),
        None => Failure::not_found().into_response(),
    }
}

fn send(file: &'static File, asked: &HeaderMap) -> Response {
    let (bytes, encoding) = smallest(file, asked);
    let is_known = asked.get(IF_NONE_MATCH).is_some_and(|tags| names(tags, file.etag));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let headers = response.headers_mut();
    let keep = if file.is_immutable() { FOR_EVER } else { ASK_AGAIN };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(ETAG, HeaderValue::from_static(file.etag));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn smallest(file: &'static File, asked: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let takes = asked.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let forms = [("br", file.br), ("gzip", file.gz)];
    let fits = forms.into_iter().find_map(|(name, bytes)| Some((bytes?, name)));
    let fits = fits
        .filter(|(_, name)| accepts(takes, name))
        .or_else(|| file.gz.filter(|_| accepts(takes, "gzip")).map(|bytes| (bytes, "gzip")));
    fits.map_or((file.raw, None), |(bytes, name)| (bytes, Some(name)))
}

/// Is `coding` among what is accepted, and not at quality 0?
fn accepts(takes: &str, coding: &str) -> bool {
    takes.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !parts.any(|quality| matches!(quality, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn names(tags: &HeaderValue, etag: &str) -> bool {
    let strong = etag.trim_start_matches("W/");
    tags.to_str().is_ok_and(|tags| {
        tags.split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == strong)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_read_with_their_quality() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("GZIP;q=0.5", "gzip"));
        assert!(!accepts("gzip;q=0, br", "gzip"));
        assert!(!accepts("", "br"));
    }

    #[test]
    fn tags_match_weakly() {
        assert!(names(&HeaderValue::from_static("\"a\", W/\"b\""), "W/\"b\""));
        assert!(names(&HeaderValue::from_static("\"b\""), "W/\"b\""));
        assert!(!names(&HeaderValue::from_static("\"c\""), "W/\"b\""));
    }
}
