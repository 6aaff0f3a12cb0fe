//! One request to the office: over the admin socket of the running server, or, with the server down, to the same API started
//! in-process under the instance lock.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use tower::ServiceExt;

use super::assemble::{House, Lasting, addresses};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::instance_lock::InstanceLock;
use crate::consensus::{LOG_FILE, STATE_FILE, is_waiting};
use crate::net::Peer;
use crate::net::admin::{
    AdminBody, AdminError, MAX_ANSWER_BYTES, admin_request, body_of, body_of_file,
};
use crate::service::control::stopped::Stopped;

/// The admin socket in the data directory.
pub(crate) const SOCKET: &str = "admin.sock";

/// Asks the office of `config.data`; the answer's JSON, or null when it has none.
///
/// # Errors
/// A [`Failure`] with the office's own sentence and next step, also where there is no office: a mistyped --data founds none.
pub(crate) async fn call(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    must_hold_an_office(config)?;
    call_or_found(config, method, path, body).await
}

/// Asks for a list, page after page; the whole of it as one answer.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_list(config: &Config, path: &str) -> Result<Value, Failure> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let mut whole = call(config, Method::GET, path, None).await?;
    while let Some(next) = whole["next"].as_str() {
        let path = format!("{path}{joint}cursor={}", part(next));
        let mut page = call(config, Method::GET, &path, None).await?;
        let items = page["items"].take();
        if let (Some(all), Value::Array(mut items)) = (whole["items"].as_array_mut(), items) {
            all.append(&mut items);
        }
        whole["next"] = page["next"].take();
    }
    Ok(whole)
}

/// Asks as the person whose token this is.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_as(
    config: &Config,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    must_hold_an_office(config)?;
    ask(config, method, path, body, HeaderMap::from_iter([(header::AUTHORIZATION, bearer(token)?)]))
        .await
}

/// Sends a file, however long, as the person whose token it is; the answer's JSON.
///
/// # Errors
/// As [`call`]; the file cannot be read.
pub(crate) async fn send_file_as(
    config: &Config,
    token: &str,
    path: &str,
    file: &Path,
) -> Result<Value, Failure> {
    must_hold_an_office(config)?;
    let bytes = HeaderValue::from_static("application/octet-stream");
    let headers = HeaderMap::from_iter([
        (header::AUTHORIZATION, bearer(token)?),
        (header::CONTENT_TYPE, bytes),
    ]);
    send(config, Method::POST, path, Sent::File(file), headers).await
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let bad = |_| Failure::usage("This is no token: it holds more than letters and digits.");
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(bad)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Asks for a text of this media type.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_for(
    config: &Config,
    accept: &'static str,
    path: &str,
) -> Result<String, Failure> {
    must_hold_an_office(config)?;
    let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
    match ask(config, Method::GET, path, None, headers).await? {
        Value::String(text) => Ok(text),
        other => Err(Failure::failed(format!("The server answered with {other} instead of text."))),
    }
}

/// Changes a record of this version, and no other.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_on_version(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<Value>,
    version: u64,
) -> Result<Value, Failure> {
    must_hold_an_office(config)?;
    let etag = HeaderValue::try_from(format!("\"{version}\"")).map_err(Failure::failed)?;
    ask(config, method, path, body, HeaderMap::from_iter([(header::IF_MATCH, etag)])).await
}

/// Sends a file as it is; the answer's JSON.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_with_file(
    config: &Config,
    path: &str,
    file: Vec<u8>,
) -> Result<Value, Failure> {
    must_hold_an_office(config)?;
    let bytes = HeaderValue::from_static("application/octet-stream");
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, bytes)]);
    send(config, Method::POST, path, Sent::Bytes(file.into()), headers).await
}

/// Goes on only where there is an office.
pub(super) fn must_hold_an_office(config: &Config) -> Result<(), Failure> {
    // What cannot be looked at is told by the lock, with the system's own reason.
    let gone = |file: &str| matches!(config.data.join(file).try_exists(), Ok(false));
    if gone(STATE_FILE) && gone(LOG_FILE) && !is_waiting(&config.data) {
        return Err(Failure::failed(format!(
            "There is no office in {}. Name its data directory with --data, or begin there with: timebook serve",
            config.data.display()
        )));
    }
    Ok(())
}

/// As [`call`], and founds the office first where there is none.
///
/// # Errors
/// A [`Failure`] with the office's own sentence and next step.
pub(crate) async fn call_or_found(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    ask(config, method, path, body, HeaderMap::new()).await
}

