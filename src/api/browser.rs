//! What keeps other people's web pages away from this server: headers on every answer, and checks on every write a browser may send.
//!
//! A browser sends the session cookie by itself, so a write must prove that our own page made it: SameSite on the cookie, a media type that
//! a foreign page cannot send without asking first (JSON, or plain bytes), and an Origin that is ours.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Failure;
use super::input::{BYTES, JSON, is_of_type, wrong_type};
use crate::net::host::check_loopback_request;
use crate::net::{Door, Peer};

/// Browsers say with it whether another site's page made the request.
const SEC_FETCH_SITE: &str = "sec-fetch-site";
const SAME_ORIGIN_RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Checks the host on the loopback door, and puts the headers on every answer.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let on_loopback_door =
        request.extensions().get::<Peer>().is_some_and(|peer| peer.door == Door::PlainLoopback);
    let host = check_loopback_request(request.uri(), request.headers());
    let mut response = match host {
        Err(refusal) if on_loopback_door => {
            let detail = refusal.to_string();
            let next = "Use http://127.0.0.1 with the port shown at the start.";
            Failure::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", detail, next)
                .into_response()
        }
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (SAME_ORIGIN_RESOURCE, "same-origin"),
        (CONTENT_SECURITY_POLICY, timebook_web::CONTENT_SECURITY_POLICY),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Goes on only when a browser's write comes from our own page. Safe methods change nothing and pass.
pub(super) fn check_write(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    if method.is_safe() {
        return Ok(());
    }
    if !is_of_type(headers, JSON) && !is_of_type(headers, BYTES) {
        return Err(wrong_type(JSON));
    }
    let foreign_site =
        headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none");
    if foreign_site || !is_own_origin(uri, headers) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "foreign_page",
            "This request was made by another site's page.",
            "Open this server's own page and try there.",
        ));
    }
    Ok(())
}

/// Programs send no Origin; a browser's must name the host it asked for.
fn is_own_origin(uri: &Uri, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    match (origin.as_ref().and_then(Uri::authority), host) {
        (Some(origin), Some(host)) => origin.as_str().eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(pairs: &[(&'static str, &'static str)]) -> Result<(), Failure> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        check_write(&Method::POST, &Uri::from_static("/api/v1/session"), &headers)
    }

    #[test]
    fn only_our_own_page_and_programs_may_write() {
        let json = ("content-type", "application/json; charset=utf-8");
        let host = ("host", "office.lan:8443");
        assert!(checked(&[json, host]).is_ok());
        assert!(checked(&[json, host, ("origin", "https://office.lan:8443")]).is_ok());
        assert!(checked(&[json, host, ("sec-fetch-site", "same-origin")]).is_ok());
        for bad in [
            &[host][..],
            &[("content-type", "text/plain"), host],
            &[json, host, ("origin", "https://evil.example")],
            &[json, host, ("origin", "https://office.lan")],
            &[json, host, ("origin", "null")],
            &[json, ("origin", "https://office.lan:8443")],
            &[json, host, ("sec-fetch-site", "cross-site")],
            &[json, host, ("sec-fetch-site", "same-site")],
        ] {
            assert!(checked(bad).is_err(), "{bad:?}");
        }
    }
}
