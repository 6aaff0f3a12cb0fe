//! Who is asking: found out from the connection, a token, or a cookie, in this order, and from nothing else.
//!
//! A password is never looked for here: it is good only for `POST /api/v1/session`.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use data_encoding::BASE64;

use super::Services;
use super::error::Failure;
use crate::domain::id::DeviceId;
use crate::domain::office_setting::LONGEST_SESSION_DAYS;
use crate::domain::text::ShortText;
use crate::domain::time::DAY_MS;
use crate::net::{Door, Peer};
use crate::service::Principal;
use crate::service::accounts::Origin;
use crate::service::error::ServiceError;

/// The session cookie's name.
const COOKIE_NAME: &str = "timebook_session";

/// Who is asking for a route of `/api/v1`. A token that is not good is an error, a cookie that is not good is nobody: browsers keep
/// sending old ones.
pub(super) async fn principal(
    services: &Services,
    peer: &Peer,
    headers: &HeaderMap,
) -> Result<Principal, Failure> {
    // Whoever sits at the server may also ask as a person, with the person's token.
    if peer.door == Door::Admin && !headers.contains_key(AUTHORIZATION) {
        let name = peer.os_user.as_ref().map_or("unknown", |user| user.name.as_str());
        return Ok(Principal::Local(ShortText::cut(name)));
    }
    if headers.contains_key(AUTHORIZATION) {
        let token = bearer(headers).ok_or_else(bad_token)?;
        return services.accounts.by_token(token).await?.ok_or_else(bad_token);
    }
    if let Some(secret) = cookie(headers)
        && let Some(principal) = services.accounts.by_cookie(secret, (services.now)()).await?
    {
        return Ok(principal);
    }
    Ok(Principal::Nobody)
}

/// The computer whose certificate was shown.
pub(super) fn device(peer: &Peer) -> Result<Principal, Failure> {
    let shown = peer.certificate.as_ref().and_then(|shown| shown.common_name.parse().ok());
    shown.map(|device: DeviceId| Principal::Device(device)).ok_or_else(|| {
        Failure::unauthenticated("Only an enrolled computer, with its certificate, may do this.")
    })
}

/// Who a foreign client is: it has a token and may send it as it can, as a bearer token or as the name or the password of Basic.
pub(super) async fn foreign(
    services: &Services,
    headers: &HeaderMap,
) -> Result<Option<Principal>, ServiceError> {
    let mut candidates: Vec<String> = bearer(headers).map(str::to_owned).into_iter().collect();
    if let Some((name, password)) = basic(headers) {
        candidates.extend([password, name]);
    }
    for candidate in candidates {
        if let Some(principal) = services.accounts.by_token(&candidate).await? {
            return Ok(Some(principal));
        }
    }
    Ok(None)
}

/// Where a session is opened from, as its owner reads it later.
pub(super) fn origin(peer: &Peer, headers: &HeaderMap) -> Origin {
    let agent = headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    Origin { address: peer.address.ip(), agent: ShortText::cut(&agent.unwrap_or_default()) }
}

/// The `Set-Cookie` value that signs a browser in. How long that is good for is decided here, not there.
pub(super) fn signing_in(secret: &str, peer: &Peer) -> String {
    set_cookie(secret, LONGEST_SESSION_DAYS * DAY_MS / 1_000, peer)
}

/// The `Set-Cookie` value that signs a browser out.
pub(super) fn signing_out(peer: &Peer) -> String {
    set_cookie("", 0, peer)
}

fn set_cookie(value: &str, seconds: u64, peer: &Peer) -> String {
    let secure = if peer.secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == COOKIE_NAME).map(|(_, value)| value.trim())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = BASE64.decode(credentials(headers, "basic")?.as_bytes()).ok()?;
    let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (said, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    said.eq_ignore_ascii_case(scheme).then(|| credentials.trim())
}

fn bad_token() -> Failure {
    Failure::unauthenticated("This token is not good, or not any more.")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(cookie(&with("cookie", "a=b; timebook_session=xyz; c=d")), Some("xyz"));
        assert_eq!(cookie(&with("cookie", "nottimebook_session=xyz")), None);
    }

    #[test]
    fn credentials_are_read_by_scheme() {
        assert_eq!(bearer(&with("authorization", "bearer abc")), Some("abc"));
        assert_eq!(bearer(&with("authorization", "Basic abc")), None);
        let encoded = format!("Basic {}", BASE64.encode(b"ada:tok:en"));
        assert_eq!(
            basic(&with("authorization", &encoded)),
            Some(("ada".to_owned(), "tok:en".to_owned()))
        );
        assert_eq!(basic(&with("authorization", "Basic !!!")), None);
    }
}
