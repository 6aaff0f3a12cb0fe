//! The agent's own page, on the door's port: how this computer stands, and what the person chooses about it. For this computer's user alone.
//!
//! Besides the door's own guard (Host, operating-system user), whatever acts or tells must show the page's key: a random one for each
//! start, which stands in the page, and no page of another origin can read that. Must never be opened to pages of other origins.

mod state;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Json, Router};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::AgentError;
use super::book::ActivityBook;
use super::consent::Consent;
use super::folder::Folder;
use super::pause::{Wish, pause};
use super::running;
use super::track::{self, Ask};
use super::{hours, redaction};
use crate::clock;
use crate::net::Peer;
use crate::wire::v1::{RedactionTest, sheet_mark};

/// Where the page is.
pub const PATH: &str = "/timebook/";
/// The page's key, for whoever opens it by `timebook agent page`.
pub(super) const KEY_FILE: &str = "page-key";
const KEY_HEADER: &str = "x-timebook-key";
/// No request of the page is longer.
const MOST_BYTES: usize = 128 * 1024;
/// Nothing from elsewhere, nothing inside another page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const HTML: &str = include_str!("page.html");
const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const ICON: &str = include_str!("icon.svg");

/// What the page works with.
#[derive(Clone)]
struct Page {
    book: ActivityBook,
    folder: Folder,
    key: Arc<str>,
}

/// The link to the page of the agent that runs on `folder`, for this computer's user alone.
///
/// # Errors
/// [`AgentError::NotRunning`]; [`AgentError::File`].
pub fn link(folder: &Folder) -> Result<String, AgentError> {
    match (running::door(folder)?, folder.read(KEY_FILE)?) {
        (Some(door), Some(key)) => Ok(format!("http://{door}{PATH}#{key}")),
        _ => Err(AgentError::NotRunning),
    }
}

/// The page's routes, without the guard of the door.
///
/// # Errors
/// [`AgentError::File`].
pub(super) fn routes(book: ActivityBook, folder: &Folder) -> Result<Router, AgentError> {
    let key = data_encoding::HEXLOWER.encode(&clock::random_bytes::<16>());
    folder.write_passing(KEY_FILE, &key)?;
    let page = Page { book, folder: folder.clone(), key: key.into() };
    let api = Router::new()
        .route("/timebook/api/state", get(show_state))
        .route("/timebook/api/pause", post(set_pause))
        .route("/timebook/api/record", post(set_record))
        .route("/timebook/api/hours", post(set_hours))
        .route("/timebook/api/rules", put(set_rules))
        .route("/timebook/api/private", post(set_private))
        .route("/timebook/api/test-rule", post(test_rule))
        .route("/timebook/api/timer/stop", post(stop_timer))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(page.clone(), ours));
    let file = |text: &'static str, kind: &'static str| {
        get(move || async move { ([(CONTENT_TYPE, kind)], text) })
    };
    Ok(Router::new()
        .route("/", get(|| async { Redirect::to(PATH) }))
        .route(PATH, get(show_page))
        .route("/timebook/page.css", file(CSS, "text/css; charset=utf-8"))
        .route("/timebook/page.js", file(SCRIPT, "text/javascript; charset=utf-8"))
        .route("/timebook/icon.svg", file(ICON, "image/svg+xml"))
        .merge(api)
        .layer(from_fn(harden))
        .with_state(page))
}

/// Lets in what comes from the page itself, or from a program that knows its key.
async fn ours(State(page): State<Page>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let shown = headers.get(KEY_HEADER).map(|shown| shown.as_bytes()).unwrap_or_default();
    let knows: bool = shown.ct_eq(page.key.as_bytes()).into();
    if !knows || !is_same_origin(headers, request.uri()) {
        let sentence = "Only the agent's own page asks here. Open it with: timebook agent page";
        return no(StatusCode::FORBIDDEN, sentence);
    }
    next.run(request).await
}

/// Whatever a browser says of where the request comes from, it must be this page.
fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(|authority| authority.as_str()));
    let own = host.map(|host| format!("http://{host}"));
    let origin = headers.get(ORIGIN);
    site && origin.is_none_or(|origin| own.is_some_and(|own| origin.as_bytes() == own.as_bytes()))
}

async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
    }
    response
}

/// The key stands in the page where the system says that it is the agent's own user who asks; elsewhere it comes with the link.
async fn show_page(
    State(page): State<Page>,
    peer: Option<Extension<Peer>>,
) -> impl IntoResponse + use<> {
    let known = peer.is_some_and(|Extension(peer)| peer.os_user.is_some_and(|user| user.is_own));
    let html = HTML.replace("@KEY@", if known { &page.key } else { "" });
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], html)
}