async fn ask(
    config: &Config,
    method: Method,
    path: &str,
    body: Option<Value>,
    headers: HeaderMap,
) -> Result<Value, Failure> {
    let body = body.map_or(Sent::Nothing, |body| Sent::Bytes(body.to_string().into()));
    send(config, method, path, body, headers).await
}

/// What is sent, as often as it is asked for.
enum Sent<'a> {
    Nothing,
    Bytes(bytes::Bytes),
    File(&'a Path),
}

impl Sent<'_> {
    fn body(&self) -> Result<Option<AdminBody>, Failure> {
        match self {
            Self::Nothing => Ok(None),
            Self::Bytes(bytes) => Ok(Some(body_of(bytes.clone()))),
            Self::File(path) => {
                let file = File::open(path).map_err(|error| {
                    let path = path.display();
                    Failure::usage(format!("{path} cannot be read: {error}. Check the path."))
                })?;
                Ok(Some(body_of_file(file)))
            }
        }
    }
}

async fn send(
    config: &Config,
    method: Method,
    path: &str,
    sent: Sent<'_>,
    headers: HeaderMap,
) -> Result<Value, Failure> {
    let asked = Instant::now();
    loop {
        let socket = config.data.join(SOCKET);
        match admin_request(&socket, method.clone(), path, sent.body()?, &headers).await {
            Ok((status, answer)) => return read(status, &answer),
            Err(AdminError::NotRunning(_)) => match InstanceLock::take(&config.data) {
                Ok(lock) => {
                    let (status, answer) =
                        in_process(config, lock, method, path, sent.body()?, &headers).await?;
                    return read(status, &answer);
                }
                // Its launcher holds the lock, but nobody answers: it is starting, or its working process is being replaced.
                Err(_) if asked.elapsed() < STARTING => tokio::time::sleep(LOOK_AGAIN).await,
                Err(busy) => return Err(busy),
            },
            // The working process died over the question; a question may be asked twice, a change may not.
            Err(AdminError::Broken(_)) if method == Method::GET && asked.elapsed() < STARTING => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Err(error) => return Err(Failure::new(Exit::Unreachable, error)),
        }
    }
}

/// `text` as one part of a path or query, whatever is in it.
pub(crate) fn part(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// How long a command waits for a server that is about to answer.
const STARTING: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

async fn in_process(
    config: &Config,
    lock: InstanceLock,
    method: Method,
    path: &str,
    body: Option<AdminBody>,
    headers: &HeaderMap,
) -> Result<(StatusCode, bytes::Bytes), Failure> {
    // Somebody may be copying the files.
    if let Some(stopped) = Stopped::read(&config.data).map_err(Failure::failed)? {
        return Err(Failure::new(
            Exit::Unreachable,
            format!("{} Take it into service first: timebook start", stopped.sentence()),
        ));
    }
    let addresses = addresses(config, config.server.listen);
    let house = House::open(config, addresses, Lasting::default()).await?;
    let mut request = Request::builder().method(method).uri(path);
    if body.is_some() && !headers.contains_key(header::CONTENT_TYPE) {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let body = body.map_or_else(Body::empty, Body::new);
    let mut request = request.body(body).map_err(Failure::failed)?;
    request.extensions_mut().insert(Peer::this_process());
    let response = match house.router().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await
        .map_err(Failure::failed)?;
    house.settled().await;
    house.close().await?;
    drop(lock);
    Ok((status, body.to_bytes()))
}

/// The answer's JSON, or the server's own sentence about why there is none.
///
/// # Errors
/// That sentence, with the exit code that fits.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Result<Value, Failure> {
    let value = match body {
        [] => Value::Null,
        body => serde_json::from_slice(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned())),
    };
    if status.is_success() {
        return Ok(value);
    }
    let exit = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Exit::Refused,
        StatusCode::SERVICE_UNAVAILABLE => Exit::Unreachable,
        _ => Exit::Failed,
    };
    let words = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let sentence = format!("{} {}", words("detail"), words("next"));
    match sentence.trim() {
        "" => Err(Failure::new(exit, format!("The server answered {status}."))),
        sentence => Err(Failure::new(exit, sentence)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_part_of_the_path() {
        assert_eq!(part("ada.l@x"), "ada.l@x");
        assert_eq!(part("a b/../c?d&e=%ö"), "a%20b%2F..%2Fc%3Fd%26e%3D%25%C3%B6");
    }
}
