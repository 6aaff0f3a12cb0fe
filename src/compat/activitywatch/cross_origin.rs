//! Which web pages may speak to the door: browser watchers, and our own page. No others: whoever can open a port on this computer could
//! otherwise have its user's browser ask for everything.
//!
//! A page of another origin cannot read our answers (no CORS headers), and cannot make us act either: a form or a script needs no
//! permission to *send*, so requests that change something are refused by their `Origin`.

use axum::Router;
use axum::extract::Request;
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// Firefox gives each installation of aw-watcher-web an origin of its own.
const FIREFOX: &str = "moz-extension://";
/// aw-watcher-web in the Chrome Web Store.
const CHROME: &str = "chrome-extension://nglaklhklhcoonedhgnpgddginnjdadi";
/// How long a browser may remember the answer to its question, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");
const PRIVATE_NETWORK: &str = "access-control-request-private-network";
const ALLOW_PRIVATE_NETWORK: &str = "access-control-allow-private-network";

/// Answers browsers' questions (CORS preflight) before any authentication, and refuses changes asked for by foreign pages. The
/// outermost layer of the door.
pub fn for_browsers(router: Router) -> Router {
    router.layer(from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let may = may_speak(&origin) || is_own(&origin, request.headers(), request.uri());
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && asks {
        return preflight(&origin, may, request.headers());
    }
    if !may && !request.method().is_safe() {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "Pages of this origin may not record here. Use a watcher, or the page Timebook serves.",
        )
        .into_response();
    }
    let mut response = next.run(request).await;
    grant(response.headers_mut(), &origin, may);
    response
}

fn preflight(origin: &HeaderValue, may: bool, asked: &HeaderMap) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    grant(headers, origin, may);
    if may {
        let allow = HeaderValue::from_static("DELETE, GET, HEAD, POST, PUT");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow);
        let allow = HeaderValue::from_static("authorization, charset, content-type");
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allow);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        if asked.contains_key(PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
    }
    response
}

fn grant(headers: &mut HeaderMap, origin: &HeaderValue, may: bool) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if may {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
}

fn may_speak(origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| origin.starts_with(FIREFOX) || origin == CHROME)
}

/// Does the page come from the very address it speaks to?
fn is_own(origin: &HeaderValue, headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(origin) = origin.to_str().ok().and_then(authority) else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    host.as_ref().or(uri.authority()) == Some(&origin)
}

fn authority(origin: &str) -> Option<Authority> {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))?;
    rest.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_speak() {
        let may = |origin: &str| may_speak(&HeaderValue::from_str(origin).unwrap());
        for origin in ["moz-extension://3f1e", CHROME] {
            assert!(may(origin), "{origin}");
        }
        for origin in [
            "null",
            "http://localhost:27180",
            "http://localhost:9000",
            "http://127.0.0.1:5600",
            "https://[::1]",
            "https://example.org",
            "chrome-extension://another",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://127.0.0.10",
            "http://localhost@example.org",
            "ftp://localhost",
        ] {
            assert!(!may(origin), "{origin}");
        }
    }

    #[test]
    fn our_own_page_is_the_one_from_the_same_address() {
        let own = |origin: &str, host: &str| {
            let headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
            is_own(&HeaderValue::from_str(origin).unwrap(), &headers, &Uri::from_static("/"))
        };
        assert!(own("https://office:8443", "office:8443"));
        assert!(!own("https://office:8443", "office"));
        assert!(!own("https://example.org", "office:8443"));
    }
}