async fn show_state(State(page): State<Page>) -> Response {
    answer(state::state(&page.book, &page.folder).await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPause {
    wish: String,
}

async fn set_pause(State(page): State<Page>, body: Bytes) -> Response {
    with(&body, |sent: NewPause| {
        pause(&page.folder, Wish::parse(&sent.wish)?, clock::now(), &TimeZone::system()).map(drop)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRecord {
    on: bool,
}

/// The page shows what is recorded beside the button.
async fn set_record(State(page): State<Page>, body: Bytes) -> Response {
    with(&body, |sent: NewRecord| match sent.on {
        true => Consent::give(&page.folder, clock::now()),
        false => Consent::take_back(&page.folder),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewHours {
    hours: String,
}

async fn set_hours(State(page): State<Page>, body: Bytes) -> Response {
    with(&body, |sent: NewHours| hours::set(&page.folder, &sent.hours))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRules {
    rules: String,
    /// Of the sheet that was shown.
    mark: String,
}

async fn set_rules(State(page): State<Page>, body: Bytes) -> Response {
    let sent: NewRules = match serde_json::from_slice(&body) {
        Ok(sent) => sent,
        Err(error) => return no(StatusCode::BAD_REQUEST, &format!("This does not read: {error}.")),
    };
    match redaction::replace_own(&page.folder, &sent.rules, &sent.mark) {
        Ok(Err(own)) => {
            let message =
                "Your rules were changed elsewhere meanwhile. Look at them, and save again.";
            let told =
                serde_json::json!({ "message": message, "mark": sheet_mark(&own), "own": own });
            (StatusCode::CONFLICT, Json(told)).into_response()
        }
        done => answer(done.map(drop)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPrivate {
    app: String,
}

async fn set_private(State(page): State<Page>, body: Bytes) -> Response {
    with(&body, |sent: NewPrivate| redaction::make_private(&page.folder, &sent.app))
}

async fn test_rule(State(page): State<Page>, body: Bytes) -> Response {
    with(&body, |sent: RedactionTest| redaction::test(&page.folder, &sent))
}

async fn stop_timer(State(page): State<Page>) -> Response {
    answer(track::do_it(&page.book, Ask::Stop { at_ms: None }).await)
}

/// Does what was sent, if it reads.
fn with<T: DeserializeOwned, R: serde::Serialize>(
    body: &[u8],
    act: impl FnOnce(T) -> Result<R, AgentError>,
) -> Response {
    match serde_json::from_slice(body) {
        Ok(sent) => answer(act(sent)),
        Err(error) => no(StatusCode::BAD_REQUEST, &format!("This does not read: {error}.")),
    }
}

fn answer<R: serde::Serialize>(done: Result<R, AgentError>) -> Response {
    match done {
        Ok(value) => Json(value).into_response(),
        Err(error) => no(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

fn no(status: StatusCode, sentence: &str) -> Response {
    (status, Json(serde_json::json!({ "message": sentence }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_speaks() {
        let same =
            |host: &'static str, origin: Option<&'static str>, site: Option<&'static str>| {
                let mut headers = HeaderMap::new();
                headers.insert(HOST, host.parse().unwrap());
                for (name, value) in [(ORIGIN.as_str(), origin), ("sec-fetch-site", site)] {
                    if let Some(value) = value {
                        headers.insert(name, value.parse().unwrap());
                    }
                }
                is_same_origin(&headers, &Uri::from_static("/"))
            };
        let here = "127.0.0.1:5600";
        assert!(same(here, Some("http://127.0.0.1:5600"), Some("same-origin")));
        assert!(same(here, None, None), "a program of the person's own");
        assert!(!same(here, Some("http://127.0.0.1:3000"), None), "another program's page");
        assert!(!same(here, Some("null"), None) && !same(here, Some("https://evil.example"), None));
        assert!(!same(here, None, Some("cross-site")) && !same(here, None, Some("same-site")));
        assert!(!same(here, None, Some("none")), "an address typed in is no script of the page");
    }

    /// What the script looks for is in the page, and every text in both languages.
    #[test]
    fn the_files_fit_together() {
        for part in SCRIPT.split("by('").skip(1) {
            let id = part.split('\'').next().unwrap();
            let made = ["clock"].contains(&id);
            assert!(made || HTML.contains(&format!("id=\"{id}\"")), "no {id} in the page");
        }
        let (english, german) = SCRIPT.split_once("\n  de: {").unwrap();
        for part in HTML.split("data-t=\"").skip(1) {
            let text = part.split('"').next().unwrap();
            assert!(
                english.contains(&format!("{text}: ")) && german.contains(&format!("{text}: ")),
                "{text}"
            );
        }
        assert!(HTML.contains("@KEY@") && !HTML.contains("style=") && !HTML.contains("onclick"));
    }
}
